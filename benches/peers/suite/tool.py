"""What an adapter is: a few facts about a tool, the command that runs it, and how its answer is read."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

CHILD = Path(__file__).resolve().parent.parent / "child.py"


@dataclass(frozen=True)
class Job:
    """One run of one tool."""

    feed: Path
    """JSON Lines; each story has an `id`, a `text` and more."""
    work: Path
    """A folder of the run's own, empty at its start and removed after it."""
    threads: int
    python: Path = Path(sys.executable)
    """The interpreter of the tool's environment."""

    @property
    def answer(self) -> Path:
        return self.work / "answer.tsv"


@dataclass
class Answer:
    """Which stories a tool calls copies of each other. A story that is not named stands alone."""

    clusters: dict[str, str]
    """A name of the cluster for each id."""
    removed: set[str] | None = None
    """The ids that go; without it all of a cluster but one."""


class Tool:
    """A tool that is started as a command. Subclasses are made once, without arguments."""

    key = ""
    """Its name on the command line and in the results."""
    title = ""
    settings = ""
    """What it is asked for, in a line of the table."""
    most = 200_000
    """The largest feed that it is given, in stories."""
    environment: str | None = None
    """The name of its file in `requirements`, whose first line is the tool; None: it needs none."""
    limit = False
    """Whether it does less than the task and only says what the machine can do."""

    def problem(self) -> str | None:
        """Why it cannot run here, if it cannot."""
        return None

    def version(self) -> str:
        return ""

    def command(self, job: Job) -> list[str]:
        raise NotImplementedError

    def variables(self, job: Job) -> dict[str, str]:
        """Environment variables on top of `threads_of`."""
        return {}

    def answer(self, job: Job) -> Answer | None:
        """Reads what the command left in the work folder. Not timed."""
        return None


class Library(Tool):
    """A tool that is called from Python: `find` runs in the tool's own environment, in a process of its own."""

    def find(self, job: Job) -> Iterable[tuple[str, str]]:
        """Gives the id and the cluster of each story; stories that stand alone may be left out."""
        raise NotImplementedError

    def command(self, job: Job) -> list[str]:
        return [str(job.python), str(CHILD), self.key, str(job.feed), str(job.work), str(job.threads)]

    def answer(self, job: Job) -> Answer:
        with open(job.answer, encoding="utf-8") as rows:
            return Answer(dict(row.rstrip("\n").split("\t") for row in rows))


class Limit(Tool):
    """Less than the task: what reading the file alone costs here."""

    limit = True
    program = ""
    where = ""
    """Where the program comes from, for those who lack it."""

    def problem(self) -> str | None:
        return None if shutil.which(self.program) else f"missing: {self.program} ({self.where})"


def threads_of(count: int) -> dict[str, str]:
    """The variables by which libraries learn how many threads they may take."""
    names = ("RAYON", "OMP", "OPENBLAS", "MKL", "NUMEXPR", "POLARS")
    taken = {f"{name}_MAX_THREADS" if name == "POLARS" else f"{name}_NUM_THREADS": str(count) for name in names}
    # Locks of tokenizers after a fork; said by every user guide.
    return taken | {"TOKENIZERS_PARALLELISM": "false", "PYTHONHASHSEED": "0"}


def environment_of(tool: Tool, job: Job) -> dict[str, str]:
    """All variables of a run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS")}
    return kept | threads_of(job.threads) | tool.variables(job)
