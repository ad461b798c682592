"""The deep checks: each finding at its place, and none where all is well."""

from datetime import date

import pytest

from tests.unit.engine.making import CALENDAR, ORGANISATION, TYPES
from workflow.authoring.definitions import compile_definitions

TODAY = date(2026, 11, 23)
HEAD = """process: sample
unit: office
number: "{n:03}/{year}-S"
case_title: "{{ fields.n }} {{ fields.kind }} {{ fields.units }} {{ fields.sure }}"
fields:
  n: {type: integer, min: 1, max: 9}
  kind: {type: choice, choices: [x, y]}
  sure: {type: yes-no}
  units: {type: units, max: 3}
roles:
  officer: {unit: office, position: specialist}
  head: {unit: office, position: leader}
documents:
  paper: {type: CV, title: T, body: t.md.j2, issuer: office, signer: head, recipients: officer}
starts: {open: {by: officer, form: [n, kind, sure, units], to: one}}
groups: {both: [one, two]}
states:
  one:
    due: 3 working days
    actions:
      go: {by: officer, when: [fields.sure], drafts: paper, to: two}
  two:
    actions:
      end: {by: head, to: done}
  done: {final: done}
actions:
  drop: {from: both, by: head, to: done}
"""


ORGANISATION_ = ORGANISATION.replace("terms:", "  - {person: deputy, unit: council, position: deputy, until: 2026-11-01}\nterms:")


CONSULT = """  two:
    consult: {asks: fields.units, answers: {yes: Y, no: N}, reply: {by: asked, form: n, when: WHEN}}
    actions:
      heard: {by: auto, when: replies.enough, to: done}"""


def found(text: str, *, organisation: str = ORGANISATION_, others: dict[str, str] | None = None, today: date = TODAY) -> list[str]:
    """What is found in the process, beyond shape: `line:column code`."""
    files = {
        "organisation.yaml": organisation,
        "calendar.yaml": CALENDAR,
        "document-types.yaml": TYPES,
        "sample/process.yaml": text,
        "sample/templates/t.md.j2": "{{ fields.n }}",
        **(others or {}),
    }
    compiled = compile_definitions({path: content.encode() for path, content in files.items()}, today=today)
    assert not [problem for problem in compiled.errors if problem.code != "E535"], [str(problem) for problem in compiled.errors]
    return [
        f"{problem.place.line}:{problem.place.column} {problem.code} {problem.said('en').partition(problem.code)[2]}"
        for problem in compiled.problems
    ]


def test_nothing_is_said_where_all_is_well():
    assert found(HEAD) == []


GO = "go: {by: officer, when: [fields.sure], drafts: paper, to: two}"

