"""The rules of the language (docs/reference/language.md, section 4), each for whatever it may be tried on: how an act goes.

Rules 8–13 and 17 (time, consultations) stand in test_rules_time.py, 14–16, 18 and 19 in test_rules_cases.py.
"""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engine.making import definitions
from tests.unit.engine.rules import RULE, fresh, kept, later, said, tried
from workflow.model import CLOCK, Comment, Edit

ROLES = "roles: {worker: {unit: office, position: specialist}, boss: {unit: office, position: leader}, handler: {assigned: handler}}\n"
NUMBERS = st.integers(0, 9)

# ---- 1: the order within one act, one transaction ----------------------------------------------------------------------

STAGES = ("guard", "sets", "branch", "branch sets", "state", "assigns", "also", "opens", "paper", "loop")
CODES = ("condition", "expression", "no-branch", "expression", "expression", "nobody", "also-loop", "wrong-value", "no-signer", "loop")
"""Each stage of an act that can be refused, in the order of the rule, and the code of its refusal."""
ORDER = f"""
fields:
  fail: {{type: choices, choices: [{", ".join(STAGES)}]}}
  n: {{type: integer, required: true}}
  a: {{type: integer}}
  b: {{type: integer}}
  c: {{type: integer}}
  z: {{type: text}}
roles:
  worker: {{unit: office, position: specialist}}
  ready: {{unit: office, position: specialist, when: "'assigns' not in fields.fail"}}
  signer: {{unit: office, position: leader, when: "'paper' not in fields.fail"}}
  handler: {{assigned: handler}}
documents:
  report:
    {{type: BC, title: "{{{{ case.state }}}} {{{{ fields.c }}}} {{{{ roles.handler }}}} {{{{ children.count }}}}", body: b.j2, issuer: office, signer: signer}}
starts: {{open: {{by: worker, form: fail, to: first}}}}
states:
  first:
    actions:
      go:
        by: worker
        form: n
        when: "'guard' not in fields.fail"
        sets: {{a: "fields.n + (none if 'sets' in fields.fail else 1)"}}
        to: [{{when: "fields.a == fields.n + 1 and 'branch' not in fields.fail", then: second, sets: {{b: "fields.a + (none if 'branch sets' in fields.fail else 1)"}}}}]
        assigns: {{handler: ready}}
        also: {{do: touch, case: "case.number if 'also' in fields.fail else none"}}
        opens: {{process: sub, fields: {{m: "-1 if 'opens' in fields.fail else fields.c"}}, title: "{{{{ case.state }}}} {{{{ roles.handler|length }}}}"}}
        issues: report
        notifies: {{worker: "{{{{ documents.report }}}} {{{{ children.count }}}} {{{{ fields.z }}}}"}}
      touch: {{by: anyone}}
  second:
    sets: {{c: "fields.b + (none if 'state' in fields.fail else 1)"}}
    actions:
      end: {{by: worker, to: over}}
      follow: {{by: auto, when: "done.follow == 0 or 'loop' in fields.fail", sets: {{z: "documents.report ~ ' ' ~ children.count"}}}}
  over: {{final: done}}
"""
SUB = """
process: sub
unit: office
number: "{n:03}/{year}-U"
fields: {m: {type: integer, min: 0}}
starts: {open: {by: anyone, to: begun}}
states: {begun: {actions: {end: {by: anyone, to: over}}}, over: {final: done}}
"""


@RULE
@given(NUMBERS, st.lists(st.sampled_from(STAGES), max_size=3, unique=True))
def test_rule_1_an_act_goes_step_by_step_and_the_first_that_fails_refuses_it_whole(number, failing):
    book = fresh(ORDER, {"b.j2": "{{ fields.c }}"}, others=(SUB,))
    book.open(fail=[stage for stage in STAGES if stage in failing and stage != "none"])
    before = kept(book)
    codes = tried(partial(book.do, "go", n=number))
    if failing:
        assert codes == [CODES[min(map(STAGES.index, failing))]]
        assert kept(book) == before
        return
    assert codes == []
    fields = book.case.fields
    assert [fields[key] for key in ("n", "a", "b", "c", "z")] == [number, number + 1, number + 2, number + 3, "issued 1"]
    assert book.files["001/2026-U"].case.fields == {"m": number + 3}
    assert book.files["001/2026-U"].case.title == "second 1"
    assert [one.title for one in book.file.documents] == [f"second {number + 3} Chuyên viên 1 1"]
    assert {notice.text for notice in book.last_part.notices} == {"issued 1 "}
    assert [(one["act"], one["actor"], one["before"], one["after"]) for one in said(book)[1:]] == [
        ("advance", "officer", "first", "second"),
        ("auto", CLOCK, "second", "second"),
    ]


