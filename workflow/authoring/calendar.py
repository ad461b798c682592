"""calendar.yaml → Calendars, with every problem of the file."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from workflow.authoring import problems as p
from workflow.authoring.grammar import CALENDAR, check_shape
from workflow.authoring.problems import Kind
from workflow.authoring.read import Node
from workflow.authoring.shape import BACKWARD, BAD_ID, NO_DATE, Found, Shape, date_of, in_order
from workflow.calendar.counting import OFFICE, Calendar, Calendars
from workflow.calendar.days import MIDNIGHT, Spans, Special, Week
from workflow.calendar.hours import parse_hours
from workflow.errors import Problem, WrongValue
from workflow.vietnamese import short_date

NO_HOURS = Kind(code="E721", message="'{text}' is no span of hours", hint="as 07:30-11:30, from earlier to later, at most 24:00")
SPANS_MEET = Kind(
    code="E722", message="these hours meet or are out of order", hint="write them from morning to evening, apart from each other"
)
NO_WORK = Kind(code="E723", message="no day of the week is worked", hint='as mon-fri: ["07:30-11:30", "13:30-17:00"]')
TWICE = Kind(code="E724", message="{day} stands here twice; first on line {line}", hint="keep one of them")
OFF_ALREADY = Kind(code="E725", message="{day} is off already ({why}), so it can't be swapped", hint="name a working day in 'off'")
WORKED_ALREADY = Kind(code="E726", message="{day} is a working day already, so nothing is made up on it", hint="name a day off in 'worked'")
HALF_OF_NOTHING = Kind(code="E727", message="{day} is off ({why}), so it can't be a half day", hint="take it out, or out of 'off'")
NO_ZONE = Kind(code="E728", message="there is no time zone '{text}'", hint="as Asia/Ho_Chi_Minh")
NO_TIME = Kind(code="E729", message="'{text}' is no end of a day", hint='as "24:00" or "17:00"')
TWO_CALENDARS = Kind(code="E731", message="the unit '{unit}' has a calendar already: '{other}'", hint="name each unit once")
LONG_RANGE = Kind(code="E730", message="a range of {count} days is too long for days off", hint="give each break a line of its own")

ZONE = "Asia/Ho_Chi_Minh"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONGEST = 60


def compile_calendar(node: Node, zone: str = ZONE, units: Collection[str] | None = None) -> tuple[Calendars | None, list[Problem]]:
    """The calendars that a file means, and all that is wrong with it in file order; None unless only warnings were found.

    `zone` holds where the file names none; the office's own zone is put in with `Calendars.in_zone`. `units` are those of
    the organisation, where it is known.
    """
    shape, breaches = Shape(), check_shape(node, CALENDAR)
    root = shape.keys(node)
    named_zone = shape.text(root.get("zone"))
    if named_zone and not _is_zone(named_zone):
        shape.wrong(NO_ZONE, root["zone"], text=named_zone)
        named_zone = ""
    default = _Reader(shape=shape, found=root).calendar(named_zone or zone)
    named: dict[str, Calendar] = {}
    of_units: dict[str, str] = {}
    for key, value in shape.named(root.get("calendars")):
        if key.text == OFFICE:
            shape.wrong(BAD_ID, key, word=key.text)
        found = shape.keys(value)
        shape.word(found.get("like"), "calendar", (OFFICE,))
        like = default if "like" in found else None
        named[key.text] = _Reader(shape=shape, found=found).calendar(named_zone or zone, like)
        _of_units(shape, key.text, found.get("units"), units, of_units)
    made = Calendars(default=default, named=named, units=of_units)
    return None if breaches or shape.failed else made, in_order(breaches, shape.problems)


def _of_units(shape: Shape, calendar: str, node: Node | None, known: Collection[str] | None, found: dict[str, str]) -> None:
    """The units that work by a calendar, each by one."""
    for item in shape.items(node):
        unit = shape.text(item) if known is None else shape.word(item, "unit", known)
        if unit and unit in found:
            shape.wrong(TWO_CALENDARS, item, unit=unit, other=found[unit])
        elif unit:
            found[unit] = calendar


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


class _Reader(Struct):
    """Reads one calendar. `special` gathers its days, `places` where each was written."""

    shape: Shape
    found: Found
    week: Week = ((),) * 7
    special: dict[date, Special] = field(default_factory=dict)
    places: dict[date, Node] = field(default_factory=dict)
    sound: bool = True
    """Whether the week is as it was meant: if not, what hangs on it is not judged."""

    def calendar(self, zone: str, like: Calendar | None = None) -> Calendar:
        """The calendar of the keys that were found; what it leaves out, and the days that differ, are those of `like`."""
        before = len(self.shape.problems)
        self.week = self._week(self.found.get("week"))
        if like is not None:
            self.week = self.week if "week" in self.found else like.week
            self.special = {one.on: one for one in like.special}
        self.sound = len(self.shape.problems) == before
        if self.sound and "week" in self.found and not any(self.week):
            self.shape.wrong(NO_WORK, self.found["week"])
        for one in self.shape.items(self.found.get("off")):
            self._off(one)
        for one in self.shape.items(self.found.get("swaps")):
            self._swap(one)
        for one in self.shape.items(self.found.get("half_days")):
            self._half(one)
        days = tuple(self.special[day] for day in sorted(self.special))
        ends = self._day_ends(self.found["day_ends"]) if "day_ends" in self.found else like.day_ends if like else MIDNIGHT
        return Calendar(zone=zone, week=self.week, special=days, day_ends=ends)

    # ---- the week ----------------------------------------------------------------------------------------------------

    def _week(self, node: Node | None) -> Week:
        spans: dict[int, Spans] = {}
        places: dict[int, Node] = {}
        for key, value in self.shape.pairs(node):
            hours = self._hours(value)
            for day in self._weekdays(key):
                if day in places:
                    self.shape.wrong(TWICE, key, day=_WEEKDAYS[day], line=places[day].place.line)
                spans[day], places[day] = hours, key
        mon, tue, wed, thu, fri, sat, sun = (spans.get(day, ()) for day in range(7))
        return mon, tue, wed, thu, fri, sat, sun

    def _weekdays(self, key: Node) -> Iterable[int]:
        first, dash, last = key.text.partition("-")
        ends = [first, last] if dash else [first, first]
        for word in ends:
            if word not in _WEEKDAYS:
                self.shape.problems.append(p.WRONG_WORD.meant(key.place, word, _WEEKDAYS))
                return ()
        begins, until = (_WEEKDAYS.index(word) for word in ends)
        if until < begins:
            self.shape.wrong(p.WRONG_WORD, key, word=key.text, known="mon-fri, sat, mon-sun …")
        return range(begins, until + 1)

    def _hours(self, node: Node | None) -> Spans:
        made: list[tuple[int, int]] = []
        for item in self.shape.items(node):
            try:
                begins, ends = parse_hours(item.text)
            except WrongValue:
                begins = ends = 0
            if begins >= ends:
                self.shape.wrong(NO_HOURS, item, text=item.text)
            elif made and begins <= made[-1][1]:
                self.shape.wrong(SPANS_MEET, item)
            else:
                made.append((begins, ends))
        return tuple(made)

    def _day_ends(self, node: Node) -> int:
        try:
            _, ends = parse_hours(f"00:00-{node.text}")
        except WrongValue:
            ends = 0
        if not ends:
            self.shape.wrong(NO_TIME, node, text=node.text)
        return ends or MIDNIGHT

    # ---- days that differ --------------------------------------------------------------------------------------------

    def _off(self, node: Node) -> None:
        found = self.shape.keys(node)
        title, by = self.shape.text(found.get("title")), self.shape.text(found.get("by"))
        for day in self._range(found.get("on")):
            self._put(Special(on=day, title=title, by=by), found["on"])

    def _swap(self, node: Node) -> None:
        found = self.shape.keys(node)
        off, worked = self.shape.day(found.get("off")), self.shape.day(found.get("worked"))
        if off is None or worked is None or not self.sound:
            return
        spans = self._spans(off)
        if not spans:
            self.shape.wrong(OFF_ALREADY, found["off"], day=off, why=self._why(off))
        if self._spans(worked):
            self.shape.wrong(WORKED_ALREADY, found["worked"], day=worked)
        title, by = self.shape.text(found.get("title")), self.shape.text(found.get("by"))
        if spans and not self._spans(worked):
            self._put(Special(on=off, title=title or f"↔ {short_date(worked)}", by=by), found["off"])
            self.places.pop(worked, None)  # a holiday that is worked after all is made up elsewhere
            self._put(Special(on=worked, title=title or f"↔ {short_date(off)}", by=by, spans=spans), found["worked"])

    def _half(self, node: Node) -> None:
        found = self.shape.keys(node)
        hours = self._hours(found.get("hours"))
        title, by = self.shape.text(found.get("title")), self.shape.text(found.get("by"))
        for day in self._range(found.get("on")):
            if self.sound and not self._spans(day):
                self.shape.wrong(HALF_OF_NOTHING, found["on"], day=day, why=self._why(day))
            elif hours:
                self._put(Special(on=day, title=title, by=by, spans=hours), found["on"])

    def _range(self, node: Node | None) -> Iterable[date]:
        """The days of `2026-02-16` or `2026-02-16..2026-02-20`."""
        if node is None:
            return []
        first, dots, last = (part.strip() for part in self.shape.text(node).partition(".."))
        begins, until = date_of(first), date_of(last if dots else first)
        if begins is None or until is None:
            self.shape.wrong(NO_DATE, node, text=node.text)
            return []
        count = (until - begins).days + 1
        if count < 1:
            self.shape.wrong(BACKWARD, node, since=begins, until=until)
        elif count > _LONGEST:
            self.shape.wrong(LONG_RANGE, node, count=count)
        return [begins + timedelta(days=far) for far in range(count)] if count <= _LONGEST else []

    def _put(self, special: Special, node: Node) -> None:
        if special.on in self.places:  # what only the calendar has that this one is like gives way
            self.shape.wrong(TWICE, node, day=special.on, line=self.places[special.on].place.line)
            return
        self.special[special.on], self.places[special.on] = special, node

    def _spans(self, day: date) -> Spans:
        return self.special[day].spans if day in self.special else self.week[day.weekday()]

    def _why(self, day: date) -> str:
        return self.special[day].title if day in self.special else _WEEKDAYS[day.weekday()]
