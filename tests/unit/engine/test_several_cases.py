"""Several cases in one act: opens, also, becomes, and what a change of a sub-case means above (language.md 2.1, 2.6, 2.16)."""

import pytest
from msgspec.structs import replace

from tests.unit.engine.making import Book, at
from workflow.engine.decide import decide
from workflow.engine.history import fold
from workflow.engine.joint import MOST
from workflow.engine.moving import fitting
from workflow.errors import Refused
from workflow.model import CLOCK, Advance, Case, DeadlineStatus, Needs

PARENT = """
case_title: Đợt kiểm tra
fields:
  communes: {type: units, default: [north, south]}
  total: {type: integer}
  link: {type: case}
  label: {type: text}
roles: {officer: {unit: office, position: specialist}, head: {unit: office, position: leader}}
starts: {open: {by: officer, form: [communes, link, label], to: planned}}
states:
  planned:
    actions:
      send:
        by: officer
        opens: {process: visit, for_each: fields.communes, fields: {commune: item, label: fields.label}, title: "Kiểm tra {{ item.title }}"}
        to: running
      one: {by: officer, opens: {process: visit, start: begin, fields: {commune: "fields.communes[0]"}}}
  running:
    actions:
      collect:
        by: auto
        when: [children.count > 0, children.open == 0]
        sets: {total: children.sum.found}
        to: finished
      nudge: {by: officer, note: required, also: {do: hurry, case: children}}
      poke: {by: officer, also: {do: hurry, case: fields.link}}
      strict: {by: officer, also: {do: report, case: fields.link}}
  finished: {final: done}
  cancelled: {final: cancelled}
actions:
  cancel: {from: any, by: head, note: required, also: {do: drop, case: children}, to: cancelled}
  turn: {from: planned, by: head, becomes: {process: visit, state: there}}
"""
VISIT = """
process: visit
unit: office
number: "{n:03}/{year}-K"
case_title: Kiểm tra
fields:
  commune: {type: unit, required: true}
  found: {type: integer}
  hurried: {type: yes-no}
  label: {type: text, max: 5}
roles: {officer: {unit: office, position: specialist}, head: {unit: office, position: leader}, local: {unit: fields.commune, position: leader}}
starts: {open: {by: nobody, form: commune, to: there}, begin: {by: head, to: there}}
states:
  there:
    due: 5 working days
    actions:
      report: {by: local, form: found, to: over}
      hurry: {by: [nobody], when: {not fields.hurried: đã giục}, sets: {hurried: true}}
      tell_above: {by: officer, also: {do: cancel, case: case.parent}}
      leave: {by: officer, to: gone}
  gone: {actions: {back: {by: officer, to: there}}}
  over: {final: done}
  dropped: {final: dropped}
actions:
  drop: {from: there, by: nobody, to: dropped}
"""
FIRST, SECOND = "001/2026-K", "002/2026-K"


@pytest.fixture
def book() -> Book:
    made = Book(PARENT, others=(VISIT,))
    made.open()
    return made


@pytest.fixture
def sent(book: Book) -> Book:
    book.do("send")
    return book


def states(book: Book) -> dict[str, str]:
    return {number: file.case.state for number, file in book.files.items()}


# ---- opens -----------------------------------------------------------------------------------------------------------


def test_a_sub_case_is_opened_for_each_item_in_one_change(sent):
    assert states(sent) == {"001/2026-S": "running", FIRST: "there", SECOND: "there"}
    assert [part.case.number for part in sent.changes[-1].parts] == ["001/2026-S", FIRST, SECOND]
    assert [taken.case for taken in sent.changes[-1].numbers] == [FIRST, SECOND]
    child = sent.files[FIRST].case
    assert (child.parent, child.opener, child.title, child.fields["commune"]) == ("001/2026-S", "officer", "Kiểm tra Xã Bắc", "north")
    assert [one.name for one in sent.files[FIRST].deadlines] == ["due"]


def test_a_sub_case_s_history_names_the_case_that_opened_it(sent):
    (entry,) = sent.entries[FIRST]
    assert '"parent":"001/2026-S"' in entry.payload
    assert fold(sent.entries[FIRST]).case.state == "there"


