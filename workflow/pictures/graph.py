"""What a picture shows of a procedure: its states as boxes, the ways between them, what is done from anywhere."""

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from workflow.language.process import PREVIOUS, SAME, Action, Consult, Due, Effects, Process, State
from workflow.organisation import Organisation
from workflow.phrases import phrase

DENSE = 30
"""With more ways than this, only those that lead on are lines; the others stand in the boxes."""
START = "·"


class Way(Struct, frozen=True, kw_only=True):
    """An action that leads from one state to another: its key, its title, who does it, what it writes."""

    action: str
    title: str
    by: str = ""
    papers: str = ""
    when: str = ""


class Box(Struct, frozen=True, kw_only=True):
    """A state: its number in the picture, its title, and a line each of what else there is to know."""

    key: str
    number: int
    title: str
    lines: tuple[tuple[str, str], ...] = ()
    """(kind, text): time | asks | papers | roles | way | spent."""
    final: bool = False
    track: str = ""


class Edge(Struct, frozen=True, kw_only=True):
    """All ways between the same two states, in one line."""

    source: str
    target: str
    ways: tuple[Way, ...]


class Graph(Struct, frozen=True, kw_only=True):
    """A picture's contents. `anywhere`: (what is done, from where, to which state) of actions of many states."""

    key: str
    title: str
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    anywhere: tuple[str, ...] = ()
    tracks: tuple[tuple[str, str], ...] = ()
    """Track → its title; '' = the case's own machine."""
    dense: bool = False
    words: dict[str, str] = field(default_factory=dict)
    """The picture's own words, in the office's language."""


def graph_of(process: Process, language: str, organisation: Organisation | None = None) -> Graph:
    """The picture of a process; roles are called by their posts, where an organisation is given."""
    maker = _Maker(process, language, organisation)
    edges = maker.edges()
    dense = len(edges) > DENSE
    lines = maker.skeleton(edges) if dense else edges
    boxes = tuple(maker.box(state, [one for one in edges if one not in lines and one.source == state.key]) for state in process.states)
    starts = tuple(dict.fromkeys(one.target for one in edges if one.source == START))
    return Graph(
        key=process.key,
        title=process.title.to(language),
        boxes=boxes,
        edges=tuple(one for one in lines if one.source != START or one.target in starts),
        anywhere=tuple(maker.anywhere()),
        tracks=(("", ""), *((track.key, track.title.to(language)) for track in process.tracks)),
        dense=dense,
        words={word: phrase(word, language) for word in _WORDS},
    )


_WORDS = ("From many states", "Start", "Due", "Asks", "Writes", "Who", "Time spent")


