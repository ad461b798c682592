"""A history that was tampered with: whatever was done to it is found (law 6)."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.unit.engine.making import Book
from workflow.engine.history import broken

STORY = """
fields: {n: {type: integer, title: Số}, t: {type: text, title: Chữ}}
roles: {worker: {unit: office, position: specialist}}
starts: {open: {by: worker, form: [n, t], to: begun}}
states:
  begun: {due: 2 working days, actions: {stay: {by: worker, form: [n, t]}, again: {by: worker, to: begun}}}
  over: {final: done, actions: {back: {by: worker, to: begun}}}
actions: {finish: {from: any, by: worker, to: over}}
"""


def history() -> tuple[list, str]:
    """A history of eight entries, and its head."""
    book = Book(STORY)
    book.open(n=1, t="Vụ việc")
    for action, fields in (
        ("stay", {"n": 2}),
        ("again", {}),
        ("finish", {}),
        ("back", {}),
        ("stay", {"t": "Khác"}),
        ("again", {}),
        ("finish", {}),
    ):
        book.now += timedelta(hours=1)
        book.do(action, "second", **fields)
    return book.entries["001/2026-S"], book.case.head


ENTRIES, CHAIN_HEAD = history()
COLUMNS = ("text", "payload", "actor", "case", "hash", "previous")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(ENTRIES) - 1), st.sampled_from(COLUMNS), st.integers(0, 10_000), st.characters(codec="utf-8"))
def test_one_changed_letter_of_any_entry_is_found(place, column, at, letter):
    text = getattr(ENTRIES[place], column)
    spot = at % max(len(text), 1)
    changed = text[:spot] + letter + text[spot + 1 :]
    entries = [*ENTRIES]
    entries[place] = replace(entries[place], **{column: changed})
    assert (broken(entries, CHAIN_HEAD) is None) is (changed == text)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(ENTRIES) - 1), st.integers(0, len(ENTRIES) - 1), st.integers(1, 10**7))
def test_an_entry_dropped_swapped_added_or_moved_in_time_is_found(one_place, other, microseconds):
    assert broken([*ENTRIES[:one_place], *ENTRIES[one_place + 1 :]], CHAIN_HEAD)
    assert broken([*ENTRIES[:one_place], ENTRIES[other], *ENTRIES[one_place:]], CHAIN_HEAD)
    swapped = [*ENTRIES]
    swapped[one_place], swapped[other] = swapped[other], swapped[one_place]
    assert (broken(swapped, CHAIN_HEAD) is None) is (one_place == other)
    moved = [*ENTRIES]
    moved[one_place] = replace(moved[one_place], at=moved[one_place].at + timedelta(microseconds=microseconds))
    assert broken(moved, CHAIN_HEAD)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(ENTRIES) - 1), st.integers(0, 10_000))
def test_a_removed_letter_or_a_removed_payload_is_found(place, at):
    text = ENTRIES[place].payload
    spot = at % len(text)
    for payload in ("", text[:spot] + text[spot + 1 :]):
        entries = [*ENTRIES]
        entries[place] = replace(entries[place], payload=payload)
        what = "were changed" if payload else "are gone, and no act says so"
        assert broken(entries, CHAIN_HEAD) == f"the contents of entry {place + 1} {what}"
