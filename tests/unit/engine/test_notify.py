"""Notices: who is told what, each once, frozen; of a secret case number and date alone (language.md 1; law 7)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from tests.unit.engine.making import ORGANISATION, Book, at
from workflow.engine import notify
from workflow.engine.decide import decide
from workflow.engine.notify import due_text
from workflow.engine.work import begun
from workflow.model import Advance, Fire, Recuse
from workflow.phrases_vi import TABLE

SAMPLE = """
fields: {n: {type: integer, title: Số}, hidden: {type: yes-no, title: Mật}, units: {type: units, title: Nơi hỏi, default: [north, south]}}
roles:
  boss: {unit: office, position: leader}
  both: {unit: office, position: specialist}
  head: {unit: asked, position: leader}
  handler: {assigned: handler}
case_title: Việc thử
secret: fields.hidden
ladder: [{at: 1 hour before due, notifies: boss, urgent: true}, {at: due, notifies: {boss: "Hết hạn {{ fields.n + 1 }}"}}]
starts: {open: {by: anyone, form: [n, hidden], assigns: {handler: actor}, to: a}}
states:
  a:
    title: {vi: Đang làm, en: At work}
    due: 1 working day
    actions:
      tell: {title: Báo tin, by: anyone, notifies: [boss, both, {boss: "Riêng: {{ fields.n }}"}, boss]}
      ask: {by: anyone, to: asking}
  asking:
    due: {at: 1 working day, ladder: []}
    consult: {asks: fields.units, notifies: head, reply: {title: Trả lời, by: head, notifies: [handler, head]}, due: {at: 1 working day, ladder: [{at: due, notifies: [head, boss]}]}}
    actions: {end: {by: anyone, notifies: {head: Xong}, to: done}}
  done: {final: done}
"""


def book(organisation: str = ORGANISATION, language: str = "en", **fields: object) -> Book:
    made = Book(SAMPLE, organisation_text=organisation, language=language)
    made.open(**fields)
    return made


def told(one: Book) -> list[tuple[str, str]]:
    return [(each.person, each.text) for each in one.last_part.notices]


HERE = "Case 001/2026-S “Việc thử”: Báo tin. It now stands at: At work."


def test_those_meant_are_told_each_once_and_in_the_process_own_words_where_it_has_any():
    one = book(n=3)
    one.do("tell")
    assert told(one) == [("head", HERE), ("officer", HERE), ("second", HERE), ("head", "Riêng: 3")]
    assert {each.subject for each in one.last_part.notices} == {"[001/2026-S] Báo tin"}


def test_where_nobody_reads_it_nobody_is_told_by_an_action_nor_by_a_round_that_begins():
    one = book(n=3)
    facts = replace(one.facts(), numbers={}, bare=True)
    for action in ("tell", "ask"):
        change = decide(one.process, one.file, Advance(actor="officer", request_id="r", case=one.file.case.number, action=action), facts)
        assert change.parts[0].notices == ()
        assert change.parts[0].case.state == ("a" if action == "tell" else "asking")


def test_each_notice_has_a_key_of_its_own_that_names_entry_cause_and_person():
    one = book(n=3)
    one.do("tell")
    assert [each.key for each in one.last_part.notices] == [
        "001/2026-S/2/act/notice//head",
        "001/2026-S/2/act/notice//officer",
        "001/2026-S/2/act/notice//second",
        "001/2026-S/2/act/notice//head/2",
    ]


def test_reminders_and_overdue_notices_name_the_due_and_the_state():
    one = book(n=3)
    one.now = at("2026-11-23 23:00")
    one.fire()
    (reminder,) = one.last_part.notices
    assert (reminder.kind, reminder.urgent, reminder.subject, reminder.text) == (
        "reminder",
        True,
        "[001/2026-S] Due soon: At work",
        "Case 001/2026-S “Việc thử” stands at: At work. Due: end of 23/11/2026 (At work).",
    )
    one.now = at("2026-11-24 00:00")
    one.fire()
    (overdue,) = one.last_part.notices
    assert (overdue.kind, overdue.urgent, overdue.subject, overdue.text) == ("overdue", False, "[001/2026-S] Overdue: At work", "Hết hạn 4")


def test_a_text_that_can_not_be_worked_out_leaves_the_programs_own_sentence():
    one = book()
    one.now = at("2026-11-24 00:00")
    one.fire()
    assert told(one) == [("head", "Case 001/2026-S “Việc thử” stands at: At work. It was due: end of 23/11/2026 (At work).")]


def test_notices_speak_the_offices_language():
    one = book(language="vi", n=1)
    one.do("tell")
    text = TABLE["Case {case} “{title}”: {what}. It now stands at: {state}."]
    assert told(one)[0][1] == text.format(case="001/2026-S", title="Việc thử", what="Báo tin", state="Đang làm")


def test_of_a_secret_case_a_notice_bears_number_and_date_alone():
    one = book(n=3, hidden=True)
    one.do("tell")
    one.now = at("2026-11-24 00:00")
    one.fire()
    for change in one.changes[1:]:
        for notice in change.parts[0].notices:
            assert notice.subject == "[001/2026-S] A case needs your attention"
            day = notice.at.strftime("%d/%m/%Y") if notice.at < at("2026-11-24 00:00") else "24/11/2026"
            assert notice.text == f"Case 001/2026-S, {day}. Read it with: hoso show 001/2026-S"
    assert [len(change.parts[0].notices) for change in one.changes] == [0, 3, 1]


STAND_IN = """absences: [{person: head, since: 2026-11-01, until: 2026-11-30}]
delegations: [{from: head, to: deputy, roles: all, since: 2026-11-01, until: 2026-12-30, by: "QĐ 1"}]
"""


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", "head"),
        (STAND_IN, "deputy"),
        (STAND_IN.partition("\n")[0] + "\n", "head"),  # away, but nobody stands in
        (STAND_IN.partition("\n")[2], "head"),  # not away: a delegation alone changes nothing
    ],
)
def test_in_place_of_one_who_is_away_their_deputy_is_told(more, expected):
    one = book(ORGANISATION + more)
    one.do("tell")
    assert told(one)[0][0] == expected


AWAY = "absences: [{person: head, since: 2026-11-01, until: 2026-11-30}, {person: officer, since: 2026-11-01, until: 2026-11-30}"
BOTH = f"""{AWAY}]
delegations:
  - {{from: head, to: deputy, roles: [leader], since: 2026-11-01, until: 2026-12-30, by: "QĐ 1"}}
  - {{from: head, to: clerk, roles: [clerk], since: 2026-11-01, until: 2026-12-30, by: "QĐ 2"}}
  - {{from: officer, to: second, roles: all, since: 2026-11-01, until: 2026-12-30, by: "QĐ 3"}}
