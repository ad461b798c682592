"""The rules of the language (docs/reference/language.md, section 4), 14–16, 18 and 19: tracks, other cases, who did it, empty values."""

from functools import partial
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.engine.making import ORGANISATION, at, whole
from tests.unit.engine.rules import RULE, fresh, kept, later, said, seen, tried
from workflow.authoring.definitions import compile_definitions
from workflow.authoring.parse_expression import parse_expression
from workflow.errors import Refused
from workflow.language.expression import COMPARISONS, ExpressionError, Scope, evaluate
from workflow.model import Advance, Recall

ROLES = "roles: {worker: {unit: office, position: specialist}, boss: {unit: office, position: leader}}\n"

# ---- 14: final states ----------------------------------------------------------------------------------------------------

FINAL = (
    ROLES
    + """
due: {name: whole, at: 10 days}
starts: {open: {by: worker, opens: {process: visit}, to: s}}
states:
  s: {actions: {close: {by: worker, to: over}}}
  over: {final: done, actions: {reopen: {by: worker, to: s}}}
tracks:
"""
    + "".join(
        f"  {track}:\n    start: x\n    outlives: {outlives}\n    states:\n"
        f"      x: {{due: 3 days, actions: {{{track}_on: {{by: worker, to: y}}}}}}\n"
        f"      y: {{due: 3 days, actions: {{{track}_back: {{by: worker, to: x}}, {track}_end: {{by: worker, to: z}}}}}}\n"
        f"      z: {{final: ended}}\n"
        for track, outlives in (("t", "false"), ("o", "true"))
    )
)
VISIT = """
process: visit
unit: office
number: "{n:03}/{year}-U"
starts: {open: {by: anyone, to: begun}}
states: {begun: {due: 4 days, actions: {end: {by: anyone, to: over}}}, over: {final: done}}
"""
MOVES = st.lists(st.sampled_from(["t_on", "t_back", "t_end", "o_on", "o_back", "o_end", "close", "reopen"]), max_size=9)
LED = {"on": ("x", "y"), "back": ("y", "x"), "end": ("y", "z")}


@RULE
@given(MOVES)
def test_rule_14_a_final_state_ends_deadlines_and_the_tracks_that_do_not_outlive_it_and_may_be_left_again(moves):
    book = fresh(FINAL, others=(VISIT,))
    book.open()
    stands, closed, ever = {"t": "x", "o": "x"}, False, False
    for move in moves:
        later(book, hours=1)
        track, _, verb = move.partition("_")
        if verb:
            fits = stands[track] == LED[verb][0] and (track == "o" or not closed)
            stands[track] = LED[verb][1] if fits else stands[track]
        else:
            fits = closed is (move == "reopen")
            closed = not closed if fits else closed
        assert tried(partial(book.do, move)) == ([] if fits else ["state"])
        runs = {one.on for one in book.file.deadlines if one.settled is None}
        tracks = {f"state:{key}/{state}" for key, state in stands.items() if state != "z" and (key == "o" or not closed)}
        ever |= closed
        assert runs == tracks | (set() if ever else {"case"})
        assert book.case.outcome == ("done" if closed else "")
    child = book.files["001/2026-U"]
    assert (child.case.open, child.case.seq, len([one for one in child.deadlines if one.settled is None])) == (True, 1, 1)


# ---- 15: names, and what they mean in a track ------------------------------------------------------------------------------

PLACES = ("s", "r", "head", "t/x", "t/y", "t")
TOGETHER = {("head", "r"), ("head", "s"), ("t", "t/x"), ("t", "t/y")}
"""Where one name may stand twice: a state's own action goes before the general one of its machine."""


@pytest.mark.parametrize(("one", "other"), list(combinations(PLACES, 2)))
def test_rule_15_an_action_of_a_name_stands_once_in_a_process_tracks_included(one, other):
    at_ = {place: "act: {by: worker}" if place in {one, other} else "" for place in PLACES}
    general = {place: "  actions: {act: {from: any, by: worker}}\n" if at_[place] else "" for place in ("head", "t")}
    text = ROLES + "starts: {open: {by: worker, to: s}}\nstates:\n"
    text += f"  s: {{actions: {{{at_['s'] or 'a: {by: worker}'}, go: {{by: worker, to: r}}}}}}\n"
    text += f"  r: {{actions: {{{at_['r'] or 'b: {by: worker}'}, end: {{by: worker, to: over}}}}}}\n  over: {{final: done}}\n"
    text += general["head"].lstrip() + "tracks:\n  t:\n    start: x\n    states:\n"
    text += f"      x: {{actions: {{{at_['t/x'] or 'c: {by: worker}'}, t_go: {{by: worker, to: y}}}}}}\n"
    text += f"      y: {{actions: {{{at_['t/y'] or 'd: {by: worker}'}, t_end: {{by: worker, to: z}}}}}}\n      z: {{final: done}}\n"
    text += "  " + general["t"] if general["t"] else ""
    problems = compile_definitions({"sample/process.yaml": whole(text)[1].encode()}).problems
    codes = [problem.code for problem in problems if problem.place.file == "sample/process.yaml"]
    assert codes == ([] if tuple(sorted((one, other))) in TOGETHER else ["E502"])


