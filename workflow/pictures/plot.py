"""A simulation drawn: of each run which share of the cases was finished after how many days; under it where cases pile up."""

from collections.abc import Iterator, Sequence
from html import escape

from workflow.answers.simulated import Simulated, StateLoad
from workflow.phrases import phrase

WIDTH, HEIGHT, LEFT, TOP = 760.0, 300.0, 60.0, 50.0
COLOURS = ("#0369a1", "#b45309", "#15803d", "#9333ea", "#be123c")
POINTS = 120


def plot(done: Simulated, language: str) -> str:
    """The picture; the same simulation gives the same text."""
    states = sorted(done.states, key=lambda one: (-one.most_at_once, one.state))[:12]
    total = TOP + HEIGHT + 90 + 22 * len(states) + 20 * len(done.runs)
    body = [*_curves(done, language), *_bars(states, TOP + HEIGHT + 60 + 20 * len(done.runs), language)]
    style = "text{font-family:'Noto Sans','DejaVu Sans',Arial,sans-serif;font-size:12px;fill:#1f2937}.h{font-size:16px;font-weight:700}"
    width = WIDTH + LEFT + 40
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{total:g}" viewBox="0 0 {width:g} {total:g}" role="img">'
    title = f"<title>{escape(done.title)}</title><style>{style}</style>"
    white = '<rect width="100%" height="100%" fill="#fff"/>'
    return "\n".join([head, title, white, f'<text class="h" x="20" y="28">{escape(done.title)}</text>', *body, "</svg>", ""])


def _curves(done: Simulated, language: str) -> Iterator[str]:
    longest = max((run[-1] for run in done.days if run), default=1.0) or 1.0
    bottom = TOP + HEIGHT
    for share in (0, 25, 50, 75, 100):
        y = bottom - HEIGHT * share / 100
        yield f'<path d="M{LEFT:g},{y:g} H{LEFT + WIDTH:g}" stroke="#e2e8f0"/>'
        yield f'<text x="{LEFT - 8:g}" y="{y + 4:g}" text-anchor="end">{share} %</text>'
    for part in range(6):
        x = LEFT + WIDTH * part / 5
        yield f'<text x="{x:g}" y="{bottom + 18:g}" text-anchor="middle">{longest * part / 5:.0f}</text>'
    yield f'<text x="{LEFT + WIDTH / 2:g}" y="{bottom + 36:g}" text-anchor="middle">{phrase("days until finished", language)}</text>'
    for number, (run, days) in enumerate(zip(done.runs, done.days, strict=True)):
        colour = COLOURS[number % len(COLOURS)]
        yield f'<path d="{_line(days, longest, bottom)}" fill="none" stroke="{colour}" stroke-width="2.2"/>'
        y = bottom + 58 + 20 * number
        yield f'<rect x="{LEFT:g}" y="{y - 10:g}" width="22" height="5" fill="{colour}"/>'
        yield f'<text x="{LEFT + 30:g}" y="{y - 3:g}">{escape(run.name)}: {run.median_days:g} / {run.p90_days:g}</text>'


def _line(days: Sequence[float], longest: float, bottom: float) -> str:
    step = max(len(days) // POINTS, 1)
    points = [(0.0, 0.0), *((days[at], (at + 1) / len(days)) for at in range(0, len(days), step))]
    points += [(days[-1], 1.0)] if days else []
    return " ".join(f"{'L' if at else 'M'}{LEFT + WIDTH * x / longest:.1f},{bottom - HEIGHT * y:.1f}" for at, (x, y) in enumerate(points))


def _bars(states: Sequence[StateLoad], top: float, language: str) -> Iterator[str]:
    most = max((one.most_at_once for one in states), default=1) or 1
    yield f'<text x="{LEFT:g}" y="{top:g}">{phrase("Most at once", language)}</text>'
    for number, one in enumerate(states):
        y, width = top + 12 + 22 * number, (WIDTH - 260) * one.most_at_once / most
        yield f'<text x="{LEFT + 210:g}" y="{y + 12:g}" text-anchor="end">{escape(one.title)}</text>'
        yield f'<rect x="{LEFT + 220:g}" y="{y:g}" width="{width:.1f}" height="15" fill="#0369a1"/>'
        yield f'<text x="{LEFT + 226 + width:.1f}" y="{y + 12:g}">{one.most_at_once}</text>'
