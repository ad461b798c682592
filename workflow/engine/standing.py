"""Where a case stands: its own state and its tracks', and what may be done there."""

from collections.abc import Mapping

from workflow.language.process import Action, Process, State, Who
from workflow.model import Case


def goes_on(process: Process, case: Case, track: str) -> bool:
    """Whether a track is not over: a closed case ends its tracks, but those that outlive it (language.md 2.14)."""
    return track in case.tracks and (case.open or process.track_of[track].outlives)


def standing(process: Process, case: Case) -> tuple[State, ...]:
    """The states in which something may be done: the case's own, then those of the tracks that are not over."""
    if not case.tracks:
        state = process.state_of.get(case.state)
        return (state,) if state is not None else ()
    keys = [case.state, *(one.state for track, one in case.tracks.items() if goes_on(process, case, track))]
    return tuple(process.state_of[key] for key in keys if key in process.state_of)


def waiting(process: Process, case: Case) -> tuple[State, ...]:
    """Those of them that are not final: where deadlines run and somebody is awaited."""
    return tuple([state for state in standing(process, case) if not state.final])


def turns(process: Process, case: Case) -> Who:
    """The roles that may do an action of the states where the case stands: whose turn it is, guards and general actions aside."""
    here = [action for state in waiting(process, case) for action in process.in_state[state.key].values() if not action.general]
    return tuple(dict.fromkeys(word for action in here for word in action.by if word in process.role_of))


def actions_here(process: Process, case: Case) -> Mapping[str, Action]:
    """The actions that may be done where the case stands, by key: of each state its own before the general ones."""
    if not case.tracks:
        return process.in_state.get(case.state, {})
    found: dict[str, Action] = {}
    for state in standing(process, case):
        found |= process.in_state[state.key]
    return found


def stands_at(case: Case, track: str) -> str:
    """The state's key at which the case, or one of its tracks, stands."""
    return case.tracks[track].state if track else case.state


def after_of(work_case: Case, track: str) -> str:
    """Where the track stands after a step; the case itself, if it goes on in a process without that track."""
    return stands_at(work_case, track if track in work_case.tracks else "")
