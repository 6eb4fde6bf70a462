"""What the tests share: the sample feed, the pages of the book, and the answers of the command line."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "corpus" / "sample" / "feed.jsonl"


def blocks(page: Path) -> Iterator[tuple[int, str]]:
    """The line and the code of each block of a page."""
    begun: int | None = None
    code: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if line == "```python":
            begun, code = number, []
        elif line == "```" and begun is not None:
            yield begun, "\n".join(code)
            begun = None
        elif begun is not None:
            code.append(line)


# Those of the suite of peers are outlines of an adapter.
PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "crates" / "python" / "README.md"]
    if any(blocks(page))
]


@pytest.fixture(scope="session")
def feed() -> list[dict[str, Any]]:
    """The sample feed."""
    with SAMPLE.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


class Command:
    """The built command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *args: str | Path) -> str:
        done = subprocess.run(
            [os.environ["WIREFOLD"], *map(str, args)], check=True, capture_output=True, encoding="utf-8"
        )
        return done.stdout

    def tables(self, feed: Path, *args: str) -> tuple[list[str], list[dict[str, str]], list[dict[str, Any]]]:
        """The ids of the kept stories, the rows of the clusters and those of the relations."""
        clusters, relations = self.folder / "clusters.csv", self.folder / "relations.jsonl"
        kept = self.run("dedup", feed, "--quiet", "--clusters", clusters, "--relations", relations, *args)
        with clusters.open(encoding="utf-8") as rows:
            cluster_rows = list(csv.DictReader(rows))
        pairs = [json.loads(line) for line in relations.read_text(encoding="utf-8").splitlines()]
        return [json.loads(line)["id"] for line in kept.splitlines()], cluster_rows, pairs


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """The built command; tests that need it are skipped where `WIREFOLD` does not name it."""
    if "WIREFOLD" not in os.environ:
        pytest.skip("WIREFOLD does not name the command")
    return Command(tmp_path)
