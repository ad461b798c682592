"""How wide a text is in a picture, and the same as Mermaid, DOT and a page of HTML."""

import unicodedata
from html import escape

from workflow.pictures.graph import START, Graph
from workflow.pictures.journey import Journey, time_text
from workflow.signs import without

HERE, BEEN = "#fde68a", "#e0f2fe"
"""How a state is filled in which a case stands, or stood."""
NARROW, WIDE = set("iljtf.,:;'|!()[]· "), set("mwMW@%—→")


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide a text is in a common sans-serif, on the wide side; marks over letters take no room."""
    total = 0.0
    for letter in unicodedata.normalize("NFD", text):
        if unicodedata.category(letter) in {"Mn", "Me"}:
            continue
        total += 0.36 if letter in NARROW else 0.95 if letter in WIDE else 0.72 if letter.isupper() else 0.62
    return total * size * (1.1 if bold else 1.0)


def fold(text: str, room: float, size: float) -> list[str]:
    """The lines of a text that has so much room; a longer word stands by itself."""
    lines, line = list[str](), ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if line and text_width(joined, size) > room:
            lines.append(line)
            line = word
        else:
            line = joined
    return [*lines, line] if line else lines


def _ids(graph: Graph) -> dict[str, str]:
    return {box.key: f"s{box.number}" for box in graph.boxes}


def mermaid(graph: Graph, journey: Journey | None, language: str = "en") -> str:
    """A state diagram of Mermaid: names with spaces and any letters are labels, the ids are numbers. It knows no bold lines: of a case's
    way the states are coloured, and say the time spent in them.
    """
    ids, spent = _ids(graph) | {START: "[*]"}, _spent(journey, language)
    lines = ["stateDiagram-v2", f"  %% {graph.title}"]
    titles = {box.key: " – ".join([box.title, *spent.get(box.key, ())]) for box in graph.boxes}
    lines += [f'  state "{_quoted(title)}" as {ids[key]}' for key, title in titles.items()]
    for edge in graph.edges:
        ways = ", ".join(dict.fromkeys(_plain(way.title) for way in edge.ways))
        lines.append(f"  {ids[edge.source]} --> {ids[edge.target]}: {ways}")
    lines += [f"  {ids[box.key]} --> [*]" for box in graph.boxes if box.final]
    if journey is not None:
        lines += [f"  classDef been fill:{BEEN},stroke:#0369a1", f"  classDef here fill:{HERE},stroke:#b45309"]
        lines += [f"  class {ids[key]} been" for key in spent if key in ids and key not in journey.now]
        lines += [f"  class {ids[key]} here" for key in journey.now if key in ids]
    return without("\n".join([*lines, ""]))


def _spent(journey: Journey | None, language: str) -> dict[str, tuple[str]]:
    """State → the time that a case spent there."""
    return {key: (time_text(spent, language),) for key, spent in journey.spent.items()} if journey is not None else {}


def _quoted(text: str) -> str:
    return text.replace('"', "#quot;").replace("\n", " ")


def _plain(text: str) -> str:
    return text.replace(":", "∶").replace("\n", " ").replace(";", ",")


def dot(graph: Graph, journey: Journey | None, language: str = "en") -> str:
    """Graphviz's language."""
    ids, spent = _ids(graph) | {START: "start"}, _spent(journey, language)
    lines = [f"digraph {_dot(graph.key)} {{", '  node [shape=box, style=rounded, fontname="sans-serif"]; start [shape=point];']
    for box in graph.boxes:
        label = "\n".join([box.title, *spent.get(box.key, ()), *(text for _, text in box.lines)])
        colour = HERE if journey is not None and box.key in journey.now else BEEN if box.key in spent else ""
        filled = f', style="rounded,filled", fillcolor="{colour}"' if colour else ""
        lines.append(f"  {ids[box.key]} [label={_dot(label)}{', peripheries=2' if box.final else ''}{filled}];")
    went = {(source, target) for source, target, _ in journey.steps} if journey is not None else set()
    for edge in graph.edges:
        label = _dot("\n".join(way.title for way in edge.ways))
        bold = ", penwidth=3" if (edge.source, edge.target) in went else ""
        lines.append(f"  {ids[edge.source]} -> {ids[edge.target]} [label={label}{bold}];")
    return without("\n".join([*lines, "}", ""]))


def _dot(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def page(title: str, drawn: str, language: str) -> str:
    """A page of HTML with the picture in it; it needs nothing else."""
    style = "body{margin:0;font-family:sans-serif;background:#fff}main{overflow:auto;padding:8px}svg{max-width:none}"
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{escape(without(title))}</title>\n'
        f"<style>{style}</style></head>\n"
        f"<body><main>\n{drawn}</main></body></html>\n"
    )
