"""The parts round the metrics: truth, shingles, components, measuring, results, pages."""

import io
import json
import os
import pickle
import random
import subprocess
import sys
import tempfile
import time
import types
import unittest
import unittest.mock
import xml.etree.ElementTree as ElementTree
from collections import Counter
from itertools import combinations
from pathlib import Path

from suite import measure as measuring
from suite.corpus import NEAR, Truth, jaccard, near_pairs
from suite.environments import REQUIREMENTS, pinned, reason
from suite.feed import Components, batches, shingles, words
from suite.measure import measured_apart
from suite.plot import plot
from suite.record import Record
from suite.series import digest
from suite.summary import rows
from suite.table import page, share, short
from suite.tool import Answer
from tools import TOOLS, tool_of
from tools.text_dedup import Reader

HEADER = "id\tfamily\tparent\tedit\trelation\tto_parent\tj\tc_child_in_parent\tc_parent_in_child\n"


class Feeds(unittest.TestCase):
    def test_words_are_the_same_whatever_the_typography(self):
        self.assertEqual(words("The “ﬁnal” co\u00adunt:\u00a0Ｎo. ５"), words('the "final" count: no. 5'))
        self.assertEqual(words("Cafe\u0301"), ["café"])

    def test_shingles_are_runs_of_five(self):
        self.assertEqual(shingles("a b c d e f"), ["a b c d e", "b c d e f"])
        self.assertEqual(shingles("a b c d e"), ["a b c d e"])
        self.assertEqual(shingles("One, two"), ["one two"])

    def test_batches_hold_every_line_in_order(self):
        with tempfile.TemporaryDirectory() as folder:
            feed = Path(folder) / "feed"
            feed.write_bytes(b"".join(b"%d\n" % number for number in range(7)))
            self.assertEqual([len(batch) for batch in batches(feed, 3)], [3, 3, 1])
            self.assertEqual(b"".join(sum(batches(feed, 3), [])), feed.read_bytes())

    def test_components_are_those_of_repeated_merging(self):
        draw = random.Random(5)
        for _ in range(100):
            edges = [(draw.randrange(20), draw.randrange(20)) for _ in range(draw.randrange(25))]
            components = Components()
            groups = [{node} for node in range(20)]
            for a, b in edges:
                components.join(a, b)
                one = next(group for group in groups if a in group)
                two = next(group for group in groups if b in group)
                if one is not two:
                    groups.remove(two)
                    one |= two
            named = dict(components.clusters([str(node) for node in range(20)]))
            for group in groups:
                if len(group) > 1:
                    self.assertEqual({named[str(node)] for node in group}, {str(min(group))})


