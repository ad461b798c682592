"""From state to state: which branch is taken, a state left and entered, tracks begun and ended, another process taken up."""

from msgspec.structs import replace

from workflow.engine import clocks, consultation
from workflow.engine.effects import set_fields
from workflow.engine.machine import next_state
from workflow.engine.papers import refused
from workflow.engine.standing import goes_on, standing
from workflow.engine.work import Work
from workflow.errors import Reason, WrongValue
from workflow.language.expression import holds
from workflow.language.process import PREVIOUS, SAME, Action, Becomes, Branch, Process, State
from workflow.language.values import Known, parse
from workflow.model import Position, Values


def branch_of(work: Work, action: Action, origin: str) -> int:
    """Which branch of the action's `to` is taken. Raises Refused if none fits."""

    def fits(index: int) -> bool:
        when = action.to[index].when
        return when is None or holds(when, work.scope())

    found = next_state(work.process, action, origin, fits)
    if found is None:
        raise refused(work, Reason(code="no-branch", template="no branch of '{action}' fits", facts={"action": action.key}))
    return found[0]


def target_of(work: Work, branch: Branch, track: str) -> State | None:
    """The state that the branch enters; None for `same`, which ends, starts and re-enters nothing."""
    if branch.to == SAME:
        return None
    key = work.case.position(track).previous if branch.to == PREVIOUS else branch.to
    if key not in work.process.state_of:
        raise refused(work, Reason(code="no-previous", template="there is no state to go back to"))
    return work.process.state_of[key]


def enter(work: Work, state: State, origin: str) -> list[State]:
    """Enter a state: its fields set, its deadlines and its round opened. A final state of the case ends the tracks, one
    that is not lets those that it had ended go on. The states entered: this one, and on opening the tracks' first.
    """
    closed_before = not work.case.open
    previous = origin if origin in work.process.state_of else ""
    with work.on(state.track):
        _stand(work, state, previous)
        set_fields(work, state.effects)
        if not state.track:
            _tracks(work, closed_before=closed_before)
        clocks.enter(work, state)
        consultation.open_round(work, state)
    return [state]


def _stand(work: Work, state: State, previous: str) -> None:
    if state.track:
        at = Position(state=state.key, entered=work.now, previous=previous, outcome=state.final)
        work.evolve(tracks={**work.case.tracks, state.track: at})
    else:
        closed = work.now if state.final else None
        work.evolve(state=state.key, previous=previous, entered=work.now, outcome=state.final, closed=closed)


def _tracks(work: Work, *, closed_before: bool) -> None:
    """What the case's own state means for its tracks: over, or going on from now (their states' deadlines begin anew)."""
    for track, at in work.case.tracks.items():
        if not goes_on(work.process, work.case, track):
            clocks.end_track(work, track)
        elif closed_before and not work.process.track_of[track].outlives:
            work.evolve(tracks={**work.case.tracks, track: replace(at, entered=work.now)})


def start_tracks(work: Work) -> list[State]:
    """Enter each track's first state, in file order; the states. A case that is final at once starts none but those that
    outlive it.
    """
    begun = [track for track in work.process.tracks if work.case.open or track.outlives]
    states = [work.process.state_of[track.start] for track in begun]
    for track, state in zip(begun, states, strict=True):
        enter(work, state, "")
        clocks.open_track(work, track)
    return states


def become(work: Work, rule: Becomes, process: Process) -> list[State]:
    """Go on as a case of another process: what ran ends, fields of the same key and type stay, `done` begins anew. The
    states entered.
    """
    if rule.state not in process.state_of:
        facts = {"state": rule.state, "process": process.key}
        raise refused(work, Reason(code="no-state", template="the process '{process}' has no state '{state}' now", facts=facts))
    for state in standing(work.process, work.case):
        clocks.leave(work, state)
    clocks.drop_all(work)
    fields = fitting(process, work.process, work.case.fields, work.facts.known)
    work.process = process
    work.evolve(process=process.key, version=process.version, fields=fields, done={}, tracks={}, failed={}, outcome="", closed=None)
    return [*enter(work, process.state_of[rule.state], ""), *start_tracks(work)]


def fitting(process: Process, before: Process, values: Values, known: Known) -> Values:
    """The values that another process's fields can take: of the same key and type, within its bounds."""
    kept = {key: value for key, value in values.items() if key in process.field_of}
    return {key: value for key, value in kept.items() if _fits(process, before, key, value, known)}


def _fits(process: Process, before: Process, key: str, value: object, known: Known) -> bool:
    kind = process.field_of[key]
    if kind.type != before.field_of[key].type:
        return False
    try:
        return bool(parse(kind, value, known) == value)
    except WrongValue:
        return False
