"""The ledger adds up to the date that the engine enforces, whatever happened: random histories, counted anew here.

Stopped, resumed, paused, extended, put into another class, moved by an amended calendar, settled; nights, weekends, holidays,
swapped and half days. What a ledger says is counted line by line, without the code that made it.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.unit.engine.making import ZONE, Book, at
from workflow.answers import DeadlineExplained
from workflow.calendar import Calendars, Special, parse_amount
from workflow.errors import NotFound, Refused
from workflow.model import ClockEvent, Deadline, Extend, Pause, Recount, Resume, Unit
from workflow.office.explaining import Explaining, Known

CALENDAR = """
week: {mon-thu: ["07:30-11:30", "13:30-17:00"], fri: ["07:30-11:30"]}
off:
  - {on: 2026-11-24, title: Ngày nghỉ, by: "QĐ 1"}
  - {on: 2026-12-07..2026-12-11, title: Tết, by: "QĐ 2"}
swaps: [{off: 2026-12-02, worked: 2026-12-05, by: "QĐ 3"}, {off: 2026-12-14, worked: 2026-12-20, by: "QĐ 4"}]
"""
RULES = {
    "wd": "12 working days",
    "wd3": "3 working days",
    "wh": "20 working hours",
    "days": "9 days",
    "weeks": "2 weeks",
    "month": "1 month",
    "hours": "50 hours",
    "exactly": "exactly 4 days",
    "workexact": "exactly 5 working days",
    "later": "3 working days after fields.on",
    "laterhours": "10 working hours after fields.on",
    "before": "5 working days before fields.on",
    "daysbefore": "6 days before fields.on",
    "hoursbefore": "6 working hours before fields.on",
    "named": "15 December",
    "value": "fields.on",
    "open": "open",
}
CHOICE = ", ".join(f"{{when: fields.kind == '{kind}', then: {rule}}}" for kind, rule in RULES.items())
TEXT = f"""
fields:
  kind: {{type: choice, title: Loại, choices: [{", ".join(RULES)}], default: wd}}
  on: {{type: date, title: Ngày, default: 2026-12-16}}
roles: {{handler: {{assigned: handler}}, boss: {{unit: office, position: leader}}}}
starts: {{open: {{by: anyone, form: [kind, on], assigns: {{handler: opener}}, to: a}}}}
states:
  a:
    due: {{at: [{CHOICE}], name: own, basis: "NĐ 1"}}
    actions:
      class: {{by: anyone, form: [kind, on]}}
      hold: {{by: anyone, stops: own, title: Giữ lại}}
      go_on: {{by: anyone, resumes: own}}
      finish: {{by: anyone, form: [kind, on], to: done}}
  done: {{final: done, actions: {{put: {{by: anyone, form: [kind, on]}}}}}}
