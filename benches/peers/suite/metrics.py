"""How right an answer is, from counts of stories by cluster and family: no walk over all pairs.

Stories are numbered from 0; a labeling is a list of hashable names, one a story.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass

Labels = Sequence[Hashable]


def pairs(count: int) -> int:
    """Pairs among so many."""
    return count * (count - 1) // 2


def ratio(part: float, whole: float) -> float | None:
    """None where there is nothing to be right about."""
    return part / whole if whole else None


@dataclass(frozen=True)
class PairCounts:
    """Pairs of stories that are together in the answer, in the truth, in both, and at all."""

    answered: int
    true: int
    both: int
    all: int

    @classmethod
    def of(cls, answer: Labels, truth: Labels) -> PairCounts:
        def together(labels: Iterable[Hashable]) -> int:
            return sum(map(pairs, Counter(labels).values()))

        assert len(answer) == len(truth)
        return cls(together(answer), together(truth), together(zip(answer, truth)), pairs(len(truth)))

    def precision(self) -> float | None:
        return ratio(self.both, self.answered)

    def recall(self) -> float | None:
        return ratio(self.both, self.true)

    def adjusted_rand(self) -> float:
        """The adjusted Rand index (Hubert and Arabie 1985): 1 for the truth, 0 on average for chance."""
        expected = self.answered * self.true / self.all if self.all else 0.0
        most = (self.answered + self.true) / 2
        return 1.0 if most == expected else (self.both - expected) / (most - expected)


def recall_of(listed: Collection[tuple[int, int]], answer: Labels) -> float | None:
    """The share of the listed pairs that are together in the answer."""
    return ratio(sum(answer[a] == answer[b] for a, b in listed), len(listed))


@dataclass(frozen=True)
class RemovalCounts:
    """Stories that go, those of them that go rightly, and those that could.

    A family can lose all of its stories but one, whichever; what goes beyond that is lost to the reader.
    """

    removed: int
    right: int
    removable: int

    @classmethod
    def of(cls, removed: Iterable[int], truth: Labels) -> RemovalCounts:
        sizes = Counter(truth)
        gone = Counter(truth[story] for story in removed)
        right = sum(min(count, sizes[family] - 1) for family, count in gone.items())
        return cls(gone.total(), right, sum(size - 1 for size in sizes.values()))

    def precision(self) -> float | None:
        return ratio(self.right, self.removed)

    def recall(self) -> float | None:
        return ratio(self.right, self.removable)


def all_but_first(labels: Labels) -> set[int]:
    """The stories that go if the first of each cluster stays."""
    seen: set[Hashable] = set()
    gone = set()
    for story, label in enumerate(labels):
        if label in seen:
            gone.add(story)
        seen.add(label)
    return gone
