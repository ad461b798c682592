"""A scenario from what really happened to a case: its persons' acts, the time between them, and where each led.

The clock's acts are not written: a scenario's clock does them by itself while it waits. What other cases did to this one can't be
played without them: then the case above is to be recorded.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from workflow.engine.facts import Facts
from workflow.errors import HosoError, NotFound, Reason, Refused
from workflow.model import CLOCK, Case, Entry
from workflow.office import Office
from workflow.simulate.stage import natural

PASSING = frozenset({"fire", "silence", "auto", "calendar", "migrate", "unmigrate"})
"""What a scenario's own clock does, or what it plays without: it goes by the version in the folder."""
NOTED = ("comment", "pause", "resume", "recall", "recuse", "reopen")
PAPERS = {"issued": "issue", "void": "void", "recalled": "recall", "replaced": "replace", "corrected": "correct", "attached": "attach"}
"""What history calls what became of a paper → what a scenario does."""


class _Event(Struct, frozen=True):
    """One entry of one of the cases, read."""

    entry: Entry
    said: Mapping[str, Any]
    payload: Mapping[str, Any]
    case: str
    """`KEY N` of a sub-case, '' of the case itself."""
    state: str
    """Where its case stands once all has followed that follows by itself."""


class _Recorder(Struct):
    """Writes the steps, the time of the last one in mind."""

    office: Office
    facts: Facts
    at: datetime
    called: Mapping[str, str]
    """Number → what a scenario calls a case of the family; '' the first."""

    def local(self, at: datetime) -> str:
        """A time as a scenario writes it, to the second."""
        text = at.astimezone(self.facts.zone).strftime("%Y-%m-%d %H:%M:%S")
        return text.removesuffix(":00")

    def person(self, key: str, at: datetime) -> str:
        """A person by a post that they alone hold that day, else by their key."""
        organisation, day = self.facts.organisation, at.astimezone(self.facts.zone).date()
        for post in organisation.posts_of(key, day):
            name = f"{post.position}.{post.unit}"
            try:
                if organisation.resolve(name, day) == key:
                    return name
            except HosoError:
                continue
        return key


def record(office: Office, number: str) -> str:
    """The scenario's text. Raises NotFound, and Refused where the case can't be played by itself."""
    files = [file.case for file in _family(office, number)]
    called = _called(files)
    events = sorted(_events(office, files, called), key=lambda one: (one.entry.at, one.case != "", one.entry.seq))
    _playable(files[0], events, {one.number for one in files})
    first = events[0]
    begins = first.entry.at - timedelta(days=1) if first.said["actor"] == CLOCK else first.entry.at
    recorder = _Recorder(office=office, facts=office.definitions.facts(office.clock.now()), at=begins, called=called)
    lines = [f"# {number}", *_head(recorder, files[0], first), "steps:"]
    steps = [step for event in _steps(events[1:] if first.said["actor"] != CLOCK else events) for step in _step(recorder, event)]
    last = events[-1]
    if last.entry.at > recorder.at:
        steps.append(f"wait: {_text('until ' + recorder.local(_after(last.entry.at)))}, expect: {{state: {_text(files[0].state)}}}")
    steps.append(_end(files[0]))
    return "\n".join([*lines, *(f"  - {{{step}}}" for step in steps), ""])


def _after(at: datetime) -> datetime:
    """A second later: what was due then has happened."""
    return at.replace(microsecond=0) + timedelta(seconds=1)


def _family(office: Office, number: str) -> list[Any]:
    """The case and all below it, each before its own."""
    file = office.store.load(number)
    if file is None:
        raise NotFound(kind="case", name=number)
    return [file, *(one for child in office.store.children(number) for one in _family(office, child.number))]


def _called(cases: list[Case]) -> dict[str, str]:
    """What a scenario calls each: `KEY N`, in order of opening; '' the first, which is its own."""
    names: dict[str, int] = {}
    called = {cases[0].number: ""}
    for case in sorted(cases[1:], key=lambda one: (one.opened, natural(one.number))):
        names[case.process] = names.get(case.process, 0) + 1
        called[case.number] = f"{case.process} {names[case.process]}"
    return called


def _events(office: Office, cases: list[Case], called: Mapping[str, str]) -> Iterator[_Event]:
    for case in cases:
        yield from _told(office.store.entries(case.number), called[case.number])


def _told(entries: list[Entry], called: str) -> Iterator[_Event]:
    """The entries of one case, each with the state that its act ended in."""
    read = [(entry, json.loads(entry.text), json.loads(entry.payload)) for entry in entries]
    states, state = [], ""
    for _, _, payload in read:
        state = payload["delta"]["case"].get("state", state)
        states.append(state)
    for at, (entry, said, payload) in enumerate(read):
        end = at
        while end + 1 < len(read) and read[end + 1][1]["act"] == "auto":
            end += 1
        yield _Event(entry, said, payload, called, states[end])


def _playable(case: Case, events: list[_Event], known: set[str]) -> None:
    reasons = []
    if case.parent:
        template = "it is a sub-case: record the case that it belongs to, {case}"
        reasons.append(Reason(code="record", template=template, facts={"case": case.parent}))
    others = sorted({one.payload["data"]["from"] for one in events if one.said["act"] == "also"} - known)
    if others:
        template = "it was moved from {cases}, which a scenario of its own can't play"
        reasons.append(Reason(code="record", template=template, facts={"cases": ", ".join(others)}))
    if reasons:
        raise Refused(what=case.number, reasons=reasons)