"""


def test_whoever_stands_in_is_told_for_whom_and_only_of_what_they_may_do():
    one = book(ORGANISATION + BOTH, n=3)
    one.do("tell")
    assert told(one)[:2] == [("deputy", f"{HERE} (In place of Trưởng ban, who is away.)"), ("second", HERE)], "second is a specialist too"
    one = book(ORGANISATION + BOTH.replace("[leader]", "[clerk]"), n=3)
    one.do("tell")
    assert told(one)[0][0] == "head", "nobody may act for the head as the leader"


def test_one_who_is_away_themselves_is_told_for_nobody():
    one = book(ORGANISATION + BOTH.replace("}]\n", "}, {person: deputy, since: 2026-11-01, until: 2026-11-30}]\n", 1), n=3)
    one.do("tell")
    assert told(one)[0] == ("head", HERE)


def test_what_was_assigned_to_one_who_is_away_goes_to_whoever_acts_for_them_in_everything():
    one = book(ORGANISATION + BOTH)
    one.do("ask")
    one.reply("south", "south_head")
    assert told(one)[0] == (
        "second",
        "Case 001/2026-S “Việc thử”: Trả lời. It now stands at: asking. (In place of Chuyên viên 1, who is away.)",
    )


def test_whoever_withdrew_is_told_nothing_be_it_in_their_own_right_or_in_anothers_place():
    one = book(n=3)
    one.act(Recuse(actor="officer", note="Người thân", case="001/2026-S", request_id="r"))
    one.do("tell", "second")
    assert told(one) == [("head", HERE), ("second", HERE), ("head", "Riêng: 3")]
    one = book(ORGANISATION + BOTH, n=3)
    one.act(Recuse(actor="deputy", note="Người thân", case="001/2026-S", request_id="r"))
    one.do("tell", "second")
    assert told(one)[0] == ("head", HERE), "their only deputy withdrew"


def test_of_a_secret_case_it_is_not_even_told_for_whom():
    one = book(ORGANISATION + BOTH, n=3, hidden=True)
    one.do("tell")
    assert told(one)[0] == ("deputy", "Case 001/2026-S, 20/11/2026. Read it with: hoso show 001/2026-S")


UP = """
roles:
  handler: {assigned: handler}
  superior: {superior_of: handler}
  highest: {superior_of: superior}
ladder:
  - {at: due, notifies: handler}
  - {at: 1 working day after due, notifies: superior}
  - {at: 3 working days after due, notifies: highest}
  - {at: 4 working days after due, notifies: highest, repeat: 1 working day}
