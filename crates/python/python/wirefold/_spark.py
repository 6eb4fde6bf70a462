"""A run on Spark: what is shuffled between the steps of the library, and in which order they come."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from . import _functions, _wirefold
from ._frames import applied, arrow, arrow_types, columns_of_ids, cores, holds, mapped, quoted
from .errors import InputError, SettingError

# Stories whose keys are joined at once, that propose at once, and whose texts are read at once: some 60 MB each.
_STORIES_A_BUCKET = 16_000
_STORIES_A_RANGE = 32_000
_STORIES_A_CELL = 1_000
# Stories of a part that are sorted at once: some 100 bytes each.
_STORIES_A_SORT = 200_000
# Bytes of rows that become rows of another kind together, where fewer and larger ones come of it.
_TOGETHER_BYTES = 32 << 20
# Ties of stories that wait for others up to which one worker finishes the rounds: 16 bytes each.
_REST = 1 << 18
# Neighbors in the family order, by a power of two, whose pairs with one story are read in one cell: no more than these.
_NEIGHBORS_BITS = 10


@dataclass(frozen=True)
class _Setup:
    """What workers make their steps of."""

    matching: dict[str, Any]
    deciding: dict[str, Any] | None
    window: Any
    relations: bool
    fields: dict[str, Any]
    title: str
    furniture: bytes | None = None
    profile: bytes | None = None
    token: str = field(default_factory=lambda: uuid.uuid4().hex)

    def steps(self) -> Any:
        """The steps of this worker, made once."""
        steps = _STEPS.get(self.token)
        if steps is None:
            _STEPS.clear()
            settings = (self.matching, self.deciding, self.window, self.relations)
            steps = _wirefold.Spread(*settings, self.profile, self.furniture)
            _STEPS[self.token] = steps
        return steps

    def stories(self, table: Any) -> Any:
        return _wirefold.Stories(table, self.fields, self.title)


_STEPS: dict[str, Any] = {}


def saved(df: Any) -> Any:
    """The rows, worked out and written to the checkpoint folder."""
    try:
        return df.checkpoint()
    except Exception as error:
        if "heckpoint directory" in str(error) or "heckpoint dir" in str(error):
            message = 'no checkpoint folder: session.sparkContext.setCheckpointDir("hdfs:///tmp/wirefold")'
            raise SettingError(message, "checkpoint_dir") from error
        raise


_ID = "wirefold_id"
_ORDER = "wirefold_order"
_NUMBER = "wirefold_number"


def _known(name: str) -> str:
    """The name of a column of what is known, beside those of the frame."""
    return f"wirefold_known_{name}"


class Job:
    """One DataFrame on its way; what several steps need is worked out once."""

    def __init__(self, df: Any, setup: _Setup, id_columns: list[str], read: list[str], order: str | None) -> None:
        from pyspark.sql import functions as F

        self.df = df
        self.setup = setup
        self.steps = setup.steps()
        self.read = read
        self.id = F.coalesce(*(F.col(quoted(name)).cast("string") for name in id_columns))
        self.order = order
        self.F = F
        self.sketched = saved(self._sketched())
        self.count = self.sketched.count()
        self.numbered = saved(self._numbered())
        self.equals = saved(self._equals())
        self._candidates: Any = None

    @classmethod
    def of(
        cls, df: Any, keywords: dict[str, Any], deciding: dict[str, Any] | None, relations: bool
    ) -> Job:
        """The job of a call with these keywords."""
        if not hasattr(df.sparkSession, "sparkContext"):
            raise SettingError("df is of Spark Connect, which has no sparkContext: use a session with a master", "df")
        fields = _functions._fields(keywords)
        roles = _wirefold.fields(df.columns, fields)
        ids = columns_of_ids(df, [name for name, role in roles if role == "id"], fields["id_field"])
        matching = _functions._matching(keywords)
        # Read here, and sent to the workers.
        steps = _wirefold.Spread(matching, deciding, keywords["window"], relations, None)
        matching.update(furniture=None, profile=None)
        order = keywords.get("order_field")
        if steps.asks_for_order() and order is None:
            raise SettingError("keep is first, which asks for an order_field: rows of Spark have no order", "keep")
        if order is not None and order not in df.columns:
            raise InputError(f"no column `{order}` (order_field); the columns are {', '.join(df.columns)}", None, order)
        if order is not None and not holds(df, order, strings=False):
            message = f"column `{order}` (order_field) holds {df.schema[order].dataType.simpleString()}, not integers"
            raise InputError(message, None, order)
        read = (steps.furniture(), steps.profile())
        setup = _Setup(matching, deciding, steps.window(), relations, fields, keywords["title"], *read)
        return cls(df, setup, ids, [name for name, _ in roles], order)

    def parts(self, stories_a_part: int) -> int:
        """In how many parts of that many stories each the stories are."""
        return max(1, int(-(-self.count // stories_a_part)))

    def _sketched(self) -> Any:
        """Every story with its sketch, and what orders it."""
        F, setup, order = self.F, self.setup, self.order
        columns = [F.col(quoted(name)) for name in self.read]
        if order is not None:
            columns.append(F.col(quoted(order)).cast("long").alias(_ORDER))

        def place(table: Any) -> Any:
            numbers = None if order is None else table.select([_ORDER]).rename_columns(["number"])
            return setup.steps().place(setup.stories(table), numbers)

        return mapped(
            self.df.select(*columns),
            "id string, order binary, content binary, words long, published long, item long, slug long, "
            "version long, notice long, sketch binary",
            place,
        )

    def _numbered(self) -> Any:
        """Every story that can be related to others with its number, which grows with the family order."""
        F = self.F
        twice = self.sketched.groupBy("id").count().where("count > 1").select("id").take(1)
        if twice:
            raise InputError(f"two stories have the id {twice[0].id!r}: give each one of its own", None, None)
        heads = self.sketched.where("words > 0").select("id", "order", "content", "published")
        # An item is known by two names, its id and its slug.
        name = F.explode(F.expr("filter(array(item, slug), name -> name is not null)")).alias("name")
        versions = self.sketched.where("version is not null")
        versions = versions.select(name, "id", "item", "slug", "version", "published", "notice")
        items = versions.where("notice = 1").select("name").distinct()
        if not items.isEmpty():

            def withdrawn(_: int, table: Any) -> Any:
                import pyarrow as pa

                return table.filter(pa.table(_wirefold.withdrawn(table)).column(0)).select(["id"])

            gone = applied(versions.join(items, "name", "left_semi"), "name", "id string", withdrawn)
            heads = heads.join(gone.distinct().withColumn("gone", F.lit(True)), "id", "left")
            mark = f"concat(X'{_wirefold.WITHDRAWN:02X}', substring(`order`, 2))"
            heads = heads.withColumn("order", F.when(F.col("gone"), F.expr(mark)).otherwise(F.col("order")))
        parts = max(self.parts(_STORIES_A_SORT), cores(self.df))
        ordered = heads.repartitionByRange(parts, "order", "id").sortWithinPartitions("order", "id")
        # Partitions are ranges of the order, so what grows with the partition and the row grows with the order.
        return ordered.select(
            F.monotonically_increasing_id().alias("number"),
            "id",
            "content",
            "published",
            F.expr("cast(conv(hex(substring(`order`, 1, 1)), 16, 10) as long)").alias("standing"),
        )

    def _equals(self) -> Any:
        """Every story that equals an earlier one, with the one that stands for it."""
        F, setup = self.F, self.setup
        firsts = self.numbered.groupBy("content").agg(F.min("number").alias("stands"), F.count("*").alias("all"))
        several = firsts.where("all > 1")
        if setup.window is None:
            stories = self.numbered.join(several, "content").select("number", "stands")
        else:

            def classes(_: Any, table: Any) -> Any:
                return setup.steps().classes(table.sort_by("number"))

            stories = self.numbered.join(several, "content", "left_semi").select("content", "number", "published")
            stories = applied(stories, "content", "number long, stands long", classes)
        return stories.where("number != stands")

    def candidates(self) -> Any:
        """The stories that have candidates, with these."""
        if self._candidates is None:
            self._candidates = saved(self._proposed())
        return self._candidates

    def _proposed(self) -> Any:
        setup = self.setup
        buckets, width = self.parts(_STORIES_A_BUCKET), _STORIES_A_RANGE

        def spread(table: Any) -> Any:
            return setup.steps().keys(table, buckets)

        def join(_: int, table: Any) -> Any:
            return setup.steps().join(table, width)

        def propose(number: int, table: Any) -> Any:
            return setup.steps().propose(table, number, width)

        standing = self.numbered.join(self.equals, "number", "left_anti").select("id", "number", "published")
        sketches = self.sketched.select("id", "sketch").join(standing, "id").select("number", "published", "sketch")
        keys = mapped(sketches, "bucket long, postings binary, bands binary", spread, _TOGETHER_BYTES)
        groups = applied(keys, "bucket", "range long, groups binary", join)
        return applied(
            groups,
            "range",
            "story long, likely array<long>, faint array<long>, retold array<long>",
            propose,
        )

    def _read(self, pairs: Any, columns: str, read: Callable[[Any, Any, Any], Any], known: Any = None) -> Any:
        """Pairs (`cell`, `a`, a list `b`, `equal`) through a step that takes their texts, cell by cell, with the
        numbers of these and what else is `known` by number, without a gap."""
        F, setup, names, types = self.F, self.setup, self.read, arrow_types(self.df, columns)
        both = F.explode(F.array_union(F.array("a"), F.col("b"))).alias(_NUMBER)
        wanted = pairs.select(F.col("cell").alias("of_cell"), both).distinct()
        told = [] if known is None else [name for name in known.columns if name != "number"]
        if known is not None:
            wanted = wanted.join(known.withColumnRenamed("number", _NUMBER), _NUMBER)
        named = [F.col(name).alias(_known(name)) for name in told]
        wanted = wanted.select("of_cell", _NUMBER, *named)
        ids = self.numbered.select(F.col("number").alias(_NUMBER), F.col("id").alias(_ID))
        stories = self.df.select(self.id.alias(_ID), *(F.col(quoted(name)) for name in names))
        texts = wanted.join(ids, _NUMBER).join(stories, _ID).drop(_ID)

        def cell(pairs: Any, texts: Any) -> Any:
            numbers = texts.select([_NUMBER, *map(_known, told)]).rename_columns(["number", *told])
            stories = setup.stories(texts.select(names))
            return arrow(read(stories, numbers, pairs), types)

        return pairs.groupBy("cell").cogroup(texts.groupBy("of_cell")).applyInArrow(cell, columns)

    def _pairs(self, kinds: Sequence[str]) -> Any:
        """The pairs of candidates of these kinds, those of neighbors of one family in one cell."""
        F = self.F
        pairs = self.candidates().select(
            self._cell("if(size(likely) > 0, likely[0], story)", "story").alias("cell"),
            F.col("story").alias("a"),
            F.concat(*(F.col(kind) for kind in kinds)).alias("b"),
            F.lit(0).cast("long").alias("equal"),
        )
        return pairs.where("size(b) > 0")

    def _cell(self, home: str, story: str) -> Any:
        """The cell of a story's pairs with one at home, whom any number of stories may be paired with."""
        F = self.F
        neighbors = F.expr(f"shiftright({story}, {_NEIGHBORS_BITS})")
        return F.pmod(F.xxhash64(F.expr(home), neighbors), F.lit(self.parts(_STORIES_A_CELL)))

    def _learned(self) -> _Setup:
        """The setup with a profile: that of all stories, unless one was given."""
        setup = self.setup
        if setup.profile is not None:
            return setup
        buckets = self.parts(_STORIES_A_BUCKET)

        def teach(table: Any) -> Any:
            return _wirefold.teach(setup.steps(), setup.stories(table), buckets)

        stories = self.df.select(*(self.F.col(quoted(name)) for name in self.read))
        taught = saved(mapped(stories, "bucket long, hash long, taught binary", teach))
        # A story that was sent to a thousand outlets counts once.
        words = taught.where("bucket = -1").dropDuplicates(["hash"])
        counts = "slice long, taught binary"
        slices = mapped(words, counts, lambda table: _wirefold.count_words(table, False), _TOGETHER_BYTES)
        slices = applied(slices, "slice", counts, lambda _, table: _wirefold.count_words(table, True))
        lines = taught.where("bucket >= 0")
        lines = applied(lines, "bucket", "line long, tag long", lambda _, table: _wirefold.repeated_lines(table))
        # A million counts, and what few lines are furniture: whatever the number of stories.
        profile = _wirefold.learned(self.steps, words.count(), slices.toArrow(), lines.toArrow())
        return replace(setup, profile=profile, token=uuid.uuid4().hex)

    def rows(self) -> Any:
        """The related pairs with their evidence."""
        F, setup = self.F, self._learned()
        alike = self.equals.select(
            self._cell("stands", "number").alias("cell"),
            F.col("number").alias("a"),
            F.array("stands").alias("b"),
            F.lit(1).cast("long").alias("equal"),
        )

        def evidence(stories: Any, numbers: Any, pairs: Any) -> Any:
            return setup.steps().rows(stories, numbers, pairs)

        return self._read(self._pairs(["likely", "faint", "retold"]).unionByName(alike), _ROWS, evidence)

    def _ties(self, pairs: Any, whole: bool) -> Any:
        """What ties stories `a` to earlier stories `b`: of stories that are `settled` the one tie that is enough,
        unless the `whole` is asked for."""
        F, setup = self.F, self.setup
        known = self.numbered.select("number", "standing")
        if whole:
            leads = F.lit(False)
        else:
            follows = self.candidates().where("size(likely) > 0 or size(faint) > 0")
            follows = follows.select(F.col("story").alias("number"), F.lit(True).alias("follows"))
            known = known.join(follows, "number", "left")
            leads = F.col("follows").isNull()
        known = known.select("number", "standing", leads.cast("long").alias("leads"))

        def tie(stories: Any, numbers: Any, pairs: Any) -> Any:
            return setup.steps().ties(stories, numbers, pairs)

        return saved(self._read(pairs, "a long, b long, tie binary, settled boolean", tie, known))

    def _folded(self, ties: Any, leaders: Any) -> Any:
        """What becomes of the stories of whole families, by their ties and leaders."""
        F, setup = self.F, self.setup
        led = [leaders.select(F.col("story").alias(side), F.col("leader").alias(f"of_{side}")) for side in ("a", "b")]
        within = ties.join(led[0], "a").join(led[1], "b", "left").where("of_a = coalesce(of_b, b)")
        within = within.withColumn("part", F.pmod(F.xxhash64("of_a"), F.lit(self.parts(_STORIES_A_BUCKET))))
        within = within.select("part", "a", "b", "tie")
        within = self._with_standing(self._with_standing(within, "a", "of_a"), "b", "of_b")
        columns = (
            "story long, cluster long, kept boolean, relation string, to long, jaccard double, containment double, "
            "novel double"
        )

        def fold(_: int, table: Any) -> Any:
            return setup.steps().fold(table)

        return saved(applied(within, "part", columns, fold))

    def _families(self) -> Any:
        """What becomes of the stories of all families."""
        F = self.F
        pairs = self._pairs(["likely", "faint"])
        ties = self._ties(pairs, whole=False)
        leaders = _leaders(ties.select("a", "b"))
        folded = self._folded(ties, leaders)
        # Whom a story removed that went in its turn is looked at again, with all ties; that is of consequence for
        # the family, and for no other.
        gone = folded.where("not kept").select(F.col("story").alias("b"))
        again = saved(ties.where("settled").join(gone, "b", "left_semi").select("a"))
        if again.isEmpty():
            return folded
        more = self._ties(pairs.join(again, "a", "left_semi"), whole=True)
        ties = ties.join(again, "a", "left_anti").unionByName(more)
        touched = leaders.join(again.withColumnRenamed("a", "story"), "story", "left_semi").select("leader").distinct()
        leaders = leaders.join(touched, "leader", "left_semi")
        refolded = self._folded(ties.join(leaders.select(F.col("story").alias("a")), "a", "left_semi"), leaders)
        rest = folded.join(touched.withColumnRenamed("leader", "cluster"), "cluster", "left_anti")
        return saved(rest.unionByName(refolded))

    def decided(self) -> Any:
        """What becomes of the stories that are not of a family of their own, by their ids."""
        F = self.F
        folded = self._families()
        # Equal texts follow the story that stands for them.
        alike = self._with_standing(self._with_standing(self.equals, "stands", "by"), "number", "of")
        alike = alike.join(folded.select(F.col("story").alias("stands"), "cluster"), "stands", "left")
        goes = F.lit(False)
        for by, of in self.steps.equals_that_go():
            goes = goes | ((F.col("by") == by) & (F.col("of") == of))
        alike = alike.select(
            F.col("number").alias("story"),
            F.coalesce("cluster", "stands").alias("cluster"),
            (~goes).alias("kept"),
            F.lit("identical").alias("relation"),
            F.col("stands").alias("to"),
            F.lit(1.0).alias("jaccard"),
            F.lit(1.0).alias("containment"),
            F.lit(0.0).alias("novel"),
        )
        decided = folded.unionByName(alike)
        for name in ("story", "cluster", "to"):
            ids = self.numbered.select(F.col("number").alias(name), F.col("id").alias(f"id_of_{name}"))
            decided = decided.join(ids, name, "left").drop(name)
        decided = decided.select(
            F.col("id_of_story").alias("id"),
            F.col("id_of_cluster").alias("cluster"),
            "kept",
            "relation",
            F.col("id_of_to").alias("to"),
            "jaccard",
            "containment",
            "novel",
        )
        return saved(decided)

    def _with_standing(self, df: Any, story: str, name: str) -> Any:
        """The rows with the standing of a story, which is 0 for nearly all."""
        F = self.F
        apart = self.numbered.where("standing > 0")
        apart = apart.select(F.col("number").alias(story), F.col("standing").alias("other"))
        return df.join(apart, story, "left").withColumn(name, F.coalesce("other", F.lit(0).cast("long"))).drop("other")

    def kept(self, decided: Any) -> Any:
        """The rows of the stories that are kept."""
        F = self.F
        gone = decided.where("not kept").select(F.col("id").alias(_ID))
        return self.df.withColumn(_ID, self.id).join(gone, _ID, "left_anti").select(*map(quoted, self.df.columns))

    def annotated(self, decided: Any) -> Any:
        """All rows with what became of them."""
        F = self.F
        own = ["cluster", "kept", "relation", "to"]
        said = decided.select(F.col("id").alias(_ID), *(F.col(name).alias(f"wirefold_{name}") for name in own))
        rows = self.df.withColumn(_ID, self.id).join(said, _ID, "left")
        return rows.select(
            *(quoted(name) for name in self.df.columns if name not in own),
            F.coalesce("wirefold_cluster", _ID).alias("cluster"),
            F.coalesce("wirefold_kept", F.lit(True)).alias("kept"),
            F.col("wirefold_relation").alias("relation"),
            F.col("wirefold_to").alias("to"),
        )

    def clusters(self, decided: Any) -> Any:
        """A row for each story: the columns of the command's `--clusters`."""
        F = self.F
        rows = self.sketched.select("id").join(decided, "id", "left")
        return rows.withColumn("cluster", F.coalesce("cluster", "id")).withColumn(
            "kept", F.coalesce("kept", F.lit(True))
        )


