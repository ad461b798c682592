"""A picture as SVG: boxes with what is to know of each state, lines with what is done; of a case the way that it went."""

from collections.abc import Iterator, Sequence
from html import escape

from workflow.pictures.graph import START, Box, Edge, Graph
from workflow.pictures.journey import Journey, time_text
from workflow.pictures.layout import place, smooth
from workflow.pictures.texts import fold, text_width
from workflow.signs import without

LINE, PAD, SMALL, BIG = 15.0, 9.0, 11.0, 13.0
ROOM = 230.0
"""The width that a box's text is folded to."""
LABEL = 170.0
MARGIN = 24.0
FONT = "'Noto Sans','DejaVu Sans',Arial,sans-serif"
STYLE = (
    "text{font-family:" + FONT + ";font-size:11px;fill:#1f2937}.t{font-size:13px;font-weight:600}.h{font-size:18px;font-weight:700}"
    ".box{fill:#f8fafc;stroke:#64748b;stroke-width:1.2}.final{fill:#e2e8f0;stroke-width:2.4}.start{fill:#1f2937}"
    ".edge{fill:none;stroke:#94a3b8;stroke-width:1.3}.label{fill:#fff;stroke:#cbd5e1;stroke-width:.8}.dim{fill:#64748b}"
    ".been{fill:#e0f2fe;stroke:#0369a1}.here{fill:#fde68a;stroke:#b45309;stroke-width:2.6}.went{stroke:#0369a1;stroke-width:3}"
    ".lwent{fill:#e0f2fe;stroke:#0369a1}.spent{fill:#b45309;font-weight:600}.note{fill:#fff;stroke:#cbd5e1}"
)
WORDS = {"time": "Due", "asks": "Asks", "papers": "Writes", "roles": "Who"}
Line = tuple[str, str]
"""(class, text)."""


def svg(graph: Graph, journey: Journey | None, language: str) -> str:
    """The picture; the same graph gives the same text."""
    drawing = _Drawing(graph, journey, language)
    body = list(drawing.draw())
    width, height = drawing.width + 2 * MARGIN, drawing.y + MARGIN
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" role="img" '
        f'aria-label="{escape(graph.title)}">'
    )
    arrow = (
        '<defs><marker id="a" viewBox="0 0 8 8" refX="7" refY="4" '
        'markerWidth="10" markerHeight="10" markerUnits="userSpaceOnUse" orient="auto">'
        '<path d="M0,0 L8,4 L0,8 z" fill="#475569"/></marker></defs>'
    )
    drawn = "\n".join(
        [
            head,
            f"<title>{escape(graph.title)}</title><style>{STYLE}</style>{arrow}",
            '<rect width="100%" height="100%" fill="#fff"/>',
            *body,
            "</svg>",
            "",
        ]
    )
    return without(drawn)


