"""The cookbook: each recipe can be followed on the definitions that ship, nothing is then found wrong, and it does what it says."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from tests.definitions.cookbook import Block, Files, NotSo, Recipe, file_of, follow, followed, read_page, recipes
from tests.sample import SHIPPED, three
from workflow.authoring.checks.coverage import check_coverage
from workflow.authoring.definitions import Compiled, compile_definitions
from workflow.authoring.deploy import read_folder
from workflow.compose import _memory_store
from workflow.console.look import Look
from workflow.console.processes import _problems
from workflow.settings import Settings, office_toml, read_settings
from workflow.simulate import ScenarioResult, read_scenarios, run_scenarios, uncovered

ROOT = Path(__file__).parents[2]
RECIPES = recipes(ROOT / "docs/cookbook")
PROCESSES = frozenset({"annual_report", "incident", "opinion"})
TODAY = date(2026, 11, 20)
LOOK = Look(language="vi")
CHECK = "$ hoso process check"
ELSEWHERE = {"take_plan": "done by the annual plan, which is not among the three procedures here; its own scenarios take it"}
"""Action → why no scenario of the procedures here takes it."""

per_recipe = pytest.mark.parametrize("recipe", RECIPES, ids=[recipe.title for recipe in RECIPES])


@cache
def shipped() -> Files:
    return three(read_folder(SHIPPED))


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    office = tmp_path_factory.mktemp("office")
    (office / "office.toml").write_text(office_toml("Thử", practice=True), "utf-8")
    return read_settings(office, {})


def folders(blocks: Iterable[Block]) -> frozenset[str]:
    """The processes that blocks are about."""
    return frozenset(name.split("/")[0] for name in map(file_of, blocks) if "/" in name)


@cache
def _as_shipped(processes: frozenset[str]) -> Compiled:
    return compiled(shipped(), processes)


def compiled(files: Files, processes: frozenset[str]) -> Compiled:
    """What these processes mean, with the office's own files; the others are left out, for they cost time."""
    mine = {path: text for path, text in files.items() if "/" not in path or path.split("/")[0] in processes}
    return compile_definitions(mine, today=TODAY)


def scenario_files(blocks: Iterable[Block]) -> list[str]:
    """The scenarios that blocks make or change."""
    return [name for name in dict.fromkeys(map(file_of, blocks)) if "/scenarios/" in name]


def play(files: Mapping[str, bytes], made: Compiled, settings: Settings) -> list[ScenarioResult]:
    scenarios, problems = read_scenarios(files)
    assert [str(problem) for problem in problems] == []
    return run_scenarios(scenarios, made, settings, _memory_store)


def assert_all_hold(results: Iterable[ScenarioResult]) -> None:
    failed = [f"{one.place}: {one.message}" for one in results if not one.passed]
    assert not failed, "\n".join(failed)


# ---- what a recipe says ----------------------------------------------------------------------------------------------


@per_recipe
def test_a_recipe_is_followed_nothing_is_wrong_and_it_does_what_it_says(recipe: Recipe, settings: Settings) -> None:
    files, mine = shipped(), folders(recipe.blocks)
    for block in recipe.blocks:
        files = follow(files, block)
        if block.kind == "text":
            assert_said(block, files, mine, settings)
    made = compiled(files, mine)
    assert [str(problem) for problem in made.problems] == []
    changed = scenario_files(recipe.edits)
    assert changed, "a recipe needs a scenario that shows what it does: a new one, or a change of one that is there"
    assert_all_hold(play({name: files[name] for name in changed}, made, settings))


@per_recipe
def test_its_scenarios_do_not_hold_without_the_change(recipe: Recipe, settings: Settings) -> None:
    """Or they would show nothing. Where a recipe brings scenarios of its own, it is these that show it."""
    files, mine = followed(shipped(), recipe), folders(recipe.blocks)
    changed = scenario_files(recipe.edits)
    own = [name for name in changed if name not in shipped()] or changed
    assert all(not one.passed for one in play({name: files[name] for name in own}, _as_shipped(mine), settings)), "it holds as it ships"


@pytest.mark.long
@per_recipe
def test_every_scenario_of_the_procedures_holds_after_a_recipe_and_covers_all(recipe: Recipe, settings: Settings) -> None:
    files = followed(shipped(), recipe)
    mine = folders(recipe.blocks) if all("/" in file_of(block) for block in recipe.edits) else PROCESSES
    made = compiled(files, PROCESSES | mine)  # a report's scenario opens cases of the others
    results = play({name: files[name] for name in files if name.split("/")[0] in mine and "/scenarios/" in name}, made, settings)
    assert_all_hold(results)
    taken = [step for result in results for step in result.transitions]
    untaken = [check_coverage(one, [step for step in taken if step.process == key]) for key, one in made.inspected.items() if key in mine]
    said = [str(problem) for problems in untaken for problem in problems]
    assert [one for one in said if not any(f"'{action}'" in one for action in ELSEWHERE)] == []


