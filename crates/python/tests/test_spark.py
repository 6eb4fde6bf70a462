"""On Spark the answers are those of the command, however the rows lie."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest
import wirefold
from conftest import PAGES, SAMPLE, Command, blocks
from wirefold import _functions, _spark, _wirefold, spark

pytest.importorskip("pyspark")

JAVA = shutil.which("java", path=os.pathsep.join([os.environ.get("JAVA_HOME", "") + "/bin", os.environ["PATH"]]))
pytestmark = [
    pytest.mark.skipif(JAVA is None, reason="skipped: no Java; Spark needs 17 or newer on the path or in JAVA_HOME"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two workers in processes of their own, on this machine alone."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark")
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "6",
        "spark.local.dir": str(folder / "local"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.worker.dir": str(folder / "work"),
    }
    builder = SparkSession.builder.master("local-cluster[2,1,1024]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    # Workers of the cluster write their logs into folders below the current one, and pages name files in it.
    shutil.copytree(SAMPLE.parent, folder / "corpus" / "sample")
    here = Path.cwd()
    os.chdir(folder)
    session = builder.getOrCreate()
    os.chdir(here)
    session.sparkContext.setLogLevel("OFF")
    session.sparkContext.setCheckpointDir(str(folder / "checkpoints"))
    yield session
    session.stop()


NAMES = ["id", "title", "text", "source", "date", "published", "slug", "version", "status", "embargo"]


def stories(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def frame(session: Any, feed: list[dict[str, Any]], partitions: int) -> Any:
    names = [name for name in NAMES if any(name in row for row in feed)]
    table = pa.table({name: [row.get(name) for row in feed] for name in names})
    return session.createDataFrame(table).repartition(partitions)


def by_id(df: Any) -> dict[str, tuple[str, ...]]:
    """The rows of a table of clusters, as the command writes them."""

    def shown(value: Any) -> str:
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    return {row["id"]: tuple(map(shown, row)) for row in df.collect()}


Pairs = dict[tuple[str, str], dict[str, Any]]


def by_pair(df: Any) -> Pairs:
    """The rows of a table of relations, without nulls."""
    return expected_by_pair([row.asDict(recursive=True) for row in df.collect()])


def expected_by_pair(rows: list[dict[str, Any]]) -> Pairs:
    return {(row["a"], row["b"]): without_nulls(row) for row in rows}


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_nulls(value) for name, value in value.items() if value is not None}
    return [without_nulls(value) for value in value] if isinstance(value, list) else value


def same_as_the_command(found: wirefold.Deduped, command: Command, feed: Path, *flags: str) -> None:
    kept, clusters, relations = command.tables(feed, *flags)
    assert sorted(row["id"] for row in found.stories.select("id").collect()) == sorted(kept)
    assert by_id(found.clusters) == {row["id"]: tuple(row.values()) for row in clusters}
    if found.relations is not None:
        assert by_pair(found.relations) == expected_by_pair(relations)


@pytest.mark.parametrize("partitions", [1, 7, 200])
def test_the_sample(session: Any, command: Command, feed: list[dict[str, Any]], partitions: int) -> None:
    df = frame(session, feed, partitions)
    # Relations once: they are made of the same candidates. So are they of columns of large types.
    once = partitions == 7
    large = "spark.sql.execution.arrow.useLargeVarTypes"
    session.conf.set(large, str(once).lower())
    try:
        found = spark.dedup(df, clusters=True, relations=once)
        assert found.stories.columns == df.columns
        same_as_the_command(found, command, SAMPLE)
    finally:
        session.conf.unset(large)


def test_blocks_of_pages(session: Any, command: Command) -> None:
    run = 0
    for page in PAGES:
        names: dict[str, Any] = {}
        for line, code in blocks(page):
            if "pyspark" in code:
                exec(compile("\n" * line + code, str(page), "exec"), names)
                run += 1
    assert run > 0
    kept = command.tables(SAMPLE)[0]
    assert sorted(row["id"] for row in session.read.parquet("kept.parquet").select("id").collect()) == sorted(kept)


def test_a_generated_feed_with_versions_in_a_window(
    session: Any, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A feed of the project's generator, which `WIREFOLD_FEED` names, in many small pieces of work."""
    if "WIREFOLD_FEED" not in os.environ:
        pytest.skip("WIREFOLD_FEED does not name a feed")
    for name, small in [("_STORIES_A_BUCKET", 300), ("_STORIES_A_RANGE", 250), ("_STORIES_A_CELL", 200), ("_REST", 0)]:
        monkeypatch.setattr(_spark, name, small)
    feed = stories(Path(os.environ["WIREFOLD_FEED"]))
    item = {**feed[5], "source": "Northwire", "slug": "ferry", "version": 1}
    feed += [{**item, "id": "taken back"}, {**item, "id": "notice", "version": 2, "status": "canceled"}]
    path = command.folder / "feed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in feed), encoding="utf-8")
    df = frame(session, feed, 5)
    found = spark.dedup(df, clusters=True, keep="latest-version,earliest", window="3d")
    # A notice is never removed, and what it takes back stands for nothing.
    decided = {row["id"]: row for row in found.clusters.where("id in ('taken back', 'notice')").collect()}
    assert decided["notice"]["kept"] and decided["taken back"]["cluster"] != "taken back"
    same_as_the_command(found, command, path, "--keep", "latest-version,earliest", "--window", "3d")