rights: {{extend: boss, pause: boss}}
"""
BOOK = Book(TEXT, calendar_text=CALENDAR)
NUMBER = "001/2026-S"


@dataclass
class Kept:
    """The versions that explaining looks up: what an office reads from its store."""

    book: Book
    calendars: dict[str, Calendars] = field(default_factory=dict)

    def version(self, hash_: str):
        assert hash_ == self.book.process.version
        return self.book.process

    def facts(self, now: datetime, versions=None):
        facts = replace(self.book.facts(), now=now)
        used = (versions or self.book.used)["calendar"]
        return replace(facts, calendars=self.calendars[used].in_zone(str(ZONE)), versions={"calendar": used})

    def beside(self, facts, needs):
        raise AssertionError(needs)


def begun(kind: str, on: str) -> tuple[Book, Kept]:
    book = Book.__new__(Book)
    vars(book).update(vars(BOOK))
    book.files, book.entries, book.numbers, book.changes, book.more = {}, {}, {}, [], {}
    book.now, book.used = at("2026-11-20 09:00"), {"organisation": "o", "calendar": "c0"}
    kept = Kept(book, {"c0": book.calendars})
    book.open(kind=kind, on=on)
    return book, kept


def explained(book: Book, kept: Kept) -> list[tuple[Deadline, DeadlineExplained]]:
    now = Known(process=book.process, file=book.file, facts=kept.facts(book.now))
    told = Explaining(definitions=kept, now=now, entries=book.entries[NUMBER], used=())
    return [(one, told.explained(one)) for one in book.file.deadlines]


def amend(book: Book, kept: Kept, day: date, hours: tuple) -> None:
    """Another calendar: one day differs."""
    before = book.calendars
    special = {one.on: one for one in before.default.special} | {day: Special(on=day, title="Đổi", by="QĐ 9", spans=hours)}
    name = f"c{len(kept.calendars)}"
    book.calendars = replace(before, default=replace(before.default, special=tuple(special.values())))
    kept.calendars[name] = book.calendars
    book.used = {"organisation": "o", "calendar": name}
    book.more = {"earlier": before.in_zone(str(ZONE))}
    with suppress(Refused):  # nothing moved
        book.act(Recount(actor="hoso", request_id="r", case=NUMBER))
    book.more = {}


def did(book: Book, kept: Kept, step: tuple) -> None:
    """One thing that may happen; what is refused just does not happen."""
    match step:
        case ("wait", minutes):
            book.now += timedelta(minutes=minutes)
            return
        case ("amend", day, hours):
            amend(book, kept, day, hours)
            return
        case ("do", action, fields):
            act = lambda: book.do(action, **fields)  # noqa: E731
        case ("extend", amount):
            act = lambda: book.act(Extend(actor="head", request_id="r", case=NUMBER, deadline="own", amount=amount, note="x"))  # noqa: E731
        case ("pause",):
            act = lambda: book.act(Pause(actor="head", request_id="r", case=NUMBER, note="x"))  # noqa: E731
        case ("resume",):
            act = lambda: book.act(Resume(actor="head", request_id="r", case=NUMBER))  # noqa: E731
    with suppress(Refused, NotFound):
        act()


DAYS = st.dates(date(2026, 11, 18), date(2027, 1, 10))
KINDS = st.sampled_from(list(RULES))
FIELDS = st.fixed_dictionaries({}, optional={"kind": KINDS, "on": DAYS.map(str)})
STEPS = st.one_of(
    st.tuples(st.just("wait"), st.one_of(st.integers(1, 600), st.integers(600, 12000))),
    st.tuples(st.just("do"), st.sampled_from(["hold", "hold", "go_on", "go_on"]), st.just({})),
    st.tuples(st.just("do"), st.just("class"), FIELDS),
    st.tuples(st.just("extend"), st.sampled_from(["2 working days", "4 days", "1 week", "3 working hours", "30 hours", "1 working day"])),
    st.sampled_from([("pause",), ("resume",)]),
    st.tuples(st.just("amend"), DAYS, st.sampled_from([(), ((450, 690),), ((450, 690), (810, 1020))])),
    st.tuples(st.just("do"), st.sampled_from(["finish", "put"]), FIELDS),
)


@settings(max_examples=300, deadline=None)
@given(KINDS, DAYS.map(str), st.lists(STEPS, max_size=14))
@example(
    "wd", "2026-11-18", [("do", "hold", {}), ("wait", 900), ("extend", "4 days"), ("do", "class", {"kind": "days"}), ("do", "go_on", {})]
)
def test_the_ledger_always_adds_up_to_the_date_that_is_enforced(kind, on, steps):
    book, kept = begun(kind, on)
    for step in steps:
        did(book, kept, step)
        for deadline, told in explained(book, kept):
            adds_up(book, kept, deadline, told)


def adds_up(book: Book, kept: Kept, deadline: Deadline, told: DeadlineExplained) -> None:
    lines, days = told.lines, kept.calendars[told.calendar].in_zone(str(ZONE)).default
    assert lines, "every deadline is explained"
    at_days = [date.fromisoformat(line.day) for line in lines]
    stands_still = next((one for one in reversed(deadline.events) if one.what in {ClockEvent.STOPPED, ClockEvent.RESUMED}), None)
    still = stands_still is not None and stands_still.what is ClockEvent.STOPPED and stands_still.at < deadline.due
    if not still:
        assert at_days[-1] == days.day_of(deadline.due, ends=True), (told, deadline)
    assert all(line.why for line in lines if line.counts in {"stopped", "day off", "not counted", "extended"}), lines
    assert [line.after for line in told.course][-1] == deadline.due
    counts(deadline, told, days, still=still)


def counts(deadline: Deadline, told: DeadlineExplained, days, *, still: bool) -> None:
    """The lines counted by hand: the amount of the rule and its extensions, each on days that can count."""
    lines, rule = told.lines, told.chosen.split(" after ")[0]
    amounts = [parse_amount(one.amount) for one in deadline.events if one.what is ClockEvent.EXTENDED]
    if still or not rule[0].isdigit() or any(word in rule for word in ("exactly", "before", "December")):
        return
    number, unit = parse_amount(rule)
    if any(one[1] is not unit for one in amounts):
        return
    whole = number + sum(one[0] for one in amounts)
    if unit in {Unit.WORKING_HOURS, Unit.HOURS}:
        assert lines[-1].total == f"{whole}:00", (told, deadline)
    elif unit in {Unit.WORKING_DAYS, Unit.DAYS}:
        counted = [line for line in lines if line.counts in {"counted", "extended"}]
        assert len(counted) == whole, (told, deadline)
        assert lines[-1].total == str(whole), (told, deadline)
        assert unit is Unit.DAYS or all(days.is_working(date.fromisoformat(line.day)) for line in counted)


def test_a_day_off_that_an_extension_counts_says_both_wherever_it_is_laid():
    book, kept = begun("days", "2026-11-18")
    did(book, kept, ("extend", "4 days"))
    ((_, told),) = explained(book, kept)
    said = {line.day: line.why for line in told.lines if line.counts == "extended"}
    extension = said["2026-12-04"]
    assert extension.startswith("extended by 4 days: ")
    assert said["2026-12-02"] == f"↔ 05/12/2026 (QĐ 3); {extension}"
    book, kept = begun("wd", "2026-11-18")
    for step in (("do", "hold", {}), ("wait", 900), ("extend", "4 days"), ("do", "class", {"kind": "days"}), ("do", "go_on", {})):
        did(book, kept, step)
    ((_, told),) = explained(book, kept)
    laid = [line.why.partition(":")[0] for line in told.lines if line.counts == "extended"]
    assert laid == ["↔ 05/12/2026 (QĐ 3); extended by 4 days", *["extended by 4 days"] * 3]