@RULE
@given(st.booleans(), st.booleans(), st.booleans())
def test_rule_1_permission_the_form_and_conditions_are_told_at_once_and_before_anything_else(permitted, answered, guarded):
    book = fresh(ORDER, {"b.j2": "x"}, others=(SUB,))
    book.open(fail=[*([] if guarded else ["guard"]), "branch"])
    codes = tried(partial(book.do, "go", "officer" if permitted else "clerk", **({"n": 1} if answered else {})))
    wanted = [code for code, fine in (("by", permitted), ("condition", guarded), ("form", answered)) if not fine]
    assert codes == (wanted or ["no-branch" if answered else "form"])


# ---- 2: what conditions and branches see -------------------------------------------------------------------------------

SEES = (
    "fields: {a: {type: integer}, b: {type: integer}, limit: {type: integer}}\n"
    + ROLES
    + """
starts: {open: {by: worker, form: [a, b, limit], to: s}}
states:
  s:
    actions:
      swap:
        by: worker
        form: a
        when: {fields.a != old.a: same, fields.b == old.b: set}
        sets: {a: fields.b, b: fields.a}
        to: [{when: fields.a > fields.limit, then: high}, {when: fields.a < fields.limit, then: low}]
  high: {final: high}
  low: {final: low}
"""
)


@RULE
@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
def test_rule_2_conditions_see_the_form_branches_see_sets_and_sets_are_read_at_once(a, b, limit, typed):
    book = fresh(SEES)
    book.open(a=a, b=b, limit=limit)
    codes = tried(partial(book.do, "swap", a=typed))
    if typed == a:
        assert codes == ["guard"]
    elif b == limit:
        assert codes == ["no-branch"]
    else:
        assert (book.case.fields["a"], book.case.fields["b"]) == (b, typed)
        assert book.case.outcome == ("high" if b > limit else "low")


# ---- 3: forms ----------------------------------------------------------------------------------------------------------

FORM = (
    "fields: {r1: {type: text, required: true}, r2: {type: units, required: true}, o1: {type: text}, o2: {type: integer}}\n"
    + ROLES
    + """
starts: {open: {by: worker, to: s}}
states: {s: {actions: {fill: {by: worker, form: [r1, r2, o1, o2]}, end: {by: worker, to: over}}}, over: {final: done}}
"""
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "r1": st.sampled_from(["x", "y", "", " ", None]),
        "r2": st.sampled_from([["north"], ["north", "south"], [], None]),
        "o1": st.sampled_from(["x", "y", "", None]),
        "o2": st.sampled_from([0, 1, None]),
    },
)


@RULE
@given(st.lists(ANSWERS, min_size=1, max_size=4))
def test_rule_3_what_is_required_is_answered_in_this_act_what_is_left_out_stays(forms):
    book, held = fresh(FORM), {}
    book.open()
    for form in forms:
        clean = {key: value for key, value in form.items() if value not in (None, "", " ", [])}
        codes = tried(partial(book.do, "fill", **form))
        assert codes == ["form"] * (2 - len({"r1", "r2"} & set(clean)))
        if not codes:
            held = {key: value for key, value in {**held, **{one: clean.get(one) for one in form}}.items() if value is not None}
        assert book.case.fields == held


# ---- 4, 20: walks between states ---------------------------------------------------------------------------------------