LETTER = "The Kelm Courier is printed on paper in the old mill by the river and goes to the islands by the first boat."


def test_relations_with_what_the_feed_teaches(session: Any, command: Command) -> None:
    """The whole of `relate`, with the profile that it learns: a line that a source repeats relates nothing."""
    if "WIREFOLD_FEED" not in os.environ:
        pytest.skip("WIREFOLD_FEED does not name a feed")
    lines = Path(os.environ["WIREFOLD_FEED"]).read_text(encoding="utf-8").splitlines(keepends=True)
    own = [
        {
            "id": f"own{number}",
            "text": f"{json.loads(line)['text']}\n{LETTER}",
            "source": "Kelm Courier",
            "published": f"2031-03-{number + 10}T08:00:00Z",
        }
        for number, line in enumerate(lines[1000:1008])
    ]
    first, second = own[:2]
    assert wirefold.compare(first, second) is not None
    path = command.folder / "feed.jsonl"
    path.write_text("".join([*lines[:600], *(json.dumps(row) + "\n" for row in own)]), encoding="utf-8")
    found = by_pair(spark.relate(frame(session, stories(path), 3)))
    expected = [json.loads(line) for line in command.run("relate", path, "--quiet").splitlines()]
    assert found == expected_by_pair(expected)
    assert ("own0", "own1") not in found and len(found) > 100


def test_the_order_of_the_input_is_a_column(session: Any, command: Command, feed: list[dict[str, Any]]) -> None:
    from pyspark.sql import functions as F

    df = frame(session, feed, 4)
    with pytest.raises(wirefold.SettingError, match="order_field"):
        spark.dedup(df, keep="first")
    with pytest.raises(wirefold.InputError, match="order_field"):
        spark.dedup(df, keep="first", order_field="row")
    numbers = session.createDataFrame([(row["id"], number) for number, row in enumerate(feed)], ["id", "row"])
    found = spark.dedup(df.join(numbers, "id"), keep="first", order_field="row", annotate=True)
    noted = command.run("dedup", SAMPLE, "--annotate", "--quiet", "--keep", "first")
    rows = [json.loads(line) for line in noted.splitlines()]
    names = ["id", "cluster", "kept", "relation", "to"]
    expected = sorted(tuple(row.get(name) for name in names) for row in rows)
    assert sorted(tuple(row) for row in found.select(*names).collect()) == expected
    assert found.where(F.col("row").isNull()).isEmpty()


