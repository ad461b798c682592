"""What a simulated run of a procedure comes to."""

from collections.abc import Mapping

from msgspec import Struct


class StateLoad(Struct, frozen=True, kw_only=True):
    """One state over all cases. Hours are of the clock on the wall, from coming to leaving."""

    state: str
    title: str
    visits: int
    mean_hours: float
    p90_hours: float
    breaches: int
    """Deadlines of the state that were missed."""
    most_at_once: int
    """The most cases that stood there together: where they pile up."""


class UnitLoad(Struct, frozen=True, kw_only=True):
    """The work of one unit's people. `busy`: the share of their working time that acts took."""

    unit: str
    title: str
    people: int
    acts: int
    hours: float
    busy: float
    mean_wait_hours: float
    """How long work lay before somebody took it up."""


class Run(Struct, frozen=True, kw_only=True):
    """One run: cases finished, how long they took (days of the calendar, half of them and nine in ten), how many missed a deadline."""

    name: str
    cases: int
    finished: int
    breached: int
    median_days: float
    p90_days: float
    outcomes: Mapping[str, int]


class Simulated(Struct, frozen=True, kw_only=True):
    """A simulation: the run as things are, beside it the runs with something changed, and where work lies."""

    process: str
    title: str
    seed: int
    fitted: int
    """Past cases that times and ways were taken from; 0 = from the file, or assumed."""
    runs: tuple[Run, ...]
    states: tuple[StateLoad, ...]
    units: tuple[UnitLoad, ...]
    stuck: Mapping[str, int]
    """State → cases that nobody could move on."""
    days: tuple[tuple[float, ...], ...] = ()
    """Of each run, the finished cases' days in order: what the plot shows."""