def _head(recorder: _Recorder, case: Case, first: _Event) -> Iterator[str]:
    yield f"scenario: {_text(case.title or case.number)}"
    if first.said["actor"] == CLOCK:  # the clock opens it again: the day before, nothing is open yet
        yield f"at: {recorder.local(first.entry.at - timedelta(days=1))}"
        return
    yield f"at: {recorder.local(first.entry.at)}"
    yield f"as: {_text(recorder.person(first.said['actor'], first.entry.at))}"
    if first.said["action"] != "open":
        yield f"start: {_text(first.said['action'])}"
    yield f"open: {_values(first.payload['fields'])}"


def _steps(events: list[_Event]) -> Iterator[_Event]:
    """What persons did; what a correction does to papers is part of it."""
    dealt: set[str] = set()
    for event in events:
        act, data = event.said["act"], event.payload["data"]
        if act == "correct":
            dealt = {paper for paper, how in data["papers"].items() if how != "keep"}
        elif act.startswith("document-") and data["document"] in dealt:
            dealt.discard(data["document"])
            continue
        if event.said["actor"] != CLOCK and act not in {*PASSING, "also"} and not (event.case and act == "open"):
            yield event


def _step(recorder: _Recorder, event: _Event) -> Iterator[str]:
    at, deed = event.entry.at, [*_deed(event), *_between(event, recorder)]
    if not any(deed):
        return  # a link, as the other case tells it
    if at.replace(microsecond=0) > recorder.at:
        yield f"wait: {_text('until ' + recorder.local(at))}"
    recorder.at = at
    who = f"as: {_text(recorder.person(event.said['actor'], at))}"
    case = f", case: {_text(event.case)}" if event.case else ""
    yield ", ".join(filter(None, (who + case, *deed, *_rest(event), *_expected(event))))


def _deed(event: _Event) -> Iterator[str]:
    """What is done, by the scenario's own word for it."""
    act, data, fields = event.said["act"], event.payload["data"], event.payload["fields"]
    match act:
        case "advance":
            yield f"do: {_text(event.said['action'])}"
            yield f"set: {_values(fields)}" if fields else ""
        case "reply":
            yield f"reply: {_text(data['answer'])}, unit: {_text(data['asked'])}"
            yield f"set: {_values(fields)}" if fields else ""
        case "attach":
            yield f"attach: [{', '.join(_text(one['name']) for one in data.get('files', ()))}]"
        case "edit":
            yield f"edit: {_values(fields)}"
        case "correct":
            yield from _correction(data, fields)
        case "assign":
            yield f"assign: {{{_text(data['slot'])}: {_text(data['person'])}}}"
        case "extend":
            names = dict.fromkeys(key.split("/")[-2 if key.split("/")[-1].isdigit() else -3] for key in data["deadlines"])
            amount = _text(data["amount"])
            yield f"extend: {{{', '.join(f'{_text(name)}: {amount}' for name in names)}}}"
        case _:
            yield f"{act}: {_text(event.payload['note'])}" if act in NOTED else ""


def _correction(data: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[str]:
    """A line put right: the case's fields and a reply's, its answer, and what became of which papers."""
    reply = data.get("reply", {})
    yield f"correct: {data['entry']}"
    if both := {**fields, **reply.get("fields", {})}:
        yield f"set: {_values(both)}"
    if reply.get("taken_back"):
        yield "take_back: true"
    elif reply.get("answer", "") != reply.get("was", {}).get("answer", ""):
        yield f"answer: {_text(reply['answer'])}"
    for way in ("void", "replace", "keep"):
        if papers := [paper for paper, how in data["papers"].items() if how == way]:
            yield f"{way}: [{', '.join(map(_text, papers))}]"


def _between(event: _Event, recorder: _Recorder) -> Iterator[str]:
    """Who works or is asked; what is done to a paper; what ties the case to another of its family (a link to one that no scenario
    opens is left out).
    """
    act, data = event.said["act"], event.payload["data"]
    if act == "ask":
        yield f"ask: [{', '.join(map(_text, data['asked']))}]"
    elif act == "claim":
        yield f"claim: {_text(data['slot'])}"
    elif act == "release":
        yield f"release: {_text(data['slot'])}" if "slot" in data else f"release: true, unit: {_text(data['asked'])}"
    elif act == "link":
        other = recorder.called.get(data["other"], "")
        if other and data["how"] != "followed" and not (event.case and data["how"] == "relates" and event.case > other):
            yield f"link: {_text(other)}, how: {data['how']}"
    elif act.startswith("document-"):
        named = f"{PAPERS[data['what']]}: {_text(data['document'])}"
        by = f", by: {_text(data['by'])}" if data.get("by") else ""
        files = f", files: [{', '.join(_text(one['name']) for one in data['files'])}]" if data.get("files") else ""
        yield f"doc: {{{named}{by}{files}}}"


def _rest(event: _Event) -> Iterator[str]:
    if event.payload["note"] and event.said["act"] not in NOTED:
        yield f"note: {_text(event.payload['note'])}"


def _expected(event: _Event) -> Iterator[str]:
    if event.said["act"] in {"advance", "reply", "recall"}:
        yield f"expect: {{state: {_text(event.state)}}}"


def _end(case: Case) -> str:
    outcome = f", outcome: {_text(case.outcome)}" if case.outcome else ""
    return f"expect: {{state: {_text(case.state)}{outcome}}}"


def _values(fields: Mapping[str, Any]) -> str:
    return f"{{{', '.join(f'{key}: {_value(value)}' for key, value in fields.items())}}}"


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        if set(value) == {"name", "hash", "size"}:
            return _text(f"file:{value['name']}")
        return _values(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return _text(value)


def _text(value: Any) -> str:
    """A scalar as YAML, which JSON's is."""
    return json.dumps(value, ensure_ascii=False)
