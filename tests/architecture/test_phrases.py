"""Every sentence of the program has its Vietnamese one, with the same facts in it."""

import ast
import re
import string

import pytest

from tests.architecture.house import ROOT, name, program, tree
from workflow import errors
from workflow.authoring import problems
from workflow.phrases_vi import TABLE
from workflow.settings.wrong import WrongSettings

SAYING = {"phrase", "filled", "say", "Unfit", "Reason", "Fault"}
"""Functions and classes that take an English template as a literal."""


def names(template):
    """The facts that a template shows."""
    return {field for _, field, _, _ in string.Formatter().parse(template) if field is not None}


def wordless(template):
    """Whether nothing is left to translate beside the facts."""
    return not re.search(r"[A-Za-z]", re.sub(r"\{[^}]*\}", "", template))


def family(kind=errors.HosoError):
    """The class and all under it (those of settings, imported here, too)."""
    return [kind, *(grand for child in kind.__subclasses__() for grand in family(child))]


def said(file):
    """The templates that a file says as literals, with their lines."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call) and called(node.func) in SAYING:
            given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "template")]
            for one in given:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield node.lineno, one.value


def called(function):
    """The last name of what is called."""
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@pytest.mark.parametrize("kind", family(), ids=lambda kind: kind.__name__)
def test_every_error_speaks_vietnamese(kind):
    assert wordless(kind.template) or kind.template in TABLE


@pytest.mark.parametrize("file", program(), ids=name)
def test_every_sentence_said_has_a_translation(file):
    assert [f"{line}: {template}" for line, template in said(file) if not wordless(template) and template not in TABLE] == []


@pytest.mark.parametrize("file", sorted((ROOT / "storage" / "migrations" / "versions").glob("*.py")), ids=name)
def test_every_migration_says_what_it_does_in_vietnamese_too(file):
    assert ast.get_docstring(tree(file)) in TABLE


def test_a_translation_shows_the_same_facts():
    assert {english: names(english) ^ names(own) for english, own in TABLE.items() if names(english) != names(own)} == {}


def test_a_translation_is_not_the_english_left_standing():
    assert [english for english, own in TABLE.items() if english == own and not wordless(english) and " " in english] == []


def test_the_family_of_errors_is_complete_here():
    """Errors of settings stand in a file of their own: they must be imported to be found."""
    assert {WrongSettings, *WrongSettings.__subclasses__()} <= set(family())
    assert len(WrongSettings.__subclasses__()) > 1


def test_every_kind_of_problem_in_definitions_has_its_vietnamese():
    kinds = [
        kind
        for one in vars(problems).values()
        for kind in (one.values() if isinstance(one, dict) else [one])
        if isinstance(kind, problems.Kind)
    ]
    said = {text for kind in kinds for text in (kind.message, kind.hint) if text and not wordless(text)}
    assert len(kinds) > 90
    assert sorted(said - set(TABLE)) == []