STATES = ("a", "b", "c")
WALK = (
    "fields: {entered: {type: integer, default: 0}, done: {type: integer, default: 0}}\n"
    + ROLES
    + "starts: {open: {by: worker, to: a}}\nstates:\n"
    + "".join(
        f"  {state}:\n    due: 5 days\n    sets: {{entered: fields.entered + 1}}\n    actions:\n"
        + "".join(
            f"      {state}_{to}: {{by: worker, sets: {{done: fields.done + 1}}, to: {to}}}\n" for to in (*STATES, "same", "previous")
        )
        for state in STATES
    )
    + "  over: {final: done}\nactions: {end: {from: any, by: worker, to: over}}\n"
)
STEPS = st.lists(st.tuples(st.sampled_from([*STATES, "same", "previous"]), st.integers(0, 30)), max_size=8)


@RULE
@given(STEPS)
def test_rule_4_same_enters_nothing_the_own_state_is_entered_anew_previous_is_the_one_before(steps):
    book = fresh(WALK)
    book.open()
    state, previous, entered, enterings = "a", "", book.now, 1
    for to, hours in steps:
        later(book, hours=hours)
        before = book.file.deadlines
        codes = tried(partial(book.do, f"{state}_{to}"))
        assert codes == (["no-previous"] if to == "previous" and not previous else [])
        if codes:
            continue
        if to == "same":
            assert book.file.deadlines == before
        else:
            state, previous, entered, enterings = previous if to == "previous" else to, state, book.now, enterings + 1
        case = book.case
        assert (case.state, case.previous, case.entered) == (state, previous, entered)
        assert len(book.file.deadlines) == enterings
        assert [(one.on, one.events[0].at) for one in book.file.deadlines if one.settled is None] == [(f"state:{state}", entered)]


@RULE
@given(STEPS)
def test_rule_20_a_states_effects_happen_at_every_entering_an_actions_each_time_that_it_is_done(steps):
    book = fresh(WALK)
    book.open()
    entered, done = 1, 0
    for to, _ in steps:
        if not tried(partial(book.do, f"{book.case.state}_{to}")):
            entered, done = entered + (to != "same"), done + 1
        assert (book.case.fields["entered"], book.case.fields["done"]) == (entered, done)


# ---- 5: from -----------------------------------------------------------------------------------------------------------

KEYS = ("s0", "s1", "s2", "over")


@RULE
@given(
    st.lists(st.sampled_from([*KEYS, "g", "any", "all"]), min_size=1, max_size=3, unique=True),
    st.lists(st.sampled_from(KEYS), min_size=1, max_size=3, unique=True),
    st.sampled_from(KEYS),
)
def test_rule_5_lists_groups_any_and_all_leave_out_the_target_and_an_own_action_goes_first(names, group, target):
    text = ROLES + f"groups: {{g: [{', '.join(group)}]}}\nstarts: {{open: {{by: worker, to: s0}}}}\nstates:\n"
    text += "".join(f"  {key}: {{actions: {{on_{key}: {{by: worker, to: over}}}}}}\n" for key in KEYS[1:3])
    text += "  s0: {actions: {go: {by: boss, to: s1}, two: {by: boss, to: s2}}}\n  over: {final: done}\n"
    text += f"actions: {{go: {{from: [{', '.join(names)}], by: worker, to: {target}}}}}\n"
    meant = {"any": set(KEYS) - {"over"}, "all": set(KEYS), "g": set(group)}
    found = set().union(*(meant.get(name, {name}) for name in names))
    if len(names) > 1 or names[0] in meant:
        found -= {target}
    if not found:
        with pytest.raises(AssertionError, match="E504"):
            definitions(text)
        return
    process = definitions(text)[0]
    assert {key for key in KEYS if "go" in process.in_state[key]} == found | {"s0"}
    assert process.in_state["s0"]["go"].by == ("boss",)
    assert all(process.in_state[key]["go"].by == ("worker",) for key in found - {"s0"})


# ---- 6: automatic actions ----------------------------------------------------------------------------------------------


END = 14
"""From here on no automatic action is done: also one that came twice would have ended."""


def autos(rules) -> str:
    """A procedure with these automatic actions: each (remainder, step) when `n % 5` is so or less, and then `n` goes on by so much."""
    made = "".join(
        f"      a{at}: {{by: auto, when: fields.n % 5 <= {left} and fields.n < {END}, sets: {{n: fields.n + {step}}}}}\n"
        for at, (left, step) in enumerate(rules)
    )
    return (
        "fields: {n: {type: integer, required: true}}\n"
        + ROLES
        + "starts: {open: {by: worker, to: s}}\nstates:\n  s:\n    actions:\n      put: {by: worker, form: n}\n"
        + made
        + "      end: {by: worker, to: over}\n  over: {final: done}\n"
    )


