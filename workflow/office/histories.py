"""Histories as people read them: what each entry did, in words, and the deadlines that it moved."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from msgspec.structs import replace

from workflow.answers import DeadlineMoved, EntryShown
from workflow.engine import deadlines as dl
from workflow.engine.facts import Facts
from workflow.engine.history import DISPOSE, payload_of, version_of
from workflow.language.process import Process
from workflow.model import Entry
from workflow.office.words import asked_title, on_key_text, person_name, state_title
from workflow.phrases import phrase

DONE = {
    "attach": "Files put with the case",
    "comment": "Comment",
    "edit": "Fields changed",
    "correct": "Entry {entry} put right",
    "pause": "Clocks paused",
    "resume": "Clocks going on",
    "recall": "Entry {entry} taken back",
    "migrate": "Moved to another version of the procedure",
    "unmigrate": "Put back into the version of before",
    "reopen": "Case reopened",
    "claim": "Taken on: {slot}",
    "release": "Given back: {slot}",
    "recuse": "Withdrew from the case",
    "ask": "Asked too: {units}",
    "let off": "Need not reply any more: {units}",
}
"""What an act besides the actions did, by its kind."""
PAPERS = {
    "document-issued": "Paper {document} issued",
    "document-void": "Paper {document} declared void",
    "document-recalled": "Paper {document} recalled",
    "document-replaced": "Paper {document} replaced by {other}",
    "document-corrected": "Paper {document} corrected by {other}",
    "document-attached": "Files put with the paper {document}",
}
"""What became of a paper, by the act's kind."""
LINKED = {"relates": "Linked to a related case", "follows": "Linked to the case before it", "followed": "Linked to a case that follows"}
"""What a link says; the other case is named by `hoso show`, to whoever may see it (law 7)."""
FIRED = {"reminder": "Reminder: {name}", "overdue": "Overdue: {name}"}
"""What a rung did, by its kind."""
LEFT = {
    **{kind: told for kind, told in DONE.items() if "{" not in told},
    "correct": "An entry put right",
    "recall": "An entry taken back",
    "claim": "A slot taken on",
    "release": "A slot given back, or a unit let off",
    "ask": "More units asked",
    "assign": "A slot given to a person",
    "extend": "A deadline extended",
    "fire": "A deadline's step",
    "silence": "A unit gave no reply",
    "reply": "A reply",
    "calendar": "Deadlines moved by the amended calendar",
    "transfer": "A reorganisation",
    "link": "Linked to another case",
    "document-issued": "A paper issued",
    "document-void": "A paper declared void",
    "document-recalled": "A paper recalled",
    "document-replaced": "A paper replaced by another",
    "document-corrected": "A paper corrected by another",
    "document-attached": "Files put with a paper",
}
"""What an entry whose contents were disposed of did: no name and no number is left in it."""


def history_shown(
    entries: Iterable[Entry], version: Callable[[str], Process], facts: Facts, sees: Callable[[str], bool]
) -> list[EntryShown]:
    """A history for people, each line in the words of the process that the case obeyed then. `sees`: whether they may see
    another case, by its number; one that they may not see is not named (law 7).
    """
    found: list[EntryShown] = []
    dues: dict[str, str] = {}
    before: Process | None = None
    for entry in entries:
        after = version(version_of(entry))
        shown = entry_shown(before or after, entry, facts, after=after, sees=sees)
        found.append(replace(shown, moved=_moved(after, entry, dues, facts)))
        before = after
    return found


def _moved(process: Process, entry: Entry, dues: dict[str, str], facts: Facts) -> tuple[DeadlineMoved, ...]:
    """The deadlines that this entry gave another time; `dues`: those before it, by key, which are brought up to date."""
    changed = {one["key"]: one["due"] for one in payload_of(entry)["delta"].get("deadlines", ())}
    moved = [key for key, due in changed.items() if dues.get(key, due) != due]
    before = {key: dues[key] for key in moved}
    dues.update(changed)
    return tuple(
        DeadlineMoved(
            key=key,
            on=on_key_text(process, *dl.named_by(key), facts),
            before=datetime.fromisoformat(before[key]),
            after=datetime.fromisoformat(changed[key]),
        )
        for key in moved
    )


def _sees_no_other(_number: str) -> bool:
    return False


def entry_shown(
    process: Process,
    entry: Entry,
    facts: Facts,
    *,
    inner: bool = True,
    after: Process | None = None,
    sees: Callable[[str], bool] = _sees_no_other,
) -> EntryShown:
    """A line of history for people. `inner` False: to one who may see the case but not what was filled in; `after`: the
    process that the case obeyed after it, where that is another one.
    """
    said, payload = json.loads(entry.text), payload_of(entry)
    return EntryShown(
        seq=entry.seq,
        at=entry.at,
        actor=entry.actor,
        actor_title=person_name(entry.actor, facts).title,
        acting_for=facts.person_title(said["for"]) if said["for"] else "",
        act=said["act"],
        action=said["action"],
        title=_title(process, said, entry, facts, sees),
        before=said["before"],
        after=said["after"],
        note=payload["note"],
        fields=payload["fields"] if inner else {},
        documents=tuple(filter(None, (one.get("symbol") or one["title"] for one in payload["documents"]))),  # a husk has no title
        hash=entry.hash,
        before_title=state_title(process, said["before"], facts),
        after_title=state_title(after or process, said["after"], facts),
        login=payload["data"].get("login", ""),
    )


