"""Generated feeds, the truth about them, and how an answer stands to it."""

from __future__ import annotations

import csv
import json
import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

from suite.feed import shingles
from suite.metrics import PairCounts, RemovalCounts, all_but_first, pairs, ratio, recall_of
from suite.tool import Answer

NEAR = (0.8, 0.5)
"""The similarities from which on pairs are looked for one by one."""


@dataclass
class Truth:
    """What is known of a feed."""

    numbers: dict[str, int] = field(default_factory=dict)
    """The place of each id in the feed."""
    families: list[str] = field(default_factory=list)
    templated: list[int] = field(default_factory=list)
    """Stories of a series that shares its wording: each a family of its own, and hard to tell apart."""
    near: list[tuple[int, int, float]] = field(default_factory=list)
    """Pairs within a family whose Jaccard of word 5-grams is at least the least of `NEAR`, with it."""

    @classmethod
    def read(cls, rows: Path) -> Truth:
        truth = cls()
        with open(rows, encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)):
                truth.numbers[row["id"]] = number
                truth.families.append(row["family"])
                if row["edit"] == "template":
                    truth.templated.append(number)
        return truth

    def counts(self) -> dict[str, int]:
        """What there is to find."""
        sizes = [size for size in Counter(self.families).values() if size > 1]
        return {
            "families": len(sizes),
            "copies": sum(sizes) - len(sizes),
            "pairs": sum(map(pairs, sizes)),
            "templated": len(self.templated),
            **{f"pairs_{least}": sum(similarity >= least for *_, similarity in self.near) for least in NEAR},
        }

    def judge(self, answer: Answer) -> dict[str, float | int | None]:
        """All figures of an answer."""
        # A story without a cluster stands alone: its number is a name that no cluster has.
        labels: list[str | int] = list(range(len(self.families)))
        for story, cluster in answer.clusters.items():
            labels[self.numbers[story]] = cluster
        gone = all_but_first(labels)
        if answer.removed is not None:
            gone = {self.numbers[story] for story in answer.removed}
        counts = PairCounts.of(labels, self.families)
        removals = RemovalCounts.of(gone, self.families)
        figures: dict[str, float | int | None] = {
            "pair_precision": counts.precision(),
            "pair_recall": counts.recall(),
            "adjusted_rand": counts.adjusted_rand(),
            "removed": removals.removed,
            "removal_precision": removals.precision(),
            "removal_recall": removals.recall(),
            "templated_removed": ratio(len(gone.intersection(self.templated)), len(self.templated)),
        }
        for least in NEAR:
            listed = [(a, b) for a, b, similarity in self.near if similarity >= least]
            figures[f"recall_{least}"] = recall_of(listed, labels)
        return figures


@dataclass(frozen=True)
class Corpus:
    """A feed with its truth, in files."""

    stories: int
    feed: Path
    truth: Truth

    @property
    def bytes(self) -> int:
        return self.feed.stat().st_size


def corpus(generator: Path, folder: Path, stories: int, seed: int) -> Corpus:
    """Generates a feed, or takes the one that is there: the same settings give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{stories}-{seed}"
    feed, rows = folder / f"{name}.jsonl", folder / f"{name}.truth.tsv"
    if not (feed.exists() and rows.exists()):
        command = [generator, "--stories", stories, "--seed", seed, "--out", feed, "--truth", rows]
        subprocess.run(list(map(str, command)), check=True)
    truth = Truth.read(rows)
    near = folder / f"{name}.near.json"
    if not near.exists():
        found = list(near_pairs(feed, truth))
        near.write_text(json.dumps(found))
    truth.near = [(a, b, similarity) for a, b, similarity in json.loads(near.read_text())]
    return Corpus(stories, feed, truth)


def near_pairs(feed: Path, truth: Truth) -> Iterator[tuple[int, int, float]]:
    """Exact similarities of all pairs within families, those that count."""
    members: dict[str, list[int]] = defaultdict(list)
    for number, family in enumerate(truth.families):
        members[family].append(number)
    starts = [0]
    with open(feed, "rb") as lines:
        for line in lines:
            starts.append(starts[-1] + len(line))
        # A family at a time, so that a large feed need not be held.
        for family in members.values():
            if len(family) == 1:
                continue
            sets = []
            for number in family:
                lines.seek(starts[number])
                sets.append(frozenset(shingles(json.loads(lines.readline())["text"])))
            for (a, left), (b, right) in combinations(zip(family, sets), 2):
                similarity = jaccard(left, right)
                if similarity >= min(NEAR):
                    yield a, b, similarity


def jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    """Shared elements among all elements of both; 1 for two empty sets."""
    less, more = sorted((len(left), len(right)))
    # Most pairs that are far apart show it by their sizes.
    if less < min(NEAR) * more:
        return less / more
    shared = len(left & right)
    return shared / (less + more - shared) if more else 1.0
