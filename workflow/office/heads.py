"""The chain over the whole office: once a day, what all chains came to. Its newest hash, on paper or mailed away, is what shows
that a tail was cut off, or a chain was computed anew.
"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import asdict

from workflow.model import OfficeHead
from workflow.plain import canonical, digest, instant
from workflow.ports import Store

FORMAT = 1
SETTLED = timedelta(hours=4)
"""A day's head is made so long after its end: acts are under way at midnight, and clocks may be set back a little."""


def due_until(now: datetime, zone: ZoneInfo) -> datetime:
    """The end of the days that have settled: what came before it belongs under a head."""
    local = (now - SETTLED).astimezone(zone)
    return datetime.combine(local.date(), time(0), tzinfo=zone).astimezone(now.tzinfo)


def add_head(store: Store, before: datetime) -> OfficeHead | None:
    """Add the head of what came before a moment, unless it is there; the newest there is."""
    last = store.last_head()
    if last is not None and last.at >= before:
        return last
    seq, previous = (last.seq + 1, last.hash) if last else (1, "")
    text = canonical({"format": FORMAT, "seq": seq, "at": instant(before), **asdict(store.chains(before))})
    head = OfficeHead(seq=seq, at=before, text=text, previous=previous, hash=digest(previous + text))
    return head if store.add_head(head) else store.last_head()
