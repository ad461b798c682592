"""Model objects by hand, for the store's tests."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from workflow.model import (
    Case,
    CasePart,
    Change,
    ClockEvent,
    Deadline,
    DeadlineStatus,
    Document,
    DocumentStatus,
    Entry,
    Happening,
    Notice,
    Opinion,
    OpinionStatus,
    Seat,
    SeriesKey,
    Viewer,
)
from workflow.plain import canonical, digest

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
EVERYTHING = Viewer(everything=True)
CLERK = Seat(unit="btg", position="clerk")
LEADER = Seat(unit="btg", position="leader")
SERIES = SeriesKey(body="btg", type="BC", period="2026")


def hours(number: float) -> datetime:
    return START + timedelta(hours=number)


def viewer(*seats: Seat) -> Viewer:
    return Viewer(person="p", seats=frozenset(seats))


def case(number: str = "001/2026-VV", **others) -> Case:
    values = {"process": "incident", "version": "v1", "title": "Vụ việc ở Nam Giang", "state": "received", "unit": "btg", "opener": "cv1"}
    times = dict.fromkeys(("opened", "entered", "last_act", "last_entry"), START)
    return Case(**{"number": number, **values, **times, "revision": 1, "seq": 1, "head": "h1", **others})


def entry(of: Case) -> Entry:
    text = canonical({"act": "advance", "seq": of.seq, "note": "Đã xem  xét"})
    return Entry(case=of.number, seq=of.seq, at=START, actor="cv1", text=text, payload="{}", previous="", hash=digest(text))


def deadline(key: str = "state:received/due/1", due: float = 8, **others) -> Deadline:
    happened = (Happening(what=ClockEvent.OPENED, at=START, seq=1),)
    values = {"on": "state:received", "name": "due", "status": DeadlineStatus.RUNNING, "events": happened}
    return Deadline(**{"key": key, "due": hours(due), "next_at": hours(due - 4), **values, **others})


def opinion(asked: str = "vp", **others) -> Opinion:
    values = {"state": "consulting", "round": 1, "status": OpinionStatus.ASKED, "asked_at": START}
    return Opinion(**{"asked": asked, **values, **others})


def document(key: str = "report/1", **others) -> Document:
    values = {"type": "BC", "status": DocumentStatus.DRAFT, "title": "Báo cáo", "frame": "party", "template": "t1", "at": START}
    return Document(**{"key": key, "rule": key.rpartition("/")[0], **values, **others})


def notice(key: str = "n1", of: str = "001/2026-VV", person: str = "cv1", **others) -> Notice:
    return Notice(**{"key": key, "person": person, "case": of, "at": START, "subject": "Quá hạn", "text": "Hồ sơ quá hạn", **others})


def earliest(part):
    """When the first deadline of a part is due, of those that it has: who leaves others in the case says `due` itself."""
    return min((one.due for one in part.get("deadlines", ()) if one.status is DeadlineStatus.RUNNING), default=None)


def opening(made: Case, request: str = "", **part) -> Change:
    return Change(
        request_id=request or f"open {made.number}",
        parts=(CasePart(**{"before": None, "case": made, "drafts": (), "entries": (entry(made),), "due": earliest(part), **part}),),
    )


def moved(before: Case, **changes) -> Case:
    return replace(before, **{"revision": before.revision + 1, "seq": before.seq + 1, "head": f"h{before.seq + 1}", **changes})


def advancing(before: Case, after: Case | None = None, request: str = "", **part) -> Change:
    after = after or moved(before, state="screened")
    made = CasePart(**{"before": before, "case": after, "drafts": (), "entries": (entry(after),), "due": earliest(part), **part})
    return Change(request_id=request or f"advance {before.number} {before.revision}", parts=(made,))


def put(store, message, keys):
    """Whether a message of these notices was made."""
    return store.make_messages(99, lambda waiting: [(message, keys)]) == 1
