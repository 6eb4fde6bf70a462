"""The metrics against definitions worked out pair by pair, and against values known from elsewhere."""

import random
import unittest
from itertools import combinations

from suite.metrics import PairCounts, RemovalCounts, all_but_first, pairs, recall_of


def by_hand(answer, truth):
    """The four counts by a walk over all pairs."""
    walked = [(answer[a] == answer[b], truth[a] == truth[b]) for a, b in combinations(range(len(truth)), 2)]
    return PairCounts(
        sum(together for together, _ in walked),
        sum(related for _, related in walked),
        sum(together and related for together, related in walked),
        len(walked),
    )


def adjusted_rand_by_hand(answer, truth):
    """By the table of pairs that agree and disagree (Steinley 2004), which shares no step with the other formula."""
    a = b = c = d = 0
    for one, two in combinations(range(len(truth)), 2):
        together, related = answer[one] == answer[two], truth[one] == truth[two]
        a += together and related
        b += related and not together
        c += together and not related
        d += not together and not related
    chance = (a + b) * (a + c) + (c + d) * (b + d)
    total = a + b + c + d
    return (total * (a + d) - chance) / (total**2 - chance)


def labelings():
    """Pairs of labelings of many kinds: coarse, fine, alike, unlike."""
    draw = random.Random(7)
    for _ in range(300):
        stories = draw.randint(3, 40)
        truth = [draw.randrange(draw.choice((2, 5, 40))) for _ in range(stories)]
        if draw.random() < 0.5:
            answer = [label if draw.random() < 0.8 else draw.randrange(9) for label in truth]
        else:
            answer = [draw.randrange(draw.choice((1, 3, 40))) for _ in range(stories)]
        yield answer, truth


class Pairs(unittest.TestCase):
    def test_counts_are_those_of_a_walk_over_all_pairs(self):
        for answer, truth in labelings():
            self.assertEqual(PairCounts.of(answer, truth), by_hand(answer, truth))

    def test_adjusted_rand_is_that_of_agreements_and_disagreements(self):
        compared = 0
        for answer, truth in labelings():
            counts = PairCounts.of(answer, truth)
            if 0 < counts.answered + counts.true < 2 * counts.all:
                self.assertAlmostEqual(counts.adjusted_rand(), adjusted_rand_by_hand(answer, truth))
                compared += 1
        self.assertGreater(compared, 200)

    def test_a_worked_example(self):
        # Published example of scikit-learn's documentation of the index: .57…
        counts = PairCounts.of([0, 0, 1, 2], [0, 0, 1, 1])
        self.assertEqual(counts, PairCounts(answered=1, true=2, both=1, all=6))
        self.assertEqual((counts.precision(), counts.recall()), (1.0, 0.5))
        self.assertAlmostEqual(counts.adjusted_rand(), 4 / 7)

    def test_names_of_clusters_do_not_matter(self):
        truth = ["a", "a", "b", "c", "c"]
        self.assertEqual(PairCounts.of([9, 9, "x", 0, 0], truth).adjusted_rand(), 1.0)

    def test_all_apart_is_precise_about_nothing(self):
        counts = PairCounts.of([0, 1, 2, 3], [0, 0, 1, 1])
        self.assertIsNone(counts.precision())
        self.assertEqual(counts.recall(), 0.0)
        self.assertEqual(counts.adjusted_rand(), 0.0)

    def test_all_apart_is_right_where_all_are_apart(self):
        self.assertEqual(PairCounts.of([0, 1, 2], [5, 6, 7]).adjusted_rand(), 1.0)

    def test_pairs_among_few(self):
        self.assertEqual([pairs(count) for count in range(5)], [0, 0, 1, 3, 6])

    def test_recall_of_listed_pairs(self):
        self.assertEqual(recall_of([(0, 1), (0, 2), (3, 4)], [1, 1, 2, 3, 3]), 2 / 3)
        self.assertIsNone(recall_of([], [1, 2]))


class Removals(unittest.TestCase):
    def test_a_family_keeps_one(self):
        # All three of the first family go: one of them is lost. The single story goes wrongly.
        counts = RemovalCounts.of([0, 1, 2, 5], ["a", "a", "a", "b", "b", "c"])
        self.assertEqual(counts, RemovalCounts(removed=4, right=2, removable=3))
        self.assertEqual((counts.precision(), counts.recall()), (0.5, 2 / 3))

    def test_right_removals_are_the_most_that_leave_one_of_each_family(self):
        draw = random.Random(3)
        for _, truth in labelings():
            gone = [story for story in range(len(truth)) if draw.random() < 0.5]
            # The best choice of removals to take back, family by family, by trying.
            best = sum(
                max(
                    kept
                    for kept in range(len(members) + 1)
                    if kept <= sum(story in gone for story in members) and kept < len(members)
                )
                for members in ([s for s, label in enumerate(truth) if label == family] for family in set(truth))
            )
            self.assertEqual(RemovalCounts.of(gone, truth).right, best)

    def test_the_first_of_each_cluster_stays(self):
        self.assertEqual(all_but_first(["a", "b", "a", "c", "b", "a"]), {2, 4, 5})


if __name__ == "__main__":
    unittest.main()
