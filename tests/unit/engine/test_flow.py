"""One step: sets, branches, leaving and entering, assignments, and what follows by itself (language.md 2.1 to 2.7, 2.14, 2.20)."""

import pytest

from tests.unit.engine.making import ORGANISATION, Book, at
from workflow.errors import Refused
from workflow.model import DeadlineStatus

AWAY = ORGANISATION + "absences: [{person: officer, since: 2026-11-01}]\n"
HEAD = """
fields: {n: {type: integer, max: 9}, m: {type: integer}, t: {type: text}}
roles:
  worker: {unit: office, position: specialist}
  boss: {unit: office, position: leader}
  nobody_now: {person: fields.t}
  handler: {assigned: handler}
documents: {report: {type: BC, title: Báo cáo, body: r.j2, issuer: office, signer: boss}}
starts: {open: {by: [worker, boss], form: [n, m, t], to: begun}}
"""


def book(text: str, **more) -> Book:
    return Book(HEAD + text, {"r.j2": "x"}, **more)


def reasons(act, *args, **fields):
    with pytest.raises(Refused) as caught:
        act(*args, **fields)
    return [(reason.code, reason.message()) for reason in caught.value.reasons]


# ---- sets --------------------------------------------------------------------------------------------------------------


def test_sets_are_all_read_before_any_is_written():
    swap = book("states: {begun: {actions: {swap: {by: worker, sets: {n: fields.m, m: fields.n}, to: over}}}, over: {final: done}}")
    swap.open(n=1, m=2)
    assert swap.do("swap").case.fields == {"n": 2, "m": 1}


def test_none_empties_a_field_and_an_emptied_field_is_gone():
    empty = book("states: {begun: {actions: {clear: {by: worker, sets: {n: none}, to: over}}}, over: {final: done}}")
    empty.open(n=1, t="x")
    assert empty.do("clear").case.fields == {"t": "x"}


def test_old_is_the_value_before_the_form_was_filled():
    grown = book("states: {begun: {actions: {grow: {by: worker, form: n, sets: {m: fields.n - old.n}, to: over}}}, over: {final: done}}")
    grown.open(n=2)
    assert grown.do("grow", n=7).case.fields["m"] == 5


def test_guards_do_not_see_sets_but_branches_do():
    text = """
states:
  begun: {actions: {go: {by: worker, when: fields.n == 1, sets: {n: 2}, to: [{when: fields.n == 2, then: over}, {else: begun}]}}}
  over: {final: done}
"""
    case = book(text)
    case.open(n=1)
    assert case.do("go").case.state == "over"


def test_a_set_value_that_does_not_fit_its_field_refuses_the_act():
    grow = book("states: {begun: {actions: {grow: {by: worker, sets: {n: fields.n * 2}, to: over}}}, over: {final: done}}")
    grow.open(n=5)
    assert reasons(grow.do, "grow") == [("wrong-value", "n: 10 is not at most 9")]


def test_a_state_sets_at_every_entering():
    text = "states: {begun: {sets: {n: fields.n + 1}, actions: {again: {by: worker, to: begun}}}, over: {final: done}}\nactions: {end: {from: any, by: worker, to: over}}"
    counting = book(text)
    assert counting.open(n=0).case.fields["n"] == 1
    assert counting.do("again").case.fields["n"] == 2


# ---- which way ---------------------------------------------------------------------------------------------------------

WAYS = """
states:
  begun:
    due: 2 working days
    sets: {m: fields.m|default(0) + 1}
    actions:
      stay: {by: worker, form: n}
      anew: {by: worker, to: begun}
      pick: {by: worker, form: n, to: [{when: fields.n == 1, then: over, issues: report, sets: {t: "'một'"}, notifies: boss}, {when: fields.n == 2, then: same, assigns: {handler: worker}}]}
      on: {by: worker, to: second}
  second: {actions: {back: {by: worker, to: previous}}}
  over: {final: done, actions: {back_to_work: {by: worker, to: previous}}}
"""


