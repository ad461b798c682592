"""The reference of the language: its examples are tried, and nothing of the language is forgotten in it."""

import ast
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from pydantic import BaseModel

from tests.definitions.pages import FIRST, PROCESS, ROOT, Block, Piece, blocks, folder, pages, pieces, sections
from workflow.authoring import names
from workflow.authoring.checks.templates import TEMPLATE_ROOTS
from workflow.authoring.definitions import compile_definitions
from workflow.authoring.explained import pages as explained
from workflow.authoring.grammar import beside, shapes, times
from workflow.authoring.names import check_expression, vocabulary
from workflow.authoring.parse_expression import parse_expression
from workflow.authoring.parse_time import PERIODS
from workflow.authoring.read import parse
from workflow.authoring.reading import Reading, Written
from workflow.authoring.steps import EFFECTS
from workflow.compose import _memory_store
from workflow.engine.facts import Facts
from workflow.engine.moments import When, Whole, instant_of
from workflow.engine.work import begun
from workflow.errors import Place
from workflow.language.expression import COMPARISONS, ExpressionError, as_text, evaluate
from workflow.language.operations import FILTERS
from workflow.language.process import ALL, ANY, PREVIOUS, RIGHTS, SAME, SPECIAL, Process, Unit
from workflow.language.values import TYPES
from workflow.model import Act, Case, CaseFile, Doing
from workflow.settings import office_toml, read_settings
from workflow.simulate import read_scenarios, run_scenarios
from workflow.simulate.covering import MOVING

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_BLOCK = next(block for block in blocks(FIRST) if block.mark == PROCESS)
TODAY = date(2026, 10, 5)
PIECES = list(pieces())
RULES = [piece for piece in PIECES if piece.under is None]
PLAYED = [piece for piece in PIECES if piece.under is not None]


def named(piece: Piece) -> str:
    return piece.block.id


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory):
    office = tmp_path_factory.mktemp("office")
    (office / "office.toml").write_text(office_toml("Thử", practice=True), "utf-8")
    return read_settings(office, {})


# ---- the examples ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("piece", RULES, ids=named)
def test_nothing_is_found_in_an_example(piece: Piece) -> None:
    compiled = compile_definitions(folder(piece.block, piece.beside), today=TODAY)
    assert [f"{problem} {problem.excerpt}" for problem in compiled.problems] == []
    assert "request" in compiled.processes


@pytest.mark.parametrize("piece", PLAYED, ids=named)
def test_a_scenario_of_the_reference_plays_through(piece: Piece, settings) -> None:
    assert piece.under is not None
    files = folder(piece.under, piece.beside)
    scenarios, problems = read_scenarios({f"request/scenarios/{piece.block.page}.yaml": piece.block.text.encode()})
    assert [str(problem) for problem in problems] == []
    (result,) = run_scenarios(scenarios, compile_definitions(files), settings, _memory_store)
    assert result.passed, f"{result.place}: {result.message}"


# ---- the tables --------------------------------------------------------------------------------------------------------

OPENED = datetime(2026, 10, 5, 9, tzinfo=ZONE)
ASSESSED = datetime(2026, 10, 6, 10, tzinfo=ZONE)
DUE = datetime(2026, 10, 9, tzinfo=ZONE)
LINE = re.compile(r"(.+?)\s+→ (.+)")


def lines(language: str) -> list[tuple[Block, str, str]]:
    """Each line of the blocks of this kind: (block, text, value)."""
    found = [
        (block, LINE.fullmatch(line))
        for page in pages()
        for block in blocks(page)
        if block.language == language
        for line in block.text.splitlines()
    ]
    assert all(line for _, line in found)
    return [(block, line[1], line[2]) for block, line in found if line]


@pytest.fixture(scope="module")
def known() -> tuple[Process, Facts]:
    compiled = compile_definitions(folder(FIRST_BLOCK, {}))
    facts = Facts(
        now=OPENED,
        organisation=compiled.organisation,
        calendars=compiled.calendar.in_zone(str(ZONE)),
        zone=ZONE,
        children={"001/2026-DN": ()},
    )
    return compiled.processes["request"], facts


def case(**fields) -> Case:
    """The case that the tables speak of."""
    done = {"open": Doing(count=1, last=OPENED, persons=("van-thu-vp",))}
    at = {"opened": OPENED, "entered": OPENED, "last_act": ASSESSED, "last_entry": OPENED}
    given = {"kind": "normal", "meeting": "2026-10-20", "subject": "sửa mái nhà", "places": ["xa-nam-giang", "thi-tran"], **fields}
    who = {"opener": "van-thu-vp", "unit": "vp"}
    return Case(number="001/2026-DN", process="request", version="", title="", state="received", fields=given, done=done, **who, **at)


