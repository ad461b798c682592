"""What a case waits for: deadlines with their ladders, consultations, the periods that open cases."""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from workflow.authoring import problems as p
from workflow.authoring.read import Node
from workflow.authoring.reading import Reading, RungAction, flag, items, pairs, word
from workflow.authoring.steps import States, action, states_of
from workflow.engine.periodic import amounts_of, points_of
from workflow.engine.recurring import RECURRING, length_of
from workflow.language.expression import names
from workflow.language.process import ALL, Action, Again, Consult, Due, Expr, Moment, Periodic, Rung, Title, Unit

REPLY, NONE, ESCALATE = "reply", "none", "escalate"
_NO_REPLY = Action(key=REPLY, title=Title(vi=REPLY, en=REPLY), by=())
_CHOICE = frozenset({"when", "then", "else"})
UNTIL_HINT = "a deadline that runs in a state ends when the state is left; one of the whole case stands under 'due:' at the head"
IN_HINT = "it runs in this state alone; one of several states stands under 'due:' at the head"
_SHARE = re.compile(r"([0-9]{1,3})\s*%")


# ---- deadlines -----------------------------------------------------------------------------------------------------


def dues(reading: Reading, node: Node | None, states: States, here: tuple[str, ...], *, whole: bool = False) -> tuple[Due, ...]:
    """One deadline or several; `here`: the states in which they run; `whole`: they are the case's or a track's, not a state's.
    Without a name they are `due`, `due 2` and so on.
    """
    found: list[Due] = []
    for item in _due_nodes(node):
        made = due(reading, item, states, here, "due" if not found else f"due {len(found) + 1}", whole=whole)
        if made.name in {other.name for other in found}:
            reading.wrong(p.DOUBLE_DUE, item.place, word=made.name)
        found.append(made)
    return tuple(found)


def _due_nodes(node: Node | None) -> Sequence[Node]:
    """A list is one deadline's CHOICE if its items are branches, else a list of deadlines."""
    if node is None:
        return ()
    is_choice = node.is_sequence and any(_CHOICE.intersection(item.keys) for item in node.items)
    return (node,) if is_choice else node.as_list()


def due(reading: Reading, node: Node, states: States, here: tuple[str, ...], name: str, *, whole: bool = False) -> Due:
    """One DUE; a bare MOMENT is its `at`."""
    if not node.is_mapping or {"latest", "earliest"}.intersection(node.keys):
        return Due(at=reading.moment(node), name=name)
    until, calendar, where = node.get("until"), node.get("calendar"), states_of(reading, node.get("in"), states)
    own = node.get("ladder")
    _meaningless(reading, node, whole=whole)
    return Due(
        at=reading.moment(node.get("at")),
        name=word(node.get("name")) or name,
        states=where,
        until=reading.state(until) if until else "",
        calendar=reading.use("calendar", calendar) if calendar else "",
        basis=word(node.get("basis")),
        ladder=ladder(reading, own, where or here) if own else None,
    )


def _meaningless(reading: Reading, node: Node, *, whole: bool) -> None:
    """`until` and `in` belong to the deadlines of a whole case (or track): a state's ends when the state is left."""
    for word_, hint in (("until", UNTIL_HINT), ("in", IN_HINT)):
        if (key := node.key(word_)) is not None and (not whole or (word_ == "until" and node.get("in") is not None)):
            reading.wrong(p.NOT_HERE, key.place, word=word_, hint=hint)


def ladder(reading: Reading, node: Node | None, here: tuple[str, ...] | None) -> tuple[Rung, ...]:
    """The rungs of a ladder, in file order."""
    return tuple(_rung(reading, item, here) for item in (node.as_list() if node else ()) if item.is_mapping)