def test_same_ends_starts_and_enters_nothing():
    case = book(WAYS)
    before = case.open(n=3)
    case.now = at("2026-11-20 15:00")
    after = case.do("stay", n=4)
    assert (after.deadlines, after.case.entered, after.case.fields["m"], after.case.previous) == (
        before.deadlines,
        before.case.entered,
        1,
        "",
    )


def test_naming_the_own_state_leaves_it_and_enters_it_anew():
    case = book(WAYS)
    first = case.open(n=3).deadlines[0]
    case.now = at("2026-11-23 09:00")
    after = case.do("anew")
    assert [one.status for one in after.deadlines] == [DeadlineStatus.MET, DeadlineStatus.RUNNING]
    assert after.deadlines[1].due > first.due
    assert (after.case.entered, after.case.fields["m"], after.case.previous) == (case.now, 2, "begun")


def test_previous_is_the_state_before_this_one_was_entered():
    case = book(WAYS)
    case.open(n=3)
    case.do("on")
    assert case.do("back").case.state == "begun"
    assert case.case.previous == "second"


def test_without_a_previous_state_there_is_no_way_back():
    back = book("states: {begun: {actions: {back: {by: worker, to: previous}, end: {by: worker, to: over}}}, over: {final: done}}")
    back.open()
    assert reasons(back.do, "back") == [("no-previous", "there is no state to go back to")]


def test_the_first_branch_that_fits_is_taken_with_its_own_effects():
    case = book(WAYS)
    case.open(n=3)
    file = case.do("pick", n=1)
    assert (file.case.state, file.case.fields["t"], file.documents[0].symbol, case.told) == ("over", "một", "01-BC/BTG", ["head"])


def test_a_branch_that_stays_has_its_effects_too():
    case = book(WAYS)
    case.open(n=3)
    file = case.do("pick", "second", n=2)
    assert (file.case.state, file.case.slots, file.documents) == ("begun", {"handler": "second"}, ())


def test_no_branch_that_fits_refuses_the_act():
    case = book(WAYS)
    case.open(n=3)
    assert reasons(case.do, "pick", n=7) == [("no-branch", "no branch of 'pick' fits")]
    assert case.case.fields["n"] == 3


# ---- entering and leaving ----------------------------------------------------------------------------------------------


def test_reopening_a_closed_case_starts_its_deadlines_again_and_takes_its_outcome_away():
    case = book(WAYS)
    case.open(n=1)
    closed = case.do("pick", n=1)
    assert (closed.case.outcome, closed.case.open, closed.deadlines[0].status) == ("done", False, DeadlineStatus.MET)
    case.now = at("2026-11-23 09:00")
    reopened = case.do("back_to_work")
    assert (reopened.case.state, reopened.case.outcome, reopened.case.closed, reopened.case.open) == ("begun", "", None, True)
    assert [one.status for one in reopened.deadlines] == [DeadlineStatus.MET, DeadlineStatus.RUNNING]


def test_a_state_s_effects_are_the_last_of_the_three():
    text = """
states:
  begun: {actions: {go: {by: worker, sets: {t: "'action'"}, to: [{when: fields.t == 'action', then: over, sets: {t: fields.t ~ ' branch'}}]}}}
  over: {final: done, sets: {t: fields.t ~ ' state'}, drafts: report, assigns: {handler: boss}}
"""
    case = book(text)
    case.open()
    file = case.do("go")
    assert (file.case.fields["t"], len(file.documents), file.case.slots) == ("action branch state", 1, {"handler": "head"})


# ---- assigns -----------------------------------------------------------------------------------------------------------

ASSIGN = (
    "states: {begun: {actions: {take: {by: [worker, boss], assigns: {handler: WHO}}, end: {by: worker, to: over}}}, over: {final: done}}"
)


def test_whoever_acts_is_assigned_if_they_are_meant_else_the_first_who_is():
    case = book(ASSIGN.replace("WHO", "worker"))
    case.open()
    assert case.do("take", "second").case.slots == {"handler": "second"}
    assert case.do("take", "head").case.slots == {"handler": "officer"}


