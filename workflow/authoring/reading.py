"""What compiling one file gathers: problems, the expressions whose names must be known, the words that must stand for
something. Its readers are tolerant: a node of a wrong kind gives nothing, since the shape's check tells of it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, TypeVar

from msgspec import Struct, field

from workflow.authoring import problems as p
from workflow.authoring.parse_expression import NotAllowed, constant, parse_expression, parse_text
from workflow.authoring.parse_time import Where, parse_amount, parse_moment
from workflow.authoring.problems import Kind
from workflow.authoring.read import Node, NodeKind
from workflow.engine.figures import SERIES
from workflow.errors import Place, Problem
from workflow.language.expression import names
from workflow.language.process import SPECIAL, Amount, Expr, Moment, MomentBranch, Notify, Point, PointKind, Text, Title, Who, in_track

T = TypeVar("T")

NOTHING = constant(None, "none")
_BY_ONLY = frozenset({"anyone", "nobody", "auto"})


class Use(Struct, frozen=True, kw_only=True):
    """A word that must name something: what (`state`, `role` …), the word, where it stands."""

    kind: str
    word: str
    place: Place
    track: str = ""
    """Of a state: whose it is."""


class Elsewhere(Struct, frozen=True, kw_only=True):
    """A word that must name something of another process (`of`; '' = of any): known once all processes are. An
    `asked field` is one that the form of an action (`of`) asks for, in any process.
    """

    kind: str
    word: str
    place: Place
    of: str = ""


class Written(Struct, frozen=True, kw_only=True):
    """An expression, where it stands, and which of the names that not every expression may use it may."""

    expr: Expr
    place: Place
    scope: frozenset[str] = frozenset()


class RungAction(Struct, frozen=True, kw_only=True):
    """An action that a rung does, and where its deadline runs; None = wherever a deadline has no ladder of its own."""

    word: str
    place: Place
    states: tuple[str, ...] | None


class Reading(Struct, kw_only=True):
    """The state of one file's compilation. `actions` are the process's, for points in time."""

    file: str
    actions: Collection[str] = ()
    track: str = ""
    """The track that is being read: its states go by their short names."""
    problems: list[Problem] = field(default_factory=list)
    expressions: list[Written] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    rungs: list[RungAction] = field(default_factory=list)
    others: list[Elsewhere] = field(default_factory=list)
    scope: frozenset[str] = frozenset()
    """The names that only some expressions may use, where one is read now: `item`, `period`, `last`."""

    def written(self, expr: Expr, place: Place) -> None:
        """Note an expression, whose names (and calendars) must be known."""
        self.expressions.append(Written(expr=expr, place=place, scope=self.scope))
        self.uses += [Use(kind="calendar", word=word, place=place) for word in _calendars(expr.tree)]
        self.uses += [Use(kind=kind, word=word, place=place) for kind, word in _series(expr)]

    def elsewhere(self, kind: str, node: Node | None, of: str = "") -> str:
        """The word of a node, which must name something of another process."""
        if node is None or not node.is_scalar or not node.text:
            return ""
        self.others.append(Elsewhere(kind=kind, word=node.text, place=node.place, of=of))
        return node.text

    @contextmanager
    def naming(self, *names: str) -> Iterator[None]:
        """Within this, expressions may use these names too."""
        before, self.scope = self.scope, self.scope | frozenset(names)
        try:
            yield
        finally:
            self.scope = before

    def wrong(self, kind: Kind, place: Place, **facts: object) -> None:
        """Note a problem."""
        self.problems.append(kind.at(place, **facts))

    def use(self, kind: str, node: Node) -> str:
        """The word of a node, which must name something of this kind."""
        if node.is_scalar and node.text:
            self.uses.append(Use(kind=kind, word=node.text, place=node.place))
        return node.text

    def state(self, node: Node) -> str:
        """The full key of a state of the machine that is being read."""
        if node.is_scalar and node.text:
            self.uses.append(Use(kind="state", word=node.text, place=node.place, track=self.track))
        return in_track(self.track, node.text)

    def uses_of(self, kind: str, node: Node | None) -> tuple[str, ...]:
        """The words of a node, one or several."""
        return tuple(self.use(kind, item) for item in items(node) if item.text)

    # ---- texts and expressions ----

    def title(self, node: Node | None, key: str) -> Title:
        """A title: one text for both languages, or one each; else the key."""
        if node is None or node.is_sequence or node.is_empty:
            return Title(vi=key, en=key)
        if node.is_scalar:
            return Title(vi=node.text, en=node.text)
        vi, en = word(node.get("vi")), word(node.get("en"))
        return Title(vi=vi or en or key, en=en or vi or key)

    def text(self, node: Node | None, default: str = "") -> Text:
        """A text with holes."""
        if node is None or not node.is_scalar:
            return Text(literals=(default,))
        found = self._try(parse_text, node) or Text(literals=("",))
        for hole in found.holes:
            self.written(hole, node.place)
        return found

    def expr(self, node: Node | None) -> Expr:
        """An expression; numbers, true, false and null are themselves."""
        if node is None or not node.is_scalar:
            if node is not None:
                self.wrong(p.WRONG_KIND, node.place, expected="an expression", found=node.kind.value)
            return NOTHING
        if not isinstance(node.value, str):
            return self.value(node)
        found = self._try(parse_expression, node) or NOTHING
        self.written(found, node.place)
        return found

    def value(self, node: Node) -> Expr:
        """A constant as an expression."""
        try:
            return constant(node.value, node.text or "none")
        except NotAllowed as error:
            self.wrong(error.kind, node.place, **error.facts)
            return NOTHING

    def _try(self, parse: Callable[[str], T], node: Node) -> T | None:
        try:
            return parse(node.text)
        except NotAllowed as error:
            self.refused(error, node.place)
            return None

    def refused(self, error: NotAllowed, place: Place) -> None:
        """Note why a text was refused, with the nearest right word if one is known."""
        words, facts = error.facts.get("words"), {key: fact for key, fact in error.facts.items() if key not in {"word", "words"}}
        if isinstance(words, list):
            self.problems.append(error.kind.meant(place, str(error.facts["word"]), words))
        else:
            self.wrong(error.kind, place, **error.facts | facts)

    # ---- who ----

    def who(self, node: Node | None, *, by: bool = False) -> Who:
        """Roles and the special words; `anyone`, `nobody` and `auto` only say who may act (`by`)."""
        found = []
        for item in items(node):
            if item.text in _BY_ONLY and not by:
                self.wrong(p.NOT_HERE, item.place, word=item.text, hint="name roles, opener, actor or asked")
            elif item.text:
                found.append(item.text if item.text in SPECIAL else self.use("role", item))
        if len(found) > 1 and (alone := _BY_ONLY.intersection(found)):
            self.wrong(p.NOT_HERE, node.place if node else Place(file=self.file), word=min(alone), hint="it stands alone")
        return tuple(found)

    def notifies(self, node: Node | None) -> tuple[Notify, ...]:
        """WHO | {WHO: text}, or a list of both."""
        plain: list[Node] = []
        found: list[Notify] = []
        for item in items(node, mappings=True):
            if item.is_mapping:
                found += [Notify(who=self.who(key), text=self.text(text)) for key, text in item.pairs]
            else:
                plain.append(item)
        who = tuple(name for item in plain for name in self.who(item))
        return (*([Notify(who=who)] if who else []), *found)

    # ---- times ----

    def amount(self, node: Node | None) -> Amount | None:
        """An amount of time."""
        if node is None or not node.text:
            return None
        try:
            found = parse_amount(node.text, Where())
        except NotAllowed as error:
            self.refused(error, node.place)
            return None
        return self._amount_names(found, node)

    def _amount_names(self, amount: Amount, node: Node) -> Amount:
        if amount.value is not None:
            self.written(amount.value, node.place)
        if amount.calendar:
            self.uses.append(Use(kind="calendar", word=amount.calendar, place=node.place))
        return amount

    def moment(self, node: Node | None, *, ladder: bool = False) -> Moment:
        """A MOMENT: a text, a CHOICE, the latest or earliest of several."""
        if node is None or node.is_empty:
            return Moment(point=Point(kind=PointKind.ENTRY))
        if node.is_sequence:
            return self._choice(node, ladder=ladder)
        if node.is_mapping:
            return self._pick(node, ladder=ladder)
        try:
            found = parse_moment(node.text, Where(actions=self.actions, ladder=ladder))
        except NotAllowed as error:
            self.refused(error, node.place)
            return Moment(point=Point(kind=PointKind.ENTRY), source=node.text)
        if found.amount is not None:
            self._amount_names(found.amount, node)
        if found.point is not None and found.point.value is not None:
            self.written(found.point.value, node.place)
            self.uses.append(Use(kind="date", word=found.point.value.tree[2], place=node.place))
        return found

    def _choice(self, node: Node, *, ladder: bool) -> Moment:
        branches = [
            MomentBranch(when=self.expr(when) if when else None, then=self.moment(then, ladder=ladder))
            for when, then, _ in self.branches(node)
        ]
        return Moment(branches=tuple(branches), source=source_of(node))

    def _pick(self, node: Node, *, ladder: bool) -> Moment:
        pick = node.keys[0] if len(node.keys) == 1 else ""
        inner = node.get(pick) if pick in {"latest", "earliest"} else None
        if inner is None or not inner.as_list():
            self.wrong(p.MOMENT, node.place, text=source_of(node))
            return Moment(point=Point(kind=PointKind.ENTRY))
        among = tuple(self.moment(item, ladder=ladder) for item in inner.as_list())
        return Moment(pick=pick, among=among, source=source_of(node))

    # ---- choices ----

    def branches(self, node: Node, allowed: Collection[str] = ()) -> list[tuple[Node | None, Node, Node]]:
        """The branches of a CHOICE as (when, then, the whole); `when` None = else, which stands last and once."""
        found: list[tuple[Node | None, Node, Node]] = []
        for item in node.items:
            when, then, otherwise = item.get("when"), item.get("then"), item.get("else")
            unknown = [key for key, _ in item.pairs if key.text not in {"when", "then", "else", *allowed}]
            self.problems += [p.UNKNOWN_KEY.meant(key.place, key.text, ["when", "then", "else", *allowed]) for key in unknown]
            if when is not None and then is not None and otherwise is None:
                found.append((when, then, item))
            elif otherwise is not None and when is None and then is None and item is node.items[-1]:
                found.append((None, otherwise, item))
            elif not unknown:
                self.wrong(p.CHOICE_SHAPE, item.place)
        if not node.items:
            self.wrong(p.CHOICE_SHAPE, node.place)
        return found


def items(node: Node | None, *, mappings: bool = False) -> tuple[Node, ...]:
    """One item or a list of them, as a tuple; what is neither a word (nor a mapping, if asked for) is left out."""
    if node is None:
        return ()
    return tuple(item for item in node.as_list() if item.is_scalar or (mappings and item.is_mapping))


def word(node: Node | None) -> str:
    """A scalar's text; '' for anything else."""
    return node.text if node is not None and node.is_scalar and not node.is_empty else ""