OWN = (
    ROLES
    + """
starts: {open: {by: worker, to: s}}
states:
  s: {actions: {go: {by: worker, not_before: 5 hours, to: r}}}
  r: {actions: {back: {by: worker, to: previous}, end: {by: worker, to: over}}}
  over: {final: done}
tracks:
  t:
    start: s
    states:
      s: {actions: {t_go: {by: worker, not_before: 5 hours, to: r}}}
      r: {actions: {t_back: {by: worker, to: previous}, t_end: {by: worker, to: over}}}
      over: {final: done}
"""
)


@RULE
@given(st.lists(st.tuples(st.sampled_from(["go", "back"]), st.booleans(), st.sampled_from([0, 3, 6])), min_size=4, max_size=12))
def test_rule_15_entry_to_and_previous_are_the_own_machines(steps):
    book = fresh(OWN)
    book.open()
    stands = {"": ("s", book.now), "t": ("s", book.now)}
    for verb, in_track, hours in steps:
        later(book, hours=hours)
        track = "t" if in_track else ""
        state, entered = stands[track]
        wrong = [] if state == ("s" if verb == "go" else "r") else ["state"]
        early = ["not_before"] if not wrong and verb == "go" and (book.now - entered).total_seconds() < 5 * 3600 else []
        assert tried(partial(book.do, f"t_{verb}" if in_track else verb)) == [*wrong, *early]
        if not wrong and not early:
            stands[track] = ("r" if state == "s" else "s", book.now)
        assert (book.case.state, book.case.entered) == stands[""]
        assert (book.case.tracks["t"].state, book.case.tracks["t"].entered) == (f"t/{stands['t'][0]}", stands["t"][1])


# ---- 16: also ------------------------------------------------------------------------------------------------------------

ALSO = (
    "fields: {rows: {type: table, columns: {ok: {type: text}}}, others: {type: cases}}\n"
    + ROLES
    + """
starts: {open: {by: worker, form: rows, opens: {process: part, for_each: fields.rows, fields: {ok: item.ok}}, to: s}}
states:
  s:
    actions:
      named: {by: worker, form: others, also: {do: hit, case: fields.others}}
      each: {by: worker, also: {do: hit, case: children}}
      end: {by: worker, to: over}
  over: {final: done}
"""
)
PART = """
process: part
unit: office
number: "{n:03}/{year}-U"
fields: {ok: {type: text}, hits: {type: integer, default: 0}}
starts: {open: {by: anyone, to: begun}}
states:
  begun:
    actions:
      hit: {by: nobody, when: {fields.ok != 'early': no}, sets: {hits: fields.hits + 1}, to: [{when: fields.ok != 'late', then: same}]}
      end: {by: anyone, to: over}
  over: {final: done}
"""


@RULE
@given(st.lists(st.sampled_from(["yes", "yes", "early", "late"]), min_size=1, max_size=4), st.booleans(), st.data())
def test_rule_16_one_refusal_refuses_the_whole_over_sub_cases_it_acts_where_it_can(oks, over_children, data):
    book = fresh(ALSO, others=(PART,))
    book.open(rows=[[ok] for ok in oks])
    numbers = [f"{at_ + 1:03}/2026-U" for at_ in range(len(oks))]
    before = kept(book)
    meant = numbers if over_children else data.draw(st.lists(st.sampled_from(numbers), unique=True))
    stands = dict(zip(numbers, oks, strict=True))
    first = next((stands[number] for number in meant if stands[number] != "yes"), "yes")
    codes = tried(partial(book.do, "each") if over_children else partial(book.do, "named", others=meant))
    assert codes == ([] if over_children or first == "yes" else ["guard" if first == "early" else "no-branch"])
    if codes:
        assert kept(book) == before
    hits = [] if codes else [number for number in meant if stands[number] == "yes"]
    assert codes or {part.case.number for part in book.changes[-1].parts} == {"001/2026-S", *hits}
    for number in numbers:
        hit = number in hits
        assert book.files[number].case.fields["hits"] == hit
        assert [one["act"] for one in said(book, number)] == (["open", "also"] if hit else ["open"])


# ---- 18: did -------------------------------------------------------------------------------------------------------------

