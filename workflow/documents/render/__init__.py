"""Bodies through Jinja2: strict, sandboxed, seeing the document's facts and nothing else.

A template may print values, choose, repeat and set a name; it calls nothing, includes nothing and has a short list
of filters. What comes from the facts is escaped on output, so that it is never taken for markup.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, Undefined, nodes, pass_context, pass_environment
from jinja2.filters import FILTERS
from jinja2.runtime import Context, LoopContext
from jinja2.sandbox import SandboxedEnvironment
from jinja2.tests import TESTS

from workflow.documents import filters
from workflow.documents.coverage import clean
from workflow.documents.markup import escaped
from workflow.documents.render.bounds import FILTERS as BOUNDED
from workflow.documents.render.bounds import LIMIT, SPENT, bounded, few_words, short, small, wrong_words
from workflow.errors import TemplateRefused, nearest
from workflow.model import Document
from workflow.phrases import Said
from workflow.vietnamese import long_date, short_date

Escape = Callable[[str], str]
"""How values are kept from being taken for anything but text."""

_FILTERS = "count first items last length lower map max min reject rejectattr reverse round select selectattr sort trim unique"
_TESTS = "boolean defined divisibleby even false in mapping none number odd sequence string true undefined"
_UNUSABLE = "a body can't use '{word}'; it prints values, chooses (if), repeats (for) and sets"
_COMPARISONS = "equalto eq ne lt le gt ge == != < <= > >="
_LOOP = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length", "previtem", "nextitem"})
_NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.For,
    nodes.Assign,
    nodes.Name,
    nodes.Const,
    nodes.List,
    nodes.Tuple,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Slice,
    nodes.Filter,
    nodes.Test,
    nodes.Keyword,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.Add,
    nodes.Sub,
    nodes.Mul,
    nodes.Div,
    nodes.FloorDiv,
    nodes.Mod,
    nodes.Neg,
    nodes.Pos,
)


class Environment(SandboxedEnvironment):
    """Reaches the keys of plain objects and the items of lists; no attribute of any Python object but a loop's counters."""

    intercepted_binops = frozenset({"+", "-", "*", "%", "/", "//"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`obj.attribute`: a key of a plain object."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        return self._missing(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """`obj[argument]`: a key of a plain object, an item or a slice of a list or text."""
        if isinstance(obj, Mapping | list | tuple | str):
            try:
                return obj[argument]
            except (KeyError, IndexError, TypeError):
                pass
        return self._missing(obj, str(argument))

    def _missing(self, obj: Any, name: str) -> Undefined:
        if isinstance(obj, Undefined):
            return obj
        known = [str(key) for key in obj] if isinstance(obj, Mapping) else []
        near = nearest(name, known)
        hint = f"; did you mean '{near}'?" if near else f" (there are: {', '.join(known)})" if known else ""
        return self.undefined(f"there is no '{name}' here{hint}", obj=obj, name=name)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic on numbers alone: text can't be multiplied into gigabytes, `%` formats nothing."""
        if not (small(left) and small(right)):
            raise TypeError(Said("'{operator}' wants numbers below {limit}", operator=operator, limit="10^30"))
        return super().call_binop(context, operator, left, right)


def _zone(context: Context) -> str:
    office = context.get("office")
    return str(office.get("zone", filters.ZONE)) if isinstance(office, Mapping) else filters.ZONE


@pass_context
def _date(context: Context, value: Any) -> str:
    return short_date(filters.day(value, _zone(context)))


@pass_context
def _long_date(context: Context, value: Any) -> str:
    return long_date(filters.day(value, _zone(context)))


@pass_context
def _time(context: Context, value: Any) -> str:
    return filters.moment(str(value), _zone(context)).strftime("%H giờ %M")


@pass_environment
def _sum(environment: "Environment", values: Any, attribute: str | None = None) -> Any:
    found = values if attribute is None else [environment.getitem(value, attribute) for value in values]
    return filters.total(found)


def _default(value: Any, otherwise: Any = "") -> Any:
    """The value, or `otherwise` where there is none: a name that is missing or a field that is empty."""
    return otherwise if isinstance(value, Undefined) or value is None or value == "" else value


def _join(values: Any, between: str = ", ") -> str:
    texts = [filters.printed(value) for value in values]
    short("", sum(map(len, texts)) + len(between) * len(texts))
    return between.join(texts)


_OURS: dict[str, Any] = {
    "d": _default,
    "date": _date,
    "default": _default,
    "join": _join,
    "long_date": _long_date,
    "natural": filters.natural,
    "number": filters.number,
    "sum": _sum,
    "time": _time,
    "title_of": filters.printed,
    "upper": lambda value: filters.printed(value).upper(),
}


@cache
def environment(escape: Escape = escaped) -> Environment:
    """An environment without globals, loaders and extensions, whose values are escaped: those of bodies for our markup."""
    bodies = escape is escaped

    def finalize(value: Any) -> Any:
        return value if isinstance(value, Undefined) else escape(clean(filters.printed(value)))

    made = Environment(undefined=StrictUndefined, finalize=finalize, trim_blocks=bodies, lstrip_blocks=bodies, autoescape=False)
    made.globals.clear()
    made.filters = {key: FILTERS[key] for key in _FILTERS.split()} | _OURS | BOUNDED
    made.tests = {key: TESTS[key] for key in f"{_TESTS} {_COMPARISONS}".split()}
    return made


def parsed(source: str, escape: Escape = escaped) -> nodes.Template:
    """The template's tree. Raises TemplateSyntaxError with its line, also for what bodies may not do."""
    few_words(source, environment(escape))
    tree = environment(escape).parse(source)
    for node in _all(tree):
        if not isinstance(node, _NODES):
            raise TemplateSyntaxError(Said(_UNUSABLE, word=_word(node)), node.lineno)
    for line, cause in wrong_words(tree):
        raise TemplateSyntaxError(cause, line)
    return tree


@lru_cache(maxsize=256)
def compiled(source: str, escape: Escape = escaped) -> Template:
    """The template, ready to render within its bounds. Raises TemplateSyntaxError."""
    made = environment(escape)
    return Template.from_code(made, made.compile(bounded(parsed(source, escape), made)), made.globals)


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _all(child)


def _word(node: nodes.Node) -> str:
    return {"Call": "name(…)", "Pow": "**"}.get(type(node).__name__, type(node).__name__.lower())


def filled(source: str, facts: Mapping[str, Any], escape: Escape = escaped, most: int = LIMIT) -> str:
    """The template with the facts filled in, at `most` so many characters. Raises what WRONG names."""
    ready = compiled(source, escape)
    return _bounded(ready.root_render_func(ready.new_context({**facts, SPENT: [0]})), most)


def body(document: Document, template: str, name: str) -> str:
    """The body with the facts filled in, still in markup. Raises TemplateRefused, naming template and line."""
    try:
        return filled(clean(template), document.facts)
    except WRONG as wrong:
        line, detail = told(wrong)
    raise TemplateRefused(template=name, line=line, detail=detail, document=document.title or document.rule)


WRONG = (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, RecursionError)
"""What may go wrong in filling a template in."""


def told(wrong: Exception) -> tuple[int, str]:
    """The template's line and the cause of what went wrong in it."""
    if isinstance(wrong, TemplateSyntaxError):
        return wrong.lineno, wrong.message or ""
    if isinstance(wrong, RecursionError):
        return 1, Said("it is nested too deeply")
    return _line(wrong), _detail(wrong)


def _detail(wrong: Exception) -> str:
    first = wrong.args[0] if wrong.args else ""
    return first if isinstance(first, Said) else str(wrong)


def _bounded(pieces: Iterator[str], most: int) -> str:
    found, length = [], 0
    for piece in pieces:
        length += len(piece)
        if length > most:
            raise ValueError(Said("the body is longer than {limit} characters", limit=most))
        found.append(piece)
    return "".join(found)


def _line(wrong: BaseException) -> int:
    """The template's line that an error came from: the compiled code knows which of its lines is which."""
    line, step = 1, wrong.__traceback__
    while step is not None:
        template = step.tb_frame.f_globals.get("__jinja_template__")
        if template is not None:
            line = template.get_corresponding_lineno(step.tb_lineno)
        step = step.tb_next
    return line
