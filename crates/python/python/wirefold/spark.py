"""The same answers on Spark: `dedup` and `relate` of DataFrames, with the names and defaults of `wirefold`.

    from wirefold import spark as wirefold

    session.sparkContext.setCheckpointDir("hdfs:///tmp/wirefold")
    kept = wirefold.dedup(session.read.parquet("s3a://wire/archive/"))

Families, kept ids and relations are those of the command on the same stories, whatever the number of partitions. Python
workers sketch stories, join keys and read pairs of texts, by this package's own library; between them Spark shuffles
columns of numbers and bytes. No stage holds all data. To the driver come counts, the sample of ids by which Spark parts
the family order into ranges, and for relations what a profile is learned of: some megabytes. What is worked out once is
written to the checkpoint folder of the session, which must be set, so that a lost executor costs what it did and no
more. Sessions of Spark Connect, which have no `sparkContext`, are refused.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from . import _functions
from ._spark import Job

__all__ = ["dedup", "relate"]

REMOVE = _functions.REMOVE


def dedup(
    df: Any,
    *,
    annotate: bool = False,
    clusters: bool = False,
    relations: bool = False,
    keep: str | Sequence[str] = "longest",
    order_field: str | None = None,
    window: str | int | timedelta | None = None,
    now: str | int | datetime | None = None,
    min_novel: float = 0.2,
    remove: str | Sequence[str] = REMOVE,
    threshold: float = 0.5,
    containment: float = 0.8,
    overlap: float = 0.4,
    furniture: str | os.PathLike[str] | None = None,
    profile: str | os.PathLike[str] | None = None,
    shingle_words: int = 5,
    title: str = "first",
    fold_confusables: bool = False,
    seed: int = 0,
    text_field: str | None = None,
    id_field: str | None = None,
    title_field: str | None = None,
    source_field: str | None = None,
    date_field: str | None = None,
    timezone: str = "UTC",
    slug_field: str | None = None,
    version_field: str | None = None,
    status_field: str | None = None,
    embargo_field: str | None = None,
) -> Any:
    """The stories without their copies, as a DataFrame with the same columns.

    With `annotate` all stories, each with `cluster`, `kept`, `relation` and `to`; with `clusters` or `relations` a
    `wirefold.Deduped` with these tables as DataFrames. The keywords are those of `wirefold.dedup`, and one more:

    Parameters
    ----------
    df
        A DataFrame. Each story has an id of its own, a string or integer.
    order_field
        A column of integers that says in which order stories came: rows of a DataFrame have none. `keep="first"` asks
        for it.

    Raises
    ------
    InputError, SettingError
        See `wirefold.errors`; what is found in the data by a worker is raised by Spark, with the same message.
    """
    deciding = {
        "keep": _functions._joined(keep),
        "min_novel": min_novel,
        "remove": _functions._relations(remove),
        # One time for all workers.
        "now": int(time.time()) if now is None else now,
    }
    job = Job.of(df, locals(), deciding, relations)
    decided = job.decided()
    stories = job.annotated(decided) if annotate else job.kept(decided)
    if not (clusters or relations):
        return stories
    return _functions.Deduped(stories, job.clusters(decided) if clusters else None, job.rows() if relations else None)


def relate(
    df: Any,
    *,
    window: str | int | timedelta | None = None,
    threshold: float = 0.5,
    containment: float = 0.8,
    overlap: float = 0.4,
    furniture: str | os.PathLike[str] | None = None,
    profile: str | os.PathLike[str] | None = None,
    shingle_words: int = 5,
    title: str = "first",
    fold_confusables: bool = False,
    seed: int = 0,
    text_field: str | None = None,
    id_field: str | None = None,
    title_field: str | None = None,
    source_field: str | None = None,
    date_field: str | None = None,
    timezone: str = "UTC",
    slug_field: str | None = None,
    version_field: str | None = None,
    status_field: str | None = None,
    embargo_field: str | None = None,
) -> Any:
    """The related pairs of stories with their evidence, as a DataFrame: the columns of `wirefold.relate`."""
    return Job.of(df, locals(), None, True).rows()