DID = """
roles:
  worker: {unit: office, position: specialist}
  boss: {unit: office, position: leader}
  doers: {did: [a, b]}
starts: {open: {by: worker, to: s}}
states:
  s:
    actions:
      a: {by: [worker, boss]}
      b: {by: boss}
      c: {by: anyone}
      judge: {by: anyone, not_by: doers}
      end: {by: worker, to: over}
  over: {final: done}
"""
STANDS_IN = ORGANISATION + "delegations: [{from: head, to: deputy, since: 2026-01-01, until: 2026-12-31, by: QĐ 1}]\n"
MAY = {"a": {"officer", "second", "head", "deputy"}, "b": {"head", "deputy"}, "c": {"officer", "second", "head", "deputy"}}


@RULE
@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "a", "b", "c", "recall"]), st.sampled_from(["officer", "second", "head", "deputy"])), max_size=8
    )
)
def test_rule_18_did_names_deputies_and_principals_and_recalled_acts_do_not_count(steps):
    book = fresh(DID, organisation=STANDS_IN)
    book.open()
    done: list[tuple[str, set[str]]] = []
    newest = ""
    for verb, person in steps:
        later(book, minutes=1)
        if verb == "recall":
            codes = tried(partial(book.act, Recall(actor=person, request_id="r", case="001/2026-S")))
            assert (codes == []) is (newest == person)
            if not codes:
                done.pop()
                newest = ""
        elif not tried(partial(book.do, verb, person)):
            assert person in MAY[verb]
            done.append((verb, {person, "head"} if person == "deputy" and verb != "c" else {person}))
            newest = person
        meant = set().union(*(persons for verb, persons in done if verb != "c"))
        assert set(seen(book, parse_expression("roles.doers"))) == meant
        assert [seen(book, parse_expression(f"done.{key}")) for key in "abc"] == [[one for one, _ in done].count(key) for key in "abc"]
        for one in ("officer", "second", "head", "deputy", "clerk"):
            decision = book.decide(Advance(actor=one, request_id="r", case="001/2026-S", action="judge"))
            assert isinstance(decision, Refused) is (one in meant)


# ---- 19: empty values ------------------------------------------------------------------------------------------------------

VALUES = (None, 0, 1, "", "x", True, [], [1], {"a": 1}, at("2026-11-20 09:00"))


def worked_out(text: str, **names: object) -> object:
    return evaluate(parse_expression(text), Scope(names=names, add=lambda start, _: start, count=lambda _first, _last: 0))


@pytest.mark.parametrize("operator", COMPARISONS)
@pytest.mark.parametrize("other", VALUES, ids=repr)
def test_rule_19_a_comparison_with_an_empty_value_is_false(operator, other):
    assert worked_out(f"x {operator} y", x=None, y=other) is False
    assert worked_out(f"x {operator} y", x=other, y=None) is False


DAY = at("2026-11-20 09:00").date()


@pytest.mark.parametrize("text", ["x + y", "x - y", "x * y", "x / y", "x % y", "x|plus(y)", "x|minus(y)", "x|working_days(y)"])
def test_rule_19_reckoning_with_an_empty_value_is_refused(text):
    other = DAY if "days" in text else 1
    for names in ({"x": None, "y": other}, {"x": other, "y": None}, {"x": None, "y": None}):
        with pytest.raises(ExpressionError, match="empty"):
            worked_out(text, **names)


@pytest.mark.parametrize("text", ["-x", "+x", "x|plus('1 day')", "x|minus('1 day')"])
def test_rule_19_so_is_turning_or_moving_one(text):
    with pytest.raises(ExpressionError, match="empty"):
        worked_out(text, x=None)


EMPTY = (
    "fields: {n: {type: integer}, m: {type: integer}}\n"
    + ROLES
    + """
starts: {open: {by: worker, form: [n, m], to: s}}
states:
  s:
    actions:
      less: {by: worker, when: fields.n < fields.m}
      other: {by: worker, when: fields.n != fields.m}
      reckon: {by: worker, when: fields.n - fields.m < 5}
      keep: {by: worker, sets: {n: fields.n + fields.m}}
      end: {by: worker, to: over}
  over: {final: done}
"""
)
PERHAPS = st.none() | st.integers(0, 9)


@RULE
@given(PERHAPS, PERHAPS)
def test_rule_19_a_condition_on_an_empty_field_does_not_hold_and_sets_refuse(n, m):
    book = fresh(EMPTY)
    book.open(n=n, m=m)
    filled = n is not None and m is not None
    assert tried(partial(book.do, "less")) == ([] if filled and n < m else ["condition"])
    assert tried(partial(book.do, "other")) == ([] if filled and n != m else ["condition"])
    assert tried(partial(book.do, "reckon")) == (([] if n - m < 5 else ["condition"]) if filled else ["expression"])
    assert tried(partial(book.do, "keep")) == ([] if filled else ["expression"])
    assert book.case.fields.get("n") == (n + m if filled else n)
