"""Tracks: machines of one case, side by side (language.md 1, 2.9, 2.14, 2.15)."""

from datetime import UTC, datetime

import pytest

from tests.unit.engine.making import Book, at
from workflow.errors import Refused
from workflow.model import DeadlineStatus

TWO = """
case_title: Hồ sơ
fields: {note: {type: text}, seen: {type: text}}
roles:
  officer: {unit: office, position: specialist}
  head: {unit: office, position: leader}
  chair: {unit: council, position: leader}
starts: {open: {by: officer, to: work}}
states:
  work:
    due: 10 working days
    actions:
      halt: {by: head, to: halted}
      done: {by: auto, when: [tracks.money == 'agreed', tracks.law == 'agreed'], to: finished}
  halted: {stops: all, actions: {go_on: {by: head, to: work}}}
  finished: {final: done, actions: {reopen: {by: head, to: work}}}
actions:
  close: {by: head, from: work, to: finished}
tracks:
  money:
    start: asked
    states:
      asked: {due: 2 working days, actions: {pay: {by: officer, form: note, to: agreed}}}
      agreed: {final: agreed, actions: {again: {by: officer, to: previous}}}
  law:
    start: asked
    due: {name: whole, at: 5 working days, until: agreed}
    states:
      asked: {actions: {look: {by: chair, to: looked}, stay: {by: chair}}}
      looked: {due: 1 working day, actions: {accept: {by: chair, to: agreed}, back: {by: chair, to: asked}}}
      agreed: {final: agreed}
  file:
    start: kept
    outlives: true
    states:
      kept: {due: 20 working days, actions: {archive: {by: officer, to: archived}}}
      archived: {final: archived}
"""


@pytest.fixture
def book() -> Book:
    made = Book(TWO)
    made.open()
    return made


def stands(book: Book) -> dict[str, str]:
    return {"": book.case.state} | {track: one.state for track, one in book.case.tracks.items()}


def running(book: Book) -> set[str]:
    return {f"{one.on} {one.name}" for one in book.file.deadlines if one.status is DeadlineStatus.RUNNING}


def test_every_track_enters_its_first_state_when_the_case_is_opened(book):
    assert stands(book) == {"": "work", "money": "money/asked", "law": "law/asked", "file": "file/kept"}
    assert running(book) == {"state:work due", "state:money/asked due", "track:law whole", "state:file/kept due"}


def test_an_action_of_a_track_moves_that_track_alone(book):
    book.do("look", "chair")
    assert stands(book) == {"": "work", "money": "money/asked", "law": "law/looked", "file": "file/kept"}
    assert book.case.tracks["law"].previous == "law/asked"
    assert (book.last_part.drafts[0].before, book.last_part.drafts[0].after) == ("law/asked", "law/looked")


def test_same_leaves_a_track_as_it_is(book):
    before = book.case.tracks
    book.now = at("2026-11-20 10:00")
    book.do("stay", "chair")
    assert book.case.tracks == before


def test_an_action_is_refused_where_its_track_does_not_stand(book):
    with pytest.raises(Refused, match="stands at: asked; this is done at: looked"):
        book.do("accept", "chair")


def test_a_track_s_deadlines_end_with_its_states_and_its_own_at_the_state_it_is_until(book):
    book.do("look", "chair")
    assert "state:law/looked due" in running(book)
    book.do("accept", "chair")
    assert not {one for one in running(book) if "law" in one}
    assert {one.status for one in book.file.deadlines if "law" in one.on} == {DeadlineStatus.MET}


def test_a_guard_sees_where_the_tracks_stand_and_an_automatic_action_waits_for_all_of_them(book):
    book.do("pay", note="x")
    assert book.case.state == "work"
    book.do("look", "chair")
    book.do("accept", "chair")
    assert (book.case.state, book.case.outcome) == ("finished", "done")
    assert [one.action for one in book.last_part.drafts] == ["accept", "done"]


def test_a_final_state_of_a_track_ends_that_track_only_and_may_be_left_again(book):
    book.do("pay", note="x")
    assert book.case.tracks["money"].outcome == "agreed"
    assert book.case.open
    book.do("again")
    assert (book.case.tracks["money"].state, book.case.tracks["money"].outcome) == ("money/asked", "")


def test_a_final_state_of_the_case_ends_its_tracks_but_those_that_outlive_it(book):
    book.do("close", "head")
    assert running(book) == {"state:file/kept due"}
    assert {one.status for one in book.file.deadlines if one.on.startswith(("state:money", "track:"))} == {DeadlineStatus.DROPPED}
    with pytest.raises(Refused, match="the case stands at: finished"):
        book.do("pay", note="x")
    book.do("archive")
    assert book.case.tracks["file"].outcome == "archived"


