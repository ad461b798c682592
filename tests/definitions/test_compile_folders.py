"""Whole definitions folders: the three procedures of the language compile, and a bad folder is told in full."""

import json
import time
from pathlib import Path

import pytest

from workflow.authoring.definitions import compile_definitions
from workflow.language.process import load
from workflow.plain import canonical, to_plain

HERE = Path(__file__).parent


def files(name: str) -> dict[str, bytes]:
    root = HERE / name
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file() and path.suffix != ".txt"}


def test_the_three_procedures_compile_without_a_problem():
    found = compile_definitions(files("three"))
    assert [str(problem) for problem in found.problems] == []
    assert list(found.processes) == ["annual_report", "incident", "opinion"]
    assert found.organisation is not None
    assert found.calendar is not None
    assert found.types["CV"].series.period == {"state": "year", "party": "year"}
    assert found.types["PA"].frame == {"any": "party"}
    assert set(found.sources) == set(files("three"))
    assert set(found.sources_of("opinion")) == {
        f"opinion/{name}" for name in ["process.yaml", *(f"templates/{key}.md.j2" for key in ("ask", "reply", "summary"))]
    }
    assert found.errors == found.warnings == ()


@pytest.mark.parametrize("key", ["annual_report", "incident", "opinion"])
def test_each_comes_back_from_its_stored_form(key):
    made = compile_definitions(files("three")).processes[key]
    again = load(json.loads(canonical(to_plain(made))))
    assert again == made
    assert again.version == made.version


def test_the_procedures_mean_what_they_say():
    incident = compile_definitions(files("three")).processes["incident"]
    assert incident.secret.tree == ("const", True)
    assert incident.state_of["submitted"].stops_all
    assert [branch.to for branch in incident.in_state["received"]["screen"].to] == ["transferred", "screened"]
    assert incident.in_state["executing"]["escalate"].by == ("nobody",)
    assert "cancel" not in incident.in_state["closed"]
    opinion = compile_definitions(files("three")).processes["opinion"]
    consult = opinion.state_of["consulting"].consult
    assert (consult.silence, consult.due.basis, len(consult.due.at.branches)) == ("agree", "Luật 64/2025 (xã); D", 2)
    assert [issuer.tree for issuer in opinion.document_of["reply_letter"].issuers] == [("name", "asked")]
    report = compile_definitions(files("three")).processes["annual_report"]
    assert report.state_of["data_requested"].consult.reply.key == "supply"
    assert report.periodic[0].every.point.month == 12
    assert report.dues[0].until == "sent"


def test_a_bad_folder_is_told_in_full_in_file_order():
    expected = (HERE / "bad" / "expected.txt").read_text("utf-8").splitlines()
    found = compile_definitions(files("bad"))
    assert [f"{problem.place} {problem.code}" for problem in found.problems] == expected
    assert len({line.split()[1] for line in expected}) >= 40
    assert found.processes == {}
    assert len(found.errors) + len(found.warnings) == len(expected)


def test_every_problem_in_a_line_shows_the_line_with_its_place_marked():
    for problem in compile_definitions(files("bad")).problems:
        if problem.place.column:
            line, mark = problem.excerpt.split("\n")
            assert line.strip()
            assert mark.strip() == "^"


def test_comments_and_spacing_do_not_change_a_version():
    spaced = {path: b"# c\n\n" + data if path.endswith("process.yaml") else data for path, data in files("three").items()}
    one, two = (compile_definitions(data).processes for data in (files("three"), spaced))
    assert [process.version for process in one.values()] == [process.version for process in two.values()]


def test_two_processes_may_not_give_the_same_numbers():
    changed = files("three")
    changed["opinion/process.yaml"] = changed["opinion/process.yaml"].replace(b"{year}-TV", b"{year}-VV")
    assert [f"{problem.place} {problem.code}" for problem in compile_definitions(changed).problems] == ["opinion/process.yaml:4:9 E518"]


@pytest.mark.parametrize(
    ("also", "told"),
    [
        ("do: explain, case: case.parent, fields: {points: replies.rows.remarks}", []),
        ("do: explain, case: case.parent, fields: {point: 1}", ["E404 there is no field 'point' (did you mean 'points'?)"]),
        ("do: explian, case: case.parent, fields: {points: 1}", ["E405 there is no action 'explian' (did you mean 'explain'?)"]),
        (
            "do: explain, case: case.parent, fields: {points: fields.helt}",
            ["E308 the expression names 'fields.helt', which is not known (did you mean 'fields.held'?)"],
        ),
    ],
)
def test_what_also_hands_on_must_be_asked_for_by_the_action(also, told):
    changed = files("three")
    before = b"notifies: [counterpart], to: sent"
    assert before in changed["annual_report/process.yaml"]
    changed["annual_report/process.yaml"] = changed["annual_report/process.yaml"].replace(before, f"also: {{{also}}}, ".encode() + before)
    problems = [problem for problem in compile_definitions(changed).problems if not problem.warning]
    assert [f"{problem.code} {str(problem).partition(f'{problem.code} ')[2]}" for problem in problems] == told


def test_a_template_that_is_no_text_is_told():
    changed = files("three")
    changed["opinion/templates/ask.md.j2"] = b"\xff\xfe"
    assert [f"{problem.place} {problem.code}" for problem in compile_definitions(changed).problems] == [
        "opinion/templates/ask.md.j2:1:1 E102"
    ]


def test_an_empty_folder_names_what_is_missing():
    found = compile_definitions({})
    assert sorted(f"{problem.place} {problem.code}" for problem in found.problems) == [
        "calendar.yaml E114",
        "document-types.yaml E114",
        "organisation.yaml E114",
    ]
    assert (found.organisation, found.calendar, dict(found.types), dict(found.processes)) == (None, None, {}, {})


def test_a_folder_is_compiled_in_no_time():
    data = files("three")
    compile_definitions(data)
    began = time.perf_counter()
    compile_definitions(data)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("session_date", []),
        ("sesion_date", ["E404 there is no field 'sesion_date' (did you mean 'session_date'?)"]),
        ("consulted", ["E318 'consulted' is a field of type units, not a date (name a date or datetime field)"]),
        (
            "known_on",
            ["E529 the field 'known_on' is computed, so nobody fills it in (take it out here, or take 'computed' from the field)"],
        ),
    ],
)
def test_a_share_must_be_given_to_a_day_that_somebody_fills_in(field, told):
    changed = files("three")
    opens = f"form: [facts], opens: {{process: opinion, shares: {{{field}: 50%}}}}"
    for path, before, after in (
        ("incident/process.yaml", "form: [facts], issues", f"{opens}, issues"),
        (
            "opinion/process.yaml",
            "  session_date:",
            "  known_on: {type: date, title: Ngày biết, computed: fields.session_date}\n  session_date:",
        ),
    ):
        assert before.encode() in changed[path], before
        changed[path] = changed[path].replace(before.encode(), after.encode())
    problems = [problem for problem in compile_definitions(changed).problems if not problem.warning]
    assert [f"{problem.code} {str(problem).partition(f'{problem.code} ')[2]}" for problem in problems] == told
    assert {problem.excerpt.split("\n")[1].index("^") for problem in problems} <= {
        problem.excerpt.split("\n")[0].index(f"{field}:") for problem in problems
    }, "the field itself is marked"
