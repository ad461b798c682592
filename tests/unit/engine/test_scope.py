"""The names that expressions see, worked out only when they are looked at."""

from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from tests.unit.engine.making import Book, at
from workflow.authoring.parse_expression import parse_expression
from workflow.engine.facts import Wanting
from workflow.engine.notify import tell_persons
from workflow.engine.scope import Lazy, fields_of, in_order, scope_of
from workflow.engine.together import Every
from workflow.engine.work import begun
from workflow.errors import WrongValue
from workflow.language.expression import ExpressionError, evaluate
from workflow.model import Advance, Document, DocumentStatus, Needs

TEXT = """
title: {vi: Mẫu, en: Sample}
fields:
  n: {type: integer}
  m: {type: decimal}
  day: {type: date}
  at: {type: datetime}
  units: {type: units}
  who: {type: person}
  points: {type: table, columns: {a: {type: text}, b: {type: decimal}}}
roles: {worker: {unit: office, position: specialist}, asked_head: {unit: asked, position: leader}, empty: {person: fields.who}}
documents: {report: {type: BC, title: Báo cáo, body: r.j2, issuer: office, signer: worker}, other: {type: BC, title: Báo cáo, body: r.j2, issuer: office, signer: worker}}
starts: {open: {by: worker, form: [n, m, day, at, units, who, points], to: begun}}
states:
  begun: {title: {vi: Đầu, en: Begun}, actions: {write: {by: worker, drafts: report}, ask: {by: worker, to: asking}, stay: {by: worker, form: n}}}
  asking:
    consult: {asks: fields.units, answers: {yes: Có, maybe: Sửa}, silence: yes, reply: {by: [asked, asked_head], form: [n, m, points]}, due: {at: 1 hour, ladder: []}}
    actions: {on: {by: worker, to: begun}, end: {by: worker, to: over}}
  over: {final: done}
"""


@pytest.fixture
def book():
    return Book(TEXT, {"r.j2": "x"})


def seen(book, expression, asked="", actor="officer"):
    """What an expression gives on the case as it stands."""
    act = Advance(actor=actor, request_id="r", case=book.case.number, action="stay")
    return evaluate(parse_expression(expression), begun(book.process, book.file, act, book.facts()).scope(asked))


# ---- the case, its fields, its people ----------------------------------------------------------------------------------


def test_an_expression_sees_the_case(book):
    book.open()
    assert (
        seen(book, "case.number ~ ' ' ~ case.process ~ ' ' ~ case.state ~ ' ' ~ case.state_title ~ ' ' ~ case.title")
        == "001/2026-S sample begun Begun Mẫu"
    )
    assert seen(book, "case.unit.title") == "Ban Tuyên giáo"
    assert seen(book, "case.opened == now") is True
    assert (seen(book, "case.outcome"), seen(book, "case.secret")) == ("", False)


def test_an_expression_sees_fields_as_what_they_are(book):
    book.open(n=3, m="1,5", day="30/11/2026", at="2026-12-01 08:00", units=["north"], who="clerk", points=[["x", "2,5"]])
    assert (seen(book, "fields.n + fields.m"), seen(book, "fields.day")) == (Decimal("4.5"), date(2026, 11, 30))
    assert seen(book, "fields.at").isoformat() == "2026-12-01T08:00:00+07:00"
    assert (seen(book, "fields.units[0].kind"), seen(book, "fields.who.title"), seen(book, "fields.who.unit")) == (
        "commune",
        "Văn thư",
        "office",
    )
    assert seen(book, "fields.points|sum('b')") == Decimal("2.5")


def test_an_empty_field_is_none(book):
    book.open()
    assert [seen(book, f"fields.{key} is none") for key in book.process.field_of] == [True] * 7
    assert seen(book, "fields.who.title") is None


def test_old_is_the_case_as_it_is_where_nothing_was_given(book):
    book.open(n=3)
    assert seen(book, "old.n") == 3


def test_an_expression_sees_who_acts_who_opened_and_who_is_asked(book):
    book.open("second")
    assert (seen(book, "actor"), seen(book, "actor.title"), seen(book, "opener.key")) == ("officer", "Chuyên viên 1", "second")
    assert (seen(book, "asked"), seen(book, "asked.kind", asked="north"), seen(book, "asked.position", asked="clerk")) == (
        None,
        "commune",
        "clerk",
    )
    assert seen(book, "asked.title", asked="gone") == "gone"
    assert seen(book, "actor.title", actor="hoso") == "hoso"


def test_an_expression_sees_roles_deeds_and_documents(book):
    book.open()
    book.do("write")
    book.do("stay", n=1)
    book.do("stay", n=1)
    assert seen(book, "roles.worker") == ["officer", "second"]
    assert (seen(book, "roles.empty|length"), seen(book, "done.stay"), seen(book, "done.ask")) == (0, 2, 0)
    assert (seen(book, "documents.report"), seen(book, "documents.other")) == ("draft", "none")


