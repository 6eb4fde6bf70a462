"""Frames of Spark: their columns, and their rows through steps that take tables of Arrow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .errors import InputError


def arrow_types(df: Any, columns: str) -> Any:
    """Columns as Spark names them, as the types that it expects of pyarrow. Workers cannot read the former."""
    from pyspark.sql.pandas.types import to_arrow_schema
    from pyspark.sql.types import StructType

    large = df.sparkSession.conf.get("spark.sql.execution.arrow.useLargeVarTypes", "false") == "true"
    return to_arrow_schema(StructType.fromDDL(columns), **({"prefers_large_types": True} if large else {}))


def arrow(table: Any, types: Any) -> Any:
    """A table of the library as one of pyarrow with these types."""
    import pyarrow as pa

    return pa.table(table).cast(types)


def mapped(df: Any, columns: str, step: Callable[[Any], Any], together_bytes: int = 0) -> Any:
    """Batches of rows through a step, as many together as are within so many bytes."""
    types = arrow_types(df, columns)

    def batches(given: Iterable[Any]) -> Iterator[Any]:
        import pyarrow as pa

        for held in _gathered(given, together_bytes):
            yield from arrow(step(pa.Table.from_batches(held)), types).to_batches()

    return df.mapInArrow(batches, columns)


def applied(df: Any, key: str, columns: str, step: Callable[[int, Any], Any]) -> Any:
    """The rows of each value of `key` through a step."""
    types = arrow_types(df, columns)

    def group(key: Any, table: Any) -> Any:
        return arrow(step(key[0].as_py(), table), types)

    return df.groupBy(key).applyInArrow(group, columns)


def _gathered(batches: Iterable[Any], most_bytes: int) -> Iterator[list[Any]]:
    """Batches, as many together as are within so many bytes, or one alone."""
    held: list[Any] = []
    held_bytes = 0
    for batch in batches:
        if held and held_bytes + batch.nbytes > most_bytes:
            yield held
            held, held_bytes = [], 0
        held.append(batch)
        held_bytes += batch.nbytes
    if held:
        yield held


def columns_of_ids(df: Any, names: list[str], named: str | None) -> list[str]:
    """Of columns that are called as ids are, those that hold some, by the rule of `Stories`."""
    fit = [name for name in names if holds(df, name, strings=True)]
    unfit = [name for name in names if name not in fit and (not fit or name == named)]
    if unfit:
        kind = df.schema[unfit[0]].dataType.simpleString()
        raise InputError(f"column `{unfit[0]}` holds {kind}, not strings or integers", None, unfit[0])
    if not fit:
        message = "no column holds ids: rows of Spark have no numbers of their own; name it by id_field"
        raise InputError(message)
    return fit


def holds(df: Any, name: str, *, strings: bool) -> bool:
    """Whether a column holds integers, or if they may be `strings` too."""
    from pyspark.sql.types import IntegralType, StringType

    return isinstance(df.schema[name].dataType, (IntegralType, StringType) if strings else IntegralType)


def quoted(name: str) -> str:
    """A column's name as Spark reads it, dots and all."""
    return "`" + name.replace("`", "``") + "`"


def cores(df: Any) -> int:
    """Tasks that run at one time, about; at least two."""
    return max(2, int(df.sparkSession.sparkContext.defaultParallelism))
