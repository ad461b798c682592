"""The deadlines of a case through its acts (language.md 2.8 to 2.12 and 2.14)."""

from msgspec.structs import replace

from tests.unit.engine.making import ZONE, Book, at
from workflow.engine import deadlines as dl
from workflow.engine.clocks import open_missing, recomputed, refresh, run_clock_effects
from workflow.engine.work import begun
from workflow.language.process import Effects
from workflow.model import Act

SAMPLE = """
fields: {day: {type: date, title: Ngày}, days: {type: integer, title: Số ngày}}
roles: {handler: {assigned: handler}}
due:
  - {name: whole, at: 20 working days, until: answered, ladder: []}
  - {name: session, at: 3 days before fields.day, ladder: []}
  - {name: often, at: 1 working day, in: [work, wait], ladder: []}
starts: {open: {by: anyone, form: [day, days], assigns: {handler: opener}, to: work}}
states:
  work:
    due: [{name: two, at: 2 working days}, {name: hang, at: fields.days working days after ask}]
    actions:
      ask: {by: anyone, to: same}
      fill: {by: anyone, form: [day, days]}
      hold: {by: anyone, stops: two}
      go_on: {by: anyone, resumes: two}
      anew: {by: anyone, restarts: [two, whole]}
      over: {by: anyone, to: work}
      submit: {by: anyone, to: wait}
      answer: {by: anyone, to: answered}
  wait: {stops: all, due: 5 working days, actions: {back: {by: anyone, to: work}, straight: {by: anyone, to: answered}, restart: {by: anyone, restarts: all}, put: {by: anyone, form: day}}}
  answered: {actions: {close: {by: anyone, to: done}}}
  done: {final: done, actions: {reopen: {by: anyone, to: work}}}
actions: {cancel: {from: any, by: anyone, to: gone}}
ladder: [{at: 1 working day before due, notifies: handler}, {at: due, notifies: handler}]
"""
SAMPLE = SAMPLE.replace("  done: {final", "  gone: {final: cancelled, actions: {revive: {by: anyone, to: work}}}\n  done: {final")


def book(**fields: object) -> Book:
    made = Book(SAMPLE)
    made.open(**fields)
    return made


def shown(one: Book) -> dict[str, tuple[str, str]]:
    """Name → (status, local due) of the newest deadline of each name (and state)."""
    return {
        f"{each.on.removeprefix('state:')}/{each.name}": (each.status.value, each.due.astimezone(ZONE).strftime("%m-%d %H:%M"))
        for each in one.file.deadlines
    }


def statuses(one: Book, name: str) -> list[str]:
    return [each.status.value for each in one.file.deadlines if each.name == name]


def do(one: Book, when: str, action: str, **fields: object) -> None:
    one.now = at(when)
    one.do(action, **fields)


def test_opening_starts_the_cases_deadlines_and_those_of_its_first_state():
    assert shown(book(day="2026-12-20")) == {
        "case/whole": ("running", "12-22 00:00"),
        "case/session": ("running", "12-18 00:00"),
        "work/two": ("running", "11-26 00:00"),
        "work/often": ("running", "11-24 00:00"),
    }


def test_leaving_a_state_ends_its_deadlines_met_or_missed():
    one = book()
    do(one, "2026-11-25 10:00", "submit")
    found = shown(one)
    assert (found["work/two"][0], found["work/often"][0], found["wait/often"][0]) == ("met", "missed", "running")


def test_an_action_that_stays_ends_and_starts_nothing():
    one = book()
    before = one.file.deadlines
    do(one, "2026-11-23 10:00", "ask")
    assert one.file.deadlines == before


def test_naming_the_own_state_enters_it_anew():
    one = book()
    do(one, "2026-11-23 10:00", "over")
    assert statuses(one, "two") == ["met", "running"]
    assert shown(one)["work/two"] == ("running", "11-27 00:00")


def test_the_cases_deadline_is_met_at_its_state_and_stays_so():
    one = book()
    do(one, "2026-11-23 10:00", "answer")
    assert statuses(one, "whole") == ["met"]
    do(one, "2026-11-23 11:00", "close")
    do(one, "2026-12-29 10:00", "reopen")
    assert statuses(one, "whole") == ["met"]