class Truths(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.rows = Path(self.folder.name) / "truth.tsv"
        self.rows.write_text(
            HEADER
            + "a\t1\t-\toriginal\tnone\tnone\t-\t-\t-\n"
            + "b\t1\ta\texact\tidentical\tidentical\t1000\t1000\t1000\n"
            + "c\t2\t-\ttemplate\tnone\tnone\t-\t-\t-\n"
            + "d\t3\tc\ttemplate\tsame_template\tsame_template\t700\t800\t800\n"
            + "e\t1\ta\ttruncated\tcontained\tcontained\t300\t1000\t300\n"
        )

    def test_figures_of_an_answer(self):
        truth = Truth.read(self.rows)
        truth.near = [(0, 1, 1.0), (0, 4, 0.6)]
        figures = truth.judge(Answer({"a": "x", "b": "x", "c": "y", "d": "y"}))
        self.assertEqual(figures["pair_precision"], 1 / 2)
        self.assertEqual(figures["pair_recall"], 1 / 3)
        self.assertEqual((figures["recall_0.8"], figures["recall_0.5"]), (1.0, 0.5))
        # b goes rightly, d is news.
        self.assertEqual((figures["removal_precision"], figures["removal_recall"]), (0.5, 0.5))
        self.assertEqual(figures["templated_removed"], 0.5)

    def test_what_goes_is_the_tool_s_own_word_if_it_has_one(self):
        truth = Truth.read(self.rows)
        figures = truth.judge(Answer({"a": "x", "b": "x", "e": "x"}, removed={"e"}))
        self.assertEqual((figures["removed"], figures["removal_recall"]), (1, 0.5))

    def test_an_id_that_is_not_in_the_feed_is_an_error(self):
        with self.assertRaises(KeyError):
            Truth.read(self.rows).judge(Answer({"zz": "x"}))

    def test_near_pairs_are_those_of_sets_compared_one_by_one(self):
        draw = random.Random(11)
        base = [f"w{number}" for number in range(60)]
        texts, families = [], []
        for family in range(12):
            for _ in range(draw.randint(1, 4)):
                changed = [word if draw.random() > 0.03 else "x" for word in base]
                texts.append(f"{family} ".join(changed)[: draw.choice((400, 300, 60))])
                families.append(str(family))
        feed = Path(self.folder.name) / "feed.jsonl"
        feed.write_text("".join(json.dumps({"id": str(n), "text": text}) + "\n" for n, text in enumerate(texts)))
        found = {(a, b): round(j, 9) for a, b, j in near_pairs(feed, Truth(families=families))}
        wanted = {}
        for a, b in combinations(range(len(texts)), 2):
            left, right = set(shingles(texts[a])), set(shingles(texts[b]))
            similarity = len(left & right) / len(left | right)
            if families[a] == families[b] and similarity >= min(NEAR):
                wanted[a, b] = round(similarity, 9)
        self.assertEqual(found, wanted)
        self.assertGreater(len(wanted), 3)

    def test_jaccard_of_nothing(self):
        self.assertEqual(jaccard(frozenset(), frozenset()), 1.0)
        self.assertEqual(jaccard(frozenset("a"), frozenset()), 0.0)


class Measuring(unittest.TestCase):
    def measured(self, script, limit=30.0):
        with tempfile.TemporaryDirectory() as folder:
            cores = os.sched_getaffinity(0)
            return measured_apart([sys.executable, "-c", script], limit, cores, Path(folder), dict(os.environ))

    def test_memory_of_a_process_alone(self):
        found = self.measured("x = bytearray(100 << 20)")
        self.assertEqual(found.status, "done")
        self.assertGreater(found.peak, 100 << 20)
        self.assertLess(found.peak, 160 << 20)

    def test_memory_of_a_tree_is_added_up(self):
        grown = "import os,time; pid=os.fork(); x=bytearray(60<<20); time.sleep(1); pid and os.wait()"
        found = self.measured(grown)
        self.assertGreater(found.peak, 120 << 20)
        self.assertLess(found.peak, 180 << 20)

    def test_shared_pages_count_once(self):
        shared = "import os,time; x=bytearray(60<<20); pid=os.fork(); time.sleep(1); pid and os.wait()"
        self.assertLess(self.measured(shared).peak, 110 << 20)

    def test_time_of_a_grandchild_that_nobody_waits_for(self):
        orphan = (
            "import os, time\nif os.fork() == 0:\n if os.fork() == 0:\n"
            "  while os.times().user < .4: pass\n  os._exit(0)\n os._exit(0)\nos.wait()\ntime.sleep(1.5)"
        )
        self.assertGreaterEqual(self.measured(orphan).cpu, 0.4)

    def test_a_run_is_stopped_with_its_children(self):
        found = self.measured("import os,time; os.fork(); time.sleep(60)", limit=0.5)
        self.assertEqual(found.status, "stopped")
        self.assertLess(found.wall, 30)

    def test_nothing_is_left_of_an_interrupted_run(self):
        with tempfile.TemporaryDirectory() as folder:
            report, pids = Path(folder) / "report", Path(folder) / "pids"
            script = f"import os,time; os.fork(); open({str(pids)!r}, 'a').write(f'{{os.getpid()}} '); time.sleep(60)"
            names = ",".join(map(str, os.sched_getaffinity(0)))
            command = [sys.executable, "-I", measuring.__file__, str(report), "60", names, "--"]
            apart = subprocess.Popen([*command, sys.executable, "-c", script])
            while not pids.exists() or len(pids.read_text().split()) < 2:
                time.sleep(0.02)
            apart.terminate()
            self.assertEqual(apart.wait(), 1)
            for pid in pids.read_text().split():
                with self.assertRaises(ProcessLookupError):
                    os.kill(int(pid), 0)

    def test_a_failure_is_told(self):
        found = self.measured("raise SystemExit(3)")
        self.assertEqual((found.status, found.code), ("failed", 3))

    def test_a_command_that_is_not_there(self):
        with tempfile.TemporaryDirectory() as folder:
            found = measured_apart(["/nowhere/at-all"], 5, {0}, Path(folder), dict(os.environ))
        self.assertEqual(found.status, "failed")

    def test_descendants_of_this_process(self):
        self.assertEqual(measuring.descendants(os.getpid())[0], os.getpid())


class Tools(unittest.TestCase):
    def test_every_tool_has_a_key_of_its_own_and_pinned_requirements(self):
        keys = Counter(tool.key for tool in TOOLS)
        self.assertEqual(max(keys.values()), 1)
        for tool in TOOLS:
            self.assertIs(tool_of(tool.key), tool)
            self.assertTrue(tool.title and tool.settings)
            if tool.environment:
                lines = (REQUIREMENTS / f"{tool.environment}.txt").read_text().splitlines()
                self.assertTrue(all("==" in line for line in lines), tool.key)
                self.assertRegex(pinned(tool.environment), r"^\d+\.\d+")

    def test_the_union_find_of_text_dedup_is_read_without_its_package(self):
        module = types.ModuleType("union_find")
        module.UnionFind = type("UnionFind", (), {"__module__": module.__name__})
        forest = module.UnionFind()
        forest.parent, forest.rank = {"a": "a", "b": "a", "c": "b"}, Counter("a")
        with unittest.mock.patch.dict(sys.modules, {module.__name__: module}):
            written = pickle.dumps(forest, pickle.HIGHEST_PROTOCOL)
        read = Reader(io.BytesIO(written)).load()
        self.assertEqual([read.root(node) for node in "abc"], ["a", "a", "a"])

    def test_nothing_else_is_made_from_it(self):
        with self.assertRaises(pickle.UnpicklingError):
            Reader(io.BytesIO(pickle.dumps(Path("/")))).load()

    def test_the_last_error_is_the_reason(self):
        self.assertEqual(reason("ERROR: first\nERROR: no matching version\nhint: try\n"), "ERROR: no matching version")
        self.assertEqual(reason(""), "no reason given")

    def test_a_digest_knows_clusters_and_not_their_names(self):
        self.assertEqual(digest(Answer({"a": "x", "b": "x", "c": "y"})), digest(Answer({"b": "1", "a": "1"})))
        self.assertNotEqual(digest(Answer({"a": "x", "b": "x"})), digest(Answer({"a": "x", "c": "x"})))


class Pages(unittest.TestCase):
    def record(self, folder):
        record = Record(Path(folder) / "results.json")
        record.about = {
            "date": "2031-03-01",
            "commands": ["run", "run --add"],
            "seed": 1,
            "threads": [1, 2],
            "runs": 3,
            "machine": {"processor": "p", "cores": 2, "memory_gib": 4, "system": "s", "python": "3"},
        }
        record.sizes = {
            "100": {
                "bytes": 2_000_000,
                "families": 1,
                "copies": 2,
                "pairs": 3,
                "templated": 1,
                "pairs_0.8": 1,
                "pairs_0.5": 2,
            }
        }
        facts = {"settings": "…", "version": "1.0", "most": 1000, "limit": False}
        record.tools = {
            "fast": {**facts, "title": "Fast & <good>"},
            "slow": {**facts, "title": "Slow"},
            "absent": {**facts, "title": "Absent", "problem": "missing: absent"},
            "small": {**facts, "title": "Small", "most": 10},
        }
        done = {"tool": "fast", "stories": 100, "status": "done", "cpu": 1.0, "peak": 1 << 20, "answer": "x"}
        record.runs = [
            {**done, "threads": 1, "wall": 4.0},
            {**done, "threads": 1, "wall": 1.0},
            {**done, "threads": 1, "wall": 2.0},
            {**done, "threads": 2, "wall": 0.5},
            {"tool": "slow", "stories": 100, "threads": 1, "status": "stopped", "wall": 60.0, "cpu": 1.0, "peak": 1},
        ]
        record.figures = {
            "fast/100/2": {
                key: 0.5
                for key in (
                    "pair_precision",
                    "pair_recall",
                    "recall_0.8",
                    "recall_0.5",
                    "adjusted_rand",
                    "removal_precision",
                    "removal_recall",
                    "templated_removed",
                )
            }
        }
        return record

    def test_a_record_survives_its_file(self):
        with tempfile.TemporaryDirectory() as folder:
            record = self.record(folder)
            record.save()
            self.assertEqual(vars(Record.read(record.file)), vars(record))
            self.assertEqual(os.listdir(folder), ["results.json"])

    def test_medians_and_reasons(self):
        with tempfile.TemporaryDirectory() as folder:
            found = {row.key: row for row in rows(self.record(folder), 100)}
        self.assertEqual(found["fast"].timings[1].wall, 2.0)
        self.assertEqual(found["fast"].timings[1].speed, 1.0)
        self.assertEqual(found["slow"].timings[1].problem, "stopped after 60 s")
        self.assertEqual(found["absent"].problem, "missing: absent")
        self.assertEqual(found["small"].problem, "not asked: at most 10 stories")

    def test_every_tool_is_in_the_table_whatever_became_of_it(self):
        with tempfile.TemporaryDirectory() as folder:
            made = page(self.record(folder))
        for told in ("Fast 1.0 & <good>", "stopped after 60 s", "missing: absent", "at most 10 stories"):
            self.assertIn(told, made)
        widths = [line.count("|") for line in made.splitlines() if "Fast" in line or "Absent" in line]
        self.assertEqual(len(set(widths[:2])), 1)

    def test_figures_are_short(self):
        self.assertEqual(
            [short(value) for value in (1234.5, 100, 12.34, 1.234, 0.5, 0.0123)],
            ["1,234", "100", "12.3", "1.23", "0.50", "0.012"],
        )
        self.assertEqual([share(value) for value in (1.0, 0.5, 0.0, None)], ["1.000", ".500", ".000", "-"])

    def test_the_plot_is_whole_and_says_what_it_shows(self):
        with tempfile.TemporaryDirectory() as folder:
            image = ElementTree.fromstring(plot(self.record(folder)))
        space = "{http://www.w3.org/2000/svg}"
        self.assertIn("Fast & <good>: 4.00 MB/s", image.find(f"{space}desc").text)
        self.assertTrue(image.find(f"{space}title").text)
        marks = {mark.find(f"{space}title").text: mark[-1].get("fill") for mark in image.iter(f"{space}g")}
        fills = {count: fill for title, fill in marks.items() for count in "12" if f", {count} thread" in title}
        self.assertEqual(fills, {"1": "#fff", "2": "#222"})

    def test_a_record_of_nothing_has_a_page(self):
        with tempfile.TemporaryDirectory() as folder:
            record = self.record(folder)
            record.runs, record.figures = [], {}
            self.assertIn("not run", page(record))
            ElementTree.fromstring(plot(record))


if __name__ == "__main__":
    unittest.main()
