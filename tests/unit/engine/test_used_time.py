"""A deadline keeps the time that was used, whatever happens to it: stopped, resumed, extended, put into another class.

The calendar has weekends, holidays, half days and days swapped for Saturdays; an oracle counts minute by minute, or day by day.
"""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engine.making import ZONE, Book, at
from workflow.engine.history import differs
from workflow.model import ClockEvent, Deadline, DeadlineStatus, Extend, Pause, Resume, Unit

CALENDAR = """
week: {mon-thu: ["07:30-11:30", "13:30-17:00"], fri: ["07:30-11:30"]}
off:
  - {on: 2026-11-24, title: Ngày nghỉ, by: "QĐ 1"}
  - {on: 2026-12-07..2026-12-11, title: Tết, by: "QĐ 2"}
swaps: [{off: 2026-12-02, worked: 2026-12-05, by: "QĐ 3"}, {off: 2026-12-14, worked: 2026-12-20, by: "QĐ 4"}]
"""
TEXT = """
fields:
  kind: {type: choice, title: Loại, choices: [long, short, hours], default: long}
  n: {type: integer, title: Số}
roles: {handler: {assigned: handler}, boss: {unit: office, position: leader}}
due: []
starts: {open: {by: anyone, form: [kind, n], assigns: {handler: opener}, to: a}}
states:
  a:
    due:
      at: [{when: fields.kind == 'long', then: 12 working days}, {when: fields.kind == 'short', then: 3 working days}, {else: 20 working hours}]
      name: own
      ladder: [{at: 1 working day before due, notifies: handler}, {at: due, notifies: handler}]
    actions:
      class: {by: anyone, form: [kind, n]}
      hold: {by: anyone, stops: own}
      go_on: {by: anyone, resumes: own}
      on: {by: anyone, to: done}
  done: {final: done}
rights: {extend: boss, pause: boss}
"""
START = at("2026-11-20 09:00")
LENGTH = {"long": 12, "short": 3, "hours": 20}


def book(**fields: object) -> Book:
    made = Book(TEXT, calendar_text=CALENDAR, now=START)
    made.open(**fields)
    return made


def anew(one: Book, kind: str) -> Book:
    one.files.clear()
    one.entries.clear()
    one.numbers.clear()
    one.now = START
    one.open(kind=kind)
    return one


def own(one: Book) -> Deadline:
    (found,) = one.file.deadlines
    return found


def used(one: Book, first: datetime, last: datetime) -> timedelta:
    """The working time between two instants, minute by minute."""
    minutes = 0
    while first < last:
        local = first.astimezone(ZONE)
        at_minute = local.hour * 60 + local.minute
        minutes += any(begins <= at_minute < ends for begins, ends in one.calendars.default.spans(local.date()))
        first += timedelta(minutes=1)
    return timedelta(minutes=minutes)


# ---- another class ---------------------------------------------------------------------------------------------------


def test_a_case_put_into_another_class_keeps_the_time_that_it_has_used():
    one = book()
    assert own(one).due == at("2026-12-18 00:00")  # Thursday the 17th, twelve days on: the 24th, the 2nd, Tet and the 14th are off
    one.now = at("2026-11-23 10:00")
    one.do("hold")
    one.now = at("2026-11-25 10:00")
    one.do("go_on")
    one.now = at("2026-11-26 08:00")
    one.do("class", kind="short")
    assert own(one).due == at("2026-11-28 00:00")  # three days from the 20th, one of them stood still: not three from today
    one.do("class", kind="hours")
    ran = used(one, START, at("2026-11-23 10:00")) + used(one, at("2026-11-25 10:00"), own(one).due)
    assert ran == timedelta(hours=20)
    one.do("class", kind="long")
    assert own(one).due == at("2026-12-19 00:00")


def test_a_class_whose_time_is_over_already_is_late_at_once_and_its_rungs_fire():
    one = book()
    one.now = at("2026-12-03 08:00")
    one.do("class", kind="short")
    assert own(one).due == at("2026-11-27 00:00")
    assert own(one).next_at <= one.now
    one.fire()
    assert one.told == ["officer"]
    assert "Overdue" in one.last_part.notices[0].subject


def test_what_moved_it_is_on_record_with_the_rule_that_holds_since():
    one = book()
    one.now = at("2026-11-25 08:00")
    one.do("class", kind="short")
    moved = own(one).events[-1]
    assert (moved.what, moved.at, moved.seq, moved.by, moved.amount) == (ClockEvent.MOVED, one.now, 2, "class", "3 working days")
    one.do("class", n=5)
    assert own(one).events[-1] == moved, "a field that it does not hang on moves nothing"