class _Drawing:
    def __init__(self, graph: Graph, journey: Journey | None, language: str) -> None:
        self.graph, self.journey, self.language = graph, journey, language
        self.y, self.width = MARGIN, 0.0
        self.steps: dict[tuple[str, str], list[int]] = {}
        for source, target, number in journey.steps if journey is not None else ():
            self.steps.setdefault((source, target), []).append(number)

    def draw(self) -> Iterator[str]:
        """The title, each machine under its heading, then what is done from many states."""
        title = self.graph.title if self.journey is None else f"{self.journey.case} – {self.journey.title}"
        yield from self._heading(title, "h")
        for track, name in self.graph.tracks:
            boxes = [box for box in self.graph.boxes if box.track == track]
            if name:
                yield from self._heading(name, "t")
            yield from self._machine(boxes)
        yield from self._anywhere()

    def _heading(self, text: str, kind: str) -> Iterator[str]:
        self.y += 20
        self.width = max(self.width, text_width(text, 18 if kind == "h" else BIG, bold=True))
        yield _text(MARGIN, self.y, text, kind)
        self.y += 14

    # ---- one machine ----

    def _machine(self, boxes: Sequence[Box]) -> Iterator[str]:
        keys = {box.key for box in boxes}
        edges = [edge for edge in self.graph.edges if edge.target in keys and edge.source in {*keys, START}]
        extra = [pair for pair in self.steps if pair[1] in keys and pair[0] in {*keys, START}]
        edges += [
            Edge(source=a, target=b, ways=()) for a, b in extra if (a, b) not in {(one.source, one.target) for one in edges} and a != b
        ]
        linked = {key for edge in edges for key in (edge.source, edge.target)}
        texts = {box.key: self._lines(box) for box in boxes}
        shown = [box for box in boxes if box.key in linked]
        sizes: dict[object, tuple[float, float]] = {START: (18.0, 18.0)} if any(edge.source == START for edge in edges) else {}
        sizes |= {box.key: _size(texts[box.key]) for box in shown}
        labels = {(edge.source, edge.target): self._label(edge) for edge in edges}
        sizes |= {("label", pair): _size(label, pad=5) for pair, label in labels.items() if label}
        links = [link for edge in edges for link in self._links(edge, labels)]
        placed = place(sizes, links)
        top = self.y + 16
        self.width = max(self.width, placed.width)
        yield f'<g transform="translate({MARGIN:g},{top:g})">'
        for edge in edges:
            yield from self._edge(edge, placed, sizes, labels)
        for box in shown:
            yield from self._box(box, placed.at[box.key], texts[box.key])
        if START in sizes:
            x, y = placed.at[START]
            yield f'<circle class="start" cx="{x:g}" cy="{y:g}" r="8"><title>{escape(self.graph.words["Start"])}</title></circle>'
        yield "</g>"
        self.y = top + placed.height
        yield from self._others([box for box in boxes if box.key not in linked], texts)

    def _others(self, boxes: list[Box], texts: dict[str, list[Line]]) -> Iterator[str]:
        """States that only general actions lead to: in a row below."""
        if not boxes:
            return
        x, top = MARGIN, self.y + 34
        tallest = max(_size(texts[box.key])[1] for box in boxes)
        for box in boxes:
            width, height = _size(texts[box.key])
            yield from self._box(box, (x + width / 2, top + height / 2), texts[box.key])
            x += width + 20
        self.width = max(self.width, x)
        self.y = top + tallest

    def _links(self, edge: Edge, labels: dict[tuple[str, str], list[Line]]) -> list[tuple[object, object]]:
        pair = (edge.source, edge.target)
        if edge.source == edge.target:
            return []
        return [(edge.source, ("label", pair)), (("label", pair), edge.target)] if labels[pair] else [pair]

    def _label(self, edge: Edge) -> list[Line]:
        """What a line says: its steps of the case, then its actions."""
        steps = self.steps.get((edge.source, edge.target), [])
        lines: list[Line] = [("spent", " ".join(f"#{number}" for number in steps))] if steps else []
        if edge.source == edge.target and not self.graph.dense:
            return []
        for way in edge.ways:
            lines += [("", line) for line in fold(way.title, LABEL, SMALL)]
            about = " · ".join(filter(None, (way.by, f"▤ {way.papers}" if way.papers else "")))
            lines += [("dim", line) for line in fold(about, LABEL, SMALL)] if about else []
        return lines

    def _edge(
        self, edge: Edge, placed: object, sizes: dict[object, tuple[float, float]], labels: dict[tuple[str, str], list[Line]]
    ) -> Iterator[str]:
        pair = (edge.source, edge.target)
        went = " went" if pair in self.steps else ""
        routes, at = placed.routes, placed.at  # type: ignore[attr-defined]  # a Placed
        for number, link in enumerate(self._links(edge, labels)):
            points = _trimmed(list(routes[link]), sizes.get(link[0]), sizes.get(link[1]))
            last = number == len(self._links(edge, labels)) - 1
            marker = ' marker-end="url(#a)"' if last else ""
            yield f'<path class="edge{went}" d="{smooth(points)}"{marker}/>'
        if labels[pair] and edge.source != edge.target:
            x, y = at["label", pair]
            width, height = _size(labels[pair], pad=5)
            kind = "label lwent" if went else "label"
            yield _rect(kind, (x, y), (width, height), 7)
            yield from _lines(labels[pair], x, y - height / 2 + 5, middle=True)

    # ---- boxes ----

    def _lines(self, box: Box) -> list[Line]:
        lines: list[Line] = [("t", line) for line in fold(f"{box.number}. {box.title}", ROOM, BIG)]
        for kind, text in box.lines:
            mark = f"{self.graph.words[WORDS[kind]]}: " if kind in WORDS else ""
            lines += [("dim" if kind == "way" else "", line) for line in fold(mark + text, ROOM, SMALL)]
        for edge in self.graph.edges:
            if edge.source == edge.target == box.key and not self.graph.dense:
                lines += [("dim", line) for way in edge.ways for line in fold(f"↻ {way.title} ({way.by})", ROOM, SMALL)]
        spent = self.journey.spent.get(box.key) if self.journey is not None else None
        if spent is not None:
            lines.append(("spent", f"{self.graph.words['Time spent']}: {time_text(spent, self.language)}"))
        return lines

    def _box(self, box: Box, at: tuple[float, float], lines: list[Line]) -> Iterator[str]:
        width, height = _size(lines)
        x, y = at[0] - width / 2, at[1] - height / 2
        here = self.journey is not None and box.key in self.journey.now
        been = self.journey is not None and box.key in self.journey.spent
        kind = "box" + (" final" if box.final else "") + (" here" if here else " been" if been else "")
        yield f"<g><title>{escape(box.key)}</title>{_rect(kind, at, (width, height), 14 if box.final else 5)}"
        yield from _lines(lines, x + PAD, y + PAD)
        yield "</g>"

    def _anywhere(self) -> Iterator[str]:
        if not self.graph.anywhere:
            return
        folded = [line for one in self.graph.anywhere for line in fold(one, 620.0, SMALL)]
        lines: list[Line] = [("t", self.graph.words["From many states"]), *(("", line) for line in folded)]
        width, height = _size(lines)
        top = self.y + 30
        yield f'<rect class="note" x="{MARGIN:g}" y="{top:g}" width="{width:.1f}" height="{height:.1f}" rx="5" stroke-dasharray="5 4"/>'
        yield from _lines(lines, MARGIN + PAD, top + PAD)
        self.y, self.width = top + height, max(self.width, width)


