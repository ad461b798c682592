"""Why an action may not be done: permission, four eyes, guards, needs, times and hours."""

import pytest

from tests.unit.engine.making import ORGANISATION, Book, at
from workflow.errors import Refused
from workflow.model import Advance

STAND_INS = ORGANISATION + (
    "delegations:\n"
    "  - {from: head, to: deputy, roles: all, by: QĐ 1, since: 2026-11-01}\n"
    "  - {from: head, to: second, roles: [leader], by: QĐ 2, since: 2026-11-01}\n"
    "  - {from: chair, to: deputy, roles: all, by: QĐ 3, since: 2026-11-01}\n"
    "  - {from: officer, to: clerk, roles: all, by: QĐ 4, since: 2026-11-01, until: 2026-11-20}\n"
)
TEXT = """
fields: {n: {type: integer, title: Số}, m: {type: integer}, units: {type: units}, day: {type: date}, grid: {type: table, columns: {a: {type: text}}}}
roles:
  worker: {unit: office, position: specialist}
  boss: {unit: office, position: leader}
  heads: {any: [boss, chair]}
  chair: {unit: council, position: leader}
  did_it: {did: [draft, open]}
starts: {open: {by: [worker, boss], to: begun}}
states:
  begun:
    title: {vi: Bắt đầu, en: Begun}
    actions:
      draft: {by: [worker, boss]}
      sign: {by: heads, not_by: did_it}
      check: {by: [worker, boss], not_by: opener}
      count: {by: worker, form: [n, m, units], when: ["fields.n > 1", fields.m > 1, {fields.n + fields.m > 9: too little}]}
      filled: {by: worker, form: [n, units, grid], needs: [n, units, grid]}
      thrice: {by: worker, times: 2}
      later: {by: worker, not_before: 2 hours}
      dated: {by: worker, form: day, not_before: 1 day after fields.day}
      own: {by: actor}
      anybody: {by: anyone}
      end: {by: worker, to: over}
  over: {final: done}
"""
TEXT = TEXT.replace(
    'when: ["fields.n > 1", fields.m > 1, {fields.n + fields.m > 9: too little}]',
    "when: {fields.n > 1: n is too small, fields.m > 1: m is too small, fields.n + fields.m > 9: too little}",
)


@pytest.fixture
def book():
    opened = Book(TEXT, organisation_text=STAND_INS)
    opened.open()
    return opened


def said(act, *args, **fields):
    with pytest.raises(Refused) as caught:
        act(*args, **fields)
    return [(reason.code, reason.message()) for reason in caught.value.reasons]


def acting_for(book, actor, action, principal):
    return book.act(Advance(actor=actor, request_id="r", case="001/2026-S", action=action, acting_for=principal))


# ---- who ---------------------------------------------------------------------------------------------------------------


def test_who_may_is_told_by_the_titles_of_those_who_hold_it_today(book):
    assert said(book.do, "draft", "chair") == [
        ("by", "only Chuyên viên 1, Chuyên viên 2 or Trưởng ban may do this, not Phó Chủ tịch Hội đồng")
    ]


def test_four_eyes_hold_for_whoever_did_it(book):
    book.do("draft", "head")
    four_eyes = "whoever it is now must not be Trưởng ban, Chuyên viên 1 (four eyes)"
    assert said(book.do, "sign", "head") == [("not_by", four_eyes)]
    assert book.do("sign", "chair").case.done["sign"].count == 1


def test_four_eyes_hold_for_a_deputy_who_acts_for_whoever_did_it(book):
    book.do("draft", "head")
    assert said(acting_for, book, "deputy", "sign", "head")[0][0] == "not_by"
    assert acting_for(book, "deputy", "sign", "chair").case.done["sign"].persons == ("deputy", "chair")


def test_four_eyes_hold_for_the_principal_whose_deputy_did_it(book):
    acting_for(book, "deputy", "draft", "head")
    assert said(book.do, "sign", "head")[0][0] == "not_by"


def test_the_opener_may_not_check_their_own_case_and_neither_may_who_stands_in_for_them(book):
    assert said(book.do, "check", "officer") == [("not_by", "whoever it is now must not be Chuyên viên 1 (four eyes)")]
    assert said(book.do, "check", "clerk")[0][0] == "not_by"
    assert book.do("check", "second").case.done["check"].count == 1


def test_a_delegation_ends_with_its_last_day(book):
    book.do("draft", "clerk")
    assert book.last_part.drafts[0].acting_for == "officer"
    book.now = at("2026-11-21 09:00")
    assert said(book.do, "draft", "clerk")[0][0] == "by"


