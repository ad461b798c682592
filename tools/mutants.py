"""Do the unit tests notice small faults? Changes one thing at a time in the engine and the language and runs the tests.

    python tools/mutants.py [--count 200] [--seed 2026] [--floor 90] [--jobs 2] [--only PART_OF_PATH] [--tests PATH …]

A mutant is a copy of one file with one comparison, logical word, sum, number, word, condition or return value changed.
A sample, drawn by the seed from all that can be changed, is tried in copies of the project: the tests that run through
the changed line, quickest first, until one fails. A mutant that no test notices has survived: a test is missing, or the
change means nothing. Ends with 1 if fewer than `floor` percent die.
"""

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parents[1]
TARGETS = ("workflow/engine", "workflow/language")
TESTS = ("tests/unit", "tests/definitions")
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "build", "dist", "__pycache__", ".*_cache", ".hypothesis")
LIMIT = 60
"""Seconds for one mutant's tests: an endless loop is noticed too."""

COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
SUMS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.BitOr: ast.BitAnd}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the n-th that can be made in a file."""

    file: str
    number: int
    line: int
    kind: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} [{self.kind}] {self.before}  →  {self.after}"


Change = tuple[ast.AST, str, str, object]
"""A node, the kind of change, the attribute to set, its new value."""


def changes(tree: ast.Module) -> Iterator[Change]:
    """All changes that can be made in a file, in a fixed order."""
    for node in walk(tree):
        yield from of_node(node)


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that do something: no docstrings, annotations, decorators, nor sentences for people."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_comment", "bases"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not passed_over(child):
                yield from walk(child)


def passed_over(node: ast.AST) -> bool:
    """What only people or type checkers read."""
    text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return (
        text
        or isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom)
        or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
    )


def of_node(node: ast.AST) -> Iterator[Change]:
    """The changes of one node."""
    if isinstance(node, ast.Compare) and (other := COMPARISONS.get(type(node.ops[0]))):
        yield node, "comparison", "ops", [other(), *node.ops[1:]]
    elif isinstance(node, ast.BoolOp):
        yield node, "logic", "op", ast.Or() if isinstance(node.op, ast.And) else ast.And()
    elif isinstance(node, ast.BinOp) and (sum_ := SUMS.get(type(node.op))):
        yield node, "sum", "op", sum_()
    elif isinstance(node, ast.Constant):
        yield from of_constant(node)
    elif isinstance(node, ast.If | ast.IfExp | ast.While):
        yield node, "condition", "test", ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield node, "filter", "ifs", node.ifs[1:]
    elif isinstance(node, ast.Return) and node.value and not is_none(node.value):
        yield node, "return", "value", ast.Constant(None)


def of_constant(node: ast.Constant) -> Iterator[Change]:
    """The changes of a constant; a text with spaces is a sentence for people."""
    if isinstance(node.value, bool):
        yield node, "yes-no", "value", not node.value
    elif isinstance(node.value, int):
        yield node, "number", "value", node.value + 1
    elif isinstance(node.value, str) and node.value and " " not in node.value:
        yield node, "word", "value", node.value + "X"


def is_none(node: ast.AST) -> bool:
    """Whether the node is the constant None."""
    return isinstance(node, ast.Constant) and node.value is None


def mutants(file: str) -> list[Mutant]:
    """All mutants of a file."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    found, line = [], 1
    for number, (node, kind, attribute, value) in enumerate(changes(tree)):
        line = getattr(node, "lineno", line)
        found.append(Mutant(file, number, line, kind, short(node), short(changed(node, attribute, value))))
    return found


def changed(node: ast.AST, attribute: str, value: object) -> ast.AST:
    """A copy of the node with the change."""
    copy = deepcopy(node)
    setattr(copy, attribute, value)
    return copy


def short(node: ast.AST) -> str:
    """The first line of the node's source, cut."""
    first = ast.unparse(ast.fix_missing_locations(node)).partition("\n")[0].strip()
    return first if len(first) <= 70 else first[:69] + "…"


def mutated(mutant: Mutant) -> str:
    """The file's source with the mutant's change."""
    tree = ast.parse((ROOT / mutant.file).read_text(encoding="utf-8"))
    node, _, attribute, value = list(changes(tree))[mutant.number]
    setattr(node, attribute, value)
    return ast.unparse(ast.fix_missing_locations(tree))


