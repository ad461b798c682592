"""Deadlines as a calendar feed (RFC 5545). The same deadlines give the same bytes (law 9). The only importer of icalendar."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct

from workflow.signs import without


class FeedItem(Struct, frozen=True, kw_only=True):
    """One deadline of a feed: on a whole `day`, or at an instant of it."""

    uid: str
    at: datetime
    day: date | None
    title: str
    text: str
    stamp: datetime
    """When it last changed."""
    changes: int
    """How often it was changed."""


def feed(title: str, items: Sequence[FeedItem]) -> bytes:
    """The feed, its items in order of time."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//hoso//deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    for item in sorted(items, key=lambda one: (one.at, one.title, one.uid)):
        event = Event()
        event.add("uid", item.uid)
        event.add("dtstamp", item.stamp.replace(microsecond=0))
        event.add("dtstart", item.day if item.day is not None else item.at.replace(microsecond=0))
        event.add("summary", without(item.title))
        event.add("description", without(item.text))
        event.add("sequence", item.changes)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
