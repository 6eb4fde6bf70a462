"""A record boiled down to rows: what table and plot both show."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import Any

from suite.record import Record


@dataclass
class Timing:
    """Medians of the runs with so many threads."""

    runs: int = 0
    wall: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0
    speed: float = 0.0
    """MB of the feed a second."""
    problem: str = ""
    """Why there are no medians, if there are none."""

    @classmethod
    def of(cls, runs: list[dict[str, Any]], size: int) -> Timing | None:
        if not runs:
            return None
        done = [run for run in runs if run["status"] == "done"]
        if not done:
            stopped = runs[-1]["status"] == "stopped"
            return cls(
                len(runs),
                problem=f"stopped after {runs[-1]['wall']:.0f} s" if stopped else f"failed: {runs[-1]['reason']}",
            )
        wall, cpu, peak = (median(run[name] for run in done) for name in ("wall", "cpu", "peak"))
        return cls(len(done), wall, cpu, peak, size / 1e6 / wall)


@dataclass
class Row:
    """One tool on one feed."""

    key: str
    title: str
    version: str
    limit: bool
    timings: dict[int, Timing] = field(default_factory=dict)
    """By the number of threads."""
    figures: dict[str, Any] | None = None
    steady: bool = True
    """Whether all runs on all threads gave the same clusters."""
    problem: str = ""
    """Why it has no timings, if it has none."""

    @property
    def name(self) -> str:
        """With its version."""
        tool, _, variant = self.title.partition(" ")
        return " ".join(filter(None, (tool, self.version, variant)))

    @property
    def best(self) -> Timing | None:
        """The fastest of its medians."""
        timed = [timing for timing in self.timings.values() if not timing.problem]
        return min(timed, key=lambda timing: timing.wall, default=None)


def threads_in(record: Record) -> list[int]:
    """Those that were asked for, and those of results that were kept from before."""
    return sorted({*record.about["threads"], *(run["threads"] for run in record.runs)})


def rows(record: Record, stories: int) -> list[Row]:
    """The rows of one feed: tools by speed, then limits, then those that could not run."""
    size = record.sizes[str(stories)]["bytes"]
    found = []
    for key, tool in record.tools.items():
        row = Row(key, tool["title"], tool.get("version", ""), tool["limit"], problem=tool.get("problem", ""))
        answers = set()
        for threads in threads_in(record):
            runs = record.of(key, stories, threads)
            answers |= {run["answer"] for run in runs if run.get("answer")}
            if timing := Timing.of(runs, size):
                row.timings[threads] = timing
        row.figures, row.steady = record.judged(key, stories), len(answers) <= 1
        if not row.timings and not row.problem:
            at_most = tool["most"] < stories
            row.problem = f"not asked: at most {tool['most']:,} stories" if at_most else "not run"
        found.append(row)

    def order(row: Row) -> tuple[bool, bool, float]:
        return row.limit, row.best is None, row.best.wall if row.best else 0.0

    return sorted(found, key=order)