CASES = [
    # conditions that can never hold, each at its own place
    ("[fields.sure]", "[fields.n > 9]", "21:32 W606", "fields.n > 9"),
    ("[fields.sure]", "[fields.sure, not fields.sure]", "21:25 W607", "'go'"),
    ("[fields.sure]", "[fields.sure, documents.paper == 'issued' and documents.paper == 'none']", "21:45 W606", "can never hold"),
    ("[fields.sure]", "[fields.sure, fields.kind == 'x' and fields.kind == 'y']", "21:45 W606", "can never hold"),
    ("[fields.sure]", "[fields.sure, done.go < 0]", "21:45 W606", "can never hold"),
    ("[fields.sure]", "[fields.sure, case.state == 'two']", "21:45 W606", "can never hold"),
    ("[fields.sure]", "{fields.n == 3 and fields.n == 4: không}", "21:32 W606", "can never hold"),
    ("to: two}\n  two", "to: [{when: fields.n > 9, then: done}, {else: two}]}\n  two", "21:73 W606", "fields.n > 9"),
    # values that can't be
    ("[fields.sure]", "[documents.paper != 'isued']", "21:32 W608", "did you mean 'issued'?"),
    ("[fields.sure]", "[fields.sure != 'true']", "21:32 W608", "never 'true'"),
    ("[fields.sure]", "[case.outcome != 'doen']", "21:32 W608", "did you mean 'done'?"),
    ("[fields.sure]", "[fields.n != 12]", "21:32 W609", "bounds are 1–9"),
    ("[fields.sure]", "['fields.n in [3, 4, 12]']".replace("'", '"'), "21:32 W609", "never 12"),
    ("  two:\n    actions:", CONSULT.replace("WHEN", "answer != 'yess'"), "23:95 W608", "did you mean 'yes'?"),
    ("  two:\n    actions:", CONSULT.replace("WHEN", "answer == 'no' and answer == 'yes'"), "23:95 W606", "never hold ('reply')"),
    ("  two:\n    actions:", CONSULT.replace("WHEN", "[answer == 'no', answer == 'yes']"), "23:96 W607", "'reply'"),
    ("  two:\n    actions:", CONSULT.replace("WHEN", "[answer == 'no', fields.sure]"), "", ""),
    # who is there
    ("  head: {unit: office, position: leader}", "  head: {unit: council, position: deputy}", "12:3 W611", "deputy.council"),
    ("to: two}\n  two", "not_by: officer, to: two}\n  two", "21:61 W613", "'go'"),
    # ladders
    ("due: 3 working days", "due: {at: 3 working days, ladder: [{at: due, do: go}, {at: 1 day after due, notifies: head}]}", "", ""),
    (
        "due: 3 working days",
        "due: {at: 3 working days, ladder: [{at: due, do: drop}, {at: 1 day after due, notifies: head}]}",
        "19:61 W614",
        "'drop' leaves the state 'one'",
    ),
    ("drafts: paper, to: two}", "not_before: 5 working days, drafts: paper, to: two}", "21:46 W617", "only after 5 working days"),
    # automatic actions
    ("by: officer, when: [fields.sure]", "by: auto, when: [fields.sure]", "", ""),
    (
        "end: {by: head, to: done}",
        "end: {by: head, to: done}\n      again: {by: auto, when: fields.sure, to: same}",
        "25:7 E535",
        "again and again",
    ),
    ("end: {by: head, to: done}", "end: {by: head, to: done}\n      back: {by: auto, when: fields.sure, to: one}", "", ""),
    # used and unused
    ("form: [n, kind, sure, units]", "form: [n, kind, units]", "8:3 W620", "'sure'"),
    ("{{ fields.kind }} {{ fields.units }}", "{{ fields.units }}", "7:3 W621", "'kind'"),
    ("  units: {type: units, max: 3}", "  units: {type: units, max: 3}\n  more: {type: text}", "10:3 W619", "'more'"),
    ("  head: {", "  chair: {unit: council, position: leader}\n  head: {", "12:3 W622", "'chair'"),
    (", drafts: paper", "", "14:3 W623", "'paper'"),
    ("drop: {from: both", "drop: {from: [one, two]", "16:10 W624", "'both'"),
    # nobody leaves
    ("end: {by: head, to: done}", "end: {by: nobody, to: done}", "", ""),
    # numbers by term
    ("issuer: office", "issuer: council", "", ""),
]


@pytest.mark.parametrize(("old", "new", "where", "says"), CASES, ids=[f"{where or 'nothing'} {new[:50]}" for _, new, where, _ in CASES])
def test_each_finding_stands_at_its_place(old, new, where, says):
    assert HEAD.count(old) == 1, old
    problems = found(HEAD.replace(old, new))
    if not where:
        assert problems == []
    else:
        assert len(problems) == 1, problems
        assert problems[0].startswith(where), problems
        assert says in problems[0]


def test_a_ring_of_automatic_actions_is_told_once():
    text = HEAD.replace("end: {by: head, to: done}", "end: {by: head, to: done}\n      back: {by: auto, when: fields.sure, to: one}")
    text = (
        text.replace("by: officer, when: [fields.sure]", "by: auto, when: [fields.sure]")
        .replace(", drafts: paper", "")
        .replace("  paper:", "  # paper:")
    )
    text = text.replace("documents:\n", "")
    problems = found(text, others={"sample/templates/t.md.j2": ""})
    assert [one.split(" ")[1] for one in problems if "W615" in one] == ["W615"]
    assert [one for one in found(text.replace("when: fields.sure, to: one", "when: not fields.sure, to: one")) if "W615" in one] == []


