"""Two versions of a procedure beside each other, in words and with their lines."""

import pytest

from tests.unit.engine.making import CALENDAR, ORGANISATION, TYPES
from workflow.authoring.definitions import compile_definitions
from workflow.changing.comparing import Side, differences

TEXT = """
process: sample
title: {vi: Mẫu, en: Sample}
unit: office
number: "{n:03}/{year}-S"
case_title: Hồ sơ
fields:
  amount: {type: integer, title: Số tiền, min: 0}
  kind: {type: choice, choices: [a, b], title: Loại}
roles:
  officer: {unit: office, position: specialist}
  head: {unit: office, position: leader}
documents:
  letter: {type: CV, title: V/v, body: letter.md.j2, issuer: office, signer: head, recipients: officer}
ladder: [{at: due, notifies: officer}]
due: {name: whole, at: 20 working days}
starts: {open: {by: officer, form: [amount, kind], to: first}}
states:
  first:
    title: Một
    due: 2 working days
    actions:
      go: {title: Đi, by: officer, when: {fields.amount > 3: Quá ít}, to: second}
  second:
    title: Hai
    consult:
      asks: "['north']"
      answers: {yes: Có, no: Không}
      reply: {by: head}
      due: 5 days
    actions: {end: {by: [officer, head], issues: letter, to: over}}
  over: {title: Xong, final: done}
  gone: {title: Bỏ, final: dropped}
actions:
  drop: {by: head, from: any, to: gone}
"""


def side(text=TEXT, template="Kính gửi\nmột\nhai\n"):
    files = {
        "organisation.yaml": ORGANISATION,
        "calendar.yaml": CALENDAR,
        "document-types.yaml": TYPES,
        "sample/process.yaml": text,
        "sample/templates/letter.md.j2": template,
    }
    compiled = compile_definitions({path: content.encode() for path, content in files.items()})
    assert not compiled.errors, compiled.errors
    return Side(process=compiled.processes["sample"], sources=compiled.sources)


def compared(*pairs, language="en", **options):
    text = TEXT
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return differences(side(), side(text, **options), language)


def line(text, words):
    return next(at for at, line in enumerate(text.splitlines(), 1) if words in line)


def test_a_version_does_not_differ_from_itself_nor_from_another_spacing():
    assert compared() == ()
    assert compared(("fields.amount > 3", "fields.amount  >  3")) == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("amount: {type: integer, title: Số tiền, min: 0}", "amount: {type: integer, title: Số tiền, min: 2}", [("changed", "field", "amount", "min", "0", "2")]),
        ("title: Số tiền, min: 0", "title: Số tiền", [("changed", "field", "amount", "min", "0", "")]),
        ("choices: [a, b]", "choices: [a, b, c]", [("changed", "field", "kind", "choices", "a, b", "a, b, c")]),
        ("due: 2 working days", "due: 3 working days", [("changed", "deadline", "due", "at", "2 working days", "3 working days")]),
        ("due: 5 days", "due: 6 days", [("changed", "deadline", "reply", "at", "5 days", "6 days")]),
        ("title: Đi, by: officer", "title: Đi, by: [officer, head]", [("changed", "action", "go", "by", "officer", "officer, head")]),
        ("position: leader}", "position: deputy}", [("changed", "role", "head", "position", "leader", "deputy")]),
        ("recipients: officer}", "recipients: head}", [("changed", "document", "letter", "recipients", "officer", "head")]),
        ("Quá ít", "Chưa đủ", [("changed", "guard", "fields.amount > 3", "reason", "Quá ít", "Chưa đủ")]),
        ("no: Không}", "no: Không, perhaps: Có thể}", [("changed", "consultation", "second", "answers", "yes: Có; no: Không", "yes: Có; no: Không; perhaps: Có thể")]),
        ("reply: {by: head}", "reply: {by: officer}", [("changed", "reply", "reply", "by", "head", "officer")]),
        ("from: any", "from: first", [("changed", "action", "drop", "from", "any", "first")]),
        ("{vi: Mẫu, en: Sample}", "{vi: Mẫu mới, en: Sample}", [("changed", "process", "sample", "title", "Mẫu", "Mẫu mới")]),
    ],
)  # fmt: skip
def test_what_is_otherwise_is_told_with_both_words(old, new, expected):
    found = compared((old, new))
    assert [(one.how, one.what, one.name, *(word for a in one.aspects for word in (a.key, a.before, a.after))) for one in found] == expected


def test_each_difference_names_its_lines():
    (found,) = compared(("title: Đi, by: officer", "title: Đi, by: head"), ("  first:\n", "\n  first:\n"))
    at = line(TEXT, "go: {title")
    assert (found.file, found.line_before, found.line_after) == ("process.yaml", at, at + 1)
    assert [(one.line_before, one.line_after) for one in found.aspects] == [(at, at + 1)]


def test_a_state_more_is_told_with_what_it_brings_and_changes_no_general_action():
    found = compared(
        ("issues: letter, to: over", "issues: letter, to: third"),
        ("  over: {title: Xong", "  third:\n    title: Ba\n    actions: {on: {by: officer, to: over}}\n  over: {title: Xong"),
    )
    assert [(one.how, one.what, one.name, one.where) for one in found] == [
        ("changed", "action", "end", "second"),
        ("added", "state", "third", ""),
        ("added", "action", "on", "third"),
    ]
    assert found[1].line_before == 0
    assert found[1].line_after == line(TEXT, "  over: {title")


def test_what_is_gone_stands_last_with_its_old_line():
    found = compared(("\nactions:\n  drop: {by: head, from: any, to: gone}\n", "\n"), ("  gone: {title: Bỏ, final: dropped}\n", ""))
    assert [(one.how, one.what, one.name) for one in found] == [("removed", "state", "gone"), ("removed", "action", "drop")]
    assert found[0].line_before == line(TEXT, "gone: {title")
    assert found[0].line_after == 0


def test_a_guard_and_a_rung_are_known_by_what_they_mean():
    found = compared(
        ("fields.amount > 3: Quá ít", "fields.amount > 4: Quá ít"),
        ("{at: due, notifies: officer}", "{at: 1 day after due, notifies: officer}"),
    )
    assert {(one.how, one.what, one.name) for one in found} == {
        ("added", "guard", "fields.amount > 4"),
        ("removed", "guard", "fields.amount > 3"),
        ("added", "rung", "1 day after due"),
        ("removed", "rung", "due"),
    }


def test_a_template_is_compared_line_by_line():
    (found,) = compared(template="Kính gửi\nhai\nba\n")
    assert (found.what, found.name, found.file) == ("template", "letter.md.j2", "templates/letter.md.j2")
    assert [(one.before, one.line_before, one.after, one.line_after) for one in found.aspects] == [("một", 2, "", 0), ("", 0, "ba", 3)]


def test_a_new_procedure_has_no_differences_to_tell():
    assert all(one.how == "added" for one in differences(Side(), side(), "vi"))
