"""The pages of `hoso help CODE`: every code has one in both languages, and its examples are what it says they are."""

import ast
import json
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from workflow.authoring.definitions import compile_definitions
from workflow.authoring.explained import families, pages
from workflow.authoring.read import MAX_BYTES, MAX_DEPTH, MAX_VALUES, parse

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 23)
CODE = re.compile(r"[EW][0-9]{3}")

# ---- an office in which every example stands -------------------------------------------------------------------------

LEAVE = """
process: leave
title: {vi: Nghỉ phép, en: Leave}
unit: btg
number: "{n:03}/{year}-NP"
case_title: "{{ fields.kind }}, {{ fields.days }}"
fields:
  day: {type: date, required: true}
  days: {type: integer, min: 1, max: 30}
  kind: {type: choice, choices: [year, other], default: year}
  consulted: {type: units}
roles:
  clerk: {unit: btg, position: clerk}
  head: {unit: btg, position: leader}
documents:
  paper: {type: QD, title: "Nghỉ {{ fields.days }} ngày", body: paper.md.j2, issuer: btg, signer: head}
ladder: {at: due, notifies: clerk}
starts:
  open: {by: clerk, form: [day, days, kind], to: waiting}
states:
  waiting:
    due: 2 working days
    actions:
      agree: {by: head, issues: paper, to: agreed}
      ask: {by: clerk, form: consulted, to: asking}
  asking:
    consult: {asks: fields.consulted, reply: {by: head}, answers: {"yes": Có, "no": Không}}
    actions: {back: {by: clerk, to: waiting}}
  agreed: {final: done}
  gone: {final: cancelled}
actions:
  cancel: {from: any, by: clerk, to: gone}
"""
TRIP = """
process: trip
unit: btg
number: "{n:03}/{year}-CT"
fields: {by: {type: date}}
roles: {clerk: {unit: btg, position: clerk}}
starts: {open: {by: clerk, form: by, to: planned}}
states:
  planned: {due: fields.by, actions: {end: {by: clerk, to: over}}}
  over: {final: done}
"""
BASE = {
    "process.yaml": LEAVE,
    "trip/process.yaml": TRIP,
    "organisation.yaml": """
positions: {clerk: Văn thư, leader: Trưởng ban, deputy: Phó ban}
units:
  huyen-uy: {title: Huyện ủy, kind: party, symbol: HU}
  btg: {title: Ban Tuyên giáo, kind: party, parent: huyen-uy, symbol: BTG}
persons:
  van-thu: {title: Văn thư, email: van-thu@example.vn}
  truong-ban: {title: Trưởng ban, email: truong-ban@example.vn}
  bi-thu: {title: Bí thư, email: bi-thu@example.vn}
posts:
  - {person: van-thu, unit: btg, position: clerk, from: 2025-01-01}
  - {person: truong-ban, unit: btg, position: leader, from: 2025-01-01}
  - {person: bi-thu, unit: huyen-uy, position: leader, from: 2025-01-01}
terms: [{name: "2025-2030", bodies: [huyen-uy], from: 2025-01-01, until: 2030-12-31}]
""",
    "calendar.yaml": """
week: {mon-fri: ["07:30-11:30", "13:30-17:00"]}
off: [{on: 2026-09-02, title: Quốc khánh}]
calendars: {night: {week: {mon-sun: ["00:00-24:00"]}}}
""",
    "document-types.yaml": "QD: {title: Quyết định, frame: state}\n",
    "programme.yaml": """
title: Chương trình
since: 2026
until: 2026
obligations: {plan: {title: Kế hoạch, article: IV, who: btg, cases: {process: leave, met: agreed}}}
""",
    "templates/paper.md.j2": "{{ fields.day }}",
}
PLACED = {"process.yaml": "leave/process.yaml", "templates/paper.md.j2": "leave/templates/paper.md.j2"}


@cache
def plain(text):
    node, problems = parse("base", text)
    assert problems == [], problems
    return node.plain()