def test_nothing_is_opened_for_an_empty_list(book):
    del book.files["001/2026-S"]
    book.open(communes=[])
    with pytest.raises(KeyError):
        book.do("send", case="002/2026-S") and book.files[FIRST]
    assert book.files["002/2026-S"].case.state == "running"


def test_a_start_is_not_asked_whether_the_actor_may_the_procedure_opens_it(book):
    book.do("one")
    assert book.files[FIRST].case.fields["commune"] == "north"


def test_a_value_that_the_sub_case_s_field_refuses_refuses_the_whole(book):
    del book.files["001/2026-S"]
    book.open(label="quá dài để vừa")
    before = dict(book.files)
    with pytest.raises(Refused, match="label"):
        book.do("send", case="002/2026-S")
    assert book.files == before


def test_a_process_that_lost_its_start_or_its_field_refuses_and_says_so(book):
    visit = book.processes["visit"]
    book.processes = {**book.processes, "visit": replace(visit, starts=visit.starts[1:])}
    with pytest.raises(Refused, match="start"):
        book.do("send")
    book.processes = {**book.processes, "visit": replace(visit, fields=visit.fields[1:])}
    with pytest.raises(Refused, match="commune"):
        book.do("send")


def test_sub_cases_lie_eight_deep_at_most(book):
    above = ""
    for depth in range(1, 9):
        number = f"P{depth}"
        book.files[number] = replace(book.file, case=replace(book.case, number=number, parent=above))
        book.entries[number] = []
        above = number
    book.do("one", case="P7")
    with pytest.raises(Refused, match="more than 8 deep"):
        book.do("one", case="P8")


def test_one_act_changes_fifty_cases_at_most(book):
    del book.files["001/2026-S"]
    process = book.processes["sample"]
    many = tuple(replace(one, guards=()) for one in process.starts)
    assert many
    units = {f"u{number}": replace(book.organisation.units["north"], title=f"Xã {number}") for number in range(MOST)}
    book.organisation = replace(book.organisation, units={**book.organisation.units, **units})
    book.open(communes=list(units))
    with pytest.raises(Refused, match=f"more than {MOST} cases"):
        book.do("send", case="002/2026-S")


# ---- what a sub-case's change means above ----------------------------------------------------------------------------


def test_the_parent_goes_on_by_itself_when_a_guard_over_its_sub_cases_holds(sent):
    sent.do("report", "north_head", case=FIRST, found=3)
    assert states(sent)["001/2026-S"] == "running"
    sent.do("report", "south_head", case=SECOND, found=4)
    assert (sent.case.state, sent.case.fields["total"]) == ("finished", 7)
    assert [(part.case.number, [one.action for one in part.drafts]) for part in sent.changes[-1].parts] == [
        (SECOND, ["report"]),
        ("001/2026-S", ["collect"]),
    ]


def test_the_parent_is_part_of_the_change_also_when_nothing_follows_in_it(sent):
    """Else two sub-cases that end at once would each see the other open, and nobody would go on."""
    sent.do("report", "north_head", case=FIRST, found=3)
    child, parent = sent.changes[-1].parts
    assert (child.case.number, parent.case.number, parent.drafts) == (FIRST, "001/2026-S", ())
    assert parent.case == parent.before


def test_a_change_that_nobody_above_can_see_leaves_the_parent_alone(sent):
    file = sent.files[FIRST]
    assert len(sent.changes[-1].parts) == 3
    sent.attach(case=FIRST)
    assert [part.case.number for part in sent.changes[-1].parts] == [FIRST]
    assert sent.files[FIRST].case.state == file.case.state


def test_a_sub_case_whose_parent_is_not_there_goes_on_alone(sent):
    sent.files[FIRST] = replace(sent.files[FIRST], case=replace(sent.files[FIRST].case, parent="none"))
    sent.do("report", "north_head", case=FIRST, found=3)
    assert [part.case.number for part in sent.changes[-1].parts] == [FIRST]


# ---- also ------------------------------------------------------------------------------------------------------------


