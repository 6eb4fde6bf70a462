"""What the tests share: the sample feed, and the answers of the command line."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parents[3] / "corpus" / "sample" / "feed.jsonl"


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