def _title(process: Process, said: Mapping[str, Any], entry: Entry, facts: Facts, sees: Callable[[str], bool]) -> str:
    """What an entry did, in words; of one whose contents were removed, its action's title is left, or what kind of act it was."""
    if not entry.payload:
        kind = phrase(LEFT[said["act"]], facts.language) if said["act"] in LEFT else said["act"]
        return _action_title(process, said["action"], facts) or kind
    data = payload_of(entry)["data"]
    if said["act"] == DISPOSE:
        return phrase("Contents disposed of by decision {decision}", facts.language, decision=data["decision"])
    return _paper_did(said["act"], data, facts.language) or _did(process, said, data, facts, sees)


def _paper_did(act: str, data: Mapping[str, Any], language: str) -> str:
    """What became of a paper, in words; '' if it was another act."""
    if act not in PAPERS:
        return ""
    return phrase(PAPERS[act], language, document=data["symbol"] or data["document"], other=data.get("by", ""))


def _did(process: Process, said: Mapping[str, Any], data: Mapping[str, Any], facts: Facts, sees: Callable[[str], bool]) -> str:
    """What an entry did, in words."""
    language, action = facts.language, _action_title(process, said["action"], facts)
    match said["act"]:
        case "fire":
            named = on_key_text(process, *dl.named_by(data["deadline"]), facts)
            return phrase(FIRED.get(data.get("kind", ""), "Deadline: {name}"), language, name=named) + (f" → {action}" if action else "")
        case "silence":
            return phrase("No reply: {unit}", language, unit=facts.unit_title(data["asked"]) if "asked" in data else "")
        case "calendar":
            days = dict.fromkeys(day_text(day, language) for one in data["moved"] for day in one["days"])
            return ": ".join(filter(None, (phrase("Deadlines moved by the amended calendar", language), ", ".join(days))))
        case "extend":
            names = ", ".join(dict.fromkeys(dl.named_by(key)[1] for key in data["deadlines"]))
            return phrase("Deadline {name} extended by {amount}", language, name=names, amount=data["amount"])
        case "correct" | "recall" as act:
            return phrase(DONE[act], language, entry=data["entry"]) + _reply_righted(process, data.get("reply"), facts)
        case "also":
            named = "{action}, from case {case}" if sees(data["from"]) else "{action}, from another case"
            return phrase(named, language, action=action, case=data["from"])
        case "assign" | "claim" | "release" | "ask" | "transfer" | "link" as act:
            return _of_people(act, data, facts)
        case act if act in DONE:
            return phrase(DONE[act], language)
        case "reply":
            return f"{action}: {facts.unit_title(data['asked'])}"
    return action


def _reply_righted(process: Process, reply: Mapping[str, Any] | None, facts: Facts) -> str:
    """What became of a reply that was put right, in words; '' where it was none."""
    if reply is None:
        return ""
    unit = facts.unit_title(reply["asked"])
    if reply.get("taken_back"):
        return phrase(" ({unit}: the reply is taken back)", facts.language, unit=unit)
    titles = {key: title.to(facts.language) for state in process.states if state.consult for key, title in state.consult.answers}
    was, now = (titles.get(one, one) for one in (reply["was"]["answer"], reply["answer"]))
    return f" ({unit}: {was} → {now})" if was != now else f" ({unit})"


def _of_people(act: str, data: Mapping[str, Any], facts: Facts) -> str:
    """What an act did to whoever works on a case, or is asked."""
    if act == "link":
        return phrase(LINKED[data["how"]], facts.language)
    if act == "transfer":
        kept = dict([data["kept"]] if data["kept"] else [])
        moved = ", ".join(f"{old} → {new}" for old, new in {**data["units"], **kept, **data["asked"]}.items())
        return phrase("Reorganisation: {units}", facts.language, units=moved)
    if act == "assign":
        return phrase("{slot} given to {person}", facts.language, slot=data["slot"], person=facts.person_title(data["person"]))
    if "slot" in data:
        return phrase(DONE[act], facts.language, slot=data["slot"])
    asked = [data["asked"]] if isinstance(data["asked"], str) else data["asked"]
    units = ", ".join(asked_title(one, facts) for one in asked)
    return phrase(DONE["let off" if act == "release" else act], facts.language, units=units)


def day_text(day: Mapping[str, Any], language: str) -> str:
    """Which day changed, how, by which decision: "31/08/2026 off: Hoán đổi (CV 1)"."""
    on = day["day"] if isinstance(day["day"], date) else date.fromisoformat(day["day"])
    said = phrase("{day} worked" if day["works"] else "{day} off", language, day=on.strftime("%d/%m/%Y"))
    why = f"{day['why']} ({day['by']})" if day["by"] else str(day["why"])
    return f"{said}: {why}" if why else said


def _action_title(process: Process, key: str, facts: Facts) -> str:
    for action in (*process.actions, *process.starts):
        if action.key == key:
            return action.title.to(facts.language)
    for state in process.states:
        if state.consult and state.consult.reply.key == key:
            return state.consult.reply.title.to(facts.language)
    return key