@pytest.mark.parametrize(("block", "text", "value"), lines("moments"), ids=lambda one: one if isinstance(one, str) else "")
def test_a_moment_is_when_the_reference_says(block: Block, text: str, value: str, known) -> None:
    process, facts = known
    ladder = block.mark == "due"
    reading = Reading(file="x", actions=process.action_keys)
    node, _ = parse("x", f"at: {text}")
    moment = reading.moment(node.get("at"), ladder=ladder)
    assert reading.problems == []
    file = case(amount=3)
    file = replace(file, done={**file.done, "assess": Doing(count=1, last=ASSESSED)})
    in_ladder = {"due": DUE, "whole": lambda: Whole(days=facts.calendars.default)} if ladder else {}
    when = When(process=process, file=CaseFile(case=file), facts=facts, entry=OPENED, **in_ladder)
    at = instant_of(moment, when)
    assert (due_text(at.astimezone(ZONE)) if at else "none") == value


def due_text(at: datetime) -> str:
    """A time as the tables write it: 24:00 is the end of the day before."""
    return f"{at - timedelta(days=1):%d/%m/%Y} 24:00" if (at.hour, at.minute) == (0, 0) else f"{at:%d/%m/%Y %H:%M}"


@pytest.mark.parametrize(("block", "text", "value"), lines("expressions"), ids=lambda one: one if isinstance(one, str) else "")
def test_an_expression_gives_what_the_reference_says(block: Block, text: str, value: str, known) -> None:
    process, facts = known
    expr = parse_expression(text)
    written = Written(expr=expr, place=Place(file="x"))
    assert [str(problem) for problem in check_expression(written, vocabulary(process)) if not problem.warning] == []
    work = begun(process, CaseFile(case=case(amount=1200)), Act(actor="van-thu-vp", request_id=""), facts)
    try:
        found = shown(evaluate(expr, work.scope()))
    except ExpressionError:
        found = "refused"
    assert found == value


def shown(value: object) -> str:
    """A value as the tables write it."""
    if value is None or isinstance(value, bool):
        return str(value).lower()
    return f"'{value}'" if isinstance(value, str) else as_text(value).replace(",", ".")


# ---- nothing is forgotten ----------------------------------------------------------------------------------------------

SHAPES = {
    "ProcessShape": ("head.md", "The head of a procedure"),
    "FieldShape": ("head.md", "`fields`"),
    "ColumnShape": ("head.md", "`fields`"),
    "RoleShape": ("head.md", "`roles`"),
    "DocumentShape": ("head.md", "`documents`"),
    "PeriodicShape": ("head.md", "`periodic`"),
    "StateShape": ("actions.md", "`states`"),
    "ActionShape": ("actions.md", "`actions`"),
    "GeneralShape": ("actions.md", "`actions`"),
    "EffectsShape": ("effects.md", "Effects"),
    "OpensShape": ("several.md", "`opens`"),
    "AlsoShape": ("several.md", "`also`"),
    "BecomesShape": ("several.md", "`becomes`"),
    "DueShape": ("deadlines.md", "`due`"),
    "RungShape": ("deadlines.md", "`ladder`"),
    "ConsultShape": ("consultations.md", "Consultations"),
    "ReplyShape": ("consultations.md", "`reply`"),
    "TrackShape": ("several.md", "`tracks`"),
    "RightsShape": ("rights.md", "Rights"),
    "TitleShape": ("language.md", "1. How it is written"),
    "BranchShape": ("actions.md", "`to`"),
    "MomentBranchShape": ("times.md", "MOMENT"),
    "PickShape": ("times.md", "MOMENT"),
    "AgainShape": ("consultations.md", "`again`"),
}
"""Where the keys of each shape are explained; document-types.yaml has a page of its own."""
INHERITED = {
    "ActionShape": "EffectsShape",
    "BranchShape": "EffectsShape",
    "GeneralShape": "ActionShape",
    "StateShape": "EffectsShape",
    "FieldShape": "ColumnShape",
}
LIKE_AN_ACTION = set(shapes.ActionShape.model_fields) - set(shapes.EffectsShape.model_fields)
SCENARIO = [
    field.alias or key
    for shape in (beside.ScenarioShape, beside.StepShape, beside.ExpectedShape)
    for key, field in shape.model_fields.items()
]
"""The keys of scenarios; those of the files beside the procedures have pages of their own."""
CODED = re.compile(r"`([^`\n]+)`")


def section(page: str, title: str) -> str:
    return sections(next(path for path in pages() if path.name == page))[title]


def said_in(text: str) -> set[str]:
    """Every word that stands in code in a text."""
    return {word for code in CODED.findall(text) for word in re.findall(r"[\w-]+%?", code)}