def test_a_loop_that_nobody_leaves_is_told_at_each_of_its_states():
    text = HEAD.replace("end: {by: head, to: done}", "end: {by: nobody, to: done}\n      back: {by: officer, to: one}").replace(
        "from: both, by: head", "from: both, by: nobody"
    )
    assert [one.split(" (")[0] for one in found(text)] == [
        "18:3 W610  nobody can lead a case from the state 'one' to its end: what leads on is done by nobody, or never allowed",
        "22:3 W610  nobody can lead a case from the state 'two' to its end: what leads on is done by nobody, or never allowed",
    ]
    assert found(text.replace("due: 3 working days", "due: {at: 3 working days, ladder: {at: due, do: drop}}")) == []


def test_an_absence_that_leaves_a_role_empty_is_told_with_its_last_day():
    away = ORGANISATION + "absences: [{person: head, since: 2026-11-20, until: 2026-11-27}]\n"
    (problem,) = found(HEAD, organisation=away)
    assert problem.startswith("12:3 W612")
    assert "Trưởng ban – 27/11/2026" in problem
    assert "end, drop, paper" in problem
    assert found(HEAD, organisation=away, today=date(2026, 12, 1)) == []
    stands_in = away + "delegations: [{from: head, to: deputy, since: 2026-11-01, until: 2026-12-31}]\n"
    assert found(HEAD, organisation=stands_in) == []


def test_a_term_that_is_over_is_told_of_what_is_numbered_by_it():
    late = date(2031, 1, 5)
    problems = found(HEAD.replace("type: CV", "type: BC").replace("{n:03}/{year}", "{n:03}/{term}"), today=late)
    assert [one.split(" ")[1] for one in problems] == ["W618", "W618"]


CONSULT = """
  asking:
    consult: {asks: ASKS, reply: {by: anyone, form: n}, answers: {yes: Có, no: Không}, enough: ENOUGH}
    actions: {heard: {by: auto, when: replies.enough, to: done}, on: {by: head, to: done}}
"""


@pytest.mark.parametrize(
    ("asks", "enough", "says"),
    [
        ("fields.units", "4", "at most 3 are asked"),
        ("fields.units", "3", ""),
        ("\"['north', 'south']\"", "replies.yes > 2", "replies.yes > 2"),
        ("\"['north', 'south']\"", "replies.yes == 2", ""),
        ("\"'north'\"", "2", "at most 1"),
    ],
)
def test_enough_that_is_never_reached_is_told(asks, enough, says):
    text = HEAD.replace("  done: {final: done}", CONSULT.replace("ASKS", asks).replace("ENOUGH", enough) + "  done: {final: done}")
    text = text.replace("end: {by: head, to: done}", "end: {by: head, to: done}\n      ask: {by: head, to: asking}")
    problems = found(text)
    assert (problems == []) is (not says), problems
    assert all("W616" in one and says in one for one in problems)


def test_fields_that_other_processes_fill_or_reckon_with_are_used():
    above = (
        HEAD.replace("process: sample", "process: above")
        .replace("}-S", "}-A")
        .replace("drafts: paper, to: two", "drafts: paper, opens: {process: sample, fields: {extra: fields.n}}, to: two")
    )
    above = above.replace("when: [fields.sure]", "when: [fields.sure, children.sum.extra != 3]")
    mine = HEAD.replace("  units: {type: units, max: 3}", "  units: {type: units, max: 3}\n  extra: {type: integer}")
    others = {"above/process.yaml": above, "above/templates/t.md.j2": "{{ fields.n }}"}
    assert found(mine, others=others) == []
    assert [one.split(" ")[1] for one in found(mine)] == ["W619"]


@pytest.mark.parametrize(
    ("least", "guard", "told"),
    [
        ("0.00", "fields.m != 15", []),
        ("0.00", "fields.m != 31", ["W609"]),
        ("0.05", "fields.m != 0", ["W609"]),
        ("0.00", "fields.m != 30.5", ["W609"]),
        ("1", "fields.m != 0.5", ["W609"]),
        ("1", "fields.m != 1.5", []),
    ],
)
def test_bounds_and_what_is_compared_may_be_whole_or_decimal(least, guard, told):
    text = HEAD.replace("fields:\n", f"fields:\n  m: {{type: decimal, title: M, min: {least}, max: 30}}\n", 1)
    text = text.replace("form: [n,", "form: [m, n,", 1).replace("when: [fields.sure]", f"when: [fields.sure, {guard}]", 1)
    assert [problem.split()[1] for problem in found(text)] == told
