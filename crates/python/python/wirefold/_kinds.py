"""The kinds of data that callers have: how each gives its stories, and gets its own kind back.

No kind is imported before the caller has it. Columns cross by the Arrow PyCapsule interface; only lists, and what
pandas keeps as Python objects, are copied.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from . import _wirefold
from ._wirefold import Column, Outcome, Stories, Table

NOTES = ("cluster", "kept", "relation", "to")
"""The columns that annotating adds."""


Replaced = Sequence[tuple[bool, str, Column]]


class Kind:
    """A list of texts or records, and what all kinds have in common."""

    def stories(self, data: Any, fields: Mapping[str, Any], title: str) -> Stories:
        """The stories of the data."""
        return Stories(data if isinstance(data, list) else list(data), fields, title)

    def kept(self, data: Any, outcome: Outcome) -> Any:
        """The kept rows."""
        return self.rows(data, outcome.kept_rows())

    def rows(self, data: Any, rows: Sequence[int]) -> Any:
        """These rows, which are in order."""
        return [data[row] for row in rows]

    def annotated(self, data: Any, clusters: Table) -> Any:
        """All rows, with what became of them behind their own columns."""
        columns = clusters.to_pydict()
        notes = zip(*(columns[name] for name in NOTES))
        rows = []
        for row, note in zip(data, notes):
            row = {"text": row} if row is None or isinstance(row, str) else row
            rows.append({**{name: row[name] for name in row if name not in NOTES}, **dict(zip(NOTES, note))})
        return rows

    def replaced(self, data: Any, columns: Replaced, fields: Mapping[str, Any]) -> Any:
        """The rows with other texts and titles: for each column whether it holds titles, its name and its values."""
        names = list(dict.fromkeys(name for row in data if isinstance(row, dict) for name in row))
        read = _wirefold.fields(names, fields) if names else []
        rows = [dict(row) if isinstance(row, dict) else row for row in data]
        for titles, _, column in columns:
            role = "title" if titles else "text"
            own = [name for name, has in read if has == role]
            for at, value in enumerate(column.to_pylist()):
                row = rows[at]
                if not isinstance(row, dict):
                    rows[at] = row if titles else value
                    continue
                name = next((name for name in own if isinstance(row.get(name), str)), None)
                if name is not None:
                    row[name] = value
        return rows

    def table(self, table: Table) -> Any:
        """A table of ours as one of this kind."""
        return table.to_pylist()

    def column(self, data: Any, column: Column) -> Any:
        """A column of ours as one of this kind, with a row for each of the data's."""
        return column.to_pylist()

    def with_column(self, data: Any, name: str, column: Any) -> Any:
        """A table with one more column of its kind, instead of one of that name."""
        raise TypeError(f"cannot add a column to {type(data).__name__}")


class Arrow(Kind):
    """pyarrow's tables, record batches, arrays and chunked arrays, and whatever else gives Arrow data."""

    def stories(self, data: Any, fields: Mapping[str, Any], title: str) -> Stories:
        return Stories(data, fields, title)

    def kept(self, data: Any, outcome: Outcome) -> Any:
        import pyarrow as pa

        try:
            return data.filter(pa.array(outcome.mask()))
        except pa.ArrowNotImplementedError:
            # Some types cannot be filtered there, but all can be sliced.
            return self.rows(data, outcome.kept_rows())

    def rows(self, data: Any, rows: Sequence[int]) -> Any:
        return _sliced(data, rows)

    def annotated(self, data: Any, clusters: Table) -> Any:
        import pyarrow as pa

        notes = pa.table(clusters)
        if isinstance(data, (pa.Array, pa.ChunkedArray)):
            data = pa.table({"text": data})
        batch = isinstance(data, pa.RecordBatch)
        table = pa.Table.from_batches([data]) if batch else data
        table = table.drop_columns([name for name in NOTES if name in table.column_names])
        for name in NOTES:
            table = table.append_column(name, notes[name])
        return table.combine_chunks().to_batches()[0] if batch and table.num_rows else table

    def replaced(self, data: Any, columns: Replaced, fields: Mapping[str, Any]) -> Any:
        import pyarrow as pa

        if not hasattr(data, "schema"):
            array = pa.array(columns[0][2]).cast(_text_type(data.type))
            return pa.chunked_array([array]) if isinstance(data, pa.ChunkedArray) else array
        for _, name, column in columns:
            field = data.schema.field(name)
            array = pa.array(column).cast(_text_type(field.type))
            at = data.schema.get_field_index(name)
            data = data.set_column(at, field.with_type(array.type), array)
        return data

    def table(self, table: Table) -> Any:
        import pyarrow as pa

        return pa.table(table)

    def column(self, data: Any, column: Column) -> Any:
        import pyarrow as pa

        return pa.array(column)

    def with_column(self, data: Any, name: str, column: Any) -> Any:
        if name in data.column_names:
            data = data.drop_columns([name])
        return data.append_column(name, column)