def flag(node: Node | None) -> bool:
    """Whether a scalar is true."""
    return node is not None and node.value is True


def pairs(node: Node | None) -> tuple[tuple[Node, Node], ...]:
    """A mapping's keys and values."""
    return () if node is None else node.pairs


def plain(value: object) -> object:
    """A value as a compiled process keeps it: decimals as text."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def source_of(node: Node) -> str:
    """A node as one line of YAML, for people."""
    if node.kind is NodeKind.SCALAR:
        return node.text
    if node.kind is NodeKind.SEQUENCE:
        return f"[{_joined(source_of(item) for item in node.items)}]"
    return f"{{{_joined(f'{key.text}: {source_of(value)}' for key, value in node.pairs)}}}"


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _series(expr: Expr) -> Iterator[tuple[str, str]]:
    """The bodies and types of the series that an expression asks for: `registers.series['btg/BC']`."""
    for path in sorted(names(expr)):
        at = path.index(SERIES) + 1 if path[0] == "registers" and SERIES in path else len(path)
        for series in path[at : at + 1]:
            unit, _, type_ = series.partition("/")
            yield "unit", unit
            if type_ != "all":
                yield "document type", type_


def _calendars(tree: Any) -> Iterator[str]:
    """The calendars that the amounts of an expression are counted by: `today|plus('5 working days by court')`."""
    if isinstance(tree, tuple):
        if tree[:1] == ("filter",) and tree[1] in {"plus", "minus"} and tree[3][0] == "const" and " by " in str(tree[3][1]):
            yield str(tree[3][1]).partition(" by ")[2].strip()
        for part in tree:
            yield from _calendars(part)
