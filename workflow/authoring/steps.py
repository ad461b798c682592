"""What happens and how a case moves: effects, actions, branches, and where a general action may be done."""

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from workflow.authoring import problems as p
from workflow.authoring.parse_expression import NotAllowed, constant, parse_expression
from workflow.authoring.read import Node
from workflow.authoring.reading import Elsewhere, Reading, Use, items, pairs, word
from workflow.language.process import ALL, ANY, PREVIOUS, SAME, Action, Also, Becomes, Branch, Effects, Guard, Opens, Share, in_track

EFFECTS = ("sets", "assigns", "drafts", "issues", "notifies", "stops", "resumes", "restarts", "also", "opens", "becomes")


class States(Struct, frozen=True, kw_only=True):
    """The states of one machine: their full keys in file order, those that are final, and the groups worked out."""

    keys: tuple[str, ...]
    final: frozenset[str]
    groups: Mapping[str, tuple[str, ...]]
    track: str = ""

    def named(self, name: str) -> tuple[str, ...] | None:
        """The states of `any`, `all`, a group or a state (by its short name); None if it is nothing of these."""
        if name == ANY:
            return self.open
        if name == ALL:
            return self.keys
        key = in_track(self.track, name)
        return (key,) if key in self.keys else self.groups.get(name)

    @property
    def open(self) -> tuple[str, ...]:
        """Those that are not final."""
        return tuple(key for key in self.keys if key not in self.final)

    @property
    def names(self) -> list[str]:
        """What may be named in a list of states."""
        short = [key.removeprefix(f"{self.track}/") if self.track else key for key in self.keys]
        return [*short, *self.groups, ANY, ALL]


def effects(reading: Reading, node: Node) -> Effects:
    """The EFFECTS of an action, a branch, a state or a reply."""
    return Effects(
        sets=tuple((reading.use("field to fill", key), reading.expr(value)) for key, value in pairs(node.get("sets"))),
        assigns=tuple((key.text, reading.who(value)) for key, value in pairs(node.get("assigns"))),
        drafts=reading.uses_of("document", node.get("drafts")),
        issues=reading.uses_of("document", node.get("issues")),
        notifies=reading.notifies(node.get("notifies")),
        stops=_dues(reading, node.get("stops")),
        resumes=_dues(reading, node.get("resumes")),
        restarts=_dues(reading, node.get("restarts")),
        also=tuple(_also(reading, item) for item in _mappings(node.get("also"))),
        opens=tuple(_opens(reading, item) for item in _mappings(node.get("opens"))),
        becomes=_becomes(reading, node.get("becomes")),
    )


def _mappings(node: Node | None) -> tuple[Node, ...]:
    return tuple(item for item in node.as_list() if item.is_mapping) if node is not None else ()


def _also(reading: Reading, node: Node) -> Also:
    do = node.get("do")
    if do is not None and do.text:
        reading.others.append(Elsewhere(kind="action", word=do.text, place=do.place))
    given = tuple((reading.elsewhere("asked field", key, of=word(do)), reading.expr(value)) for key, value in pairs(node.get("fields")))
    return Also(do=word(do), case=reading.expr(node.get("case")), fields=given)


def _opens(reading: Reading, node: Node) -> Opens:
    named, start, each, title = node.get("process"), node.get("start"), node.get("for_each"), node.get("title")
    fields = node.get("fields")
    reading.elsewhere("process", named)
    reading.elsewhere("start", start, of=word(named))
    with reading.naming(*(["item"] if each is not None else [])):
        made = Opens(
            process=word(named),
            start=word(start) or "open",
            for_each=None,
            fields=tuple((reading.elsewhere("field", key, of=word(named)), reading.expr(value)) for key, value in pairs(fields)),
            title=reading.text(title) if title is not None else None,
            shares=tuple(_share(reading, key, value, node) for key, value in pairs(node.get("shares"))),
        )
    return replace(made, for_each=reading.expr(each)) if each is not None else made


_SHARE = re.compile(r"(?:(?P<percent>[0-9]{1,3}) ?%|parts)(?: of (?P<of>\S(?:.*\S)?))?")
_WHOLE = 100


def _share(reading: Reading, key: Node, value: Node, opens: Node) -> Share:
    """`FIELD: 60%`, `parts`, `60% of NAME`: what part of a deadline of the case that opens it the sub-case gets."""
    found = _SHARE.fullmatch(value.text.strip()) if value.is_scalar else None
    percent = int(found["percent"] or 0) if found is not None else 0
    among = found is not None and found["percent"] is None
    if found is None or not (among or 1 <= percent <= _WHOLE):
        reading.wrong(p.NO_SHARE, value.place, text=word(value))
    elif among and opens.get("for_each") is None:
        reading.wrong(p.PARTS_OF_ONE, value.place)
    if any(key.text == other.text for other, _ in pairs(opens.get("fields"))):
        reading.wrong(p.SHARED_TWICE, key.place, word=key.text)
    of = (found["of"] if found is not None else "") or ""
    reading.uses.append(Use(kind="deadline" if of else "some deadline", word=of, place=value.place))
    return Share(field=reading.elsewhere("day field", key, of=word(opens.get("process"))), percent=percent, of=of)


