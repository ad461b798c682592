"""Values are frozen and are made by name: nobody changes what another one holds, and no two of a value's parts are mixed up."""

import ast
import importlib
import pkgutil
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from msgspec import Struct

import workflow.engine
import workflow.language
import workflow.model

WORKING = {"Joint", "Touched", "Work", "_Firing", "_On", "_Seen"}
"""The working state of one decision: made, changed and thrown away inside the engine."""
IN_ORDER = {"Recalled", "_On"}
"""Made in one place each, of parts of different kinds."""
ITSELF = {"Joint", "Work", "_Seen"}
"""The same only as itself, whatever it holds."""
KNOWN_NOT_HELD = {"Scope"}
"""What others know without holding it."""
REMEMBERING = {"CaseFile", "Document", "Expr", "Facts", "Process"}
"""What was worked out of them is kept with them, for as long as they live."""
LEAN = {"Asker", "When", "Whole"}
"""Of the engine's: made so often that the collector of garbage is not told of them. They hold nothing that could hold them."""
PACKAGES = (workflow.model, workflow.language, workflow.engine)
MODULES = sorted(
    {one.__name__ for one in PACKAGES}
    | {name for one in PACKAGES for _, name, _ in pkgutil.walk_packages(one.__path__, f"{one.__name__}.")}
)


def values(module: ModuleType) -> list[type[Struct]]:
    """The values that a module makes."""
    return [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Struct) and one.__module__ == module.__name__]


def run_through(module: ModuleType) -> None:
    """Carry the first lines of the module's classes out once more, in a class of no parts: `make mutants` tries a changed line
    by the tests that run through it, and these lines run as the module is imported, before any test.
    """
    for node in parsed(Path(str(module.__file__))).body:
        if isinstance(node, ast.ClassDef) and isinstance(vars(module)[node.name], type(Struct)):
            bare = ast.ClassDef(node.name, node.bases, node.keywords, [ast.copy_location(ast.Pass(), node)], [], type_params=[])
            code = compile(ast.Module([ast.copy_location(bare, node)], []), str(module.__file__), "exec")
            exec(code, dict(vars(module)))


def by_name_alone(value: type[Struct]) -> bool:
    """Whether it refuses a part without a name."""
    with pytest.raises(TypeError) as raised:
        value("a part")
    return "positional" in str(raised.value)


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", MODULES)
def test_every_value_is_frozen_and_takes_its_fields_by_name_alone(name):
    module = importlib.import_module(name)
    run_through(module)
    for value in values(module):
        kept = value.__struct_config__
        assert kept.frozen is (value.__name__ not in WORKING), value
        assert by_name_alone(value) is (value.__name__ not in IN_ORDER), value
        assert kept.eq is (value.__name__ not in ITSELF), value
        assert kept.weakref is (value.__name__ in KNOWN_NOT_HELD), value
        assert kept.dict is (value.__name__ in REMEMBERING), value
        data = name.startswith("workflow.model") and value.__name__ not in REMEMBERING
        assert kept.gc is not (data or value.__name__ in LEAN), value


def test_the_exceptions_are_there():
    found = {value.__name__ for name in MODULES for value in values(importlib.import_module(name))}
    assert found >= WORKING | IN_ORDER | ITSELF | KNOWN_NOT_HELD | REMEMBERING | LEAN
    assert len(found) > 100
