"""A block for pipelines of datatrove.

>>> import pytest; _ = pytest.importorskip("datatrove")
>>> import tempfile, wirefold
>>> from datatrove.data import Document
>>> from wirefold.datatrove import IndexFilter
>>> folder = tempfile.TemporaryDirectory()
>>> _ = wirefold.Index.create(folder.name)
>>> ferry = "The ferry to Orlemond will not sail before noon, said Ilse Vantour, who runs the port of Kelm."
>>> documents = [Document(text=ferry, id="a"), Document(text=ferry.upper(), id="b", metadata={"source": "Northwire"})]
>>> [document.id for document in IndexFilter(folder.name).run(iter(documents))]
['a']
>>> folder.cleanup()
"""

from __future__ import annotations

import os
from typing import Any

from datatrove.pipeline.filters.base_filter import BaseFilter

from ._index import Index

__all__ = ["IndexFilter"]


class IndexFilter(BaseFilter):  # type: ignore[misc]
    """Passes the documents that no story of an index tells, nor one that passed before, and adds them.

    A document is read as a record of its metadata with its `id` and `text`. One process changes an index at a time, so
    a pipeline has one task for each index. What is dropped is counted by its relation, such as `dropped_contained`, and
    goes to `exclusion_writer`.

    Parameters
    ----------
    path
        The folder of the index; `wirefold.Index.create` makes one.
    exclusion_writer
        Where what is dropped goes.
    batch_size
        Documents that are decided at a time.
    keywords
        Of `wirefold.Index.dedup`, such as `min_novel` and `remove`.
    """

    name = "wirefold"

    def __init__(
        self, path: str | os.PathLike[str], exclusion_writer: Any = None, batch_size: int = 1000, **keywords: Any
    ) -> None:
        super().__init__(exclusion_writer, batch_size)
        self.path = os.fspath(path)
        self.keywords = {"quiet": True, **keywords}

    def filter(self, doc: Any) -> bool | tuple[bool, str]:
        """Whether a document is new, else how it is told."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: list[Any]) -> list[bool | tuple[bool, str]]:
        """Whether each document is new, else how it is told."""
        records = [{**doc.metadata, "id": doc.id, "text": doc.text} for doc in batch]
        passed, told = Index(self.path).dedup(records, told=True, **self.keywords)
        new = {id(record) for record in passed}
        reasons = iter(told)
        return [True if id(record) in new else (False, next(reasons)["relation"]) for record in records]
