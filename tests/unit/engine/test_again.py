"""Rounds: who is asked again, whose answer goes for the new round too (`again`)."""

import pytest

from tests.unit.engine.making import Book
from workflow.model import OpinionStatus

ROUNDS = """
case_title: Dự thảo
fields: {asked_units: {type: units}, text: {type: text}}
roles: {officer: {unit: office, position: specialist}, local: {unit: asked, position: leader}}
starts: {open: {by: officer, form: asked_units, to: asking}}
states:
  asking:
    consult:
      asks: fields.asked_units
      answers: {agree: Đồng ý, amend: Sửa, reject: Không}
      reply: {named: answer, by: local}
      due: {at: 3 working days}
      notifies: local
      enough: all
      again: AGAIN
    actions: {close: {by: officer, to: drafted}}
  drafted: {actions: {again: {by: officer, form: asked_units, to: asking}, end: {by: officer, to: over}}}
  over: {final: done}
"""


def rounds(again: str) -> Book:
    book = Book(ROUNDS.replace("AGAIN", again))
    book.open(asked_units=["north", "south"])
    book.reply("north", "north_head", "agree")
    book.reply("south", "south_head", "amend")
    book.do("close")
    book.do("again", asked_units=["north", "south", "council"])
    return book


def standing(book: Book) -> dict[str, tuple[str, str, bool]]:
    return {one.asked: (one.status.value, one.answer, one.carried) for one in book.file.opinions if one.round == 2}


ASKED = ("asked", "", False)


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        ("all", {"north": ASKED, "south": ASKED}),
        ("none", {"north": ("given", "agree", True), "south": ("given", "amend", True)}),
        ("amend", {"north": ("given", "agree", True), "south": ASKED}),
        ("[agree, reject]", {"north": ASKED, "south": ("given", "amend", True)}),
    ],
)
def test_who_is_asked_again_is_declared_and_who_is_new_is_asked_in_any_case(again, expected):
    book = rounds(again)
    assert standing(book) == {**expected, "council": ASKED}
    assert sorted(book.told) == sorted(["chair"] + [f"{unit}_head" for unit, one in expected.items() if one == ASKED])


def test_a_carried_answer_counts_in_the_new_round_and_owes_no_deadline():
    book = rounds("none")
    running = [one.asked for one in book.file.deadlines if one.status.value == "running"]
    assert running == ["council"]
    assert {one.asked for one in book.file.opinions if one.round == 2 and one.status is OpinionStatus.GIVEN} == {"north", "south"}


def test_who_has_not_answered_is_asked_again_also_when_nobody_is():
    book = Book(ROUNDS.replace("AGAIN", "none"))
    book.open(asked_units=["north", "south"])
    book.reply("north", "north_head", "agree")
    book.do("close")
    book.do("again", asked_units=["north", "south"])
    assert standing(book) == {"north": ("given", "agree", True), "south": ASKED}


def test_both_rounds_stay_on_record():
    book = rounds("amend")
    first = {one.asked: one.answer for one in book.file.opinions if one.round == 1}
    assert first == {"north": "agree", "south": "amend"}