def test_over_sub_cases_it_acts_where_it_can(sent):
    sent.do("report", "north_head", case=FIRST, found=1)
    sent.do("cancel", "head", note="thôi")
    assert states(sent) == {"001/2026-S": "cancelled", FIRST: "over", SECOND: "dropped"}
    entry = sent.entries[SECOND][-1]
    assert '"act":"also"' in entry.text
    assert '"from":"001/2026-S"' in entry.payload
    assert '"note":"thôi"' in entry.payload


def test_a_guard_is_obeyed_and_the_refused_sub_case_left_as_it_was(sent):
    sent.do("nudge", note="gấp")
    assert sent.files[FIRST].case.fields["hurried"] is True
    before = sent.files[FIRST]
    sent.do("nudge", note="gấp")
    assert sent.files[FIRST] == before
    assert [part.case.number for part in sent.changes[-1].parts] == ["001/2026-S"]


def test_one_refusal_refuses_the_whole_and_names_the_case(book):
    book.do("send")
    book.open(link=FIRST)
    book.do("send", case="002/2026-S")
    book.do("poke", case="002/2026-S")
    assert book.files[FIRST].case.fields["hurried"] is True
    before = dict(book.files)
    with pytest.raises(Refused, match=r"(?s)001/2026-K: hurry.*đã giục"):
        book.do("poke", case="002/2026-S")
    assert book.files == before


def test_an_empty_case_is_skipped_and_one_that_is_not_there_refused(sent):
    sent.do("poke")
    sent.open(link="999/2026-K")
    sent.do("send", case="002/2026-S")
    with pytest.raises(Refused, match="there is no case '999/2026-K'"):
        sent.do("poke", case="002/2026-S")


def test_who_acts_must_be_allowed_there_too_unless_nobody_may_by_hand(sent):
    sent.open(link=FIRST)
    sent.do("send", case="002/2026-S")
    with pytest.raises(Refused, match=r"(?s)001/2026-K: report.*only Lãnh đạo xã Bắc"):
        sent.do("strict", case="002/2026-S")


def test_an_action_is_refused_where_the_other_case_does_not_stand_or_has_none(sent):
    sent.open(link=FIRST)
    sent.do("send", case="002/2026-S")
    sent.do("leave", case=FIRST)
    with pytest.raises(Refused, match=r"(?s)001/2026-K: hurry.*stands at: gone"):
        sent.do("poke", case="002/2026-S")
    sent.open(link="001/2026-S")
    sent.do("send", case="003/2026-S")
    with pytest.raises(Refused, match=r"action.*hurry"):
        sent.do("poke", case="003/2026-S")


def test_a_secret_case_that_the_actor_may_not_see_is_not_there(sent):
    secret = sent.files[FIRST]
    sent.files[FIRST] = replace(secret, case=replace(secret.case, secret=True, opener="secretary"))
    visit = sent.processes["visit"]
    unseen = replace(visit, roles=tuple(one for one in visit.roles if one.key == "local"))
    sent.versions[secret.case.version] = unseen
    sent.open(link=FIRST)
    sent.do("send", case="002/2026-S")
    with pytest.raises(Refused, match="there is no case"):
        sent.do("poke", case="002/2026-S")


def test_a_case_is_not_moved_once_more_from_inside_its_own_move(sent):
    """The parent's `cancel` moves the sub-cases; a sub-case that moves the parent is not among those moved meanwhile."""
    with pytest.raises(Refused, match="only Trưởng ban"):
        sent.do("tell_above", case=FIRST)
    loop = Book(PARENT.replace("also: {do: drop, case: children}", "also: {do: cancel, case: case.number}"), others=(VISIT,))
    loop.open()
    with pytest.raises(Refused, match="leads back to it"):
        loop.do("cancel", "head", note="x")


