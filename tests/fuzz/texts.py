"""Texts as a clerk writes them, and nearly so: expressions, times, who, templates. Each strategy knows a process's words."""

from dataclasses import dataclass
from functools import cache

from hypothesis import strategies as st

Texts = st.SearchStrategy[str]

ROOTS = [
    "case",
    "fields",
    "old",
    "actor",
    "opener",
    "today",
    "now",
    "entry",
    "documents",
    "tracks",
    "roles",
    "done",
    "replies",
    "asked",
    "children",
    "period",
    "last",
    "item",
    "loop",
    "self",
]
PARTS = [
    "number",
    "state",
    "count",
    "open",
    "sum",
    "mean",
    "rows",
    "newest",
    "enough",
    "given",
    "fields",
    "title",
    "key",
    "unit",
    "kind",
    "year",
    "__class__",
    "mro",
    "x",
]
FILTERS = ["length", "sum", "min", "max", "lower", "plus", "minus", "default", "upper", "map", "attr", "first"]
UNITS = [
    "working days",
    "working day",
    "working hours",
    "days",
    "weeks",
    "months",
    "years",
    "hours",
    "minutes",
    "%",
    "fortnights",
    "working",
]
POINTS = ["entry", "open", "last act", "due", "20 December", "31 February", "20 December 08:00", "29 February", "day 5", "day 31", "day 0"]
POINTS += ["Monday", "monday", "end of quarter", "end of week", "end of time", "99:99", "Monday 25:00", "fields.x"]
SPECIAL = ["anyone", "nobody", "auto", "opener", "actor", "asked", "any", "all", "same", "previous", "none", "hoso", "entry", "due"]
NASTY = [
    "",
    " ",
    "\n",
    "{{",
    "}}",
    "{%",
    "{# #}",
    "{{ }}",
    "[",
    "'",
    '"',
    "\\",
    "%",
    "~",
    "đ",
    "\u0323",
    "\U0001f409",
    "..",
    "a/b",
    "0",
    "-",
    "1e9",
]
NASTY += [
    "9" * 30,
    "0.1",
    "-0",
    "x" * 300,
    "fields",
    "fields.",
    "a.b.c.d",
    "%s %d",
    "{0}",
    "{n}",
    "{n!r}",
    "{n:>99999}",
    "{year.real}",
    "\u2028",
]


@dataclass(frozen=True)
class Words:
    """The words of one process that a text may name."""

    fields: tuple[str, ...] = ("x",)
    states: tuple[str, ...] = ("one",)
    actions: tuple[str, ...] = ("go",)
    roles: tuple[str, ...] = ("head",)
    others: tuple[str, ...] = ("btg",)


@cache
def expressions(words: Words) -> Texts:
    """Of the grammar of expressions, right or nearly so."""
    some = st.sampled_from([*words.fields, *words.states, *words.actions, *words.roles, *PARTS])
    number = st.one_of(st.integers(-99, 10**17).map(str), st.decimals(allow_nan=False, allow_infinity=False, places=3).map(str))
    text = st.one_of(some, st.text(max_size=4)).map(repr)
    name = st.one_of(st.sampled_from(ROOTS), some)
    field = st.sampled_from(words.fields).map("fields.{}".format)
    leaf = st.one_of(field, field, number, text, name, st.sampled_from(["true", "false", "none", "[]", "()", "replies.enough", "today"]))

    def grown(part: Texts) -> Texts:
        two = st.tuples(part, part)
        operator = st.sampled_from(
            ["+", "-", "*", "/", "%", "~", "==", "!=", "<", "<=", ">", ">=", "in", "and", "or", "//", "**", "|", "is", "if", "not in"]
        )
        return st.one_of(
            st.tuples(part, operator, part).map(" ".join),
            st.tuples(part, some).map(".".join),
            two.map("{0[0]}[{0[1]}]".format),
            st.tuples(part, st.sampled_from(FILTERS)).map("|".join),
            st.tuples(part, st.sampled_from(FILTERS), part).map("{0[0]}|{0[1]}({0[2]})".format),
            st.tuples(part, st.sampled_from(["none", "empty", "defined"])).map(" is ".join),
            st.tuples(part, part, part).map("{0[0]} if {0[1]} else {0[2]}".format),
            part.map("not {}".format),
            part.map("-{}".format),
            part.map("({})".format),
            st.lists(part, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
            two.map("{0[0]}({0[1]})".format),
        )

    return st.recursive(leaf, grown, max_leaves=12)


@cache
def amounts(words: Words) -> Texts:
    """AMOUNT, right or nearly so."""
    count = st.one_of(st.integers(-3, 40).map(str), st.integers().map(str), st.sampled_from(words.fields).map("fields.{}".format))
    return st.tuples(st.sampled_from(["", "", "exactly "]), count, st.sampled_from(UNITS)).map("{0[0]}{0[1]} {0[2]}".format)


@cache
def moments(words: Words) -> Texts:
    """MOMENT as one text, right or nearly so."""
    point = st.sampled_from([*POINTS, *words.actions, *(f"fields.{field}" for field in words.fields)])
    way = st.sampled_from([" after ", " before ", " "])
    return st.one_of(amounts(words), point, st.tuples(amounts(words), way, point).map("".join))


@cache
def who(words: Words) -> Texts:
    """Roles, special words, and what is neither."""
    return st.sampled_from([*words.roles, *SPECIAL, *words.others])


@cache
def holes(words: Words) -> Texts:
    """A text with `{{ }}`, right or nearly so."""
    piece = st.one_of(expressions(words).map("{{{{ {} }}}}".format), st.sampled_from(NASTY), st.text(max_size=5))
    return st.lists(piece, max_size=4).map(" ".join)


@cache
def templates(words: Words) -> Texts:
    """A body: text, holes, statements, commands, in and out of order."""
    hole = expressions(words)
    filters = st.sampled_from(["date", "long_date", "number", "default", "join", "map", "sort", "round", "replace", "attr"])
    piece = st.one_of(
        holes(words),
        st.tuples(hole, filters).map("{{{{ {0[0]}|{0[1]} }}}}".format),
        hole.map("{{% if {} %}}".format),
        hole.map("{{% for x in {} %}}".format),
        hole.map("{{% set x = {} %}}".format),
        st.sampled_from(
            ["{% endif %}", "{% endfor %}", "{% else %}", "{% include 'x' %}", "{% macro a() %}", "{% raw %}", "{%- -%}", "{# #}"]
        ),
        st.sampled_from(["# Điều 1", "- a", "| a | b |", "|---|", "**", "\\pagebreak", "\\x", "1. ", "\t", "\r\n", "\u200b", "\ufeff"]),
    )
    return st.lists(piece, max_size=8).map("\n".join)


@cache
def whatever(words: Words) -> Texts:
    """Any text of these."""
    known = st.sampled_from([*words.fields, *words.states, *words.actions, *words.roles, *words.others, *SPECIAL])
    return st.one_of(known, expressions(words), moments(words), holes(words), st.sampled_from(NASTY), st.text(max_size=8))
