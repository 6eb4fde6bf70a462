"""Kinds of data whose libraries are tested where they are installed."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
import wirefold
from test_equality import arrow, rows


def test_relations_of_duckdb(feed: list[dict[str, Any]]) -> None:
    duckdb = pytest.importorskip("duckdb")
    table = arrow(feed).select(["id", "title", "text", "source", "published"])
    relation = duckdb.from_arrow(table)
    kept, clusters, pairs = wirefold.dedup(relation, clusters=True, relations=True)
    assert all(isinstance(found, duckdb.DuckDBPyRelation) for found in (kept, clusters, pairs))
    expected = wirefold.dedup(table, clusters=True, relations=True)
    assert [pa.table(found).to_pylist() for found in (kept, clusters, pairs)] == [of.to_pylist() for of in expected]
    noted = wirefold.dedup(relation, annotate=True)
    assert pa.table(noted).column_names[-4:] == ["cluster", "kept", "relation", "to"]
    clean = wirefold.normalize(relation, face="match")
    assert pa.table(clean).to_pylist() == wirefold.normalize(table, face="match").to_pylist()


def test_datasets_of_hugging_face(feed: list[dict[str, Any]]) -> None:
    datasets = pytest.importorskip("datasets")
    table = arrow(feed).select(["id", "title", "text", "source", "published"])
    dataset = datasets.Dataset(table)
    expected = wirefold.dedup(table, clusters=True)
    kept, clusters, _ = wirefold.dedup(dataset, clusters=True)
    assert isinstance(kept, datasets.Dataset) and kept.to_list() == expected.stories.to_pylist()
    assert clusters.to_list() == expected.clusters.to_pylist()
    # A selection in another order is read in that order.
    turned = dataset.select(range(len(dataset) - 1, -1, -1))
    assert wirefold.dedup(turned)["id"] == list(reversed(kept["id"]))
    noted = wirefold.dedup(dataset, annotate=True)
    assert rows(noted) == rows(wirefold.dedup(table, annotate=True))
    clean = wirefold.normalize(dataset, face="match")
    assert clean.to_list() == wirefold.normalize(table, face="match").to_pylist()
    assert clean.column_names == dataset.column_names


def test_whatever_gives_arrow_data(feed: list[dict[str, Any]]) -> None:
    table = arrow(feed)

    class Other:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return table.__arrow_c_stream__(requested_schema)

    assert wirefold.dedup(Other()) == wirefold.dedup(table)
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches())
    assert wirefold.dedup(reader) == wirefold.dedup(table)


def test_a_stream_that_fails_is_told() -> None:
    schema = pa.schema({"text": pa.string()})

    def batches() -> Any:
        yield pa.record_batch([["One."]], schema=schema)
        raise ValueError("the disk is gone")

    reader = pa.RecordBatchReader.from_batches(schema, batches())
    with pytest.raises((wirefold.InputError, ValueError), match="the disk is gone"):
        wirefold.dedup(reader)