def killer(session: Any) -> Callable[[], None]:
    """Kills an executor once it has work."""

    def executors() -> list[int]:
        mark = session.sparkContext.applicationId.encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                words = (process / "cmdline").read_bytes()
            except OSError:
                continue
            if b"CoarseGrainedExecutorBackend" in words and mark in words:
                found.append(int(process.name))
        return found

    def kill() -> None:
        tracker = session.sparkContext.statusTracker()
        for _ in range(2000):
            infos = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
            if any(info is not None and info.numActiveTasks > 0 for info in infos):
                break
            time.sleep(0.01)
        for process in executors()[:1]:
            os.kill(process, signal.SIGKILL)
            killed.append(process)

    killed: list[int] = []
    kill.killed = killed  # type: ignore[attr-defined]
    return kill


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="no /proc to find executors in")
def test_an_executor_is_killed_in_the_middle(
    session: Any, command: Command, feed: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, kill = _spark.saved, killer(session)
    steps = []

    def saved_and_killed(df: Any) -> Any:
        steps.append(df)
        # The fourth is the join, whose input lies with the executors.
        if len(steps) != 4:
            return saved(df)
        other = threading.Thread(target=kill)
        other.start()
        try:
            return saved(df)
        finally:
            other.join()

    monkeypatch.setattr(_spark, "saved", saved_and_killed)
    found = spark.dedup(frame(session, feed, 8), clusters=True)
    assert len(kill.killed) == 1  # type: ignore[attr-defined]
    same_as_the_command(found, command, SAMPLE)


def varied(story: dict[str, Any], number: int) -> dict[str, Any]:
    """A variant of a story, under a lead of its own."""
    lead = f"Desk {number} of the Kelm Courier, page {number % 60}."
    return {"id": f"variant{number:04}", "text": f"{lead} {story['text']}"}


def test_one_story_many_times(session: Any, command: Command, feed: list[dict[str, Any]]) -> None:
    """Copies cost a row each, and variants are read in cells of bounded size."""
    from pyspark.sql import functions as F

    longest = max(feed, key=lambda row: len(row.get("text") or ""))
    copies = [{"id": f"copy{number:04}", "text": longest["text"].upper()} for number in range(1500)]
    variants = [varied(longest, number) for number in range(1100)]
    rows = [{name: row.get(name) for name in ("id", "text")} for row in feed] + copies + variants
    path = command.folder / "skewed.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    df = frame(session, rows, 4)
    found = spark.dedup(df, clusters=True)
    same_as_the_command(found, command, path)
    job = _spark.Job.of(df, _keywords(spark.relate), None, False)
    assert job.equals.count() >= 1499
    pairs = job._pairs(["likely", "faint"])
    # All of a family of 1,100 would be compared with all: 128 leaders each, in cells of 1,024 stories at most.
    assert pairs.agg(F.max(F.size("b"))).first()[0] <= 2 * 128
    assert pairs.select("cell").distinct().count() >= 2
    # Where each of 100,000 stories has one and the same for its candidate, they lie in all cells alike.
    job._candidates = session.range(100_000).select(
        F.col("id").alias("story"), F.expr("array(-1L)").alias("likely"), F.expr("array()").alias("faint")
    )
    cells = job._pairs(["likely"]).groupBy("cell").count().agg(F.count("*"), F.max("count")).first()
    assert cells[0] == job.parts(_spark._STORIES_A_CELL) >= 2 and cells[1] < 70_000


def _keywords(function: Any) -> dict[str, Any]:
    return dict(function.__kwdefaults__)


def test_no_stage_holds_all_and_nothing_is_collected(
    session: Any, feed: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyspark.sql.classic.dataframe import DataFrame

    plans: list[str] = []
    saved = _spark.saved

    def recorded(df: Any) -> Any:
        plans.append(df._jdf.queryExecution().executedPlan().toString())
        return saved(df)

    collect = DataFrame.collect

    def few(df: Any) -> Any:
        rows = collect(df)
        # An id that was given twice, if there is one.
        assert len(rows) <= 1, "rows come to the driver"
        return rows

    def never(*_: Any) -> Any:
        raise AssertionError("rows come to the driver")

    monkeypatch.setattr(_spark, "saved", recorded)
    monkeypatch.setattr(_spark, "_REST", 0)
    df = frame(session, feed, 4)
    with monkeypatch.context() as patched:
        patched.setattr(DataFrame, "collect", few)
        for name in ("toPandas", "toArrow", "toLocalIterator"):
            patched.setattr(DataFrame, name, never)
        found = spark.dedup(df, clusters=True)
    for result in (found.stories, found.clusters):
        plans.append(result._jdf.queryExecution().executedPlan().toString())
    assert len(plans) >= 8
    for plan in plans:
        assert not any(alone in plan for alone in ("SinglePartition", "Coalesce 1", "CollectLimit")), plan
    # A plan with one would be seen: this is what one task for all rows looks like.
    assert "SinglePartition" in df.groupBy().count()._jdf.queryExecution().executedPlan().toString()
    assert "Coalesce 1" in df.coalesce(1)._jdf.queryExecution().executedPlan().toString()


def test_a_column_of_ids_holds_strings_or_integers(session: Any) -> None:
    rows = [(1.5, "a", LETTER), (2.5, "b", LETTER), (1.5, "c", "The frost stays over the orchards of Pellworth.")]
    df = session.createDataFrame(rows, "id double, guid string, text string")
    assert spark.dedup(df).count() == 2
    with pytest.raises(wirefold.InputError, match="column `id` holds double, not strings or integers"):
        spark.dedup(df.drop("guid"))
    with pytest.raises(wirefold.InputError, match="column `id` holds double, not strings or integers"):
        spark.dedup(df, id_field="id")


def test_every_story_has_its_place(session: Any) -> None:
    rows = [("a", LETTER, 1, 0.5), ("b", LETTER, None, 1.5)]
    df = session.createDataFrame(rows, "id string, text string, row int, at double")
    with pytest.raises(wirefold.InputError, match=r"`at` \(order_field\) holds double"):
        spark.dedup(df, keep="first", order_field="at")
    with pytest.raises(Exception, match="a story without a number in the column of order_field"):
        spark.dedup(df, keep="first", order_field="row")


def test_furniture_goes_with_the_steps(tmp_path: Path) -> None:
    """Two files of one name, one after the other, as workers know them, who may not see either."""
    first = f"Frost has come to the orchards of Pellworth, where growers fear for the blossom of May.\n{LETTER}"
    second = f"The museum of Tarn opens its new roof on Sunday, after six years of work on the bridge.\n{LETTER}"
    stories = pa.table({"id": ["a", "b"], "text": [first, second]})
    keywords, path = _keywords(spark.relate), tmp_path / "forms.tsv"

    def related(paper: str) -> int:
        path.write_text(f"promo\twhole-line\tThe {paper} Courier is printed on paper <any>", encoding="utf-8")
        matching = _functions._matching({**keywords, "furniture": path})
        furniture = _wirefold.Spread(matching, None, None, True).furniture()
        path.unlink()
        matching["furniture"] = None
        setup = _spark._Setup(matching, None, None, True, _functions._fields(keywords), "first", furniture)
        numbers = pa.table({"number": [0, 1]})
        pairs = pa.table({"a": [1], "b": pa.array([[0]], pa.list_(pa.int64())), "equal": [0]})
        return len(setup.steps().rows(setup.stories(stories), numbers, pairs))

    assert related("Kelm") == 0
    assert related("Tarn") == 1


def test_spark_connect_is_refused() -> None:
    with pytest.raises(wirefold.SettingError, match="Spark Connect"):
        spark.relate(SimpleNamespace(sparkSession=SimpleNamespace()))


def test_what_is_missing_is_said(session: Any, tmp_path: Path) -> None:
    rows = [("a", "The ferry waits."), ("a", "The frost stays.")]
    with pytest.raises(wirefold.InputError, match="two stories have the id 'a'"):
        spark.dedup(session.createDataFrame(rows, ["id", "text"]))
    with pytest.raises(wirefold.InputError, match="no column holds ids"):
        spark.dedup(session.createDataFrame([("a",)], ["text"]))
    with pytest.raises(Exception, match="a story without an id"):
        spark.dedup(session.createDataFrame([(None, "The ferry waits."), ("b", "")], "id string, text string"))
    with pytest.raises(wirefold.SettingError, match="threshold"):
        spark.relate(session.createDataFrame(rows, ["id", "text"]), threshold=2)