def assert_said(block: Block, files: Files, mine: frozenset[str], settings: Settings) -> None:
    """A `text` block: what `hoso process check` prints about the files as they are now; a line `…` stands for any lines.
    Of the scenarios only those are played that it names.
    """
    command, *expected = block.lines
    if command != CHECK:
        raise NotSo(f"{block.place}: '{command}' is not the command that is tried here")
    made = compiled(files, mine)
    named = {name: files[name] for name in files if "/scenarios/" in name and any(name in line for line in expected)}
    failed = [problem for problem in uncovered(named, made, settings, _memory_store) if not problem.warning] if named else []
    problems = made.also(failed)
    said = _problems(problems, [one for one in problems if not one.warning], LOOK)
    pattern = "".join(r"(?:.*\n)*" if line.strip() == "…" else re.escape(line.rstrip()) + r"\n" for line in expected)
    printed = "".join(f"{line.rstrip()}\n" for line in "\n".join(said).splitlines() if line.strip())
    assert re.fullmatch(pattern, printed), f"{block.place}: {command} printed\n{printed}"


# ---- the pages -------------------------------------------------------------------------------------------------------


def anchor(title: str) -> str:
    """Where a link to a heading leads."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def test_the_cookbook_lists_every_recipe_once() -> None:
    listed = re.findall(r"^- \[(.+)\]\(cookbook/(.+)\)", (ROOT / "docs/cookbook.md").read_text("utf-8"), re.MULTILINE)
    there = [(recipe.title, f"{recipe.place.split('/')[-1].split(':')[0]}#{anchor(recipe.title)}") for recipe in RECIPES]
    assert sorted(listed) == sorted(there)


def test_recipes_are_many_and_each_has_a_title_of_its_own() -> None:
    assert len({recipe.title for recipe in RECIPES}) == len(RECIPES)
    assert len(RECIPES) >= 45


# ---- how recipes are read and followed -------------------------------------------------------------------------------

PAGE = """# Time

## Later

Said.

```diff
--- a/process.yaml
@@ states
 one:
-  two: 2
+  two: 3

```

```yaml
# a/scenarios/new.yaml
scenario: x
```

```yaml
```

## Nothing to try

```console
$ ls
```
"""


def test_a_page_is_read_as_recipes_with_their_blocks_in_order() -> None:
    (recipe,) = read_page("time.md", PAGE)
    assert (recipe.title, recipe.place) == ("Later", "docs/cookbook/time.md:3")
    assert [(block.kind, block.place, file_of(block)) for block in recipe.blocks] == [
        ("diff", "docs/cookbook/time.md:8", "a/process.yaml"),
        ("yaml", "docs/cookbook/time.md:17", "a/scenarios/new.yaml"),
    ]


def test_a_recipe_changes_the_lines_that_it_shows_and_makes_the_files_that_it_names() -> None:
    (recipe,) = read_page("time.md", PAGE)
    files: Files = {"a/process.yaml": b"zero:\none:\n  two: 2\n\nthree:\n"}
    files = followed(files, recipe)
    assert files == {
        "a/process.yaml": b"zero:\none:\n  two: 3\n\nthree:\n",
        "a/scenarios/new.yaml": b"# a/scenarios/new.yaml\nscenario: x\n",
    }


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, r"time\.md:8: there is no file a/process\.yaml"),
        (
            {"a/process.yaml": b"one:\n  two: 4\n\n"},
            r"time\.md:9: definitions/a/process\.yaml is no longer as the recipe says.*\n +two: 2\n +now perhaps:   two: 4",
        ),
        ({"a/process.yaml": b"one:\n# .\n  two: 2\n\n"}, r"time\.md:9: .*is no longer as .*\n.*each is there, but not one after the other"),
        ({"a/process.yaml": b"one:\n  two: 2\n\n" * 2}, r"time\.md:9: these lines stand 2 times"),
        ({"a/process.yaml": b"bone:\n  two: 2\n\n"}, r"is no longer as the recipe says"),
        ({"a/process.yaml": b"one:\n  two: 2\n\n", "a/scenarios/new.yaml": b""}, r"time\.md:17: a/scenarios/new\.yaml is there already"),
    ],
)
def test_a_recipe_that_no_longer_fits_says_where_and_why(files: Files, said: str) -> None:
    (recipe,) = read_page("time.md", PAGE)
    with pytest.raises(NotSo, match=said):
        followed(files, recipe)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (Block("diff", "p:1", ("--- a", "@@", "oops")), "p:3: a line of a diff begins with"),
        (Block("yaml", "p:1", ("scenario: x",)), "p:1: the first line names no file"),
    ],
)
def test_a_block_that_is_written_wrongly_is_refused(block: Block, said: str) -> None:
    with pytest.raises(NotSo, match=said):
        follow({"a": b"oops\n"}, block)