def _becomes(reading: Reading, node: Node | None) -> Becomes | None:
    if node is None or not node.is_mapping:
        return None
    named, state = node.get("process"), node.get("state")
    reading.elsewhere("process", named)
    reading.elsewhere("state", state, of=word(named))
    return Becomes(process=word(named), state=word(state))


def _dues(reading: Reading, node: Node | None) -> tuple[str, ...]:
    return tuple(item.text if item.text == ALL else reading.use("deadline", item) for item in items(node))


def action(reading: Reading, key: str, node: Node, states: tuple[str, ...] = (), *, general: bool = False) -> Action:
    """An ACTION; `states` is where it may be done."""
    times, becomes, to = node.get("times"), node.key("becomes"), node.get("to")
    if becomes is not None and to is not None and word(to) != SAME:
        reading.wrong(p.BECOMES_TO, becomes.place, word=key)
    return Action(
        key=key,
        title=reading.title(node.get("title"), key),
        by=reading.who(node.get("by"), by=True),
        not_by=reading.who(node.get("not_by")),
        guards=guards(reading, node.get("when")),
        needs=reading.uses_of("field", node.get("needs")),
        not_before=reading.moment(node.get("not_before")) if node.get("not_before") else None,
        times=times.value if times is not None and isinstance(times.value, int) else None,
        form=reading.uses_of("field to fill", node.get("form")),
        note=word(node.get("note")),
        to=branches(reading, node.get("to")),
        effects=effects(reading, node),
        states=states,
        general=general,
        track=reading.track,
    )


def guards(reading: Reading, node: Node | None) -> tuple[Guard, ...]:
    """The conditions of an action: an EXPR, several, or {EXPR: reason}."""
    if node is None or node.is_empty:
        return ()
    if node.is_mapping:
        return tuple(_reasoned(reading, key, reason) for key, reason in node.pairs)
    return tuple(Guard(when=reading.expr(item)) for item in node.as_list())


def _reasoned(reading: Reading, key: Node, reason: Node) -> Guard:
    try:
        when = parse_expression(key.text)
        reading.written(when, key.place)
    except NotAllowed as error:
        reading.refused(error, key.place)
        when = constant(value=False)
    if not word(reason):
        reading.wrong(p.WRONG_KIND, reason.place, expected="the reason that the refused person reads", found="nothing")
    return Guard(when=when, reason=word(reason))


def branches(reading: Reading, node: Node | None) -> tuple[Branch, ...]:
    """Where an action leads: `same`, a state, `previous`, or a CHOICE of these with effects."""
    if node is None or node.is_empty:
        return (Branch(to=SAME),)
    if node.is_sequence:
        return tuple(
            Branch(when=reading.expr(when) if when else None, to=_target(reading, then), effects=effects(reading, whole))
            for when, then, whole in reading.branches(node, EFFECTS)
        )
    return (Branch(to=_target(reading, node)),)


def _target(reading: Reading, node: Node) -> str:
    if not node.is_scalar:
        reading.wrong(p.WRONG_KIND, node.place, expected="a state, same or previous", found=node.kind.value)
        return SAME
    return node.text if node.text in {SAME, PREVIOUS} else reading.state(node)


# ---- actions of several states -------------------------------------------------------------------------------------


def general_actions(reading: Reading, node: Node | None, states: States) -> list[Action]:
    """The actions that stand outside of the states, one after the other; one name may stand for a list of them."""
    found = []
    for key, value in pairs(node):
        taken: set[str] = set()
        for item in value.as_list():
            if item.is_mapping:
                made = _general(reading, key, item, states)
                for state in sorted(taken.intersection(made.states)):
                    reading.wrong(p.OVERLAP, item.place, word=key.text, state=state)
                taken.update(made.states)
                found.append(made)
    return found


def _general(reading: Reading, key: Node, node: Node, states: States) -> Action:
    made = action(reading, key.text, node, general=True)
    where = states_of(reading, node.get("from"), states)
    targets = {branch.to for branch in made.to}
    if node.get("from") is not None and not _single(node, states):
        where = tuple(state for state in where if {state} != targets)
    if not where and node.get("from") is not None:
        reading.wrong(p.NO_FROM, key.place, word=key.text)
    return replace(made, states=where)


def _single(node: Node, states: States) -> bool:
    """Whether `from` names one state as itself (a list of one is no other): then leading to it enters it anew."""
    named = items(node.get("from"))
    return len(named) == 1 and in_track(states.track, named[0].text) in states.keys


def states_of(reading: Reading, node: Node | None, states: States) -> tuple[str, ...]:
    """The states that a list of states, groups, `any` and `all` names, in file order."""
    found: set[str] = set()
    for item in items(node):
        named = states.named(item.text)
        if named is None:
            reading.problems.append(p.UNKNOWN["state"].meant(item.place, item.text, states.names))
        found.update(named or ())
    return tuple(key for key in states.keys if key in found)