_SPANS = "array<array<long>>"
_ROWS = (
    "a string, b string, relation string, score double, jaccard double, containment_a double, containment_b double, "
    f"aligned_a double, aligned_b double, novel_a double, novel_b double, new_a {_SPANS}, new_b {_SPANS}, "
    "passages array<struct<a: array<long>, b: array<long>, kind: string, score: double, credit: string>>"
)


def _leaders(ties: Any) -> Any:
    """The representative of every story `a` that is tied to an earlier story `b`: itself, or the earliest that it is
    tied to.

    In rounds. A story whose earliest tie is to a representative joins it, and then ties to it are dropped. Each is tied
    to itself too, which comes last: who has nothing else left is a representative. The earliest story that waits has
    nobody to wait for, so no round is in vain.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    stories = ties.select("a").distinct()
    later = stories.select(F.col("a").alias("b"), F.lit(False).alias("known"))
    known = F.coalesce("known", F.lit(True)).alias("known")
    waiting = ties.join(later, "b", "left").select("a", "b", known)
    waiting = waiting.unionByName(stories.select("a", F.col("a").alias("b"), F.lit(True).alias("known")))
    first = F.min(F.struct("b", "known")).over(Window.partitionBy("a"))
    led = None
    while True:
        waiting = saved(waiting.withColumn("first", first))
        now = waiting.where("first.known and b = first.b").select(F.col("a").alias("story"), F.col("b").alias("leader"))
        led = now if led is None else led.unionByName(now)
        waiting = waiting.where("not first.known").drop("first")
        count = waiting.count()
        if count == 0:
            return led
        waiting = waiting.join(now.withColumnRenamed("story", "b"), "b", "left").where("leader is null or leader = b")
        waiting = waiting.select("a", "b", (F.col("known") | F.col("leader").isNotNull()).alias("known"))
        if count <= _REST:
            rest = waiting.withColumn("known", F.col("known").cast("long")).withColumn("rest", F.lit(0))
            last = applied(rest, "rest", "story long, leader long", lambda _, table: _wirefold.lead(table))
            return led.unionByName(last)
