"""results.svg from a record: for each feed speeds on a logarithmic axis, and beside them how right the answers are.

Written by hand, for a plot of dots needs no library: every mark has a shape of its own, a text beside it or a title.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from math import ceil, floor, log10

from suite.record import Record
from suite.summary import Row, rows, threads_in
from suite.table import share, short

WIDTH, STEP, HEAD = 1000, 28, 84
NAMES = 190
"""Where names end and speeds begin."""
SPEEDS = (210, 590)
SHARES = (660, 960)
MARKS = (
    ("pair_precision", "pair precision", "#0b5fa5", "circle"),
    ("recall_0.8", "recall of pairs ≥ .8", "#b3430c", "square"),
    ("adjusted_rand", "ARI", "#3d7a1d", "diamond"),
)
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#222}"
    ".head{font-weight:600;font-size:15px}.small{font-size:11px;fill:#444}"
    ".grid{stroke:#ddd}.row{stroke:#bbb}.end{text-anchor:end}.middle{text-anchor:middle}.own{font-weight:700}"
)


def plot(record: Record) -> str:
    """The whole file."""
    parts, top = [], 0
    for stories in sorted(map(int, record.sizes)):
        shown = [row for row in rows(record, stories) if row.best]
        if shown:
            parts.append(feed(record, stories, shown, top))
            top += HEAD + STEP * len(shown) + 40
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {max(top, 40)}" role="img"'
        f' aria-labelledby="title desc">\n<title id="title">Speed and accuracy of wirefold and other tools</title>\n'
        f'<desc id="desc">{escape(told(record))}</desc>\n<style>{STYLE}</style>\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
    )


def told(record: Record) -> str:
    """The plot in words."""
    sentences = []
    for stories in sorted(map(int, record.sizes)):
        for row in rows(record, stories):
            if best := row.best:
                right = (
                    "".join(f", {label} {share(row.figures[key])}" for key, label, *_ in MARKS) if row.figures else ""
                )
                sentences.append(f"{stories:,} stories, {row.title}: {short(best.speed)} MB/s{right}.")
    return " ".join(sentences)


def feed(record: Record, stories: int, shown: list[Row], top: int) -> str:
    """The two panels of one feed."""
    threads = threads_in(record)
    speeds = [timing.speed for row in shown for timing in row.timings.values() if not timing.problem]
    low, high = floor(log10(min(speeds))), ceil(log10(max(speeds)))
    low, high = (low, high) if high > low else (low, low + 1)

    def at(speed: float) -> float:
        return SPEEDS[0] + (SPEEDS[1] - SPEEDS[0]) * (log10(speed) - low) / (high - low)

    floor_at = top + HEAD + STEP * len(shown)
    made = [text(10, top + 22, f"{stories:,} stories", "head"), *legends(threads, top)]
    for power in range(low, high + 1):
        made += tick(at(10.0**power), top, floor_at, f"{10.0**power:,g}")
    for tenth in range(0, 11, 2):
        made += tick(
            SHARES[0] + (SHARES[1] - SHARES[0]) * tenth / 10,
            top,
            floor_at,
            f"{tenth / 10:g}".removeprefix("0") or "0",
        )
    for number, row in enumerate(shown):
        made += line(row, top + HEAD + STEP * number + STEP // 2, at, threads)
    return "\n".join(made)


def legends(threads: list[int], top: int) -> list[str]:
    made = [text(SPEEDS[0], top + 22, "MB/s, logarithmic", "head"), text(SHARES[0], top + 22, "how right", "head")]
    x = SPEEDS[0] + 6
    for number, count in enumerate(threads):
        made += [
            dot(x, top + 42, number, len(threads), ""),
            text(x + 10, top + 46, f"{count} thread{'s' * (count > 1)}", "small"),
        ]
        x += 90
    x = SHARES[0] + 6
    for _, label, color, shape in MARKS:
        made += [mark(x, top + 42, color, shape, ""), text(x + 9, top + 46, label, "small")]
        x += 30 + 6 * len(label)
    return made


def tick(x: float, top: int, bottom: int, label: str) -> list[str]:
    return [
        f'<line class="grid" x1="{x:.1f}" y1="{top + HEAD - 6}" x2="{x:.1f}" y2="{bottom}"/>',
        text(x, bottom + 14, label, "small middle"),
    ]


def line(row: Row, y: int, at: Callable[[float], float], threads: list[int]) -> list[str]:
    """One tool: its name, a dot a number of threads with the best in figures, and the marks of its answer."""
    own = " own" if row.key.startswith("wirefold") else ""
    made = [text(NAMES, y + 4, row.name, f"end{own}")]
    timed = [(count, timing) for count, timing in row.timings.items() if not timing.problem]
    places = [at(timing.speed) for _, timing in timed]
    made.append(f'<line class="row" x1="{min(places):.1f}" y1="{y}" x2="{max(places):.1f}" y2="{y}"/>')
    for (count, timing), x in zip(timed, places):
        title = f"{row.title}, {count} thread{'s' * (count > 1)}: {short(timing.speed)} MB/s, {short(timing.wall)} s"
        made.append(dot(x, y, threads.index(count), len(threads), title))
    made.append(text(max(places) + 10, y + 4, short(row.best.speed), "small"))
    for number, (key, label, color, shape) in enumerate(MARKS if row.figures else ()):
        if (value := row.figures[key]) is not None:
            x = SHARES[0] + (SHARES[1] - SHARES[0]) * max(value, 0.0)
            # One above the other, for many are at 1.
            made.append(mark(x, y + 5 * (number - 1), color, shape, f"{row.title}, {label}: {share(value)}"))
    return made


def text(x: float, y: float, content: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(content)}</text>'


def titled(shape: str, title: str) -> str:
    return f"<g><title>{escape(title)}</title>{shape}</g>" if title else shape


def dot(x: float, y: float, number: int, of: int, title: str) -> str:
    """Filled for the most threads, hollow for fewer."""
    fill = "#222" if number == of - 1 else "#fff"
    return titled(f'<circle cx="{x:.1f}" cy="{y}" r="5" fill="{fill}" stroke="#222" stroke-width="1.5"/>', title)


def mark(x: float, y: float, color: str, shape: str, title: str) -> str:
    made = {
        "circle": f'<circle cx="{x:.1f}" cy="{y}" r="5" fill="{color}"/>',
        "square": f'<rect x="{x - 4.5:.1f}" y="{y - 4.5}" width="9" height="9" fill="{color}"/>',
        "diamond": f'<path d="M{x:.1f} {y - 6}l6 6l-6 6l-6 -6z" fill="{color}"/>',
    }[shape]
    return titled(made, title)