def test_one_who_is_away_is_assigned_only_if_all_are():
    case = book(ASSIGN.replace("WHO", "worker"), organisation_text=AWAY)
    case.open("head")
    assert case.do("take", "head").case.slots == {"handler": "second"}
    both = book(ASSIGN.replace("WHO", "worker"), organisation_text=AWAY.removesuffix("]\n") + ", {person: second, since: 2026-11-01}]\n")
    both.open("head")
    assert both.do("take", "head").case.slots == {"handler": "officer"}


def test_nobody_to_assign_refuses_the_act():
    case = book(ASSIGN.replace("WHO", "nobody_now"))
    case.open()
    assert reasons(case.do, "take") == [("nobody", "nobody is nobody_now today, so nobody can be assigned")]


# ---- what follows by itself --------------------------------------------------------------------------------------------

AUTOMATIC = """
states:
  begun:
    actions:
      stay: {by: worker, form: n}
      first: {by: auto, when: fields.n == 1, sets: {t: actor.key}, to: middle}
      second: {by: auto, when: "fields.n in [1, 2]", to: over}
  middle: {actions: {third: {by: auto, when: fields.n == 1, notifies: boss, to: over}}}
  over: {final: done}
"""


def test_automatic_actions_follow_one_after_the_other_in_file_order_each_with_its_entry():
    case = book(AUTOMATIC)
    case.open(n=0)
    file = case.do("stay", n=1)
    assert (file.case.state, file.case.fields["t"]) == ("over", "hoso")
    said = [(draft.act, draft.actor, draft.action, draft.before, draft.after, draft.note) for draft in case.last_part.drafts]
    assert said == [
        ("advance", "officer", "stay", "begun", "begun", ""),
        ("auto", "hoso", "first", "begun", "middle", ""),
        ("auto", "hoso", "third", "middle", "over", ""),
    ]
    assert (file.case.seq, file.case.last_act) == (4, case.now)
    assert file.case.done["first"].persons == ()


def test_automatic_actions_follow_the_opening_too():
    assert book(AUTOMATIC).open(n=2).case.state == "over"


def test_automatic_actions_in_a_loop_are_refused_and_the_loop_is_named():
    text = """
states:
  begun: {actions: {ping: {by: auto, when: fields.n == 1, to: other}, stay: {by: worker, form: n}}}
  other: {actions: {pong: {by: auto, when: fields.n == 1, to: begun}, end: {by: worker, to: over}}}
  over: {final: done}
"""
    case = book(text)
    case.open(n=0)
    assert reasons(case.do, "stay", n=1) == [("loop", "automatic actions run in a loop: ping → pong → ping")]
    assert case.case.state == "begun"


def test_an_automatic_action_whose_condition_can_not_be_worked_out_waits():
    text = "states: {begun: {actions: {sum: {by: auto, when: fields.n + fields.m > 5, to: over}, fill: {by: worker, form: [n, m]}}}, over: {final: done}}"
    case = book(text)
    assert case.open(n=1).case.state == "begun"
    assert case.do("fill", m=5).case.state == "over"


# ---- the clock's actions -----------------------------------------------------------------------------------------------

CLOCK = """
ladder: [{at: due, do: lapse}]
states:
  begun: {due: 2 hours, actions: {lapse: {by: nobody, WHY, note: required, form: n, to: over}, stay: {by: worker, form: [n, m, t]}}}
  over: {final: lapsed}
"""


def fired(why: str, **fields) -> Book:
    case = book(CLOCK.replace("WHY", why))
    case.open(**fields)
    case.now = at("2026-11-20 11:00")
    case.fire()
    return case


def test_the_clock_asks_for_no_person_form_or_note_but_obeys_conditions():
    assert fired("needs: n", n=1).case.state == "over"
    assert fired("needs: n").case.state == "begun"


def test_a_person_is_told_that_only_the_clock_may():
    case = book(CLOCK.replace("WHY", "needs: n"))
    case.open(n=1)
    assert reasons(case.do, "lapse")[0] == ("by", "only hoso by itself may do this, not Chuyên viên 1")


