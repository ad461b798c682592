"""A back-test: what past cases would have come to under a changed procedure and calendar.

Each case's acts, as its history has them, are done again at their times by `decide`, the clock's in between; nothing is read or written
but the history. A case is replayed with its sub-cases, by the organisation that is known now (its posts have their days).
"""

import json
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from workflow.answers.trying import Backtested, CaseTested
from workflow.errors import Refused
from workflow.language.process import Process
from workflow.model import (
    CLOCK,
    Act,
    Advance,
    Assign,
    Attach,
    Attachment,
    CaseFile,
    Change,
    Comment,
    Correct,
    DeadlineStatus,
    Edit,
    Entry,
    Extend,
    Open,
    Pause,
    Reply,
    Resume,
)
from workflow.simulate.world import Ground, World

if TYPE_CHECKING:
    from concurrent.futures import Future


class Past(Struct, frozen=True):
    """One case as it really was: its file, its history; and whether whoever asks may see it: what was done in a sub-case that they may
    not is done again with the rest, and neither counted nor told.
    """

    file: CaseFile
    entries: Sequence[Entry]
    children: tuple["Past", ...] = ()
    seen: bool = True


class _Result(Struct):
    tested: CaseTested
    acts: int
    left_out: int
    reasons: list[str]


Each = Callable[[], None]
CHUNK = 100
"""The cases that one process of the machine replays at a time."""


def backtest(
    process: Process, ground: Ground, past: Iterable[Past], now: datetime, each: Each | None = None, *, workers: int = 1
) -> Backtested:
    """Replay past cases; `each` is told of every one. `workers`: the processes of the machine that share the work."""
    results = []
    for found in _replayed(past, _Job(process, ground, now), workers):
        results.append(found)
        if each is not None:
            each()
    tested = [one.tested for one in results]
    return Backtested(
        process=process.key,
        title=process.title.to(ground.language),
        version=process.version[:12],
        cases_tested=len(results),
        acts_tested=sum(one.acts for one in results),
        acts_left_out=sum(one.left_out for one in results),
        breached_before=sum(one.breached_before for one in tested),
        breached=sum(bool(one.breached) for one in tested),
        newly_breached=sum(bool(one.breached) and not one.breached_before for one in tested),
        no_longer_breached=sum(one.breached_before and not one.breached for one in tested),
        stuck=dict(sorted(Counter(one.stuck for one in tested if one.stuck).items())),
        acts_refused=sum(len(one.refused) for one in tested),
        reasons=dict(Counter(reason for one in results for reason in one.reasons).most_common()),
        cases=tuple(one for one in tested if _of_note(one)),
    )


def _of_note(one: CaseTested) -> bool:
    return bool(one.stuck or one.refused or bool(one.breached) is not one.breached_before or one.breached)


class _Job(Struct, frozen=True):
    """What is the same for every case."""

    process: Process
    ground: Ground
    now: datetime

    def __call__(self, past: Sequence[Past]) -> list[_Result]:
        """The results of some cases."""
        return [_replay(one, self.process, self.ground, self.now) for one in past]


_JOB: list[_Job] = []
"""The job, in a process that shares the work."""


def _begin(job: _Job) -> None:
    _JOB[:] = [job]


def _share(past: Sequence[Past]) -> list[_Result]:
    return _JOB[0](past)


def _replayed(past: Iterable[Past], job: _Job, workers: int) -> Iterator[_Result]:
    if workers < 2:  # noqa: PLR2004 - one does it alone
        for one in past:
            yield from job([one])
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(workers, mp_context=get_context("fork"), initializer=_begin, initargs=(job,)) as pool:
        waiting: deque[Future[list[_Result]]] = deque()
        for some in _chunks(past):
            waiting.append(pool.submit(_share, some))
            if len(waiting) > 2 * workers:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _chunks(past: Iterable[Past]) -> Iterator[list[Past]]:
    some: list[Past] = []
    for one in past:
        some.append(one)
        if len(some) == CHUNK:
            yield some
            some = []
    if some:
        yield some


# ---- one case --------------------------------------------------------------------------------------------------------


class _Done(Struct):
    """One thing that a person did: to which case of the family (its place among those of its process, '' the first), and when."""

    said: Mapping[str, Any]
    payload: Mapping[str, Any]
    at: datetime
    whose: tuple[str, int]
    seen: bool


def _replay(past: Past, process: Process, ground: Ground, now: datetime) -> _Result:
    case, world = past.file.case, World(ground)
    until = case.closed or now
    refused, reasons, acts, left_out, number, fails = [], [], 0, 0, "", False
    for done in _doings(past):
        for _ in world.pass_until(done.at):
            pass
        act = _act(done, process, _called(world, number, done.whose))
        if act is None:
            left_out += done.seen
            continue
        acts += done.seen
        outcome = world.do(act, done.at)
        if isinstance(outcome, Change):
            number = number or outcome.parts[0].case.number
            continue
        fails = True
        if done.seen:
            said = _reasons(outcome, ground.language)
            reasons.append(said)
            refused.append(f"{done.said['action'] or done.said['act']}: {said}")
        if not number:
            break
    for _ in world.pass_until(until):
        pass
    tested = CaseTested(
        case=case.number,
        title=case.title,
        breached_before=bool(_missed(past.file, until)),
        breached=tuple(_late(world, number, until)),
        stuck=_stuck(past, world, number, refused=fails),
        refused=tuple(refused),
    )
    return _Result(tested=tested, acts=acts, left_out=left_out, reasons=reasons)