def test_a_final_state_ends_all_and_what_was_not_reached_is_dropped_and_owed_again_once_reopened():
    one = book(day="2026-12-20")
    do(one, "2026-11-23 10:00", "cancel")
    assert shown(one) == {
        "case/whole": ("dropped", "12-22 00:00"),
        "case/session": ("met", "12-18 00:00"),
        "work/two": ("met", "11-26 00:00"),
        "work/often": ("met", "11-24 00:00"),
    }
    assert {each.next_at for each in one.file.deadlines} == {None}
    do(one, "2026-12-01 10:00", "revive")
    assert statuses(one, "whole") == ["dropped", "running"]
    assert statuses(one, "session") == ["met"]
    assert shown(one)["case/whole"] == ("running", "12-22 00:00")


def test_what_is_past_when_the_case_is_closed_was_missed():
    one = book()
    do(one, "2026-12-22 00:01", "cancel")
    assert (statuses(one, "whole"), statuses(one, "two")) == (["missed"], ["missed"])


# ---- stops -----------------------------------------------------------------------------------------------------------


def test_a_state_that_stops_all_stops_every_other_deadline_and_its_own_runs():
    one = book(day="2026-12-20")
    do(one, "2026-11-23 10:00", "submit")
    running = {each.name for each in one.file.deadlines if each.status.value == "running"}
    stopped = {each.name for each in one.file.deadlines if each.status.value == "stopped"}
    assert (running, stopped) == ({"due", "often"}, {"whole", "session"})
    do(one, "2026-11-30 10:00", "back")
    # 25, 26, 27 and 30 November were working days of the pause; the 24th was off
    assert shown(one)["case/whole"] == ("running", "12-26 00:00")
    assert shown(one)["case/session"] == ("running", "12-25 00:00")  # seven days on


def test_what_was_stopped_is_not_late_for_the_time_that_it_stood_still():
    one = book()
    do(one, "2026-11-23 10:00", "submit")
    do(one, "2027-03-01 10:00", "straight")
    assert statuses(one, "whole") == ["met"]


def test_a_deadline_that_is_opened_while_all_others_are_stopped_stands_still_too():
    one = book()
    do(one, "2026-11-23 10:00", "submit")
    do(one, "2026-11-23 11:00", "put", day="2026-12-20")
    assert shown(one)["case/session"] == ("stopped", "12-18 00:00")
    do(one, "2026-11-25 10:00", "restart")
    assert statuses(one, "whole") == ["dropped", "stopped"]
    do(one, "2026-11-30 10:00", "back")
    assert shown(one)["case/session"] == ("running", "12-23 00:00")  # begun anew on the 25th: five days on
    assert shown(one)["case/whole"][1] == "12-29 00:00"  # twenty working days, begun on the 25th, three of them a pause


def test_a_deadline_stopped_by_an_action_goes_on_only_by_name():
    one = book()
    do(one, "2026-11-23 10:00", "hold")
    assert shown(one)["work/two"][0] == "stopped"
    do(one, "2026-11-23 11:00", "hold")
    do(one, "2026-11-30 10:00", "go_on")
    assert shown(one)["work/two"] == ("running", "12-02 00:00")
    do(one, "2026-11-30 11:00", "go_on")
    assert shown(one)["work/two"] == ("running", "12-02 00:00")


def test_a_deadline_that_stands_still_is_met_when_its_state_is_left_in_time():
    one = book()
    do(one, "2026-11-23 10:00", "hold")
    do(one, "2026-11-23 11:00", "submit")
    assert statuses(one, "two") == ["met"]


def test_restarting_begins_anew_and_drops_what_it_replaces():
    one = book()
    one.now = at("2026-11-25 09:00")
    one.fire()
    do(one, "2026-11-25 10:00", "anew")
    assert (statuses(one, "two"), statuses(one, "whole")) == (["dropped", "running"], ["dropped", "running"])
    newest = one.file.deadlines[-2]
    assert (newest.name, newest.fired, shown(one)["work/two"][1]) == ("two", (), "11-28 00:00")


# ---- worked out anew -------------------------------------------------------------------------------------------------