def models() -> dict[str, type[BaseModel]]:
    found = {name: one for name, one in {**vars(times), **vars(shapes)}.items() if isinstance(one, type) and issubclass(one, BaseModel)}
    return {name: one for name, one in found.items() if name.endswith("Shape")}


def keys_of(name: str) -> set[str]:
    """A shape's own keys, as they are written."""
    kept = {} if name not in INHERITED else models()[INHERITED[name]].model_fields
    fields = models()[name].model_fields
    return {field.alias or key for key, field in fields.items() if key not in kept}


def test_every_shape_of_the_grammar_has_its_place_in_the_reference():
    assert set(models()) == set(SHAPES)


@pytest.mark.parametrize("name", SHAPES)
def test_every_key_of_the_grammar_is_explained_in_its_place(name: str) -> None:
    keys = keys_of(name)
    if name == "ReplyShape":
        keys -= set(shapes.EffectsShape.model_fields) | LIKE_AN_ACTION
    assert keys - said_in(section(*SHAPES[name])) == set()


@pytest.mark.parametrize(
    ("page", "title", "words"),
    [
        ("expressions.md", "Names", [*names.ROOTS, *names.CASE, *names.PERSON, *names.UNIT, *names.REPLIES]),
        ("expressions.md", "Names", ["name", "size", "hash", "count", "open", "answer", "year", "quarter", "month", "week", "day", "key"]),
        ("expressions.md", "Filters", FILTERS),
        ("expressions.md", "Comparing, joining, reckoning", [*COMPARISONS, "and", "or", "not", "if", "else", "~", "+", "-", "*", "/", "%"]),
        ("head.md", "WHO", SPECIAL),
        ("head.md", "`fields`", TYPES),
        ("times.md", "AMOUNT", [*(unit.value for unit in Unit if unit is not Unit.PERCENT), "%"]),
        ("times.md", "POINT", [*PERIODS, "Monday", "Sunday", "entry", "open", "last act", "due"]),
        ("rights.md", "Rights", RIGHTS),
        ("effects.md", "Effects", EFFECTS),
        ("actions.md", "`to`", [SAME, PREVIOUS]),
        ("actions.md", "`from`", [ANY, ALL]),
        ("templates.md", "Templates", TEMPLATE_ROOTS),
        ("scenarios.md", "Scenarios", SCENARIO),
        ("deadlines.md", "`due`", ["met", "missed", "dropped"]),
        ("language.md", "What the history says", MOVING - {"fire"}),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_every_word_of_the_language_is_explained_in_its_place(page: str, title: str, words) -> None:
    codes = " ".join(CODED.findall(section(page, title)))
    assert [word for word in words if not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", codes)] == []


LEADS = ("*Written:*", "*When:*", "*Together:*", "*History:*", "*Errors:*")


def test_every_part_of_the_language_says_how_when_with_what_and_which_errors():
    found = [(path.name, title, text) for path in pages()[1:] for title, text in sections(path).items() if title.startswith("`")]
    lacking = {(page, title): [lead for lead in LEADS if lead not in text] for page, title, text in found}
    assert {place: leads for place, leads in lacking.items() if leads and place not in TABLES} == {}
    assert set(TABLES) <= set(lacking)


TABLES = {
    ("head.md", "`fields`"),
    ("head.md", "`roles`"),
    ("head.md", "`documents`"),
    ("actions.md", "`states`"),
    ("actions.md", "`actions`"),
}
"""Parts that hang together from parts with their own leads, or say it in a table."""

LINK = re.compile(r"\]\(([^)\s]*)\)")


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = [line.lstrip("#").strip() for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", pages(), ids=lambda path: path.name)
def test_every_link_of_the_reference_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        name, _, anchor = target.partition("#")
        path = (page.parent / name).resolve() if name else page
        assert path.is_file(), target
        assert not anchor or anchor in anchors(path), target


def test_every_code_about_a_procedure_is_named_by_the_part_that_it_is_about():
    linked = {found for page in pages() for found in re.findall(r"problems\.md#([ew]\d{3})\)", page.read_text("utf-8"))}
    meant = {code.lower() for code in explained() if code[:2] in {"E2", "E3", "E4", "E5", "W6"} or code in {"E600", "E601"}}
    assert sorted(meant - linked) == []


def test_every_reason_of_a_refusal_is_in_the_reference():
    found = set()
    for path in (ROOT / "workflow" / "engine").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Reason":
                found |= {word.value.value for word in call.keywords if word.arg == "code" and isinstance(word.value, ast.Constant)}
    assert found - said_in(section("actions.md", "Refusals")) == set()
