"""Functions of batches, for `map_batches` of Ray Data and `map(…, batched=True)` of Hugging Face datasets.

A batch is a dict of columns, lists or NumPy arrays, or a table of pyarrow, pandas or Polars; it comes back as its kind.
The functions made here can be pickled, and sent to workers.

>>> from wirefold import batches
>>> clean = batches.normalize(face="match")
>>> clean({"n": [1, 2], "text": ["Straße", None]})
{'n': [1, 2], 'text': ['strasse', None]}
>>> sign = batches.signature(components=64)
>>> [len(signature) for signature in sign({"text": ["The ferry waits.", "The frost stays."]})["signature"]]
[64, 64]

With datasets: `dataset.map(clean, batched=True)`; with Ray: `dataset.map_batches(sign, batch_format="pyarrow")`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import _functions, _wirefold
from ._kinds import kind_of

__all__ = ["normalize", "quotations", "signature"]


def normalize(**keywords: Any) -> Normalize:
    """Texts and titles through `wirefold.normalize` with these keywords."""
    return Normalize(keywords)


def signature(column: str = "signature", **keywords: Any) -> Added:
    """A new column of the signatures of `wirefold.signature`, as lists of numbers."""
    return Added("signature", column, keywords)


def quotations(column: str = "quotations", **keywords: Any) -> Added:
    """A new column of the quotations of `wirefold.quotations`."""
    return Added("quotations", column, keywords)


class Normalize:
    """Normalizes batches."""

    def __init__(self, keywords: Mapping[str, Any]) -> None:
        self.keywords = {"quiet": True, **keywords}

    def __call__(self, batch: Any) -> Any:
        """The batch with other texts and titles."""
        if not isinstance(batch, Mapping):
            return _functions.normalize(batch, **self.keywords)
        rows = _functions.normalize(_rows(batch, self.keywords), **self.keywords)
        read = _read(batch, self.keywords)
        changed = {name: [row[name] for row in rows] for name, role in read if role in ("text", "title")}
        return {**batch, **{name: _like(batch[name], values) for name, values in changed.items()}}


class Added:
    """Adds a column to batches."""

    def __init__(self, function: str, column: str, keywords: Mapping[str, Any]) -> None:
        self.function = function
        self.column = column
        self.keywords = dict(keywords)

    def __call__(self, batch: Any) -> Any:
        """The batch with the column behind its own, instead of one of that name."""
        function = getattr(_functions, self.function)
        if isinstance(batch, Mapping):
            values = function(_rows(batch, self.keywords), **self.keywords)
            values = [value.components if isinstance(value, _wirefold.Signature) else value for value in values]
            return {**batch, self.column: _like(next(iter(batch.values()), []), values)}
        kind, data = kind_of(batch)
        return kind.with_column(data, self.column, function(data, **self.keywords))


def _read(batch: Mapping[str, Any], keywords: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The columns that are read, with their roles."""
    return _wirefold.fields(list(batch), _functions._fields(keywords))


def _rows(batch: Mapping[str, Any], keywords: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is read of a batch, as dicts."""
    names = [name for name, _ in _read(batch, keywords)]
    columns = [batch[name].tolist() if hasattr(batch[name], "tolist") else batch[name] for name in names]
    return [dict(zip(names, values)) for values in zip(*columns)]


def _like(own: Any, values: list[Any]) -> Any:
    """The values as a list or an array, whatever the batch has."""
    if not hasattr(own, "tolist"):
        return values
    import numpy as np

    if values and isinstance(values[0], list) and values[0] and isinstance(values[0][0], int):
        return np.array(values, dtype=np.uint64)
    column = np.empty(len(values), dtype=object)
    # One by one: lists of one length would be taken for rows of a matrix.
    for at, value in enumerate(values):
        column[at] = value
    return column
