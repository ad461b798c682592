"""Boxes in rows and lines between them, after Sugiyama: ways back turned round, rows by the longest way, a place in each row that every
long line passes through, few crossings, and each thing as near above its neighbours as the others let it be.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct, field

Node = Hashable
GAP_X, GAP_Y = 28.0, 30.0
SWEEPS = 12


class Placed(Struct):
    """Where everything is: centres of nodes, and the points that each line passes through (source first)."""

    at: dict[Node, tuple[float, float]]
    routes: dict[tuple[Node, Node], list[tuple[float, float]]]
    width: float
    height: float


class _Rows(Struct):
    """The nodes in their rows, places of lines among them, and who is next to whom in the row above and below."""

    rows: list[list[Node]]
    above: dict[Node, list[Node]] = field(default_factory=dict)
    below: dict[Node, list[Node]] = field(default_factory=dict)


def place(sizes: Mapping[Node, tuple[float, float]], edges: Sequence[tuple[Node, Node]]) -> Placed:
    """Lay nodes (width, height) and edges out, top to bottom. Nodes that nothing leads to begin; the order given decides ties."""
    order = {node: at for at, node in enumerate(sizes)}
    forward = {edge: edge for edge in edges if edge[0] != edge[1]}
    for edge in _back(order, list(forward)):
        forward[edge] = (edge[1], edge[0])
    level = _levels(order, list(dict.fromkeys(forward.values())))
    rows, chains = _with_places(order, level, forward)
    _uncross(rows)
    spans = {node: sizes.get(node, (12.0, 0.0)) for row in rows.rows for node in row}
    xs = _across(rows, spans)
    ys, height = _down(rows, spans)
    low = min((xs[node] - spans[node][0] / 2 for node in xs), default=0.0)
    at = {node: (round(xs[node] - low, 1), round(ys[node], 1)) for node in xs}
    width = max((at[node][0] + spans[node][0] / 2 for node in at), default=0.0)
    routes = {edge: [at[node] for node in (chain if forward[edge] == edge else chain[::-1])] for edge, chain in chains.items()}
    return Placed(at={node: at[node] for node in sizes}, routes=routes, width=width, height=height)


def _back(order: Mapping[Node, int], edges: list[tuple[Node, Node]]) -> list[tuple[Node, Node]]:
    """The edges that lead back to where a walk in order has come from."""
    leads: dict[Node, list[Node]] = {node: [] for node in order}
    for source, target in edges:
        leads[source].append(target)
    state, back = dict.fromkeys(order, 0), []
    for root in order:
        stack: list[tuple[Node, int]] = [(root, 0)] if not state[root] else []
        while stack:
            node, at = stack.pop()
            state[node] = 1
            if at == len(leads[node]):
                state[node] = 2
                continue
            stack.append((node, at + 1))
            target = leads[node][at]
            if state[target] == 1:
                back.append((node, target))
            elif not state[target]:
                stack.append((target, 0))
    return back


def _levels(order: Mapping[Node, int], edges: list[tuple[Node, Node]]) -> dict[Node, int]:
    """The row of each node: one below the lowest that leads to it."""
    level = dict.fromkeys(order, 0)
    for _ in order:
        changed = False
        for source, target in edges:
            if level[target] <= level[source]:
                level[target] = level[source] + 1
                changed = True
        if not changed:
            break
    return level


def _with_places(
    order: Mapping[Node, int], level: Mapping[Node, int], forward: Mapping[tuple[Node, Node], tuple[Node, Node]]
) -> tuple[_Rows, dict[tuple[Node, Node], list[Node]]]:
    rows = _Rows(rows=[[] for _ in range(max(level.values(), default=0) + 1)])
    for node in order:
        rows.rows[level[node]].append(node)
    chains: dict[tuple[Node, Node], list[Node]] = {}
    for edge, (source, target) in forward.items():
        chain: list[Node] = [source]
        for row in range(level[source] + 1, level[target]):
            passing = ("·", edge, row)
            rows.rows[row].append(passing)
            chain.append(passing)
        chain.append(target)
        chains[edge] = chain
        for upper, lower in pairwise(chain):
            rows.below.setdefault(upper, []).append(lower)
            rows.above.setdefault(lower, []).append(upper)
    return rows, chains


# ---- few crossings ---------------------------------------------------------------------------------------------------


def _uncross(rows: _Rows) -> None:
    """Order each row by where its neighbours are, down and up, and keep the best order."""
    best, fewest = [list(row) for row in rows.rows], _crossings(rows)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        neighbours = rows.above if down else rows.below
        indices = range(1, len(rows.rows)) if down else range(len(rows.rows) - 2, -1, -1)
        for at in indices:
            other = {node: index for index, node in enumerate(rows.rows[at - 1 if down else at + 1])}
            rows.rows[at] = _sorted(rows.rows[at], neighbours, other)
        found = _crossings(rows)
        if found < fewest:
            best, fewest = [list(row) for row in rows.rows], found
    rows.rows[:] = best


def _sorted(row: list[Node], neighbours: Mapping[Node, list[Node]], other: Mapping[Node, int]) -> list[Node]:
    def middle(at: int) -> float:
        found = sorted(other[one] for one in neighbours.get(row[at], ()) if one in other)
        return (found[(len(found) - 1) // 2] + found[len(found) // 2]) / 2 if found else float(at)

    return [row[at] for at in sorted(range(len(row)), key=lambda at: (middle(at), at))]


def _crossings(rows: _Rows) -> int:
    total = 0
    for upper, lower in pairwise(rows.rows):
        place_of = {node: index for index, node in enumerate(lower)}
        ends = [place_of[target] for node in upper for target in sorted(rows.below.get(node, ()), key=lambda one: place_of[one])]
        total += _inversions(ends)
    return total


def _inversions(ends: list[int]) -> int:
    from bisect import bisect_right, insort

    seen: list[int] = []
    found = 0
    for end in ends:
        found += len(seen) - bisect_right(seen, end)
        insort(seen, end)
    return found


# ---- coordinates -----------------------------------------------------------------------------------------------------


def _across(rows: _Rows, spans: Mapping[Node, tuple[float, float]]) -> dict[Node, float]:
    xs: dict[Node, float] = {}
    for row in rows.rows:
        x = 0.0
        for node in row:
            xs[node] = x + spans[node][0] / 2
            x += spans[node][0] + GAP_X
    for sweep in range(SWEEPS * 2):
        indices = range(len(rows.rows)) if sweep % 2 == 0 else range(len(rows.rows) - 1, -1, -1)
        for at in indices:
            _settle(rows.rows[at], rows, xs, spans)
    return xs


def _settle(row: list[Node], rows: _Rows, xs: dict[Node, float], spans: Mapping[Node, tuple[float, float]]) -> None:
    """Move a row's nodes as near to their neighbours' middle as their order and sizes let them: the least squares (pool adjacent
    violators).
    """
    offset, blocks = 0.0, list[list[float]]()  # [sum of wanted, weight, how many]
    offsets = []
    for at, node in enumerate(row):
        offset += (spans[row[at - 1]][0] + spans[node][0]) / 2 + GAP_X if at else 0.0
        offsets.append(offset)
        near = [xs[one] for one in (*rows.above.get(node, ()), *rows.below.get(node, ()))]
        weight = 4.0 if isinstance(node, tuple) and node[:1] == ("·",) else 1.0  # lines are kept straight
        wanted = (sum(near) / len(near) if near else xs[node]) - offset
        blocks.append([wanted * weight, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            last = blocks.pop()
            blocks[-1] = [blocks[-1][0] + last[0], blocks[-1][1] + last[1], blocks[-1][2] + last[2]]
    at = 0
    for total, weight, count in blocks:
        for _ in range(int(count)):
            xs[row[at]] = total / weight + offsets[at]
            at += 1


def _down(rows: _Rows, spans: Mapping[Node, tuple[float, float]]) -> tuple[dict[Node, float], float]:
    ys: dict[Node, float] = {}
    y = 0.0
    for row in rows.rows:
        tallest = max((spans[node][1] for node in row), default=0.0)
        ys.update(dict.fromkeys(row, y + tallest / 2))
        y += tallest + GAP_Y
    return ys, max(y - GAP_Y, 0.0)


def smooth(points: Iterable[tuple[float, float]]) -> str:
    """A path through these points whose bends are round: it leaves and arrives upright."""
    (x, y), *rest = points
    found = [f"M{x:g},{y:g}"]
    for to_x, to_y in rest:
        half = round((y + to_y) / 2, 1)
        found.append(f"C{x:g},{half:g} {to_x:g},{half:g} {to_x:g},{to_y:g}")
        x, y = to_x, to_y
    return " ".join(found)