def _rung(reading: Reading, node: Node, here: tuple[str, ...] | None) -> Rung:
    does, again = node.get("do"), node.get("repeat")
    if does is not None and does.text:
        reading.rungs.append(RungAction(word=does.text, place=does.place, states=here))
    repeat = reading.amount(again)
    if again is not None and repeat is not None and repeat.number is not None and repeat.number <= 0:
        reading.wrong(p.NO_REPEAT, again.place, word=again.text)
    return Rung(
        at=reading.moment(node.get("at"), ladder=True),
        notifies=reading.notifies(node.get("notifies")),
        drafts=reading.uses_of("document", node.get("drafts")),
        issues=reading.uses_of("document", node.get("issues")),
        do=word(does),
        repeat=repeat,
        urgent=flag(node.get("urgent")),
    )


# ---- consultations -------------------------------------------------------------------------------------------------


def consult(reading: Reading, node: Node | None, states: States, state: str) -> Consult | None:
    """A state's consultation."""
    if node is None or not node.is_mapping:
        return None
    reply, due_node, enough = node.get("reply"), node.get("due"), node.get("enough")
    answers = tuple((key.text, reading.title(title, key.text)) for key, title in pairs(node.get("answers")))
    if reply is not None and (becomes := reply.key("becomes")) is not None:
        reading.wrong(p.REPLY_BECOMES, becomes.place)
    made = Consult(
        asks=reading.expr(node.get("asks")),
        reply=_reply(reading, node, reply, state) if reply else _NO_REPLY,
        due=due(reading, due_node, states, (state,), REPLY) if due_node else None,
        answers=answers,
        drafts=reading.uses_of("document", node.get("drafts")),
        issues=reading.uses_of("document", node.get("issues")),
        notifies=reading.notifies(node.get("notifies")),
        silence=_silence(reading, node.get("silence"), [key for key, _ in answers]),
        escalates=word(node.get("silence")) == ESCALATE,
        weight=_of_asked(reading, node.get("weight")),
        vetoes=_vetoes(reading, node.get("veto"), [key for key, _ in answers]),
        lasting=flag(node.get("lasting")),
        changeable=flag(node.get("changeable")),
    )
    return _with_enough(reading, _with_again(reading, made, node.get("again"), [key for key, _ in answers]), enough)


def _of_asked(reading: Reading, node: Node | None) -> Expr | None:
    """An expression on one of those asked: it sees `asked`, and the `answer` that was given."""
    if node is None or node.is_empty:
        return None
    with reading.naming("answer"):
        return reading.expr(node)


def _vetoes(reading: Reading, node: Node | None, answers: list[str]) -> tuple[tuple[str, Expr | None], ...]:
    """Answers that stop the rest: given by anybody, or by those of whom an expression holds."""
    named = list(pairs(node)) if node is not None and node.is_mapping else [(item, None) for item in items(node)]
    for key, _ in named:
        if key.text not in answers:
            reading.problems.append(p.UNKNOWN["answer"].meant(key.place, key.text, answers))
    return tuple((key.text, _of_asked(reading, of)) for key, of in named)


def _reply(reading: Reading, node: Node, reply: Node, state: str) -> Action:
    with reading.naming("answer"):
        return action(reading, reply_name(node), reply, (state,))


def reply_name(node: Node | None) -> str:
    """What a consultation's reply is called: `named`, else `reply`."""
    reply = node.get("reply") if node else None
    return (word(reply.get("named")) if reply else "") or REPLY


def _silence(reading: Reading, node: Node | None, answers: list[str]) -> str:
    text = word(node)
    if node is None or text in {"", "none", ESCALATE}:
        return ""
    if not answers:
        reading.wrong(p.NO_ANSWER, node.place, word=text)
    elif text not in answers:
        reading.problems.append(p.UNKNOWN["answer"].meant(node.place, text, ["none", ESCALATE, *answers]))
    return text


def _with_again(reading: Reading, made: Consult, node: Node | None, answers: list[str]) -> Consult:
    """Who is asked again: words, an expression on each, or a CHOICE of these."""
    if node is not None and node.is_sequence and any(_CHOICE.intersection(item.keys) for item in node.items):
        return replace(made, again_choice=tuple(_again_way(reading, item, answers) for item in node.items))
    if node is not None and _is_expression(node):
        return replace(made, again_choice=(Again(of=_of_asked(reading, node)),))
    return replace(made, again=_again(reading, node, answers))


