"""A compiled procedure as a list of its parts: what can be in one version and not in another."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from workflow.changing.said import effects_of, field_aspects, rung_does, said
from workflow.documents import SUFFIX, template_words
from workflow.language.process import Action, Consult, Due, Expr, Process, Rung, State, Title, Track, meaning
from workflow.plain import canonical, digest, to_plain

Path = tuple[str | int, ...]
"""Nested keys of a YAML file; a number is the item of a list, where there is one."""
Key = tuple[str, str, str]


class Part(Struct, frozen=True, kw_only=True):
    """One part: what kind, whose, its name, its place in the file and what is said of it, by the YAML's keys."""

    what: str
    name: str
    path: Path
    where: str = ""
    mark: str = ""
    """What tells it from its like, where its name does not: the meaning of an expression, whatever its spacing."""
    title: Title | None = None
    aspects: Mapping[str, Any] = field(default_factory=dict)
    file: str = "process.yaml"

    @property
    def key(self) -> Key:
        """What is the same part in another version."""
        return self.what, self.where, self.mark or self.name


def parts(process: Process) -> dict[Key, Part]:
    """Every part of a procedure, in the order of its file; of several that are alike each is a part of its own."""
    found: dict[Key, Part] = {}
    for part in _parts(process):
        key, again = part.key, 2
        while key in found:
            key = (*part.key[:2], f"{part.key[2]}#{again}")
            again += 1
        found[key] = part
    return found


def _parts(process: Process) -> Iterator[Part]:
    yield _whole(process)
    yield from (_named("field", "fields", one.key, one.title, field_aspects(one)) for one in process.fields)
    yield from (_named("role", "roles", one.key, None, _fields(one, _ROLE)) for one in process.roles)
    yield from (_named("document", "documents", one.key, None, _fields(one, _DOCUMENT)) for one in process.documents)
    for kind in process.types:
        yield Part(what="document type", name=kind.key, path=(kind.key,), aspects=_fields(kind, _TYPE), file="document-types.yaml")
    for name, text in process.templates.items():
        yield Part(what="template", name=name, path=(), aspects=_template(name, text), file=f"templates/{name}")
    yield from _rungs(process.ladder, "", ("ladder",))
    yield from _dues(process.dues, "", ())
    for start in process.starts:
        yield from _action(process, start, "start", ("starts", start.key))
    yield from _machine(process, "", ())
    for track in process.tracks:
        yield from _track(process, track)
    yield from _rights(process.rights, "", ("rights",))
    for at, periodic in enumerate(process.periodic):
        aspects = {"start": periodic.start, "fields": periodic.fields, "title": periodic.title}
        yield Part(what="period", name=said(periodic.every, "en"), mark=_mark(periodic.every), path=("periodic", at), aspects=aspects)


_ROLE = ("unit", "position", "assigned", "did", "person", "superior_of", "any", "when")
_DOCUMENT = ("type", "title", "body", "issuers", "signers", "recipients")
_TYPE = ("title", "frame", "series", "symbol")
_DUE = ("at", "in", "until", "calendar", "basis")
_ALIKE = {"in": "states", "any": "any"}


def _fields(thing: Any, names: Iterable[str]) -> dict[str, Any]:
    """Attributes by the YAML's keys."""
    return {name: getattr(thing, _ALIKE.get(name, name)) for name in names}


def _template(name: str, text: str) -> dict[str, Any]:
    """A template's text; of a Word template its words, and its bytes by their hash, for its looks may change too."""
    if not name.endswith(SUFFIX):
        return {"text": text}
    return {"text": template_words(text), "file": digest(text)[:12]}


def _mark(value: Any) -> str:
    return canonical(meaning(to_plain(value)))


def _named(what: str, block: str, key: str, title: Title | None, aspects: dict[str, Any]) -> Part:
    return Part(what=what, name=key, path=(block, key), title=title, aspects=aspects)


def _whole(process: Process) -> Part:
    names = ("title", "unit", "number", "case_title", "secret")
    return Part(what="process", name=process.key, path=("process",), title=process.title, aspects=_fields(process, names))


# ---- machines --------------------------------------------------------------------------------------------------------


def _track(process: Process, track: Track) -> Iterator[Part]:
    path = ("tracks", track.key)
    aspects = {"title": track.title, "start": track.start, "outlives": track.outlives}
    yield Part(what="track", name=track.key, path=path, title=track.title, aspects=aspects)
    yield from _dues(track.dues, track.key, path)
    yield from _machine(process, track.key, path)