def _read(names: Sequence[str], fields: Mapping[str, Any]) -> list[str]:
    """Of these columns, those that are read."""
    return [name for name, _ in _wirefold.fields(list(names), fields)]


def _sliced(data: Any, rows: Sequence[int]) -> Any:
    """These rows of pyarrow's data, which are in order, as slices."""
    import pyarrow as pa

    pieces = []
    start = 0
    for at, row in enumerate(rows):
        if at + 1 == len(rows) or rows[at + 1] != row + 1:
            pieces.append(data.slice(rows[start], at + 1 - start))
            start = at + 1
    if not pieces:
        return data.slice(0, 0)
    if isinstance(data, pa.Table):
        return pa.concat_tables(pieces)
    if isinstance(data, pa.RecordBatch):
        return pa.concat_batches(pieces)
    if isinstance(data, pa.ChunkedArray):
        return pa.chunked_array([chunk for piece in pieces for chunk in piece.chunks], data.type)
    return pa.concat_arrays(pieces)


def _text_type(own: Any) -> Any:
    """The type of texts that came from a column of a type; dictionaries are opened."""
    import pyarrow as pa

    if pa.types.is_null(own):
        return pa.string()
    return own.value_type if pa.types.is_dictionary(own) else own


class Polars(Kind):
    """Frames and columns of Polars."""

    def stories(self, data: Any, fields: Mapping[str, Any], title: str) -> Stories:
        import polars as pl

        if not isinstance(data, pl.Series):
            data = data.select(_read(data.columns, fields))
        return Stories(data, fields, title)

    def kept(self, data: Any, outcome: Outcome) -> Any:
        import polars as pl

        return data.filter(pl.Series(outcome.mask()))

    def rows(self, data: Any, rows: Sequence[int]) -> Any:
        return data[rows]

    def annotated(self, data: Any, clusters: Table) -> Any:
        import polars as pl

        data = data.to_frame("text") if isinstance(data, pl.Series) else data
        notes = pl.DataFrame(clusters).select(NOTES)
        return data.drop(NOTES, strict=False).hstack(notes)

    def replaced(self, data: Any, columns: Replaced, fields: Mapping[str, Any]) -> Any:
        import polars as pl

        if isinstance(data, pl.Series):
            return pl.Series(columns[0][2]).alias(data.name)
        return data.with_columns([pl.Series(column).alias(name) for _, name, column in columns])

    def table(self, table: Table) -> Any:
        import polars as pl

        return pl.DataFrame(table)

    def column(self, data: Any, column: Column) -> Any:
        import polars as pl

        return pl.Series(column)

    def with_column(self, data: Any, name: str, column: Any) -> Any:
        return data.drop(name, strict=False).hstack([column.alias(name)])


class LazyPolars(Polars):
    """Lazy frames of Polars: collected once, lazy again."""

    def kept(self, data: Any, outcome: Outcome) -> Any:
        return super().kept(data, outcome).lazy()

    def rows(self, data: Any, rows: Sequence[int]) -> Any:
        return super().rows(data, rows).lazy()

    def annotated(self, data: Any, clusters: Table) -> Any:
        return super().annotated(data, clusters).lazy()

    def replaced(self, data: Any, columns: Replaced, fields: Mapping[str, Any]) -> Any:
        return super().replaced(data, columns, fields).lazy()

    def table(self, table: Table) -> Any:
        return super().table(table).lazy()


class Pandas(Kind):
    """Frames and columns of pandas; they keep their index."""

    def stories(self, data: Any, fields: Mapping[str, Any], title: str) -> Stories:
        column = data.ndim == 1
        if not column:
            data = data[_read(self._names(data), fields)]
            # Whole numbers, some of them missing, are floats in pandas.
            floats = {name: data[name].convert_dtypes() for name in data.select_dtypes("float")}
            data = data.assign(**floats)
        try:
            import pyarrow as pa
        except ImportError:
            return Stories(self._rows(data), fields, title)
        try:
            if column:
                return Stories(pa.array(data, from_pandas=True), fields, title)
            return Stories(pa.Table.from_pandas(data, preserve_index=False), fields, title)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            # A column of mixed objects: row by row, so that what is wrong is named by its row.
            return Stories(self._rows(data), fields, title)

    def _names(self, data: Any) -> list[str]:
        return [name for name in data.columns if isinstance(name, str)]

    def _rows(self, data: Any) -> list[Any]:
        objects = data.astype(object)
        objects = objects.where(objects.notna(), None)
        rows: list[Any] = objects.to_list() if data.ndim == 1 else objects.to_dict("records")
        return rows

    def rows(self, data: Any, rows: Sequence[int]) -> Any:
        return data.iloc[rows]

    def annotated(self, data: Any, clusters: Table) -> Any:
        data = data.to_frame("text") if data.ndim == 1 else data
        # By place, not by index: labels may come more than once.
        notes = self.table(clusters)
        own = data.drop(columns=[name for name in NOTES if name in data.columns])
        return own.assign(**{name: notes[name].array for name in NOTES})

    def replaced(self, data: Any, columns: Replaced, fields: Mapping[str, Any]) -> Any:
        import pandas as pd

        def series(column: Column, own: Any) -> Any:
            # Normalized texts may be no categories of the column.
            categories = isinstance(own.dtype, pd.CategoricalDtype)
            dtype = own.dtype.categories.dtype if categories else own.dtype
            return pd.Series(column.to_pylist(), index=data.index, name=own.name, dtype=dtype)

        if data.ndim == 1:
            return series(columns[0][2], data)
        if not all(name for _, name, _ in columns):
            # It came in row by row.
            names = [name for name, role in _wirefold.fields(self._names(data), fields) if role in ("text", "title")]
            rows = super().replaced(data[names].astype(object).to_dict("records"), columns, fields)
            return data.assign(**{name: [row[name] for row in rows] for name in names})
        return data.assign(**{name: series(column, data[name]) for _, name, column in columns})

    def table(self, table: Table) -> Any:
        import pandas as pd

        return pd.DataFrame(table.to_pydict(), columns=table.column_names)

    def column(self, data: Any, column: Column) -> Any:
        import pandas as pd

        return pd.Series(column.to_pylist(), index=data.index)

    def with_column(self, data: Any, name: str, column: Any) -> Any:
        return data.drop(columns=[name], errors="ignore").assign(**{name: column})