def merged(base, piece):
    """`piece` laid over `base`: keys within keys, everything else replaced."""
    if not (isinstance(base, dict) and isinstance(piece, dict)):
        return piece
    return {**base, **{key: merged(base.get(key), value) for key, value in piece.items()}}


def folder(example):
    """The office's files with the example in its place."""
    files = {PLACED.get(path, path): text for path, text in BASE.items()}
    place = PLACED.get(example.file, example.file)
    if place.startswith("leave/scenarios/") or not place.endswith(".yaml"):
        files[place] = example.text
    else:
        files[place] = json.dumps(merged(plain(files[place]), plain(example.text)), ensure_ascii=False, default=str)
    return {path: text.encode() for path, text in files.items()}


def codes(example):
    """The codes of all that is wrong with an example, warnings too."""
    if example.whole:
        _, problems = parse("process.yaml", example.text)
        return [problem.code for problem in problems]
    if example.file.startswith("scenarios/"):
        return scenario_codes(example)
    return [problem.code for problem in compile_definitions(folder(example), today=TODAY).problems]


def scenario_codes(example):
    from workflow.simulate.reading import read_scenario

    return [problem.code for problem in read_scenario("leave", example.file, example.text.encode())[1]]


TRIED = [(page.code, example) for page in pages().values() for example in page.examples if example.tried]


@pytest.mark.parametrize(("code", "example"), TRIED, ids=[f"{code} {'right' if one.right else 'wrong'}" for code, one in TRIED])
def test_a_wrong_example_is_told_with_its_code_and_a_right_one_is_without_error(code, example):
    found = codes(example)
    if example.right:
        assert code not in found
        assert [one for one in found if one.startswith("E")] == []
    else:
        assert code in found, found


MADE = {
    "E101": b"a: " + b"x" * MAX_BYTES,
    "E102": "title: Nghỉ".encode("utf-16"),
    "E103": b"title: a\x00",
    "E108": b"a: " + b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
    "E116": b"a: [" + b"1," * MAX_VALUES + b"]",
}
"""What can't be shown in a page of text."""
ELSEWHERE = {"E114", "E115", "E600", "W602", "W625", "W626"}
"""What is wrong with a folder, not with a piece of a file: tried in tests of their own."""


@pytest.mark.parametrize("code", MADE)
def test_what_no_page_can_show_is_told_too(code):
    assert [problem.code for problem in parse("process.yaml", MADE[code])[1]] == [code]


def test_the_bare_office_has_no_error():
    files = {PLACED.get(path, path): text.encode() for path, text in BASE.items()}
    assert [str(problem) for problem in compile_definitions(files, today=TODAY).errors] == []


def test_every_page_has_a_wrong_and_a_right_example_unless_none_can_be_shown():
    for code, page in pages().items():
        tried = {example.right for example in page.examples if example.tried}
        assert tried == {False, True} or code in {*MADE, *ELSEWHERE}, code


@cache
def known():
    """Every code that the program can tell, as its files name them."""
    found = set()
    for path in (ROOT / "workflow").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                found.add(node.value)
    from workflow.authoring.problems import UNKNOWN

    return found | {kind.code for kind in UNKNOWN.values()}


def test_every_code_has_its_page_and_every_page_its_code():
    assert sorted(known() - set(pages())) == []
    assert sorted(set(pages()) - known()) == []


def test_a_page_says_the_same_in_both_languages_and_why():
    for family in families():
        assert set(family.titles) == {"vi", "en"}
        for page in family.pages:
            vi, en = page.told["vi"], page.told["en"]
            assert page.code.startswith(family.key)
            assert vi.title, page.code
            assert vi.title != en.title, page.code
            assert "Vì sao:" in vi.text, page.code
            assert "Why:" in en.text, page.code
            assert len(vi.text) < 600, page.code
            assert len(en.text) < 600, page.code


def test_pages_stand_in_the_order_of_their_codes_each_once():
    said = [page.code for family in families() for page in family.pages]
    assert said == sorted(set(said))