def _machine(process: Process, track: str, path: Path) -> Iterator[Part]:
    states = [state for state in process.states if state.track == track]
    actions = [action for action in process.actions if action.track == track]
    for state in states:
        at = (*path, "states", state.name)
        yield from _state(state, at)
        for action in actions:
            if not action.general and action.states == (state.key,):
                yield from _action(process, action, "action", (*at, "actions", action.key), state.key)
    seen: dict[str, int] = {}
    for action in (one for one in actions if one.general):
        index = seen[action.key] = seen.get(action.key, -1) + 1
        yield from _action(process, action, "action", (*path, "actions", action.key, index))


def _state(state: State, path: Path) -> Iterator[Part]:
    aspects = {"title": state.title, "final": state.final, "endless": state.endless, **effects_of(state.effects)}
    if state.stops_all:
        aspects["stops"] = ("all",)
    yield Part(what="state", name=state.key, path=path, title=state.title, aspects=aspects)
    yield from _dues(state.dues, state.key, path)
    if state.consult is not None:
        yield from _consult(state.consult, state, (*path, "consult"))
    yield from _rights(state.rights, state.key, (*path, "rights"))


def _action(process: Process, action: Action, what: str, path: Path, where: str = "") -> Iterator[Part]:
    names = ("title", "by", "not_by", "needs", "not_before", "times", "form", "note", "to")
    aspects = {**_fields(action, names), **effects_of(action.effects)}
    if action.general:
        aspects["from"] = origin_of(process, action)
    yield Part(what=what, name=action.key, where=where, path=path, title=action.title, aspects=aspects)
    owner = f"{where}/{action.key}" if where else action.key
    for guard in action.guards:
        source = said(guard.when, "en")
        reason = {"reason": guard.reason}
        yield Part(what="guard", name=source, mark=_mark(guard.when), where=owner, path=(*path, "when", source), aspects=reason)


def origin_of(process: Process, action: Action) -> tuple[str, ...]:
    """Where a general action may be done, as it is written: `any` and `all` leave out what it leads to."""
    targets = {branch.to for branch in action.to}
    mine = [state for state in process.states if state.track == action.track]
    every = {state.key for state in mine} - targets
    stand = set(action.states)
    if stand == {state.key for state in mine if not state.final} - targets:
        return ("any",)
    return ("all",) if stand == every else action.states


def _consult(consult: Consult, state: State, path: Path) -> Iterator[Part]:
    names = ("asks", "answers", "drafts", "issues", "notifies", "silence", "again", "changeable")
    aspects = {**_fields(consult, names), "enough": _enough(consult)}
    yield Part(what="consultation", name=state.key, path=path, aspects=aspects)
    reply = consult.reply
    said_of = {**_fields(reply, ("title", "by", "not_by", "form", "note")), **effects_of(reply.effects)}
    yield Part(what="reply", name=reply.key, where=state.key, path=(*path, "reply"), title=reply.title, aspects=said_of)
    if consult.due is not None:
        yield from _due(consult.due, f"consult {state.key}", (*path, "due"))


def _enough(consult: Consult) -> str | int | Expr:
    if consult.enough_percent is not None:
        return f"{consult.enough_percent}%"
    if consult.enough_count is not None:
        return consult.enough_count
    return "all" if consult.enough is None else consult.enough


# ---- time and rights -------------------------------------------------------------------------------------------------


def _dues(dues: Iterable[Due], where: str, path: Path) -> Iterator[Part]:
    for at, due in enumerate(dues):
        yield from _due(due, where, (*path, "due", at))


def _due(due: Due, where: str, path: Path) -> Iterator[Part]:
    aspects = {**_fields(due, _DUE), "ladder": None if due.ladder is None else ("own",)}
    yield Part(what="deadline", name=due.name, where=where, path=path, aspects=aspects)
    yield from _rungs(due.ladder or (), f"{where}/{due.name}" if where else due.name, (*path, "ladder"))


def _rungs(ladder: Iterable[Rung], where: str, path: Path) -> Iterator[Part]:
    for at, rung in enumerate(ladder):
        name = said(rung.at, "en")
        yield Part(what="rung", name=name, mark=_mark(rung.at), where=where, path=(*path, at), aspects=rung_does(rung))


def _rights(rights: Iterable[Any], where: str, path: Path) -> Iterator[Part]:
    found: dict[str, list[Any]] = {}
    for right in rights:
        found.setdefault(right.what, []).append(right)
    for what, mine in found.items():
        yield Part(what="right", name=what, where=where, path=(*path, what), aspects={"who": tuple(mine)})
