"""The results as they grow: one JSON file, whole after each run, so that an interrupted suite loses one run at most."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


class Record:
    """Results in a file.

    - `about`: machine, date, command, versions
    - `sizes`: for each number of stories the bytes of the feed and what the truth holds
    - `tools`: for each key its title, settings, version, and `problem` if it could not run
    - `runs`: a row for each run, in the order in which they were made
    - `figures`: how right an answer is, by `key/stories/threads`
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.about: dict[str, Any] = {}
        self.sizes: dict[str, dict[str, Any]] = {}
        self.tools: dict[str, dict[str, Any]] = {}
        self.runs: list[dict[str, Any]] = []
        self.figures: dict[str, dict[str, Any]] = {}

    @classmethod
    def read(cls, file: Path) -> Record:
        record = cls(file)
        for name, value in json.loads(file.read_text(encoding="utf-8")).items():
            setattr(record, name, value)
        return record

    def save(self) -> None:
        """Puts the file in its place at once: a reader sees all of it or what was there before."""
        whole = {name: getattr(self, name) for name in ("about", "sizes", "tools", "runs", "figures")}
        beside = self.file.with_suffix(".part")
        beside.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(beside, self.file)

    def of(self, key: str, stories: int, threads: int) -> list[dict[str, Any]]:
        """The runs of one tool on one feed, in order."""
        return [run for run in self.runs if (run["tool"], run["stories"], run["threads"]) == (key, stories, threads)]

    def judged(self, key: str, stories: int) -> dict[str, Any] | None:
        """The figures of a tool's answer for a feed: that on most threads, for answers are mostly the same."""
        found = [
            (int(name.split("/")[2]), figures)
            for name, figures in self.figures.items()
            if name.startswith(f"{key}/{stories}/")
        ]
        return max(found, key=lambda one: one[0])[1] if found else None