def followed(rules, number):
    """What the rule says: (the automatic actions in order, the number after them); None for the actions if they run in a loop."""
    done = []
    while (ready := next((at for at, (left, _) in enumerate(rules) if number % 5 <= left and number < END), None)) is not None:
        if ready in done:
            return None, number
        done.append(ready)
        number += rules[ready][1]
    return done, number


@RULE
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 7)), min_size=1, max_size=4), st.integers(0, 15))
def test_rule_6_automatic_actions_follow_in_file_order_each_an_entry_a_loop_refuses_all(rules, number):
    book = fresh(autos(rules))
    book.open()
    before = kept(book)
    done, after = followed(rules, number)
    codes = tried(partial(book.do, "put", n=number))
    if done is None:
        assert codes == ["loop"]
        assert kept(book) == before
        return
    assert codes == []
    assert [(one["act"], one["action"], one["actor"]) for one in said(book)[2:]] == [("auto", f"a{at}", CLOCK) for at in done]
    assert book.case.fields["n"] == after


AFTER = """
fields: {n: {type: integer, default: 0}, units: {type: units, default: [north]}, seen: {type: integer, default: 0}}
roles: {worker: {unit: office, position: specialist}, place: {unit: asked, position: leader}}
starts: {open: {by: worker, opens: {process: sub}, to: s}}
states:
  s:
    consult: {asks: fields.units, reply: {by: place}}
    actions:
      put: {by: worker, form: n}
      follow: {by: auto, when: fields.n + replies.given + children.begun * -1 + 1 > fields.seen, sets: {seen: fields.seen + 1}}
      end: {by: worker, to: over}
  over: {final: done}
rights: {edit: worker}
"""


@pytest.mark.parametrize("kind", ["action", "edit", "reply", "child", "comment"])
def test_rule_6_they_are_tried_after_every_act_reply_and_change_of_a_child(kind):
    book = fresh(AFTER, others=(SUB,))
    book.open()
    number = {"actor": "officer", "request_id": "r", "case": "001/2026-S"}
    match kind:
        case "action":
            book.do("put", n=1)
        case "edit":
            book.act(Edit(**number, fields={"n": 1}))
        case "reply":
            book.reply("north", "north_head")
        case "child":
            book.do("end", case="001/2026-U")
        case "comment":
            book.act(Comment(**number, note="x"))
    assert [one["act"] for one in said(book)].count("auto") == (kind != "comment")


# ---- 7: the clock's acts -----------------------------------------------------------------------------------------------

CLOCKED = (
    "fields: {n: {type: integer, default: 0}, must: {type: text, required: true}, did: {type: integer, default: 0}}\n"
    + ROLES
    + """
starts: {open: {by: worker, assigns: {handler: worker}, to: s}}
states:
  s:
    due: {at: 1 day, ladder: {at: due, do: act}}
    actions:
      put: {by: worker, form: n}
      act: {by: boss, not_by: boss, form: must, note: required, when: {fields.n > 5: too few}, sets: {did: fields.did + 1}}
      end: {by: worker, to: over}
  over: {final: done}
"""
)


@RULE
@given(NUMBERS, st.lists(NUMBERS, max_size=5))
def test_rule_7_the_clock_obeys_conditions_alone_and_tries_again_after_each_further_act(first, others):
    book = fresh(CLOCKED)
    book.open("second")
    book.do("put", n=first)
    later(book, days=5)
    book.fire()
    done = first > 5
    assert (book.case.fields["did"], bool(book.case.failed), "failed" in said(book)[-1]["data"]) == (done, not done, not done)
    assert book.told == ([] if done else ["second"])
    for number in others:
        book.do("put", n=number)
        done = done or number > 5
        assert (book.case.fields["did"], bool(book.case.failed)) == (done, not done)
    assert [one["actor"] for one in said(book) if one["act"] == "fire"] == [CLOCK] * (2 if done and first <= 5 else 1)