def _reasons(refusal: Refused, language: str) -> str:
    return "; ".join(reason.message(language) for reason in refusal.reasons) or str(refusal.facts["what"])


def _missed(file: CaseFile, until: datetime) -> list[Any]:
    return [
        one for one in file.deadlines if one.status is DeadlineStatus.MISSED or (one.status is DeadlineStatus.RUNNING and one.due < until)
    ]


def _late(world: World, number: str, until: datetime) -> Iterator[str]:
    """The deadlines that are missed, in words."""
    if number not in world.files:
        return
    process = world.processes[number]
    for one in _missed(world.files[number], until):
        key = one.on.partition(":")[2]
        title = process.state_of[key].title.to(world.ground.language) if key in process.state_of else one.name
        asked = f" ({one.asked})" if one.asked else ""
        days = ((one.settled or until) - one.due).days
        yield f"{title}{asked} +{days}" if days else f"{title}{asked}"


def _stuck(past: Past, world: World, number: str, *, refused: bool) -> str:
    """The state in which it would stay: it is open there, but really was closed or went on elsewhere."""
    if not refused:
        return ""
    if number not in world.files:
        return "–"
    case, really = world.files[number].case, past.file.case
    if not case.open or (really.open and really.state == case.state):
        return ""
    return world.processes[number].state_of[case.state].title.to(world.ground.language)


# ---- acts from entries -----------------------------------------------------------------------------------------------


def _doings(past: Past) -> list[_Done]:
    """What persons did in the case and its sub-cases, in order of time; what was recalled is left out with its recall."""
    places: dict[str, int] = {}
    found: list[_Done] = []

    def visit(one: Past, *, first: bool) -> None:
        key = one.file.case.process
        whose = ("", 0)
        if not first:
            places[key] = places.get(key, 0) + 1
            whose = (key, places[key])
        found.extend(_of(one, whose, first=first))
        for child in one.children:
            visit(child, first=False)

    visit(past, first=True)
    return sorted(found, key=lambda one: one.at)


def _of(past: Past, whose: tuple[str, int], *, first: bool) -> Iterator[_Done]:
    read = [(json.loads(entry.text), json.loads(entry.payload), entry) for entry in past.entries]
    recalled = {payload["data"]["entry"] for said, payload, _ in read if said["act"] == "recall"}
    for said, payload, entry in read:
        opens = said["act"] == "open"
        by_person = said["actor"] != CLOCK or (opens and first)
        if by_person and said["act"] not in {"recall", "also"} and entry.seq not in recalled and (first or not opens):
            yield _Done(said, payload, entry.at, whose, past.seen)


def _called(world: World, number: str, whose: tuple[str, int]) -> str:
    """The number that a case of the family has in this world."""
    key, place = whose
    if not key:
        return number
    mine = [one.case.number for one in world.files.values() if one.case.process == key and one.case.number != number]
    return mine[place - 1] if place <= len(mine) else "–"


def _act(done: _Done, process: Process, case: str) -> Act | None:
    """The act of an entry; None for one that a back-test leaves out."""
    said, payload = done.said, done.payload
    data = payload["data"]
    given: dict[str, Any] = {"actor": said["actor"], "request_id": "", "note": payload["note"], "acting_for": said["for"]}
    filled = {**given, "fields": payload["fields"]}
    match said["act"]:
        case "open":
            periodic = "again" if said["actor"] == CLOCK else ""
            title = payload["delta"]["case"].get("title", "")
            return Open(**filled, process=process.key, start=said["action"], title=title, periodic=periodic)
        case "advance":
            return Advance(**filled, case=case, action=said["action"])
        case "reply":
            return Reply(**filled, case=case, asked=data["asked"], answer=data["answer"])
        case "edit":
            return Edit(**filled, case=case)
        case "correct" if "reply" not in data:
            return Correct(**filled, case=case, entry=1)
        case "assign":
            return Assign(**given, case=case, slot=data["slot"], person=data["person"])
        case "extend":
            return Extend(**given, case=case, deadline=_name(data["deadlines"]), amount=data["amount"])
        case "attach" | "comment" | "pause" | "resume" as act:
            kind = {"attach": Attach, "comment": Comment, "pause": Pause, "resume": Resume}[act]
            files = tuple(Attachment(**one) for one in data.get("files", ()))
            return kind(**given, case=case, attachments=files)
    return None


def _name(keys: Sequence[str]) -> str:
    from workflow.engine.deadlines import named_by

    return named_by(keys[0])[1] if keys else ""