starts: {open: {by: anyone, assigns: {handler: opener}, to: a}}
states: {a: {due: 1 working day, actions: {end: {by: anyone, to: done}}}, done: {final: done}}
"""


@pytest.mark.parametrize(
    ("more", "expected"),
    [("", ["officer", "head", "secretary", "secretary"]), (BOTH, ["second", "deputy", "clerk", "secretary", "secretary"])],
)
def test_a_ladder_climbs_to_the_superior_and_the_superiors_superior_or_whoever_stands_in(more, expected):
    one = Book(UP, organisation_text=ORGANISATION + more)
    one.open()
    found = []
    for when in ("2026-11-24 00:00", "2026-11-26 00:00", "2026-11-28 00:00", "2026-12-01 00:00"):
        one.now = at(when)
        one.fire()
        found += [each.person for each in one.last_part.notices]
    assert found == expected


AT_DUE = """
roles: {clerk: {unit: office, position: clerk}, boss: {unit: office, position: leader}}
ladder: [{at: 1 working day before due, notifies: boss}, {at: due, notifies: boss}]
starts: {open: {by: anyone, to: a}}
states: {a: {title: Làm, due: 2 working days, actions: {end: {by: clerk, to: done}}}, done: {final: done}}
"""


def test_a_reminder_warns_that_whoever_is_in_charge_will_be_away_when_it_is_due_and_a_first_notice_does_not():
    away = "absences: [{person: clerk, since: 2026-11-25, until: 2026-11-30}]\n"
    one = Book(AT_DUE, organisation_text=ORGANISATION + away)
    one.open()
    one.now = at("2026-11-24 00:00")
    one.fire()
    (reminder,) = one.last_part.notices
    assert reminder.text.endswith("Due: end of 25/11/2026 (Làm). (Văn thư is away until 30/11/2026 then; nobody will stand in.)")
    (deadline,) = one.file.deadlines
    work = begun(one.process, one.file, Fire(actor="hoso", request_id="r", case=one.case.number, deadline=deadline.key), one.facts())
    notify.tell(work, one.process.ladder[0].notifies, "Làm", deadline=deadline)
    (plain,) = work.notices
    assert (plain.kind, "is away" in plain.text) == ("notice", False)


def test_a_role_that_hangs_on_the_asked_unit_means_each_units():
    one = book()
    one.do("ask")
    assert [person for person, _ in told(one)] == ["north_head", "south_head"]
    one.do("end")
    assert told(one) == [("north_head", "Xong"), ("south_head", "Xong")]


def test_a_reply_tells_of_its_own_unit_only():
    one = book()
    one.do("ask")
    one.reply("south", "south_head")
    assert [person for person, _ in told(one)] == ["officer", "south_head"]


def test_an_overdue_reply_names_the_unit_that_owes_it():
    one = book()
    one.do("ask")
    one.now = at("2026-11-24 09:00")
    one.fire()
    subjects = [(each.person, each.subject) for change in one.changes[2:] for each in change.parts[0].notices]
    assert sorted(subjects) == [
        ("head", "[001/2026-S] Overdue: asking, Xã Bắc"),
        ("head", "[001/2026-S] Overdue: asking, Xã Nam"),
        ("north_head", "[001/2026-S] Overdue: asking, Xã Bắc"),
        ("south_head", "[001/2026-S] Overdue: asking, Xã Nam"),
    ]


def test_a_due_is_shown_by_its_day_where_it_ends_one_else_by_its_hour():
    facts = book().facts()
    assert due_text(at("2026-11-24 00:00"), facts) == "end of 23/11/2026"
    assert due_text(at("2026-11-24 00:01"), facts) == "24/11/2026 00:01"
    assert due_text(at("2026-11-24 15:30"), facts) == "24/11/2026 15:30"


def test_a_due_in_words_is_kept_of_one_calendar_zone_and_language_and_only_so_many_of_them(monkeypatch):
    monkeypatch.setattr(notify, "MOST_SAID", 3)
    facts, due = book().facts(), at("2026-11-24 00:00")
    days = [due + timedelta(days=number) for number in range(5)]
    first = [due_text(one, facts) for one in days]
    assert first == [f"end of {23 + number}/11/2026" for number in range(5)]
    assert len(facts.calendars.default.said) <= 3
    assert [due_text(one, facts) for one in days] == first
    assert due_text(due, replace(facts, language="vi")) == "hết ngày 23/11/2026"
    assert due_text(due, replace(facts, zone=ZoneInfo("Asia/Tokyo"))) == "24/11/2026 02:00"
    earlier = replace(facts, calendars=facts.calendars.changed(day_ends=17 * 60))
    assert due_text(due, earlier) == "end of 24/11/2026", "no day ends at midnight there"