def _again_way(reading: Reading, item: Node, answers: list[str]) -> Again:
    when, then = item.get("when"), item.get("then") or item.get("else")
    if then is None:
        reading.wrong(p.MISSING_KEY, item.place, key="then")
    condition = reading.expr(when) if when is not None else None
    if then is not None and _is_expression(then):
        return Again(when=condition, of=_of_asked(reading, then))
    return Again(when=condition, answers=_again(reading, then, answers))


_OPERATORS = re.compile(r"[=<>.()|]|\b(?:and|or|not|in)\b")


def _is_expression(node: Node) -> bool:
    """Whether a text is a condition on each of those asked, and no word."""
    return node.is_scalar and bool(_OPERATORS.search(node.text))


def _again(reading: Reading, node: Node | None, answers: list[str]) -> tuple[str, ...]:
    """Who is asked again: all, none, or those who gave one of these answers."""
    words = items(node)
    for item in words:
        if item.text not in {ALL, NONE, *answers} or (len(words) > 1 and item.text in {ALL, NONE}):
            reading.problems.append(p.UNKNOWN["answer"].meant(item.place, item.text, answers if len(words) > 1 else [ALL, NONE, *answers]))
    return tuple(item.text for item in words) or (ALL,)


def _with_enough(reading: Reading, made: Consult, node: Node | None) -> Consult:
    text = word(node)
    if node is None or text in {"", ALL}:
        return made
    share = _SHARE.fullmatch(text)
    if share or (isinstance(node.value, int) and not isinstance(node.value, bool)):
        number = int(share[1] if share else text)
        if number < 1 or (share and number > 100):  # noqa: PLR2004 - per cent
            reading.wrong(p.BAD_ENOUGH, node.place, word=text)
        return replace(made, enough_percent=number) if share else replace(made, enough_count=number)
    enough = reading.expr(node)
    if ("replies", "enough") in names(enough):  # it would ask for itself without end
        reading.wrong(p.BAD_ENOUGH, node.place, word=text)
    return replace(made, enough=enough)


# ---- periods -------------------------------------------------------------------------------------------------------


def periodic(reading: Reading, node: Node | None) -> tuple[Periodic, ...]:
    """The cases that each period opens. A period is known by its year, quarter, month or week: two rules of one length
    would open one case between them, so they are refused.
    """
    found: list[Periodic] = []
    for item in node.as_list() if node else ():
        if not item.is_mapping:
            continue
        made = _period(reading, item)
        if _length(made) is not None and any(_length(made) == _length(other) for other in found):
            reading.wrong(p.SAME_PERIOD, item.place, word=made.every.source)
        found.append(made)
    return tuple(found)


def _length(rule: Periodic) -> str | None:
    """How long the rule's periods are (a day of the year, say, has yearly ones); None if it does not recur."""
    lengths = {length_of(point) if point is not None and point.kind in RECURRING else None for point in points_of(rule.every)}
    return lengths.pop() if len(lengths) == 1 else None


def _period(reading: Reading, node: Node) -> Periodic:
    every, start, title = node.get("every"), node.get("start"), node.get("title")
    with reading.naming("period"):
        recurring = _recurring(reading, every)
    with reading.naming("period", "last", "responsibility", "registers"):
        return Periodic(
            every=recurring,
            start=reading.use("start", start) if start else "",
            fields=tuple((reading.use("field to fill", key), reading.expr(value)) for key, value in pairs(node.get("fields"))),
            title=reading.text(title) if title else None,
        )


def _recurring(reading: Reading, node: Node | None) -> Moment:
    before = len(reading.problems)
    found = reading.moment(node)
    counts = all(amount.number is not None and amount.unit is not Unit.PERCENT for amount in amounts_of(found))
    recurs = _length(Periodic(every=found, start="")) is not None and counts
    if node is not None and not recurs and len(reading.problems) == before:
        reading.wrong(p.NOT_PERIODIC, node.place, text=found.source)
    return found