COVERING = '''
import json, sys, time
import coverage, pytest

class Watch:
    """Notes which lines each test runs through, and how long it takes."""
    def __init__(self, watched): self.watched, self.seconds = watched, {}
    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self.watched.switch_context(item.nodeid)
        start = time.perf_counter()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = time.perf_counter() - start
            self.watched.switch_context("")

watched = coverage.Coverage(data_file=None, source=sys.argv[2].split(","), config_file=False)
watch = Watch(watched)
watched.start()
code = pytest.main(["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", *sys.argv[3:]], plugins=[watch])
watched.stop()
data = watched.get_data()
lines = {file: data.contexts_by_lineno(file) for file in data.measured_files()}
with open(sys.argv[1], "w") as out:
    json.dump({"lines": lines, "seconds": watch.seconds}, out)
sys.exit(code)
'''
"""Run in a copy of the project; its answer is a file."""


class Tries:
    """Copies of the project, one a job, in which mutants are tried."""

    def __init__(self, jobs: int) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="hoso-mutants-"))
        self._free: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            copy = self.home / f"copy-{number}"
            shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
            self._free.put(copy)
        self.tests: dict[str, dict[str, list[str]]] = {}

    def learn(self, tests: list[str]) -> None:
        """Run these tests once, unchanged, to know which test runs through which line."""
        copy = self._free.get()
        answer = self.home / "lines.json"
        words = [sys.executable, "-c", COVERING, str(answer), ",".join(TARGETS), *(test for test in tests if (copy / test).exists())]
        done = subprocess.run(words, cwd=copy, env=environ(copy), capture_output=True, text=True, check=False)
        self._free.put(copy)
        if done.returncode:
            sys.exit(f"The tests fail without any mutant; mend them first.\n{done.stdout[-3000:]}{done.stderr[-1000:]}")
        told = json.loads(answer.read_text())
        for file, lines in told["lines"].items():
            self.tests[Path(file).relative_to(copy).as_posix()] = {
                line: sorted((test for test in tests if test), key=lambda test: told["seconds"].get(test, 0))
                for line, tests in lines.items()
            }

    def dies(self, mutant: Mutant) -> bool:
        """Whether a test notices the mutant. A line that only importing runs through is watched by every test of its file."""
        lines = self.tests.get(mutant.file, {})
        tests = lines.get(str(mutant.line)) or list(dict.fromkeys(test for found in lines.values() for test in found))
        if not tests:
            return False
        copy = self._free.get()
        try:
            (copy / mutant.file).write_text(mutated(mutant), encoding="utf-8")
            return fails(copy, tests)
        finally:
            shutil.copyfile(ROOT / mutant.file, copy / mutant.file)
            self._free.put(copy)


def fails(copy: Path, tests: list[str]) -> bool:
    """Whether one of the tests fails (or does not end) in the copy."""
    listed = copy / "mutant-tests.txt"
    listed.write_text("\n".join(tests), encoding="utf-8")
    words = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0", f"@{listed}"]
    try:
        done = subprocess.run(
            words, cwd=copy, env=environ(copy), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def environ(copy: Path) -> dict[str, str]:
    """No compiled files: a changed file of the same size and second would go unnoticed."""
    return {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}


def sample(count: int, seed: int, only: str) -> list[Mutant]:
    """`count` mutants of all, drawn by the seed."""
    files = [file.relative_to(ROOT).as_posix() for target in TARGETS for file in sorted((ROOT / target).rglob("*.py"))]
    every = [mutant for file in files if only in file for mutant in mutants(file)]
    return sorted(random.Random(seed).sample(every, min(count, len(every))), key=lambda one: (one.file, one.line))


def report(chosen: list[Mutant], died: list[bool], floor: float) -> int:
    """Print the survivors and the table; 1 if too few died."""
    survivors = [mutant for mutant, dead in zip(chosen, died, strict=True) if not dead]
    for mutant in survivors:
        print(f"survived: {mutant}")
    all_of, left = Counter(one.file for one in chosen), Counter(one.file for one in survivors)
    for file, count in sorted(all_of.items()):
        print(f"{file:44} {count - left[file]:4} of {count:4} died")
    share = 100 * (len(chosen) - len(survivors)) / len(chosen) if chosen else 0
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} died: {share:.1f} % (floor {floor:g} %)")
    return 0 if share >= floor else 1


def main() -> int:
    """Draw, try, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--floor", type=float, default=90)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="")
    parser.add_argument("--tests", nargs="+", default=TESTS)
    asked = parser.parse_args()
    chosen = sample(asked.count, asked.seed, asked.only)
    tries = Tries(asked.jobs)
    try:
        tries.learn(asked.tests)
        with ThreadPoolExecutor(asked.jobs) as pool:
            return report(chosen, list(pool.map(tries.dies, chosen)), asked.floor)
    finally:
        shutil.rmtree(tries.home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
