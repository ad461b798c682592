"""A compiled process from its YAML: kept as plain JSON, known by the hash of its meaning (law 5)."""

import json

import pytest

from tests.unit.engine.making import process
from workflow.language.process import Expr, Title, load
from workflow.plain import canonical, to_plain

TEXT = """
title: {vi: Mẫu, en: Sample}
fields: {n: {type: integer, default: 1, max: 9}, t: {type: table, columns: {a: {type: choice, choices: [x, y]}}}}
roles: {worker: {unit: office, position: specialist}, other: {person: opener, when: "fields.n in [1, 2]"}}
documents: {report: {type: BC, title: "Số {{ fields.n }}", body: r.j2, issuer: office, signer: worker}}
groups: {early: [first, second]}
ladder: [{at: 50% before due, notifies: {worker: "Nhắc {{ case.number }}"}}, {at: due, do: shared, repeat: 1 working day, urgent: true}]
due: [{name: whole, at: {latest: [2 days, 1 day after open]}, until: last}, {name: some, at: 3 days, in: first, ladder: []}]
starts: {open: {by: worker, form: n, to: first}}
states:
  first:
    title: {vi: Một, en: One}
    due: [{when: fields.n > 3, then: 1 day}, {else: 20 December 08:00}]
    actions:
      shared: {by: worker, title: own, to: [{when: fields.n == 1, then: second, issues: report}, {else: same}]}
  second: {stops: all, actions: {on: {by: worker, not_before: day 5, to: last}}}
  last: {final: done}
actions:
  shared: {from: any, by: worker, title: general, to: last}
  early_one: {from: early, by: worker, to: last}
"""


@pytest.fixture(scope="module")
def compiled():
    return process(TEXT, {"r.j2": "x"})


def test_a_process_is_read_back_from_its_json_as_it_was(compiled):
    back = load(json.loads(canonical(to_plain(compiled))))
    assert back == compiled
    assert back.version == compiled.version


def test_a_version_is_the_hash_of_the_meaning_not_of_how_it_was_written(compiled):
    spaced = TEXT.replace("fields.n > 3", "fields.n   >  3").replace("at: 3 days", "at: 3   days").replace("{{ fields.n }}", "{{fields.n}}")
    assert process(spaced, {"r.j2": "x"}).version == compiled.version


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fields.n > 3", "fields.n > 4"),
        ("at: 3 days", "at: 4 days"),
        ("max: 9", "max: 8"),
        ("en: One", "en: Uno"),
        ("issues: report", "drafts: report"),
        ("08:00", "09:00"),
        ("Số {{", "No {{"),
    ],
)
def test_whatever_changes_the_meaning_changes_the_version(compiled, old, new):
    assert TEXT.count(old) == 1
    assert process(TEXT.replace(old, new), {"r.j2": "x"}).version != compiled.version


def test_a_template_is_part_of_the_version(compiled):
    assert process(TEXT, {"r.j2": "y"}).version != compiled.version


def test_a_state_s_own_action_goes_before_a_general_one(compiled):
    assert {key: action.title.vi for key, action in compiled.in_state["first"].items()} == {"shared": "own", "early_one": "early_one"}
    assert {key: action.title.vi for key, action in compiled.in_state["second"].items()} == {
        "on": "on",
        "shared": "general",
        "early_one": "early_one",
    }
    assert compiled.in_state["last"] == {}
    assert compiled.action_keys == ("shared", "on", "early_one")


def test_a_due_has_its_own_ladder_or_the_process_s(compiled):
    whole, some = compiled.dues
    assert compiled.ladder_of(whole) == compiled.ladder
    assert compiled.ladder_of(some) == ()


def test_everything_is_found_by_its_key(compiled):
    assert list(compiled.state_of) == ["first", "second", "last"]
    assert (compiled.field_of["n"].max, compiled.role_of["worker"].position, compiled.type_of["BC"].title) == (9, "specialist", "Báo cáo")
    assert (compiled.document_of["report"].body, compiled.start_of["open"].form) == ("r.j2", ("n",))


def test_a_title_speaks_vietnamese_or_english():
    assert [Title(vi="Một", en="One").to(language) for language in ("vi", "en", "fr")] == ["Một", "One", "One"]


def test_an_expression_can_be_hashed_whatever_lists_it_was_read_from():
    assert Expr(source="a", tree=["list", ["const", 1]]) == Expr(source="a", tree=("list", ("const", 1)))
    assert hash(Expr(source="a", tree=["list", ["const", 1]])) == hash(Expr(source="a", tree=("list", ("const", 1))))