class _Maker:
    def __init__(self, process: Process, language: str, organisation: Organisation | None) -> None:
        self.process, self.language, self.organisation = process, language, organisation
        self.numbers = {state.key: number for number, state in enumerate(process.states, start=1)}

    # ---- ways ----

    def edges(self) -> tuple[Edge, ...]:
        """The bundled ways, in order of the file; general actions are told apart."""
        found: dict[tuple[str, str], list[Way]] = {}
        for start in self.process.starts:
            for target, way in self._ways(start):
                found.setdefault((START, target), []).append(way)
        for state in self.process.states:
            for action in self.process.in_state[state.key].values():
                if not action.general:
                    for target, way in self._ways(action):
                        if target in self.numbers:
                            found.setdefault((state.key, target), []).append(way)
        return tuple(Edge(source=source, target=target, ways=tuple(ways)) for (source, target), ways in found.items())

    def _ways(self, action: Action) -> Iterator[tuple[str, Way]]:
        here = action.states[0] if action.states else ""
        for branch in action.to:
            target = here if branch.to == SAME else branch.to
            if target == PREVIOUS:
                continue
            when = branch.when.source if branch.when is not None else ""
            way = Way(
                action=action.key,
                title=action.title.to(self.language),
                by=self.who(action.by),
                papers=self.papers((action.effects, branch.effects)),
                when=when,
            )
            yield target, way

    def who(self, words: Iterable[str]) -> str:
        """WHO as the process calls it."""
        special = {"auto": "by itself", "anyone": "anyone", "nobody": "the clock", "opener": "whoever opened it", "asked": "the asked unit"}
        return ", ".join(phrase(special[word], self.language) if word in special else self._role(word) for word in words)

    def _role(self, key: str) -> str:
        """A role by its post: the position's title and the unit's symbol; else by its key."""
        role, known = self.process.role_of[key], self.organisation
        unit = known.units.get(role.unit.source.strip("'")) if known is not None and role.unit is not None else None
        if known is None or unit is None:
            return phrase("whoever has the case", self.language) if role.assigned == "handler" else key
        return f"{known.positions.get(role.position, role.position)} {unit.symbol or unit.key}"

    def papers(self, effects: Iterable[Effects]) -> str:
        """The papers that are issued, and in brackets those that are drafted: type and title."""
        named = [(key, "{}") for one in effects for key in one.issues] + [(key, "({})") for one in effects for key in one.drafts]
        return ", ".join(dict.fromkeys(form.format(self._paper(key)) for key, form in named))

    def _paper(self, key: str) -> str:
        rule = self.process.document_of[key]
        title = "…".join(rule.title.literals).strip(" …:")
        return f"{rule.type} {title}".strip()

    def skeleton(self, edges: tuple[Edge, ...]) -> tuple[Edge, ...]:
        """Of many ways those by which a state is first come to: what leads on."""
        seen, lines = {START}, []
        queue = [START, *(track.start for track in self.process.tracks)]
        seen.update(queue)
        while queue:
            at = queue.pop(0)
            for edge in edges:
                if edge.source == at and edge.target not in seen:
                    seen.add(edge.target)
                    queue.append(edge.target)
                    lines.append(edge)
        return tuple(lines)

    def anywhere(self) -> Iterator[str]:
        """What is done from many states, a line an action."""
        for action in self.process.actions:
            if action.general:
                targets = [self._target(branch.to) for branch in action.to]
                papers = self.papers((action.effects, *(branch.effects for branch in action.to)))
                who = self.who(action.by)
                paper = f" ▤ {papers}" if papers else ""
                yield f"{action.title.to(self.language)} ({who}) → {', '.join(dict.fromkeys(targets))}{paper}"

    def _target(self, key: str) -> str:
        if key == SAME:
            return phrase("stays there", self.language)
        if key == PREVIOUS:
            return phrase("the state before", self.language)
        return self.process.state_of[key].title.to(self.language)

    # ---- states ----

    def box(self, state: State, listed: list[Edge]) -> Box:
        """A state's box; `listed`: the ways that are no lines."""
        lines = [("time", self._time(due)) for due in state.dues]
        if state.consult is not None:
            lines.append(("asks", self._asks(state.consult)))
        asking = () if state.consult is None else (Effects(issues=state.consult.issues, drafts=state.consult.drafts),)
        papers = self.papers((state.effects, *asking))
        lines += [("papers", papers)] if papers else []
        roles = dict.fromkeys(
            word for action in self.process.in_state[state.key].values() if not action.general for word in action.by if word != "auto"
        )
        lines += [("roles", self.who(roles))] if roles else []
        lines += [("way", self._listed(edge)) for edge in listed]
        return Box(
            key=state.key,
            number=self.numbers[state.key],
            title=state.title.to(self.language),
            lines=tuple(lines),
            final=bool(state.final),
            track=state.track,
        )

    def _listed(self, edge: Edge) -> str:
        titles = ", ".join(dict.fromkeys(way.title for way in edge.ways))
        return f"→ {self.numbers[edge.target]}: {titles}"

    def _time(self, due: Due) -> str:
        at = due.at
        return " / ".join(branch.then.source for branch in at.branches) or at.source or ", ".join(one.source for one in at.among)

    def _asks(self, consult: Consult) -> str:
        due = f", {self._time(consult.due)}" if consult.due is not None else ""
        return f"{consult.asks.source}{due}"