def test_ones_own_right_goes_before_a_delegation(book):
    book.do("draft", "second")
    assert book.last_part.drafts[0].acting_for == ""


def test_a_delegation_may_be_chosen_though_one_could_act_oneself(book):
    acting_for(book, "second", "draft", "head")
    assert (book.last_part.drafts[0].acting_for, book.case.done["draft"].persons) == ("head", ("second", "head"))


@pytest.mark.parametrize("principal", ["chair", "secretary", "no_such_person"])
def test_one_can_not_act_for_somebody_who_delegated_nothing_of_it(book, principal):
    assert said(acting_for, book, "second", "draft", principal)[0][0] == "by"


def test_anyone_acts_in_their_own_right_and_for_nobody_who_is_not_meant(book):
    assert book.do("anybody", "south_head").case.done["anybody"].persons == ("south_head",)
    assert said(acting_for, book, "deputy", "anybody", "head") == [("by", "only anyone may do this, not Phó trưởng ban")]


def test_the_word_actor_means_whoever_acts(book):
    assert book.do("own", "north_head").case.done["own"].persons == ("north_head",)


# ---- conditions --------------------------------------------------------------------------------------------------------


def test_every_guard_that_fails_is_told_with_its_own_reason(book):
    assert [text for _, text in said(book.do, "count", n=1, m=1)] == ["n is too small", "m is too small", "too little"]
    assert said(book.do, "count", n=4, m=4) == [("guard", "too little")]
    assert book.do("count", n=5, m=5).case.fields == {"n": 5, "m": 5}


def test_a_guard_that_reckons_with_nothing_does_not_hold_and_says_why(book):
    assert said(book.do, "count", n=5) == [
        ("guard", "m is too small"),
        ("expression", "The expression 'fields.n + fields.m > 9' can't be worked out: a value in it is empty"),
    ]


def test_a_guard_without_a_reason_shows_its_condition():
    bare = Book(TEXT.replace("not_before: 2 hours", "when: fields.n > 1"))
    bare.open()
    assert said(bare.do, "later") == [("condition", "the condition does not hold: fields.n > 1")]


def test_an_office_s_own_reason_is_never_taken_for_a_template():
    curly = Book(TEXT.replace("not_before: 2 hours", 'when: {fields.n > 1: "hỏi {ai}"}'))
    curly.open()
    assert said(curly.do, "later") == [("guard", "hỏi {ai}")]


def test_what_an_action_needs_may_be_filled_by_its_own_form(book):
    assert said(book.do, "filled", n=1, units=[], grid=[]) == [
        ("needs", "the field 'units' (units) is still empty"),
        ("needs", "the field 'grid' (grid) is still empty"),
    ]
    assert book.do("filled", n=0, units=["north"], grid=[{"a": "x"}]).case.done["filled"].count == 1
    assert book.do("filled").case.done["filled"].count == 2


def test_an_action_is_done_as_often_as_it_may_be(book):
    book.do("thrice")
    book.do("thrice", "second")
    assert said(book.do, "thrice") == [("times", "it was done 2 times already, as often as it may be")]


def test_an_action_waits_for_its_hour(book):
    book.now = at("2026-11-20 10:59")
    assert said(book.do, "later") == [("not_before", "not before 20/11/2026 11:00")]
    book.now = at("2026-11-20 11:00")
    assert book.do("later").case.done["later"].count == 1


def test_an_action_that_waits_for_an_empty_day_waits_for_nothing(book):
    assert book.do("dated").case.done["dated"].count == 1


def test_an_action_waits_for_the_day_of_a_field_and_a_day_beyond_all_years_is_told(book):
    assert said(book.do, "dated", day="2026-11-25") == [("not_before", "not before end of 26/11/2026")]
    assert said(book.do, "dated", day="2499-12-31")[0][0] == "not_before"
    assert said(book.do, "dated", day="9999-12-31")[0][0] == "wrong-value"


def test_a_failing_action_does_not_spoil_the_list_of_what_is_allowed(book):
    with pytest.raises(Refused) as caught:
        book.do("sign", "officer")
    assert caught.value.allowed == ("draft", "thrice", "dated", "own", "anybody", "end")


def test_one_who_is_neither_meant_nor_another_pair_of_eyes_is_told_both():
    book = Book(TEXT.replace("sign: {by: heads, not_by: did_it}", "sign: {by: chair, not_by: did_it}"))
    book.open("officer")
    assert [code for code, _ in said(book.do, "sign", "officer")] == ["by", "not_by"]
