"""What adapters of libraries need beside the library: stories, shingles, components. Runs in every environment."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from multiprocessing import Pool
from pathlib import Path
from typing import TypeVar

from suite.settings import WORDS

try:
    from orjson import loads
except ImportError:
    loads = json.loads

WORD = re.compile(r"\w+")
Made = TypeVar("Made")


def stories(feed: Path) -> Iterator[tuple[str, str]]:
    """The id and text of each story."""
    with open(feed, "rb") as lines:
        for line in lines:
            story = loads(line)
            yield story["id"], story["text"]


def words(text: str) -> list[str]:
    """Runs of letters and digits, whatever the case and the typography.

    Libraries that leave words to their caller get these, so that none is worse off by its caller.
    """
    return WORD.findall(unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold())


def shingles(text: str) -> list[str]:
    """Runs of five words, with repetitions; a shorter text is one shingle."""
    found = words(text)
    if len(found) <= WORDS:
        return [" ".join(found)]
    return list(map(" ".join, zip(*(found[start:] for start in range(WORDS)))))


def batches(feed: Path, size: int = 256) -> Iterator[list[bytes]]:
    """The lines of a feed in handfuls that are worth sending to another process."""
    with open(feed, "rb") as lines:
        while batch := list(islice(lines, size)):
            yield batch


def in_processes(work: Callable[[list[bytes]], Made], feed: Path, threads: int) -> Iterator[Made]:
    """`work` on each batch, in order; with one thread in this process, for a pool would only cost."""
    if threads == 1:
        yield from map(work, batches(feed))
        return
    with Pool(threads) as pool:
        yield from pool.imap(work, batches(feed))


class Components:
    """Connected components by union-find with path halving."""

    def __init__(self) -> None:
        self.above: dict[int, int] = {}

    def root(self, node: int) -> int:
        above = self.above
        above.setdefault(node, node)
        while above[node] != node:
            above[node] = above[above[node]]
            node = above[node]
        return node

    def join(self, a: int, b: int) -> None:
        a, b = self.root(a), self.root(b)
        # The lesser leads, so that clusters are named by their first story.
        self.above[max(a, b)] = min(a, b)

    def clusters(self, ids: list[str]) -> Iterable[tuple[str, str]]:
        """Numbers back to ids, of the stories that were joined."""
        return ((ids[node], ids[self.root(node)]) for node in self.above)