def test_what_the_clock_could_not_do_is_kept_and_done_after_the_next_act_that_allows_it():
    case = fired("needs: n")
    (key, why), *_ = case.case.failed.items()
    assert (key.split("@")[0], why) == ("lapse", "the field 'n' (n) is still empty")
    assert case.do("stay", t="x").case.state == "begun"
    case.do("stay", n=3)
    assert (case.case.state, case.case.failed) == ("over", {})
    assert [(draft.act, draft.actor) for draft in case.last_part.drafts] == [("advance", "officer"), ("fire", "hoso")]


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("sets: {m: fields.t + 1}", "The expression 'fields.t + 1' can't be worked out"),
        ("sets: {n: 77}", "n: 77 is not at most 9"),
        ("assigns: {handler: nobody_now}", "nobody is nobody_now today"),
        ("when: fields.n + 1 > 2", "The expression 'fields.n + 1 > 2' can't be worked out"),
    ],
)
def test_what_the_clock_begins_and_can_not_end_leaves_everything_as_it_was(why, said):
    case = fired(why)
    assert (case.case.state, case.case.slots, case.case.done.get("lapse"), case.case.fields) == ("begun", {}, None, {})
    assert next(iter(case.case.failed.values())).startswith(said)


def test_what_the_clock_should_do_elsewhere_is_refused_where_the_case_stands():
    text = CLOCK.replace("WHY", "needs: n").replace("stay: {by: worker, form: [n, m, t]}", "on: {by: worker, to: other}")
    elsewhere = book(text.replace("  over: {final", "  other: {due: 2 hours, actions: {end: {by: worker, to: over}}}\n  over: {final"))
    elsewhere.open()
    elsewhere.do("on")
    elsewhere.now = at("2026-11-20 11:00")
    elsewhere.fire()
    assert list(elsewhere.case.failed.values()) == ["'lapse' can't be done where the case stands"]


def test_what_the_clock_failed_is_forgotten_when_its_deadline_is_owed_no_more():
    text = CLOCK.replace("WHY", "needs: n").replace(
        "stay: {by: worker, form: [n, m, t]}",
        "end: {by: worker, to: over}, slide: {by: auto, when: fields.t == 'x', to: over}, tell: {by: worker, form: t}",
    )
    left = book(text)
    left.open()
    left.now = at("2026-11-20 11:00")
    left.fire()
    assert left.case.failed
    left.do("tell", t="x")
    assert (left.case.state, left.case.failed) == ("over", {})


# ---- notices -----------------------------------------------------------------------------------------------------------


def test_a_secret_case_tells_number_and_date_alone_even_in_the_act_that_makes_it_secret():
    text = "secret: fields.n == 5\nstates: {begun: {actions: {hide: {by: worker, form: n, notifies: {boss: 'Gấp {{ fields.n }}'}, to: over}}}, over: {final: done}}"
    case = book(text)
    assert not case.open(n=1).case.secret
    assert case.do("hide", n=5).case.secret
    (notice,) = case.last_part.notices
    assert (notice.subject, notice.text) == (
        "[001/2026-S] A case needs your attention",
        "Case 001/2026-S, 20/11/2026. Read it with: hoso show 001/2026-S",
    )


def test_a_case_becomes_secret_by_an_automatic_action_too():
    text = "secret: fields.n == 5\nstates: {begun: {actions: {hide: {by: auto, when: fields.m == 1, sets: {n: 5}, to: over}, stay: {by: worker, form: m}}}, over: {final: done}}"
    case = book(text)
    case.open()
    assert case.do("stay", m=1).case.secret
    assert case.last_part.viewers


def test_the_same_person_is_told_once_of_one_act_but_every_different_text():
    text = "states: {begun: {actions: {tell: {by: worker, notifies: [boss, {boss: Gấp}, worker], to: over}}}, over: {final: done, notifies: boss}}"
    case = book(text.replace("[boss, {boss: Gấp}, worker]", "{boss: Gấp, worker: Gấp}"))
    case.open()
    case.do("tell")
    assert [(notice.person, notice.text) for notice in case.last_part.notices] == [
        ("head", "Gấp"),
        ("officer", "Gấp"),
        ("second", "Gấp"),
        ("head", "Case 001/2026-S “sample”: tell. It now stands at: over."),
    ]
    assert len({notice.key for notice in case.last_part.notices}) == 4
