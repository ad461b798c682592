"""The way that a case went through its procedure: from state to state, how often, how long it stood in each."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec import Struct, field

from workflow.model import Case, Entry
from workflow.phrases import phrase


class Journey(Struct, kw_only=True):
    """What happened, by state: `steps` (from, to, number of the step), the time spent, where the case stands."""

    case: str
    title: str
    steps: list[tuple[str, str, int]] = field(default_factory=list)
    spent: dict[str, timedelta] = field(default_factory=dict)
    now: tuple[str, ...] = ()


def journey_of(case: Case, entries: Sequence[Entry], now: datetime) -> Journey:
    """The way of a case, from its history; up to now where it is open."""
    found = Journey(case=case.number, title=case.title, now=(case.state, *(one.state for one in case.tracks.values())))
    since: dict[str, datetime] = {}
    for entry in entries:
        said = json.loads(entry.text)
        before, after = said["before"], said["after"]
        delta = json.loads(entry.payload)["delta"] if entry.payload else {"case": {}}
        moved = {delta["case"].get("state"), *(one.get("state") for one in delta["case"].get("tracks", {}).values())} - {None}
        if before != after or (after in moved and said["action"] and "entered" in delta["case"]):
            _left(found, since, before, entry.at)
            found.steps.append((before or "·", after, len(found.steps) + 1))
            since[after] = entry.at
        for state in moved:
            since.setdefault(state, entry.at)
    for state in found.now:
        end = case.closed if case.closed is not None and state == case.state else now
        _left(found, since, state, end)
    return found


def _left(found: Journey, since: dict[str, datetime], state: str, at: datetime) -> None:
    if state in since:
        found.spent[state] = found.spent.get(state, timedelta()) + max(at - since.pop(state), timedelta())


def time_text(spent: timedelta, language: str) -> str:
    """A length of time, its two largest units."""
    days, hours, minutes = spent.days, spent.seconds // 3600, spent.seconds // 60 % 60
    if days:
        return phrase("{days} days {hours} h", language, days=days, hours=hours)
    return phrase("{hours} h {minutes} min", language, hours=hours, minutes=minutes)
