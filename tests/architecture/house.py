"""The house as files and syntax trees, for the tests beside this."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("workflow", "storage", "cli.py")
OUTSIDE = {".venv", ".git", "build", "dist", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache"}


@cache
def program():
    """The program's Python files (not its tests and tools)."""
    return tuple(sorted(file for room in ROOMS for file in ([ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"))))


@cache
def everything():
    """Every file of the project, whatever it holds."""
    found = []
    for child in ROOT.iterdir():
        if child.name not in OUTSIDE:
            found += [child] if child.is_file() else [file for file in child.rglob("*") if file.is_file() and not OUTSIDE & set(file.parts)]
    return tuple(sorted(found))


@cache
def tree(file):
    """The syntax tree of a file."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def name(file):
    """The file as people call it."""
    return file.relative_to(ROOT).as_posix()


def functions(file):
    """Every function of a file, inner ones and methods too."""
    return [node for node in ast.walk(tree(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