def test_a_reopened_case_s_tracks_go_on_where_they_stood_with_their_time_from_then_on(book):
    book.do("look", "chair")
    book.do("close", "head")
    book.now = at("2026-12-01 09:00")
    book.do("reopen", "head")
    assert book.case.tracks["law"].state == "law/looked"
    assert book.case.tracks["law"].entered == datetime(2026, 12, 1, 2, tzinfo=UTC)
    due = next(one for one in book.file.deadlines if one.on == "state:law/looked" and one.status is DeadlineStatus.RUNNING)
    assert due.due == at("2026-12-03 00:00")
    assert "track:law whole" in running(book)


def test_a_state_that_stops_all_stops_the_tracks_deadlines_too(book):
    book.do("halt", "head")
    assert running(book) == set()
    book.do("go_on", "head")
    assert "state:money/asked due" in running(book)


def test_whose_turn_it_is_is_told_of_each_track(book):
    assert {(one.unit, one.position) for one in book.last_part.awaited} == {
        ("office", "leader"),
        ("office", "specialist"),
        ("council", "leader"),
    }
    book.do("pay", note="x")
    book.do("archive")
    assert {(one.unit, one.position) for one in book.last_part.awaited} == {("office", "leader"), ("council", "leader")}


ENTRY = """
fields: {since: {type: datetime}, days: {type: integer}}
roles: {officer: {unit: office, position: specialist}}
starts: {open: {by: officer, to: a}}
states: {a: {actions: {end: {by: officer, to: z}}}, z: {final: done}}
tracks:
  t:
    start: one
    states:
      one: {actions: {go: {by: officer, to: two}}}
      two:
        sets: {since: entry}
        actions:
          wait: {by: officer, not_before: 2 working days, sets: {since: entry}}
          fin: {by: officer, to: three}
      three: {final: over}
"""


def test_entry_means_the_own_track():
    book = Book(ENTRY)
    book.open()
    book.now = at("2026-11-23 09:00")
    book.do("go")
    assert book.case.fields["since"] == "2026-11-23T02:00:00.000000Z"
    with pytest.raises(Refused, match="not before"):
        book.do("wait")
    book.now = at("2026-11-27 09:00")
    book.do("wait")
    assert book.case.fields["since"] == "2026-11-23T02:00:00.000000Z"


ROUND = """
fields: {asked_units: {type: units, default: [north, south]}, fine: {type: integer}}
roles: {officer: {unit: office, position: specialist}, asked_head: {unit: asked, position: leader}}
starts: {open: {by: officer, to: a}}
states: {a: {actions: {end: {by: officer, to: z}}}, z: {final: done}}
tracks:
  hearing:
    start: asking
    states:
      asking:
        consult:
          asks: fields.asked_units
          answers: {yes: Yes, no: No}
          reply: {named: answer, by: asked_head}
          due: {at: 3 working days}
          enough: all
        actions:
          heard: {by: auto, when: replies.enough, sets: {fine: replies.yes}, to: over}
      over: {final: over}
"""


def test_a_track_consults_and_goes_on_by_itself():
    book = Book(ROUND)
    book.open()
    assert len(book.file.opinions) == 2
    book.reply("north", "north_head", "yes")
    assert book.case.tracks["hearing"].state == "hearing/asking"
    book.reply("south", "south_head", "no")
    assert (book.case.tracks["hearing"].state, book.case.fields["fine"]) == ("hearing/over", 1)


def test_nobody_replies_to_a_track_that_is_over_with_its_case():
    book = Book(ROUND)
    book.open()
    book.do("end")
    with pytest.raises(Refused, match="closed"):
        book.reply("north", "north_head", "yes")


STOPPING = """
fields: {n: {type: integer}}
roles: {officer: {unit: office, position: specialist}}
starts: {open: {by: officer, to: a}}
states: {a: {actions: {end: {by: officer, to: z}}}, z: {final: done}}
tracks:
  doubt: {start: still, states: {still: {stops: all, actions: {over: {by: officer, to: gone}}}, gone: {final: gone}}}
  file: {start: kept, outlives: true, states: {kept: {due: 20 working days, actions: {end_file: {by: officer, to: done}}}, done: {final: done}}}
"""


def test_what_a_track_stopped_goes_on_when_it_ends_with_its_case():
    book = Book(STOPPING)
    book.open()
    (kept,) = book.file.deadlines
    assert kept.status is DeadlineStatus.STOPPED
    book.do("end")
    (kept,) = book.file.deadlines
    assert kept.status is DeadlineStatus.RUNNING
