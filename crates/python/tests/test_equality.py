"""Every kind of data gives the answers of the command line."""

from __future__ import annotations

import json
import os
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import wirefold
from conftest import SAMPLE, Command


def arrow(feed: list[dict[str, Any]]) -> pa.Table:
    names = dict.fromkeys(name for row in feed for name in row)
    return pa.table({name: [row.get(name) for row in feed] for name in names})


def chunked(feed: list[dict[str, Any]]) -> pa.Table:
    """Chunks of several sizes, some empty, sliced out of a longer table."""
    padded = arrow([{"id": "before", "text": "before"}, *feed, {"id": "after", "text": "after"}])
    whole = padded.slice(1, len(feed))
    cuts = [0, 1, 1, 40, 41, len(feed)]
    return pa.concat_tables([whole.slice(a, b - a) for a, b in pairwise(cuts)])


def large(feed: list[dict[str, Any]]) -> pa.Table:
    return recast(arrow(feed), pa.large_string())


def view(feed: list[dict[str, Any]]) -> pa.Table:
    return recast(arrow(feed), pa.string_view())


def dictionary(feed: list[dict[str, Any]]) -> pa.Table:
    return recast(chunked(feed), pa.dictionary(pa.int32(), pa.string()))


def recast(table: pa.Table, to: pa.DataType) -> pa.Table:
    columns = [column.cast(to) if pa.types.is_string(column.type) else column for column in table.columns]
    return pa.table(columns, names=table.column_names)


def objects(feed: list[dict[str, Any]]) -> pd.DataFrame:
    """pandas with Python objects, and an index of its own."""
    return pd.DataFrame(feed, dtype=object).set_axis(range(1000, 1000 + len(feed)))


MAKERS = {
    "list": list,
    "tuple": tuple,
    "pyarrow": arrow,
    "chunked": chunked,
    "large": large,
    "view": view,
    "dictionary": dictionary,
    "batch": lambda feed: arrow(feed).combine_chunks().to_batches()[0],
    "polars": lambda feed: pl.DataFrame(feed, infer_schema_length=None),
    "lazy": lambda feed: pl.LazyFrame(feed, infer_schema_length=None),
    "polars, chunked": lambda feed: pl.concat(
        [pl.DataFrame(arrow(feed)[:50]), pl.DataFrame(arrow(feed)[50:])], rechunk=False
    ),
    "pandas": pd.DataFrame,
    "pandas, objects": objects,
    "pandas, arrow": lambda feed: arrow(feed).to_pandas(types_mapper=pd.ArrowDtype),
}


def rows(data: Any) -> list[dict[str, Any]]:
    """The rows of any kind as dictionaries without nulls. pandas has large numbers as floats, and so loses `item_no`."""
    if isinstance(data, pl.LazyFrame):
        data = data.collect()
    if isinstance(data, pl.DataFrame):
        found = data.to_dicts()
    elif isinstance(data, (pa.Table, pa.RecordBatch)):
        found = data.to_pylist()
    elif isinstance(data, pd.DataFrame):
        found = data.astype(object).where(data.notna(), None).to_dict("records")
    else:
        found = list(data)
    return [plain({name: value for name, value in row.items() if name != "item_no"}) for row in found]


def plain(value: Any) -> Any:
    """Arrays as lists, and structs without nulls."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, dict):
        return {name: plain(value) for name, value in value.items() if value is not None}
    return [plain(value) for value in value] if isinstance(value, (list, tuple)) else value


@pytest.fixture(params=MAKERS, name="data")
def any_kind(request: pytest.FixtureRequest, feed: list[dict[str, Any]]) -> Any:
    return MAKERS[request.param](feed)


def test_the_same_stories_are_kept_and_the_kind_comes_back(
    data: Any, command: Command, feed: list[dict[str, Any]]
) -> None:
    kept, _, _ = command.tables(SAMPLE)
    found = wirefold.dedup(data)
    assert type(found) is (list if isinstance(data, tuple) else type(data))
    assert [row["id"] for row in rows(found)] == kept
    # As they came, to the last value.
    by_id = {row["id"]: row for row in rows(feed)}
    assert all(row == by_id[row["id"]] for row in rows(found))


def test_tables_are_those_of_the_command(data: Any, command: Command) -> None:
    _, clusters, relations = command.tables(SAMPLE)
    found = wirefold.dedup(data, clusters=True, relations=True)
    assert isinstance(found, wirefold.Deduped)

    def shown(value: Any) -> str:
        return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    expected = [{name: value for name, value in row.items() if value} for row in clusters]
    assert [{name: shown(value) for name, value in row.items()} for row in rows(found.clusters)] == expected
    assert rows(found.relations) == rows(relations)
    assert rows(wirefold.relate(data)) == rows(relations)


def test_annotated_rows_stand_behind_their_own_columns(data: Any, command: Command, feed: list[dict[str, Any]]) -> None:
    noted = command.run("dedup", SAMPLE, "--annotate", "--quiet")
    expected = [json.loads(line) for line in noted.splitlines()]
    found = wirefold.dedup(data, annotate=True)
    assert rows(found) == rows(expected)
    again = wirefold.dedup(found, annotate=True)
    assert rows(again) == rows(found)


def test_settings_mean_what_the_flags_mean(command: Command, feed: list[dict[str, Any]]) -> None:
    for flags, keywords in [
        (["--threshold", "0.8"], {"threshold": 0.8}),
        (["--remove", "identical"], {"remove": "identical"}),
        (["--remove", "none"], {"remove": "none"}),
        (["--keep", "earliest"], {"keep": "earliest"}),
        (["--keep", "prefer:Northwire,latest-version"], {"keep": ["prefer:Northwire", "latest-version"]}),
        (["--window", "3d"], {"window": "3d"}),
        (["--title", "ignore"], {"title": "ignore"}),
        (["--min-novel", "1"], {"min_novel": 1}),
        (["--seed", "7", "--shingle-words", "3"], {"seed": 7, "shingle_words": 3}),
        (["--fold-confusables"], {"fold_confusables": True}),
        (["--text-field", "title"], {"text_field": "title"}),
        (["--memory", "64MiB", "--threads", "1"], {"memory": "64MiB", "threads": 1}),
    ]:
        data = [row for row in feed if row.get("title") is not None]
        source = command.folder / "titled.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in data), encoding="utf-8")
        kept, _, _ = command.tables(source, *flags)
        assert [row["id"] for row in wirefold.dedup(data, **keywords)] == kept, flags
        assert wirefold.dedup(arrow(data), **keywords)["id"].to_pylist() == kept, flags


def test_a_generated_feed(command: Command) -> None:
    """A feed of the project's generator, which `WIREFOLD_FEED` names."""
    if "WIREFOLD_FEED" not in os.environ:
        pytest.skip("WIREFOLD_FEED does not name a feed")
    path = Path(os.environ["WIREFOLD_FEED"])
    kept, clusters, relations = command.tables(path)
    with path.open(encoding="utf-8") as lines:
        feed = [json.loads(line) for line in lines]
    assert len(kept) < len(feed)
    for make in [list, arrow, MAKERS["polars"], pd.DataFrame]:
        found = wirefold.dedup(make(feed), clusters=True, relations=True)
        assert [row["id"] for row in rows(found.stories)] == kept
        assert [row["cluster"] for row in rows(found.clusters)] == [row["cluster"] for row in clusters]
        pairs = [(row["a"], row["b"], row["relation"], row["score"]) for row in rows(found.relations)]
        assert pairs == [(row["a"], row["b"], row["relation"], row["score"]) for row in relations]
