"""What the tests of the language's rules share: books that are quickly made, and how often each property is tried."""

import json
from collections.abc import Callable, Mapping
from copy import copy
from datetime import timedelta
from functools import cache
from typing import Any

from hypothesis import settings

from tests.unit.engine.making import ORGANISATION, Book
from workflow.engine.work import begun
from workflow.errors import Refused
from workflow.language.expression import evaluate
from workflow.language.process import Process
from workflow.model import Act

RULE = settings(max_examples=20, deadline=None, derandomize=True)
"""The same cases in every run; `make mutants` and the long runs of acts try others."""


def fresh(text: str, templates: Mapping[str, str] | None = None, *, others: tuple[str, ...] = (), organisation: str = ORGANISATION) -> Book:
    """A book in which nothing has happened; its definitions are compiled once."""
    made = copy(_compiled(text, tuple((templates or {}).items()), others, organisation))
    made.files, made.entries, made.numbers, made.changes, made.more = {}, {}, {}, [], {}
    made.last_part = None
    return made


@cache
def _compiled(text: str, templates: tuple[tuple[str, str], ...], others: tuple[str, ...], organisation: str) -> Book:
    return Book(text, dict(templates), organisation_text=organisation, others=others)


def tried(act: Callable[[], object]) -> list[str]:
    """The codes of the reasons why an act is refused; none if it is done."""
    try:
        act()
    except Refused as refusal:
        return [reason.code for reason in refusal.reasons]
    return []


def seen(book: Book, expression: Any, *, case: str = "001/2026-S", actor: str = "officer") -> object:
    """What an expression (a parsed one) gives on a case as it stands."""
    return evaluate(expression, begun(_process(book, case), book.files[case], Act(actor=actor, request_id=""), book.facts()).scope())


def _process(book: Book, case: str) -> Process:
    return book.process_of(book.files[case])


def said(book: Book, case: str = "001/2026-S") -> list[dict[str, Any]]:
    """What each entry of a case's history says, and holds."""
    return [json.loads(entry.text) | json.loads(entry.payload) for entry in book.entries[case]]


def kept(book: Book) -> tuple[object, ...]:
    """All that a book keeps: what a refused act must leave as it is."""
    return dict(book.files), dict(book.numbers), len(book.changes), {case: len(entries) for case, entries in book.entries.items()}


def later(book: Book, **amount: float) -> None:
    """Let time pass."""
    book.now += timedelta(**amount)
