"""What an expression costs: `python bench/expression.py`.

Bars: a guard takes at most 40 µs; nothing that passes the parser, whatever it is and whatever the case holds, takes longer
than 50 ms or more than 16 MiB. The yardstick of the run is the same guard written in Python.
"""

import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from workflow.authoring.definitions import compile_definitions
from workflow.authoring.parse_expression import parse_expression
from workflow.calendar import Calendars, parse_amount
from workflow.language.expression import ExpressionError, Scope, evaluate
from workflow.language.process import FieldType, Title
from workflow.language.values import typed

GUARD = "fields.urgency == 'urgent' and fields.count > 3 or not documents.plan == 'issued'"
NAMES = {"fields": {"urgency": "urgent", "count": 4}, "documents": {"plan": "draft"}}


class Table(dict[str, object]):
    """Fields whose table is worked out from its stored form when it is looked at, as a case's are."""

    def __getitem__(self, key: str) -> object:
        title = Title(vi="x", en="x")
        columns = tuple(FieldType(key=name, type="decimal", title=title) for name in "abcdef")
        kind = FieldType(key="rows", type="table", title=title, columns=columns)
        return typed(kind, [dict.fromkeys("abcdef", "1.5")] * 2000, None)  # type: ignore[arg-type]

    def get(self, key: str, _default: object = None) -> object:  # type: ignore[override]
        return self[key]


HUGE = {
    "rows": [{"a": index, "b": "x" * 100} for index in range(100_000)],
    "text": "ă" * 100_000,
    "texts": ["ă" * 1000] * 2_000,
    "list": list(range(100_000)),
    "day": date(2026, 11, 23),
    "table": Table(),
}
WORST = {
    "a sum over 100,000 rows, forty times": " + ".join(["rows|sum('a')"] * 30),
    "a long text joined 100 times": " ~ ".join(["text"] * 100),
    "long texts joined in steps, each below the limit": " and ".join(["(text ~ '') != ''"] * 30),
    "small letters of a long text": " ~ ".join(["text|lower"] * 90),
    "a number looked for in a long list": " or ".join(["-1 in list"] * 30),
    "long lists compared": " and ".join(["rows == rows"] * 30),
    "texts put in order": " and ".join(["text < text ~ 'a'"] * 30),
    "the greatest of long texts": " and ".join(["texts|max < 'b'"] * 30),
    "a stored table looked at again and again": " + ".join(["(table.rows|sum('a'))"] * 30),
    "nested conditions": "1" + " if day else 2" * 30,
    "a day moved far": "day|plus('999999999 working days')",
    "a day moved back far": "day|minus('700000 working days')",
    "list in list": "[" + ", ".join(["list"] * 90) + "] == [" + ", ".join(["list"] * 90) + "]",
    "the text of a long list": " ~ ".join(["list"] * 90),
    "deep brackets": "(" * 35 + "1" + ")" * 35,
}


def median(work: Callable[[], object], rounds: int = 2000) -> float:
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


FOLDER = Path(__file__).parent.parent / "definitions"


def calendars() -> Calendars:
    """The sample office's."""
    names = ("organisation.yaml", "calendar.yaml", "document-types.yaml")
    found = compile_definitions({name: (FOLDER / name).read_bytes() for name in names}).calendar
    assert found is not None
    return found.in_zone("Asia/Ho_Chi_Minh")


CALENDARS = calendars()


def add(day: object, amount: str) -> object:
    return CALENDARS.default.add_days(day, *parse_amount(amount)) if isinstance(day, date) else day


def worst(source: str) -> tuple[float, int, str]:
    """(ms, bytes, how it ended)."""
    expr, scope = parse_expression(source), Scope(names=HUGE, add=add)  # type: ignore[arg-type]
    began = time.perf_counter()
    try:
        evaluate(expr, scope)
        ended = "worked out"
    except ExpressionError as error:
        ended = error.message("en").rsplit(": ", 1)[-1][:50]
    spent = (time.perf_counter() - began) * 1000
    tracemalloc.start()
    with suppress(ExpressionError):
        evaluate(expr, scope)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return spent, peak, ended


def main() -> int:
    expr, scope = parse_expression(GUARD), Scope(names=NAMES, add=add)  # type: ignore[arg-type]
    fields, documents = NAMES["fields"], NAMES["documents"]
    plain = median(lambda: (fields["urgency"] == "urgent" and fields["count"] > 3) or documents["plan"] != "issued")  # type: ignore[operator]
    ours = median(lambda: evaluate(expr, scope))
    print(f"a guard: {ours * 1e6:.1f} µs (in Python {plain * 1e6:.2f} µs, {ours / plain:.0f}x); bar 40 µs")
    missed = ours > 40e-6
    for name, source in WORST.items():
        spent, peak, ended = worst(source)
        bad = spent > 50 or peak > 16 * 1024 * 1024
        missed |= bad
        print(f"{name:<52} {spent:8.2f} ms {peak / 1024 / 1024:7.2f} MiB  {ended}{'   MISSED' if bad else ''}")
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