def test_a_class_that_is_changed_while_the_clock_stands_still_holds_when_it_goes_on():
    one = book()
    one.now = at("2026-11-23 10:00")
    one.do("hold")
    one.now = at("2026-11-25 10:00")
    one.do("class", kind="short")
    assert (own(one).status, own(one).due, own(one).next_at) == (DeadlineStatus.STOPPED, at("2026-11-27 00:00"), None)
    one.do("go_on")
    assert own(one).due == at("2026-11-28 00:00")


# ---- random histories ------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(st.integers(1, 4000), st.sampled_from(["clock", "clock", "clock", "long", "short", "hours", "pause", "fire"])),
    max_size=8,
)
SHARED = book()


def carried(one: Book, steps: list[tuple[int, str]], kind: str) -> tuple[str, list[tuple[datetime, datetime]]]:
    """The class in the end, and when the clock stood still; it runs in the end."""
    still: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    paused = False
    for minutes, step in [*steps, (60, "end")]:
        one.now += timedelta(minutes=minutes)
        match step:
            case "clock" | "pause" if since is None:
                paused = step == "pause"
                since = one.now
                one.act(Pause(actor="head", request_id="r", case="001/2026-S", note="đợi")) if paused else one.do("hold")
            case "clock" | "pause" | "end" if since is not None:
                still.append((since, one.now))
                since = None
                one.act(Resume(actor="head", request_id="r", case="001/2026-S")) if paused else one.do("go_on")
            case "long" | "short" | "hours":
                kind = step
                one.do("class", kind=step)
            case "fire":
                one.fire()
    return kind, still


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(["long", "short", "hours"]), steps=STEPS)
def test_the_due_hangs_on_nothing_but_the_start_the_class_and_the_pauses(kind, steps):
    """The same start, the class of the end from the beginning, the same pauses: the same due (never a counter)."""
    last, still = carried(anew(SHARED, kind), steps, kind)
    found = own(SHARED)
    assert differs(SHARED.file, SHARED.entries["001/2026-S"]) is None
    one = anew(SHARED, last)
    for stopped, resumed in still:
        one.now = stopped
        one.do("hold")
        one.now = resumed
        one.do("go_on")
    assert found.due == own(one).due
    if last == "hours":
        edges = [START, *(edge for pause in still if pause[0] < found.due for edge in pause), found.due]
        ran = sum((used(one, first, second) for first, second in zip(edges[::2], edges[1::2], strict=True)), timedelta())
        assert ran == timedelta(hours=20)
    else:
        assert found.due == counted(one, LENGTH[last], still)


def counted(one: Book, number: int, still: list[tuple[datetime, datetime]]) -> datetime:
    """The end of the day on which a clock that counts day after day, and not while it stands still, has counted enough;
    stopped on its last day, it has the rest of that day on the working day on which it goes on.
    """
    calendar, day, left = one.calendars.default, local(START), number
    pauses = [(local(first), local(last)) for first, last in still]
    while True:
        day += timedelta(days=1)
        left -= calendar.is_working(day) and not any(first < day <= last for first, last in pauses)
        while not left and (resumed := max((last for first, last in pauses if first == day), default=day)) > day:
            day = resumed
            left = int(not calendar.is_working(day))
        if not left:
            return calendar.end_of(day)


def local(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


@settings(max_examples=40, deadline=None)
@given(
    minutes=st.lists(st.integers(1, 3000), min_size=2, max_size=5),
    amounts=st.lists(st.sampled_from(["1 working day", "3 days", "5 working hours", "1 week"]), min_size=1, max_size=3),
)
def test_an_extension_counts_from_the_due_before_it_and_is_kept_through_pauses(minutes, amounts):
    one = anew(SHARED, "short")
    for index, amount in enumerate(amounts):
        before = own(one).due
        one.act(Extend(actor="head", request_id="r", case="001/2026-S", deadline="own", amount=amount, note="thêm việc"))
        number, _, unit = amount.partition(" ")
        assert own(one).due == one.calendars.default.add(before, int(number), UNITS[unit], ends=True)
        one.now += timedelta(minutes=minutes[index % len(minutes)])
        if one.now < own(one).due:
            left = one.calendars.default.count(local(one.now), one.calendars.default.day_of(own(one).due, ends=True))
            one.do("hold")
            one.now += timedelta(days=2)
            one.do("go_on")
            after = one.calendars.default.count(local(one.now), one.calendars.default.day_of(own(one).due, ends=True))
            assert after - left in {0, 1}, "a last day off counts as none, the working day that it is moved to as one"
    assert differs(one.file, one.entries["001/2026-S"]) is None


UNITS = {unit.value: unit for unit in Unit} | {unit.value.removesuffix("s"): unit for unit in Unit}