def test_starts_and_replies_are_done_too(book):
    book.open(units=["north", "south"])
    book.do("ask")
    book.reply("south", "south_head", "yes")
    assert (seen(book, "done.open"), seen(book, "done.reply"), seen(book, "done.end")) == (1, 1, 0)


def test_what_there_is_not_is_empty(book):
    book.open()
    assert (seen(book, "tracks.x"), seen(book, "item"), seen(book, "case.parent")) == (None, None, None)


def test_sub_cases_that_are_not_known_yet_are_asked_for(book):
    book.open()
    with pytest.raises(Wanting) as wanting:
        seen(book, "children.count")
    assert wanting.value.needs == Needs(children=(book.file.case.number,))


# ---- time --------------------------------------------------------------------------------------------------------------


def test_dates_move_by_the_office_s_calendar(book):
    book.open(day="2026-11-20")
    assert seen(book, "today") == date(2026, 11, 20)
    assert seen(book, "fields.day|plus('2 working days')") == date(2026, 11, 25)
    assert [seen(book, f"today|working_days('2026-11-{day}')") for day in (19, 20, 24, 25)] == [0, 1, 2, 3]
    assert seen(book, "now|plus('4 working hours')").isoformat() == "2026-11-20T15:00:00+07:00"
    assert seen(book, "now|minus('1 hours')").isoformat() == "2026-11-20T08:00:00+07:00"
    with pytest.raises(ExpressionError, match="no amount of time"):
        seen(book, "today|plus('2 hours')")


def test_now_is_the_time_in_the_office_s_zone_and_entry_when_the_state_was_entered(book):
    book.open()
    book.now = at("2026-11-21 00:30")
    assert seen(book, "now").isoformat() == "2026-11-21T00:30:00+07:00"
    assert (seen(book, "today"), seen(book, "entry").isoformat()) == (date(2026, 11, 21), "2026-11-20T09:00:00+07:00")


# ---- periods -----------------------------------------------------------------------------------------------------------


def test_the_case_of_the_period_before_is_seen_and_empty_for_the_first(book):
    book.open(n=4)
    assert (seen(book, "last.fields.n"), seen(book, "last.number"), seen(book, "period.year")) == (None, None, None)
    book.more = {"last": book.case, "period": {"year": 2026}}
    assert (seen(book, "last.fields.n"), seen(book, "last.number"), seen(book, "period.year")) == (4, "001/2026-S", 2026)


# ---- replies -----------------------------------------------------------------------------------------------------------


def test_before_any_round_there_are_no_replies(book):
    book.open()
    assert [seen(book, f"replies.{name}") for name in ("asked", "given", "enough", "newest", "yes")] == [0, 0, False, None, None]
    assert (seen(book, "replies.sum.n"), seen(book, "replies.mean.n"), seen(book, "replies.rows.points")) == (0, None, [])


def test_replies_are_counted_summed_and_listed(book):
    book.open(units=["north", "south", "council"])
    book.do("ask")
    book.reply("south", "south_head", "yes", n=2, m="0,5", points=[["a", 1]])
    book.now = at("2026-11-20 09:05")
    book.reply("north", "north_head", "maybe", n=4, points=[["b", 2], ["c", 3]])
    assert [seen(book, f"replies.{name}") for name in ("asked", "given", "enough", "yes", "maybe")] == [3, 2, False, 1, 1]
    assert (seen(book, "replies.sum.n"), seen(book, "replies.mean.n"), seen(book, "replies.mean.m")) == (6, 3, Decimal("0.5"))
    assert [row["a"] for row in seen(book, "replies.rows.points")] == ["b", "c", "a"]
    assert (seen(book, "replies.newest.asked.title"), seen(book, "replies.newest.answer"), seen(book, "replies.newest.fields.n")) == (
        "Xã Bắc",
        "maybe",
        4,
    )


def test_rows_follow_the_order_of_asking(book):
    book.open(units=["north", "south"])
    book.do("ask")
    book.reply("south", "south_head", "yes", points=[["s", 1]])
    book.reply("north", "north_head", "yes", points=[["n", 1]])
    assert [row["a"] for row in seen(book, "replies.rows.points")] == ["n", "s"]


def test_silence_that_counts_is_among_the_replies(book):
    book.open(units=["north", "south"])
    book.do("ask")
    book.reply("north", "north_head", "yes", n=2)
    book.now = at("2026-11-20 10:00")
    book.fire()
    assert (seen(book, "replies.given"), seen(book, "replies.yes"), seen(book, "replies.sum.n"), seen(book, "replies.enough")) == (
        2,
        2,
        2,
        True,
    )


