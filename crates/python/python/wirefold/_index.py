"""The index: stories that stay."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from . import _wirefold
from ._functions import REMOVE, _fields, _joined, _matching, _relations, _running
from ._kinds import kind_of
from ._progress import progress
from ._wirefold import Table


class Index:
    """Stories in a folder that grows with the feed: have we had this, since when, from whom?

    `Index(path)` opens one, `Index.create` makes one. One process changes an index at a time, any number ask
    meanwhile; the folder is open only while a call lasts. Whatever happens, the index is as its last change left it.

    Examples
    --------
    >>> import tempfile, wirefold
    >>> folder = tempfile.TemporaryDirectory()
    >>> index = wirefold.Index.create(folder.name)
    >>> ferry = "The ferry to Orlemond will not sail before noon, said Ilse Vantour, who runs the port of Kelm."
    >>> frost = "The orchards of Pellworth lost a third of their blossom to frost on Sunday night."
    >>> index.add([{"id": "monday", "text": ferry, "source": "Northwire"}])
    {'added': 1, 'already': 0, 'suffixed': 0}
    >>> [(row["a"], row["b"], row["relation"], row["source"]) for row in index.query([ferry.upper()])]
    [(0, 'monday', 'identical', 'Northwire')]

    A live filter: what is new passes, and is added.

    >>> index.dedup([{"id": "again", "text": ferry.upper()}, {"id": "new", "text": frost}]) == [
    ...     {"id": "new", "text": frost}
    ... ]
    True
    >>> len(index), index.delete(["monday"])
    (2, 1)
    >>> folder.cleanup()
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._index = _wirefold.Index(path)

    @classmethod
    def create(
        cls,
        path: str | os.PathLike[str],
        *,
        threshold: float = 0.5,
        containment: float = 0.8,
        overlap: float = 0.4,
        furniture: str | os.PathLike[str] | None = None,
        profile: str | os.PathLike[str] | None = None,
        shingle_words: int = 5,
        title: str = "first",
        fold_confusables: bool = False,
        seed: int = 0,
    ) -> Index:
        """Makes an index in a folder that is empty or not there yet; for the keywords, which stay as they are set here,
        see `dedup`."""
        _wirefold.Index.create(path, _matching(locals()), title)
        return cls(path)

    @property
    def path(self) -> str:
        """The folder."""
        return os.fspath(self._index.path)

    def __len__(self) -> int:
        """The number of stories."""
        return self._index.count()

    def __repr__(self) -> str:
        return f"Index({self.path!r})"

    def add(
        self,
        data: Any,
        *,
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
        threads: int = 0,
        quiet: bool = False,
    ) -> dict[str, int]:
        """Adds stories, each with an id; says how many were `added`, were there `already` by id and text, and got
        another id, `suffixed`, because another text had theirs."""
        kind, data = kind_of(data)
        stories = kind.stories(data, _fields(locals()), "first")
        with progress(quiet) as told:
            counts = self._index.add(stories, {**_running(locals()), "told": told})
        return dict(zip(("added", "already", "suffixed"), counts))

    def query(
        self,
        data: Any,
        *,
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
        threads: int = 0,
        quiet: bool = False,
    ) -> Any:
        """How each story is related to stored ones: the rows of `relate`, `a` being the story that is asked for, with
        `source` and `published` of the stored one, `b`. Changes nothing."""
        kind, data = kind_of(data)
        stories = kind.stories(data, _fields(locals()), "first")
        with progress(quiet) as told:
            return kind.table(self._index.query(stories, {**_running(locals()), "told": told}))

    def dedup(
        self,
        data: Any,
        *,
        told: bool = False,
        min_novel: float = 0.2,
        remove: str | Sequence[str] = REMOVE,
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
        threads: int = 0,
        quiet: bool = False,
    ) -> Any:
        """The stories that are new, as they came, which are added; with `told` also a table of the others, by which
        story each is told and how. A stream cannot take back: of two that tell the same the first stays."""
        kind, data = kind_of(data)
        stories = kind.stories(data, _fields(locals()), "first")
        with progress(quiet) as shown:
            running = {**_running(locals()), "told": shown}
            rows, others = self._index.dedup(stories, min_novel, _relations(remove), running)
        passed = kind.rows(data, rows)
        return (passed, kind.table(others)) if told else passed

    def families(
        self,
        *,
        keep: str | Sequence[str] = "longest",
        now: str | int | datetime | None = None,
        min_novel: float = 0.2,
        remove: str | Sequence[str] = REMOVE,
        threads: int = 0,
        memory: str | int | None = None,
        temp_dir: str | os.PathLike[str] | None = None,
    ) -> Table:
        """The families of all stored stories, as `dedup` has them in `clusters`: a table that gives its rows by
        `to_pylist()`, and its columns to whatever takes Arrow data, such as `pyarrow.table` and `polars.DataFrame`."""
        deciding = {"keep": _joined(keep), "min_novel": min_novel, "remove": _relations(remove), "now": now}
        return self._index.families(deciding, {**_running(locals()), "told": None})

    def learn(self, *, profile: str | os.PathLike[str] | None = None, undated: bool = False, threads: int = 0) -> None:
        """Learns from the stored stories what sources repeat and how rare words are, or takes over a profile. Answers of
        `query` depend on it."""
        self._index.learn(profile, undated, threads)

    def delete(self, ids: str | Sequence[str], *, missing_ok: bool = False) -> int:
        """Deletes stories by their ids, and says how many; `compact` frees their room. If one is not stored nothing is
        deleted and `InputError` raised, unless `missing_ok`."""
        return self._index.delete([ids] if isinstance(ids, str) else list(ids), missing_ok)

    def expire(
        self,
        *,
        older_than: str | int | timedelta | None = None,
        source: str | None = None,
        now: str | int | datetime | None = None,
    ) -> int:
        """Deletes stories that were published longer ago than this, such as `"30d"`, or are of this source, or both if
        both are given; says how many. Stories of unknown time are never old."""
        return self._index.expire(older_than, source, now)

    def compact(self) -> None:
        """Merges all segments into one, without what was deleted."""
        self._index.compact()

    def info(self) -> dict[str, Any]:
        """What the index holds, and the bytes that it takes."""
        info: dict[str, Any] = json.loads(self._index.info())
        return info

    def check(self) -> dict[str, int]:
        """Reads all of the index: how many files, stories and keys are as they were written. Raises `StorageError` if
        one is not."""
        return dict(zip(("files", "stories", "keys"), self._index.check()))