def handing(case: str) -> Book:
    """A parent that hands its label on to the form of a sub-case's action."""
    hand = f"hand: {{by: officer, form: label, also: {{do: name, case: {case}, fields: {{label: fields.label}}}}}}"
    parent = PARENT.replace("      nudge:", f"      {hand}\n      nudge:")
    name = "name: {by: nobody, form: label, when: {old.label is none or fields.label != old.label: như cũ}, to: there}"
    made = Book(parent, others=(VISIT.replace("      leave:", f"      {name}\n      leave:"),))
    made.open(link=FIRST)
    made.do("send")
    return made


def test_also_fills_the_form_of_the_action_with_values_of_the_case_that_asks():
    book = handing("children")
    book.do("hand", label="ngắn")
    assert [book.files[one].case.fields["label"] for one in (FIRST, SECOND)] == ["ngắn", "ngắn"]
    assert '"fields":{"label":"ngắn"}' in book.entries[FIRST][-1].payload
    assert fold(book.entries[FIRST]).case.fields["label"] == "ngắn"


def test_a_handed_value_that_the_other_case_can_t_hold_or_that_its_guard_refuses_changes_nothing():
    book = handing("children")
    before = {one: book.files[one] for one in (FIRST, SECOND)}
    book.do("hand", label="quá dài rồi")
    assert {one: book.files[one] for one in before} == before
    assert book.files["001/2026-S"].case.fields["label"] == "quá dài rồi"
    one = handing("fields.link")
    with pytest.raises(Refused, match=r"label: 'quá dài rồi'"):
        one.do("hand", label="quá dài rồi")
    one.do("hand", label="ngắn")
    with pytest.raises(Refused, match="như cũ"):
        one.do("hand", label="ngắn")


def test_only_what_the_form_asks_for_can_be_handed():
    book = handing("fields.link")
    visit = book.processes["visit"]
    bare = tuple(replace(one, form=()) if one.key == "name" else one for one in visit.actions)
    book.versions[book.files[FIRST].case.version] = replace(visit, actions=bare)
    with pytest.raises(Refused, match="'label' is not asked for here"):
        book.do("hand", label="ngắn")


def test_the_case_above_sees_what_the_sub_case_has_just_become():
    check = "check: {by: nobody, when: {children.sum.twice <= 10 and children.checked < 2: quá nhiều}}"
    claim = "claim: {by: local, form: found, also: {do: check, case: case.parent}, to: checked}"
    visit = VISIT.replace("      leave:", f"      {claim}\n      leave:").replace("  gone: {a", "  checked: {final: over}\n  gone: {a")
    visit = visit.replace("  hurried:", "  twice: {type: integer, computed: fields.found * 2}\n  hurried:")
    book = Book(PARENT.replace("      nudge:", f"      {check}\n      nudge:"), others=(visit,))
    book.open()
    book.do("send")
    with pytest.raises(Refused, match="quá nhiều"):
        book.do("claim", "north_head", case=FIRST, found=6)
    book.do("claim", "north_head", case=FIRST, found=3)
    with pytest.raises(Refused, match="quá nhiều"):
        book.do("claim", "south_head", case=SECOND, found=1)
    assert book.files[SECOND].case.state == "there"


# ---- becomes ---------------------------------------------------------------------------------------------------------


def test_a_case_goes_on_as_another_process_s_and_keeps_what_both_have(book):
    del book.files["001/2026-S"]
    book.open(label="ngắn")
    before = book.files["002/2026-S"].case
    book.do("turn", "head", case="002/2026-S")
    after = book.files["002/2026-S"].case
    assert (after.process, after.version, after.state) == ("visit", book.processes["visit"].version, "there")
    assert (after.number, after.title, after.opener) == (before.number, before.title, before.opener)
    assert after.fields == {"label": "ngắn"}
    assert after.done == {}
    running = [one.on for one in book.files["002/2026-S"].deadlines if one.status is DeadlineStatus.RUNNING]
    assert running == ["state:there"]
    assert fold(book.entries["002/2026-S"]).case.process == "visit"
    book.do("leave", case="002/2026-S")
    assert book.files["002/2026-S"].case.state == "gone"


def test_a_value_that_does_not_fit_the_other_process_s_field_is_left_behind(book):
    del book.files["001/2026-S"]
    book.open(label="quá dài để vừa")
    book.do("turn", "head", case="002/2026-S")
    assert book.files["002/2026-S"].case.fields == {}


