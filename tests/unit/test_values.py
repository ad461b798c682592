"""Values of fields: from what people type to plain JSON, and on to what expressions compare (law 8)."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from workflow.errors import WrongValue
from workflow.language.expression import Ref
from workflow.language.process import FieldType, Title
from workflow.language.values import SEEN_AS_KEPT, TYPES, Known, parse, plain, typed

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
UNITS = {"btg": {"title": "Ban Tuyên giáo"}, "vp": {"title": "Văn phòng"}, "tt-hdnd": {"title": "Thường trực"}}
PERSONS = {"cv1": {"title": "Chuyên viên"}, "tb": {"title": "Trưởng ban"}}
KNOWN = Known(units=UNITS, persons=PERSONS, zone=ZONE, unit=UNITS.get, person=PERSONS.get)
CHOICES = (("normal", Title(vi="Thường", en="Normal")), ("urgent", Title(vi="Khẩn", en="Urgent")))


def field(kind: str, **more) -> FieldType:
    return FieldType(key="f", type=kind, title=Title(vi="F", en="F"), **more)


def parsed(kind, raw, **more):
    return parse(kind if isinstance(kind, FieldType) else field(kind, **more), raw, KNOWN)


def wrong(kind, raw, **more) -> str:
    with pytest.raises(WrongValue) as caught:
        parsed(kind, raw, **more)
    assert str(caught.value).startswith("f: ")
    return str(caught.value)


# ---- from text to plain ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["text", "integer", "date", "units", "table", "file", "yes-no"])
@pytest.mark.parametrize("empty", [None, "", " \n"])
def test_nothing_empties_a_field_of_any_type(kind, empty):
    assert parsed(kind, empty) is None


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "  Vụ việc ", "Vụ việc"),
        ("text", "Vu\u0323 vie\u0323\u0302c", "Vụ việc"),
        ("note", "a\nb", "a\nb"),
        ("integer", " +12 ", 12),
        ("integer", "-3", -3),
        ("integer", 0, 0),
        ("decimal", "1.234.567,89", "1234567.89"),
        ("decimal", "1234,5", "1234.5"),
        ("decimal", "-0,50", "-0.50"),
        ("decimal", "12.5", "12.5"),
        ("decimal", "1e3", "1000"),
        ("decimal", 7, "7"),
        ("decimal", Decimal("0.1"), "0.1"),
        ("date", "5/2/2026", "2026-02-05"),
        ("date", "31-12-2026", "2026-12-31"),
        ("date", "1.9.2026", "2026-09-01"),
        ("date", " 2026-1-9 ", "2026-01-09"),
        ("datetime", "2026-12-31 08:00", "2026-12-31T01:00:00.000000Z"),
        ("datetime", "2026-12-31T08:00:00+00:00", "2026-12-31T08:00:00.000000Z"),
        ("datetime", "2026-12-31", "2026-12-30T17:00:00.000000Z"),
        ("yes-no", True, True),
        ("yes-no", "Có", True),
        ("yes-no", "Co\u0301", True),
        ("yes-no", "không", False),
        ("yes-no", "0", False),
        ("unit", "btg", "btg"),
        ("units", "btg, vp ,btg", ["btg", "vp"]),
        ("units", ["vp", "btg", "vp"], ["vp", "btg"]),
        ("units", [], []),
        ("person", "tb", "tb"),
        ("persons", "tb", ["tb"]),
        ("case", "001/2026-VV", "001/2026-VV"),
        ("cases", "001/2026-VV,002/2026-VV", ["001/2026-VV", "002/2026-VV"]),
        ("file", {"name": "a\u0301.pdf", "hash": "h", "size": "3"}, {"name": "á.pdf", "hash": "h", "size": 3}),
        ("files", {"name": "a", "hash": "h", "size": 3}, [{"name": "a", "hash": "h", "size": 3}]),
        ("files", [{"name": "a", "hash": "h", "size": 3}], [{"name": "a", "hash": "h", "size": 3}]),
    ],
)
def test_what_is_typed_becomes_its_plain_value(kind, raw, value):
    found = parsed(kind, raw)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("raw", ["urgent", "Khẩn", "Urgent", " Khâ\u0309n "])
def test_a_choice_goes_by_its_key_or_its_title_in_either_language(raw):
    assert parsed("choice", raw, choices=CHOICES) == "urgent"


def test_a_choice_s_key_goes_before_another_s_title():
    crossed = (("a", Title(vi="b", en="b")), ("b", Title(vi="c", en="c")))
    assert [parsed("choice", raw, choices=crossed) for raw in ("a", "b", "c")] == ["a", "b", "b"]


def test_several_choices_are_each_of_them():
    assert parsed("choices", "Khẩn, normal, urgent", choices=CHOICES) == ["urgent", "normal"]


@pytest.mark.parametrize(
    ("kind", "raw", "said"),
    [
        ("text", 5, "is not a text"),
        ("text", "a\nb", "is not a text of one line"),
        ("text", "x" * 100_001, "is not a text of at most 100000 characters"),
        ("integer", "ba", "is not a whole number"),
        ("integer", "1.5", "is not a whole number"),
        ("integer", True, "is not a whole number"),
        ("integer", 10**15, "is not a whole number"),
        ("integer", "9" * 16, "is not a whole number"),
        ("integer", "١٢", "is not a whole number"),
        ("decimal", "ba", "is not a number"),
        ("decimal", "1,234.5", "is not a number"),
        ("decimal", "1.23,4", "is not a number"),
        ("decimal", "1.234.567", "is not a number"),
        ("decimal", True, "is not a number"),
        ("decimal", "nan", "is not a number below 10^18"),
        ("decimal", "inf", "is not a number below 10^18"),
        ("decimal", "1e18", "is not a number below 10^18"),
        ("decimal", "1e-999999999", "is not a number below 10^18 with at most 18 decimals"),
        ("date", "30/2/2026", "is not a date such as 2026-12-31 or 31/12/2026"),
        ("date", "tomorrow", "is not a date"),
        ("date", 20261231, "is not a date"),
        ("datetime", "8 giờ", "is not a time such as 2026-12-31 08:00"),
        ("datetime", "0001-01-01 00:00", "is not a time such as 2026-12-31 08:00"),
        ("yes-no", "maybe", "is not yes or no"),
        ("unit", "bgt", "is not a unit (did you mean 'btg'? known: btg, vp, tt-hdnd)"),
        ("unit", "xyz", "is not a unit (known: btg, vp, tt-hdnd)"),
        ("units", "btg,xyz", "'xyz' is not a unit"),
        ("person", "cv2", "is not a person (did you mean 'cv1'? known: cv1, tb)"),
        ("case", 12, "is not a text"),
        ("file", "a.pdf", "is not a file; give it as f=@FILE"),
        ("file", {"name": "a"}, "is not a file"),
        ("files", "a.pdf", "is not a file"),
        ("table", 5, "is not a table: rows parted by ';;', cells by '|'"),
    ],
)
def test_what_can_not_be_understood_is_told_with_what_is_expected(kind, raw, said):
    assert said in wrong(kind, raw)


def test_a_wrong_choice_is_told_with_the_nearest_and_all_that_are_known():
    assert "is not one of its choices (did you mean 'urgent'? known: normal, urgent)" in wrong("choice", "urgnt", choices=CHOICES)


def test_of_many_known_words_only_a_line_is_told():
    many = Known(units={f"unit-{number:02}": {} for number in range(13)}, persons={}, zone=ZONE, unit={}.get, person={}.get)
    with pytest.raises(WrongValue, match=r"unit-11 …\)"):
        parse(field("unit"), "?", many)
    few = Known(units={f"unit-{number:02}": {} for number in range(12)}, persons={}, zone=ZONE, unit={}.get, person={}.get)
    with pytest.raises(WrongValue, match=r"unit-11\)"):
        parse(field("unit"), "?", few)


# ---- bounds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "bounds", "inside", "outside", "said"),
    [
        ("integer", {"min": 1}, "1", "0", "is not at least 1"),
        ("integer", {"max": 12}, "12", "13", "is not at most 12"),
        ("decimal", {"min": Decimal("0.5")}, "0,5", "0,49", "is not at least 0.5"),
        ("decimal", {"max": 2}, "2,0", "2,01", "is not at most 2"),
        ("date", {"min": "2026-02-01"}, "1/2/2026", "31/1/2026", "is not at least 2026-02-01"),
        ("date", {"max": "1/2/2026"}, "2026-02-01", "2026-02-02", "is not at most 1/2/2026"),
        ("datetime", {"min": "2026-12-31 08:00"}, "2026-12-31 08:00", "2026-12-31 07:59", "is not at least"),
        ("text", {"min": 2}, "ab", "a", "is not at least 2 characters long (1 now)"),
        ("note", {"max": 2}, "ab", "abc", "is not at most 2 characters long (3 now)"),
        ("units", {"min": 2}, "btg,vp", "btg,btg", "is not at least 2 items long (1 now)"),
        ("units", {"max": 1}, ["vp"], ["vp", "btg"], "is not at most 1 items long (2 now)"),
    ],
)
def test_a_value_keeps_within_its_bounds_both_included(kind, bounds, inside, outside, said):
    assert parsed(kind, inside, **bounds) is not None
    assert said in wrong(kind, outside, **bounds)


def test_a_text_must_have_its_form_as_a_whole():
    assert parsed("text", "AB-12", pattern=r"[A-Z]+-\d+") == "AB-12"
    assert "is not of the form [A-Z]+" in wrong("text", "AB-12 x", pattern=r"[A-Z]+-\d+")


# ---- tables ------------------------------------------------------------------------------------------------------------

COLUMNS = (
    field("text"),
    FieldType(key="n", type="integer", title=Title(vi="n", en="n")),
    FieldType(key="at", type="datetime", title=Title(vi="a", en="a")),
)
TABLE = field("table", columns=COLUMNS)


@pytest.mark.parametrize(
    "raw",
    ["a | 1 ;; b||", [["a", "1"], ["b"]], [{"f": "a", "n": 1}, {"f": "b", "n": ""}]],
)
def test_a_table_is_typed_with_bars_or_given_as_rows(raw):
    assert parsed(TABLE, raw) == [{"f": "a", "n": 1, "at": None}, {"f": "b", "n": None, "at": None}]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("a|1||x", "is not a row of at most 3 cells (f, n, at)"),
        ([{"f": "a", "no": 1}], "is not a row with the columns f, n, at"),
        (["a"], "is not a row with the columns f, n, at"),
    ],
)
def test_a_row_that_does_not_fit_is_told(raw, said):
    assert said in wrong(TABLE, raw)


def test_a_wrong_cell_names_its_column():
    with pytest.raises(WrongValue, match=r"^n: 'x' is not a whole number"):
        parsed(TABLE, "a|x")


def test_an_empty_cell_has_its_column_s_default_and_a_required_one_is_wanted_in_every_row():
    columns = (replace(COLUMNS[0], required=True), replace(COLUMNS[1], default=1))
    table = field("table", columns=columns)
    assert parsed(table, "a;;b|2") == [{"f": "a", "n": 1}, {"f": "b", "n": 2}]
    with pytest.raises(WrongValue, match=r"^f: '' is not filled in every row"):
        parsed(table, "a;; |2")


def test_rows_may_be_counted():
    assert "at most 1 items" in wrong(field("table", columns=COLUMNS, max=1), "a;;b")


# ---- what expressions see, and back ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "seen"),
    [
        ("text", "a", "a"),
        ("integer", 3, 3),
        ("decimal", "1.50", Decimal("1.50")),
        ("date", "2026-11-20", date(2026, 11, 20)),
        ("datetime", "2026-11-20T02:00:00.000000Z", datetime(2026, 11, 20, 9, tzinfo=ZONE)),
        ("yes-no", False, False),
        ("units", ["btg"], ["btg"]),
        ("files", [{"name": "a", "hash": "h", "size": 1}], [{"name": "a", "hash": "h", "size": 1}]),
    ],
)
def test_expressions_see_values_as_what_they_are_and_give_them_back_plain(kind, value, seen):
    found = typed(field(kind), value, KNOWN)
    assert found == seen
    assert plain(field(kind), found) == value


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (Decimal(13) / 3, "4.333333333333333333"),
        (Decimal(-2) / 3, "-0.666666666666666667"),
        (Decimal("100.0000000000000000001"), "100"),
        (Decimal("0.123456789012345678"), "0.123456789012345678"),
    ],
)
def test_what_a_division_leaves_beyond_the_digits_that_are_kept_is_rounded_off(given, kept):
    assert plain(field("decimal"), given) == kept
    assert parse(field("decimal"), kept, KNOWN) == kept


@pytest.mark.parametrize("kind", TYPES)
def test_of_some_types_it_is_known_that_expressions_see_what_is_kept(kind):
    sample = {"text": "a", "note": "a", "integer": 3, "yes-no": True, "choice": "normal", "case": "1", "file": {"name": "a"}}
    assert (kind in SEEN_AS_KEPT) == (kind in sample)
    if kind in sample:
        assert typed(field(kind), sample[kind], KNOWN) is sample[kind]


def test_an_empty_value_stays_empty():
    assert typed(field("decimal"), None, KNOWN) is None
    assert plain(field("decimal"), None) is None


def test_units_and_persons_carry_what_is_known_of_them():
    assert typed(field("unit"), "btg", KNOWN).attributes == {"title": "Ban Tuyên giáo"}
    assert typed(field("persons"), ["cv1", "gone"], KNOWN)[1].attributes == {}
    assert typed(field("person"), "cv1", KNOWN).attributes["title"] == "Chuyên viên"
    assert typed(field("unit"), "gone", KNOWN).attributes == {}


def test_a_time_is_seen_in_the_office_s_zone():
    assert typed(field("datetime"), "2026-11-20T18:00:00.000000Z", KNOWN).isoformat() == "2026-11-21T01:00:00+07:00"


def test_a_table_s_cells_are_each_what_their_column_says():
    rows = [{"f": "a", "n": 1, "at": "2026-11-20T02:00:00.000000Z"}, {"f": None}]
    seen = typed(TABLE, rows, KNOWN)
    assert seen[0]["at"] == datetime(2026, 11, 20, 9, tzinfo=ZONE)
    assert seen[1] == {"f": None, "n": None, "at": None}
    assert plain(TABLE, seen) == [rows[0], {"f": None, "n": None, "at": None}]


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("integer", Decimal("3.0"), 3),
        ("integer", Decimal("3.5"), "3.5"),
        ("decimal", Decimal("1E+2"), "100"),
        ("date", datetime(2026, 11, 21, 1, tzinfo=ZONE), "2026-11-21"),
        ("datetime", datetime(2026, 11, 21, 1, tzinfo=ZONE), "2026-11-20T18:00:00.000000Z"),
        ("datetime", date(2026, 11, 21), "2026-11-21"),
        ("text", Ref("btg", {"title": "x"}), "btg"),
        ("units", (Ref("btg"), Ref("vp")), ["btg", "vp"]),
        ("file", {"name": "a", "size": 1}, {"name": "a", "size": 1}),
    ],
)
def test_what_an_expression_gives_is_written_plainly(kind, value, found):
    made = plain(field(kind), value)
    assert (made, type(made)) == (found, type(found))


# ---- for all -----------------------------------------------------------------------------------------------------------

SAMPLES = {
    "text": st.text(max_size=20),
    "integer": st.integers(-(10**14), 10**14).map(str),
    "decimal": st.decimals(-(10**9), 10**9, places=3).map(lambda number: f"{number}".replace(".", ",")),
    "date": st.dates().map(lambda day: f"{day.day}/{day.month}/{day.year:04}"),
    "datetime": st.datetimes(datetime(1900, 1, 1), datetime(2500, 1, 1)).map(lambda time: time.isoformat(" ")),
    "units": st.lists(st.sampled_from(list(UNITS))),
}


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)).flatmap(lambda kind: st.tuples(st.just(kind), SAMPLES[kind])))
def test_what_was_understood_once_is_understood_again_and_goes_through_expressions_unchanged(sample):
    kind, raw = sample
    try:
        value = parsed(kind, raw)
    except WrongValue:
        assert kind == "text"
        return
    assert parsed(kind, value) == value
    assert plain(field(kind), typed(field(kind), value, KNOWN)) == value


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["text", "integer", "decimal", "date", "datetime", "yes-no", "choice", "unit", "person", "case", "file"]),
    st.text(max_size=30) | st.integers() | st.floats() | st.none() | st.booleans(),
)
def test_whatever_is_given_is_understood_or_told_never_crashed_on(kind, raw):
    try:
        found = parsed(kind, raw, choices=CHOICES)
    except WrongValue as error:
        found = error
    assert not isinstance(found, WrongValue) or re.match(r"f: .* is not ", str(found), re.DOTALL)


def test_the_zone_of_a_time_is_utc_when_it_is_kept():
    assert datetime.fromisoformat(parsed("datetime", "2026-12-31 08:00")) == datetime(2026, 12, 31, 1, tzinfo=UTC)