class Datasets(Arrow):
    """Datasets of Hugging Face."""

    def stories(self, data: Any, fields: Mapping[str, Any], title: str) -> Stories:
        read = _read(data.column_names, fields)
        return Stories(data.select_columns(read).with_format("arrow")[:], fields, title)

    def kept(self, data: Any, outcome: Outcome) -> Any:
        return self.rows(data, outcome.kept_rows())

    def rows(self, data: Any, rows: Sequence[int]) -> Any:
        return data.select(rows)

    def annotated(self, data: Any, clusters: Table) -> Any:
        import datasets

        own = data.remove_columns([name for name in NOTES if name in data.column_names])
        return datasets.concatenate_datasets([own, self.table(clusters).select_columns(list(NOTES))], axis=1)

    def replaced(self, data: Any, columns: Replaced, fields: Mapping[str, Any]) -> Any:
        order, features = data.column_names, data.features
        for _, name, column in columns:
            data = data.remove_columns(name).add_column(name, column.to_pylist(), feature=features[name])
        return data.select_columns(order)

    def table(self, table: Table) -> Any:
        import datasets
        import pyarrow as pa

        return datasets.Dataset(pa.table(table))


class DuckDB(Arrow):
    """Relations of DuckDB: run once; what comes back is a relation of the default connection."""

    def table(self, table: Table) -> Any:
        import pyarrow as pa

        return _relation(pa.table(table))

    def kept(self, data: Any, outcome: Outcome) -> Any:
        return _relation(super().kept(data, outcome))

    def rows(self, data: Any, rows: Sequence[int]) -> Any:
        return _relation(super().rows(data, rows))

    def annotated(self, data: Any, clusters: Table) -> Any:
        return _relation(super().annotated(data, clusters))

    def replaced(self, data: Any, columns: Replaced, fields: Mapping[str, Any]) -> Any:
        return _relation(super().replaced(data, columns, fields))


def _relation(table: Any) -> Any:
    import duckdb

    return duckdb.from_arrow(table)


def kind_of(data: Any) -> tuple[Kind, Any]:
    """The kind of the data, and the data as that kind works with it.

    Raises `TypeError` if it is of no known kind.
    """

    def is_of(module: str, *names: str) -> bool:
        loaded = sys.modules.get(module)
        classes = tuple(getattr(loaded, name) for name in names if hasattr(loaded, name)) if loaded else ()
        return isinstance(data, classes)

    if is_of("polars", "LazyFrame"):
        return LazyPolars(), data.collect()
    if is_of("polars", "DataFrame", "Series"):
        return Polars(), data
    if is_of("pandas", "DataFrame", "Series"):
        return Pandas(), data
    if is_of("datasets", "Dataset"):
        return Datasets(), data
    if is_of("duckdb", "DuckDBPyRelation"):
        import pyarrow as pa

        return DuckDB(), pa.table(data)
    if is_of("pyarrow", "Table", "RecordBatch", "Array", "ChunkedArray"):
        return Arrow(), data
    if hasattr(data, "__arrow_c_stream__") or hasattr(data, "__arrow_c_array__"):
        import pyarrow as pa

        return Arrow(), pa.table(data)
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes, bytearray)):
        return Kind(), data
    raise TypeError(
        f"cannot read stories of {type(data).__name__}; give a list of strings or of dicts, a table or column of pyarrow,"
        " Polars, pandas, DuckDB or datasets, or what gives Arrow data by the PyCapsule interface"
    )