def test_a_changed_field_moves_its_deadline_and_the_rungs_to_come_but_none_that_fired():
    one = Book(SAMPLE.replace("{name: session, at: 3 days before fields.day, ladder: []}", "{name: session, at: fields.day}"))
    one.open(day="2026-11-26")
    one.now = at("2026-11-26 08:00")
    one.fire()
    (session,) = [each for each in one.file.deadlines if each.name == "session"]
    assert (session.fired, session.next_at) == ((0,), at("2026-11-27 00:00"))
    do(one, "2026-11-26 09:00", "fill", day="2026-12-10")
    (session,) = [each for each in one.file.deadlines if each.name == "session"]
    assert (session.due, session.fired, session.next_at) == (at("2026-12-11 00:00"), (0,), at("2026-12-11 00:00"))


def test_an_emptied_point_drops_its_deadline_and_a_filled_one_opens_it():
    one = book()
    assert statuses(one, "session") == []
    do(one, "2026-11-20 10:00", "fill", day="2026-12-20")
    assert statuses(one, "session") == ["running"]
    do(one, "2026-11-20 11:00", "fill", day=None)
    assert statuses(one, "session") == ["dropped"]
    do(one, "2026-11-20 12:00", "fill", day="2026-12-13")
    assert statuses(one, "session") == ["dropped", "running"]
    assert shown(one)["case/session"] == ("running", "12-11 00:00")


def test_what_hangs_on_an_action_begins_when_it_is_done_and_anew_when_it_is_done_again():
    one = book(days=2)
    assert statuses(one, "hang") == []
    do(one, "2026-11-23 10:00", "ask")
    assert shown(one)["work/hang"] == ("running", "11-27 00:00")
    one.now = at("2026-11-26 09:00")
    one.fire()
    (hang,) = [each for each in one.file.deadlines if each.name == "hang"]
    assert hang.fired == (0,)
    do(one, "2026-11-26 10:00", "ask")
    newest = one.file.deadlines[-1]
    assert (statuses(one, "hang"), newest.fired, newest.next_at) == (["dropped", "running"], (), at("2026-11-28 00:00"))
    assert newest.due == at("2026-12-01 00:00")


def test_an_action_done_again_while_the_clock_stands_still_leaves_all_of_its_time():
    one = Book(SAMPLE.replace("stops: two", "stops: all").replace("resumes: two", "resumes: all"))
    one.open(days=2)
    do(one, "2026-11-23 10:00", "ask")
    do(one, "2026-11-23 11:00", "hold")
    do(one, "2026-11-25 10:00", "ask")
    assert statuses(one, "hang") == ["dropped", "stopped"]
    do(one, "2026-11-30 10:00", "go_on")
    assert shown(one)["work/hang"] == ("running", "12-03 00:00")


def test_an_action_that_empties_its_amount_begins_nothing_anew():
    one = book(days=2)
    do(one, "2026-11-23 10:00", "ask")
    do(one, "2026-11-23 11:00", "fill", days=None)
    assert statuses(one, "hang") == ["dropped"]
    assert len(one.file.deadlines) == 4


def test_acts_that_touch_nothing_of_a_deadline_write_nothing_of_it():
    one = book(day="2026-12-20")
    do(one, "2026-11-23 10:00", "fill", day="2026-12-20")
    assert one.last_part.deadlines == ()


# ---- a version without the rule --------------------------------------------------------------------------------------


def without_rules(one: Book):
    """The case under a version of its process that has lost its deadlines."""
    states = tuple(replace(state, dues=()) for state in one.process.states)
    bare = replace(one.process, dues=(), states=states)
    return begun(bare, one.file, Act(actor="hoso", request_id=""), one.facts())


def test_a_deadline_without_a_rule_stays_as_it_is_until_it_is_settled():
    one = book(day="2026-12-20")
    work = without_rules(one)
    refresh(work)
    open_missing(work)
    run_clock_effects(work, Effects(restarts=("all",)), "x")
    assert tuple(work.deadlines.values()) == one.file.deadlines
    run_clock_effects(work, Effects(stops=("all",)), "x")
    run_clock_effects(work, Effects(resumes=("all",)), "x")
    assert [(each.due, each.status) for each in work.deadlines.values()] == [(each.due, each.status) for each in one.file.deadlines]
    one.process = work.process
    do(one, "2026-11-23 10:00", "cancel")
    assert {each.status.value for each in one.file.deadlines} == {"met"}


def test_working_out_anew_changes_nothing_where_nothing_changed():
    one = book(day="2026-12-20")
    work = begun(one.process, one.file, Act(actor="hoso", request_id=""), one.facts())
    for each in one.file.deadlines:
        assert recomputed(work, dl.rule_of(one.process, each), each) == each