def _rect(kind: str, at: tuple[float, float], size: tuple[float, float], round_: int) -> str:
    x, y = at[0] - size[0] / 2, at[1] - size[1] / 2
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{size[0]:.1f}" height="{size[1]:.1f}" rx="{round_}"/>'


def _size(lines: Sequence[Line], *, pad: float = PAD) -> tuple[float, float]:
    widest = max((text_width(text, BIG if kind == "t" else SMALL, bold=kind in {"t", "spent"}) for kind, text in lines), default=0.0)
    return round(widest + 2 * pad, 1), round(len(lines) * LINE + 2 * pad, 1)


def _lines(lines: Sequence[Line], x: float, y: float, *, middle: bool = False) -> Iterator[str]:
    for number, (kind, text) in enumerate(lines):
        yield _text(x, y + LINE * number + 11.5, text, kind, middle=middle)


def _text(x: float, y: float, text: str, kind: str, *, middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{named}{anchor}>{escape(text)}</text>'


def _trimmed(
    points: list[tuple[float, float]], first: tuple[float, float] | None, last: tuple[float, float] | None
) -> list[tuple[float, float]]:
    """The points, from the rim of the first box to the rim of the last."""
    down = 1 if points[-1][1] >= points[0][1] else -1
    if first is not None:
        points[0] = (points[0][0], round(points[0][1] + down * first[1] / 2, 1))
    if last is not None:
        points[-1] = (points[-1][0], round(points[-1][1] - down * (last[1] / 2 + 1), 1))
    return points
