"""What a form asks for and what becomes of its values (language.md 2.3)."""

import pytest

from tests.unit.engine.making import Book
from workflow.errors import Refused, UnknownField

TEXT = """
fields:
  name: {type: text, title: {vi: Tên, en: Name}, required: true}
  size: {type: integer}
  units: {type: units, required: true, default: [north]}
  grid: {type: table, columns: {a: {type: text}}}
roles: {worker: {unit: office, position: specialist}}
starts: {open: {by: worker, to: begun}}
states:
  begun:
    actions:
      fill: {by: worker, form: [name, size]}
      ask: {by: worker, form: units}
      plot: {by: worker, form: grid}
      bare: {by: worker, note: required}
      noted: {by: worker, note: optional}
      end: {by: worker, to: over}
  over: {final: done}
"""


@pytest.fixture
def book():
    opened = Book(TEXT)
    opened.open()
    return opened


def said(act, *args, **fields):
    with pytest.raises(Refused) as caught:
        act(*args, **fields)
    return [(reason.code, reason.message()) for reason in caught.value.reasons]


def test_defaults_stand_before_anybody_fills_a_field(book):
    assert book.case.fields == {"units": ["north"]}


def test_a_required_field_must_be_answered_in_this_act_though_it_has_a_value(book):
    book.do("fill", name="An", size=1)
    assert said(book.do, "fill", size=2) == [("form", "the field 'name' (Name) must be filled: --set name=…")]
    assert book.case.fields["size"] == 1


@pytest.mark.parametrize("empty", [None, "", []])
def test_a_required_field_can_not_be_answered_with_nothing(book, empty):
    assert said(book.do, "ask", units=empty)[0][0] == "form"


def test_an_optional_field_that_is_left_out_stays_as_it_was(book):
    book.do("fill", name="An", size=1)
    assert book.do("fill", name="Ba").case.fields == {"name": "Ba", "size": 1, "units": ["north"]}


def test_an_optional_field_is_emptied_by_an_empty_value(book):
    book.do("fill", name="An", size=1)
    assert "size" not in book.do("fill", name="An", size="").case.fields
    assert book.last_part.drafts[0].fields == {"name": "An", "size": None}


def test_fields_stand_in_the_order_of_the_process(book):
    assert list(book.do("fill", size=1, name="An").case.fields) == ["name", "size", "units"]


def test_a_field_that_is_not_asked_for_is_told_with_the_nearest_that_is(book):
    with pytest.raises(UnknownField, match=r"'nam' is not asked for here \(did you mean 'name'\?\). Asked for: name, size"):
        book.do("fill", nam="An")


def test_an_action_without_a_form_asks_for_nothing(book):
    with pytest.raises(UnknownField, match=r"'name' is not asked for here. Asked for: –"):
        book.do("bare", name="An")


@pytest.mark.parametrize("note", ["", "  \n"])
def test_a_required_note_must_say_something(book, note):
    assert said(book.do, "bare", note=note) == [("note", "a note is required: --note …")]


def test_a_note_is_kept_whether_it_was_asked_for_or_not(book):
    for action in ("bare", "noted", "end"):
        book.do(action, note="vì thế")
        assert book.last_part.drafts[0].note == "vì thế"


def test_an_optional_note_may_be_left_out(book):
    assert book.do("noted").case.done["noted"].count == 1


def test_everything_that_is_missing_is_told_at_once():
    text = TEXT.replace("form: [name, size]", "form: [name, units], note: required")
    book = Book(text)
    book.open()
    assert [code for code, _ in said(book.do, "fill")] == ["form", "form", "note"]
