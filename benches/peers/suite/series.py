"""The runs of a series: which there are, in which order, and what is kept of each."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from pickle import UnpicklingError

from suite import environments
from suite.corpus import Corpus
from suite.measure import measured_apart
from suite.record import Record
from suite.tool import Answer, Job, Tool, environment_of


@dataclass(frozen=True)
class Cell:
    """One place of the table: a tool on a feed with so many threads."""

    tool: Tool
    corpus: Corpus
    threads: int

    def __str__(self) -> str:
        return f"{self.tool.key}/{self.corpus.stories}/{self.threads}"


@dataclass
class Series:
    """Runs tools and keeps what comes of it."""

    record: Record
    folder: Path
    """For environments and runs."""
    runs: int
    """At most so many of each cell."""
    patience: float
    """A cell is not run again once its runs took so many seconds together."""
    limit: float
    """A run is stopped after so many seconds."""

    def prepare(self, tools: list[Tool]) -> dict[str, Path]:
        """Builds environments; gives the interpreter of each tool that can run. The others are kept with a reason."""
        ready: dict[str, Path] = {}
        for tool in tools:
            facts = {"title": tool.title, "settings": tool.settings, "most": tool.most, "limit": tool.limit}
            self.record.tools[tool.key] = facts
            problem = tool.problem()
            try:
                if tool.environment and not problem:
                    facts["version"] = environments.pinned(tool.environment)
                    tell(f"environment of {tool.key}")
                    ready[tool.key] = environments.python_of(self.folder / "environments", tool.environment)
                elif not problem:
                    facts["version"] = tool.version()
                    ready[tool.key] = Path(sys.executable)
            except (environments.Unavailable, OSError) as error:
                problem = str(error)
            if problem:
                facts["problem"] = problem
                tell(f"{tool.key}: {problem}")
            self.record.save()
        return ready

    def run(self, cells: list[Cell], pythons: dict[str, Path]) -> None:
        """Runs all cells once, then all again, in an order that differs: what disturbs one disturbs all alike."""
        shuffled = random.Random(1)
        for _ in range(self.runs):
            shuffled.shuffle(cells)
            # Small feeds first: should the series be interrupted, every tool has a row.
            cells.sort(key=lambda cell: cell.corpus.stories)
            for cell in cells:
                before = self.record.of(cell.tool.key, cell.corpus.stories, cell.threads)
                if self.again(before):
                    self.once(cell, pythons[cell.tool.key])

    def again(self, before: list[dict]) -> bool:
        """Whether a cell with these runs is worth another: a slow tool has one, and none is tried again in vain."""
        return all(run["status"] == "done" for run in before) and sum(run["wall"] for run in before) <= self.patience

    def once(self, cell: Cell, python: Path) -> None:
        """One run, with a look at the answer."""
        work = self.folder / "run"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        job = Job(cell.corpus.feed.resolve(), work.resolve(), cell.threads, python)
        cores = set(sorted(os.sched_getaffinity(0))[-cell.threads :])
        warm(job.feed)
        measured = measured_apart(cell.tool.command(job), self.limit, cores, job.work, environment_of(cell.tool, job))
        run = {"tool": cell.tool.key, "stories": cell.corpus.stories, "threads": cell.threads, **asdict(measured)}
        if measured.status == "done":
            try:
                run["answer"] = self.judge(cell, job)
            except (OSError, ValueError, KeyError, UnpicklingError) as error:
                # One tool's odd answer must not end a series that nobody watches.
                run |= {"status": "failed", "reason": f"unreadable answer: {error!r}"}
        elif measured.status == "failed":
            run["reason"] = environments.reason((work / "output.txt").read_text(errors="replace"))
        self.record.runs.append(run)
        self.record.save()
        shutil.rmtree(work, ignore_errors=True)
        tell(f"{cell}: {run['status']}, {measured.wall:.2f} s, {measured.peak / 2**20:.0f} MiB {run.get('reason', '')}")

    def judge(self, cell: Cell, job: Job) -> str | None:
        """Keeps the figures of the first answer of a cell; gives a digest, by which later ones are compared."""
        answer = cell.tool.answer(job)
        if answer is None:
            return None
        if str(cell) not in self.record.figures:
            self.record.figures[str(cell)] = cell.corpus.truth.judge(answer)
        return digest(answer)


def digest(answer: Answer) -> str:
    """The same for the same clusters, whatever their names."""
    members: dict[str, list[str]] = {}
    for story, cluster in answer.clusters.items():
        members.setdefault(cluster, []).append(story)
    clusters = sorted(",".join(sorted(stories)) for stories in members.values() if len(stories) > 1)
    removed = sorted(answer.removed) if answer.removed is not None else []
    return hashlib.sha256("\n".join([*clusters, "", *removed]).encode()).hexdigest()[:16]


def warm(feed: Path) -> None:
    """Reads the feed once, so that no tool pays for the disk."""
    with open(feed, "rb", buffering=0) as file:
        while file.read(1 << 22):
            pass


def tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