def test_replies_are_those_of_the_newest_round_also_after_the_case_has_moved_on(book):
    book.open(units=["north", "south"])
    book.do("ask")
    book.reply("north", "north_head", "yes", n=2)
    book.do("on")
    assert (seen(book, "replies.given"), seen(book, "replies.asked"), seen(book, "replies.enough")) == (1, 2, False)
    book.now = at("2026-11-20 09:01")
    book.do("ask")
    assert (seen(book, "replies.given"), seen(book, "replies.asked"), seen(book, "replies.sum.n")) == (0, 2, 0)


# ---- replies of tracks -------------------------------------------------------------------------------------------------

BESIDE = """
roles: {worker: {unit: office, position: specialist}}
starts: {open: {by: worker, to: asking}}
states:
  asking: {consult: {asks: "['north', 'south']", reply: {by: asked}}, actions: {on: {by: worker, to: between}}}
  between: {actions: {further: {by: worker, to: later}}}
  later: {actions: {end: {by: worker, to: over}}}
  over: {final: done}
tracks:
  side:
    start: still
    states:
      still: {actions: {query: {by: worker, to: querying}}}
      querying: {consult: {asks: "['council']", reply: {by: asked}}, actions: {enough: {by: worker, to: known}}}
      known: {final: ok}
"""


def asked_beside(book):
    """How many were asked in the newest round: of the case itself, and of its track."""
    work = begun(book.process, book.file, Advance(actor="officer", request_id="r", case=book.case.number, action=""), book.facts())
    expression = parse_expression("replies.asked")
    own = work.value(expression)
    with work.on("side"):
        return own, work.value(expression)


def test_a_track_sees_the_replies_to_its_own_round_while_the_case_asks_others():
    book = Book(BESIDE)
    book.open()
    assert asked_beside(book) == (2, 0)
    book.do("query")
    assert asked_beside(book) == (2, 1)


def test_a_case_that_went_on_still_sees_the_replies_to_its_own_round_after_a_track_asked_others():
    book = Book(BESIDE)
    book.open()
    book.do("on")
    book.do("further")
    book.now = at("2026-11-20 10:00")
    book.do("query")
    assert asked_beside(book) == (2, 1)


# ---- the mapping itself ------------------------------------------------------------------------------------------------


def test_a_value_is_worked_out_once_and_only_when_it_is_looked_at():
    asked = []
    lazy = Lazy(("a", "b"), lambda key: asked.append(key) or key * 2)
    assert asked == []
    assert (lazy["a"], lazy["a"], asked) == ("aa", "aa", ["a"])
    assert (list(lazy), len(lazy), "c" in lazy) == (["a", "b"], 2, False)
    with pytest.raises(KeyError):
        lazy["c"]


def test_a_field_that_the_process_does_not_have_is_no_key(book):
    book.open()
    assert "gone" not in fields_of(book.process, {"gone": 1}, book.facts())


def test_documents_are_in_the_order_in_which_they_were_begun():
    papers = [
        Document(
            key=key,
            rule=key.split("/")[0],
            type="BC",
            status=DocumentStatus.DRAFT,
            title="",
            frame="party",
            template="",
            at=at("2026-11-20 09:00"),
        )
        for key in ("b/10", "a/2", "b/9", "a/1")
    ]
    assert [one.key for one in in_order(papers)] == ["a/1", "a/2", "b/9", "b/10"]


def test_a_void_paper_is_none(book):
    book.open()
    book.do("write")
    file = book.file
    book.files[book.case.number] = replace(file, documents=tuple(replace(one, status=DocumentStatus.VOID) for one in file.documents))
    assert seen(book, "documents.report") == "none"


def test_an_amount_beyond_all_years_is_told_not_crashed_on(book):
    book.open()
    with pytest.raises((ExpressionError, WrongValue)):
        seen(book, "today|plus('999999 years')")


def test_what_has_every_key_lists_none():
    every = Every(lambda key: key.upper())
    assert (every["x"], list(every), len(every)) == ("X", [], 0)


def test_where_nobody_looks_roles_up_they_are_held_by_nobody():
    book = Book(TEXT, {"r.j2": "x"})
    book.open("officer")
    assert scope_of(book.process, book.file, book.facts()).names["roles"]["worker"] == []


def test_where_nobody_is_told_no_notice_is_written():
    book = Book(TEXT, {"r.j2": "x"})
    book.open("officer")
    for bare in (False, True):
        work = begun(book.process, book.file, Advance(actor="officer", request_id="", case="", action=""), replace(book.facts(), bare=bare))
        tell_persons(work, ["head"], "x")
        assert len(work.notices) == (not bare)