def test_a_process_that_has_the_state_no_more_refuses(book):
    visit = book.processes["visit"]
    book.processes = {**book.processes, "visit": replace(visit, states=visit.states[1:])}
    with pytest.raises(Refused, match="no state 'there' now"):
        book.do("turn", "head")


# ---- what is asked for -----------------------------------------------------------------------------------------------


def test_what_is_needed_is_asked_for_step_by_step(sent):
    act = Advance(actor="head", request_id="r", case="001/2026-S", action="cancel", note="x")
    process, file = sent.process_of(sent.file), sent.file
    assert decide(process, file, act, sent.facts()) == Needs(children=("001/2026-S",))
    children: tuple[Case, ...] = tuple(sent.files[one].case for one in (FIRST, SECOND))
    assert decide(process, file, act, sent.facts(children={"001/2026-S": children})) == Needs(cases=(FIRST, SECOND))


def test_the_clock_moves_sub_cases_whoever_may_do_it_by_hand():
    text = PARENT.replace("      nudge:", "      late: {by: nobody, also: {do: leave, case: children}}\n      nudge:").replace(
        "  running:\n", "  running:\n    due: {at: 1 working day, ladder: {at: due, do: late}}\n"
    )
    book = Book(text, others=(VISIT,))
    book.open()
    book.do("send")
    book.now = at("2026-11-24 08:00")
    book.fire()
    assert {book.files[one].case.state for one in (FIRST, SECOND)} == {"gone"}
    assert book.entries[FIRST][-1].actor == CLOCK


HIDING = """
fields: {link: {type: case}}
roles: {officer: {unit: office, position: specialist}, head: {unit: office, position: leader}}
starts: {open: {by: head, to: a}}
states:
  a:
    actions:
      send: {by: head, opens: {process: quiet, for_each: "['x', 'y']", fields: {hidden: item == 'x'}}, to: same}
      poke_all: {by: officer, also: {do: poke, case: children}, to: same}
      set_link: {by: head, form: link, to: same}
      poke_twice: {by: head, also: [{do: poke, case: fields.link}, {do: poke, case: fields.link}], to: same}
  z: {final: done}
actions: {end: {from: a, by: head, to: z}}
"""
QUIET = """
process: quiet
unit: office
number: "{n:03}/{year}-Q"
secret: fields.hidden == true
fields: {hidden: {type: yes-no}}
roles: {boss: {unit: district, position: leader}}
starts: {open: {by: nobody, to: here}}
states:
  here: {actions: {poke: {by: nobody, to: same}, go: {by: boss, to: gone}}}
  gone: {final: done}
"""


def test_a_sub_case_that_the_actor_may_not_see_is_passed_over():
    """Over sub-cases it acts where it can: one that is secret to the actor is not there (law 7)."""
    book = Book(HIDING, others=(QUIET,))
    book.open("head")
    book.do("send", "head")
    book.do("poke_all")
    poked = {number: "poke" in file.case.done for number, file in book.files.items() if number.endswith("Q")}
    assert poked == {"001/2026-Q": False, "002/2026-Q": True}


def test_a_case_may_be_moved_twice_by_one_act_one_move_after_the_other():
    book = Book(HIDING, others=(QUIET,))
    book.open("head")
    book.do("send", "head")
    book.do("set_link", "head", link="002/2026-Q")
    book.do("poke_twice", "head")
    assert book.files["002/2026-Q"].case.done["poke"].count == 2


def test_fields_of_the_same_key_and_another_type_are_left_behind(book):
    other = replace(book.versions[book.files["001/2026-S"].case.version])
    assert fitting(other, other, {"total": 3, "label": "x"}, book.facts().known) == {"total": 3, "label": "x"}
    visit = book.processes["visit"]
    assert fitting(visit, replace_field(other, "label", type="integer"), {"label": "x", "total": 3}, book.facts().known) == {}


def replace_field(process, key, **changes):
    return replace(process, fields=tuple(replace(one, **changes) if one.key == key else one for one in process.fields))
