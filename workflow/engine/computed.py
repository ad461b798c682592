"""Computed fields: worked out whenever they are looked at, and kept with each step for lists, search and history."""

from typing import Any

from workflow.errors import WrongValue
from workflow.language.expression import ExpressionError, Scope, evaluate
from workflow.language.process import Expr, FieldType, Process
from workflow.language.values import Known, parse, plain, typed
from workflow.model import Values


def value_of(kind: FieldType, rule: Expr, scope: Scope, known: Known) -> Any:
    """A computed field's plain value now; None where it can't be worked out (a value that it hangs on is empty), or where
    what comes out is no value of its type.
    """
    try:
        return parse(kind, plain(kind, evaluate(rule, scope)), known)
    except (ExpressionError, WrongValue):
        return None


def typed_of(kind: FieldType, rule: Expr, scope: Scope, known: Known) -> Any:
    """A computed field as expressions see it."""
    return typed(kind, value_of(kind, rule, scope, known), known)


def with_computed(process: Process, values: Values, scope: Scope, known: Known) -> Values:
    """The fields with the computed ones as they are now, in the process's order."""
    if not process.computed:
        return values
    worked_out = {one.key: value_of(one, one.computed, scope, known) for one in process.computed if one.computed is not None}
    both = {**values, **worked_out}
    return {key: both[key] for key in process.field_of if both.get(key) is not None}
