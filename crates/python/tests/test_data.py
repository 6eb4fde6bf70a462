"""What comes in: nulls, types, names, and what is wrong with them."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import wirefold

FERRY = "The ferry to Orlemond will not sail before noon, said Ilse Vantour, who runs the port of Kelm."
FROST = "The orchards of Pellworth lost a third of their blossom to frost on Sunday night, the growers say."


def test_a_story_without_text_is_kept() -> None:
    assert wirefold.dedup([FERRY, None, FERRY, None, ""]) == [FERRY, None, None, ""]
    texts = pa.array([FERRY, None, FERRY, None])
    assert wirefold.dedup(texts).to_pylist() == [FERRY, None, None]
    frame = pl.DataFrame({"text": texts})
    assert wirefold.dedup(frame)["text"].to_list() == [FERRY, None, None]
    series = pd.Series([FERRY, None, FERRY], index=list("abc"))
    assert list(wirefold.dedup(series).index) == ["a", "b"]
    assert wirefold.dedup([]) == []
    assert wirefold.dedup(pa.array([], pa.string())).to_pylist() == []
    assert wirefold.dedup(pa.table({"text": pa.array([], pa.string())})).num_rows == 0
    assert wirefold.dedup(pl.DataFrame({"text": []}, schema={"text": pl.String})).height == 0


def test_stories_without_ids_are_called_by_their_rows() -> None:
    texts = [FROST] * 11 + [FERRY]
    _, clusters, _ = wirefold.dedup(texts, clusters=True)
    assert [row["id"] for row in clusters] == list(range(12))
    # The first is kept, not the first by the letters of its number.
    assert [row["to"] for row in clusters] == [None] + [0] * 10 + [None]
    _, clusters, _ = wirefold.dedup(pa.array(texts), clusters=True)
    assert clusters["cluster"].type == pa.int64()
    rows = [{"id": 7, "text": FERRY}, {"text": FROST}, {"id": 7, "text": FROST}]
    _, clusters, _ = wirefold.dedup(rows, clusters=True)
    assert [row["id"] for row in clusters] == ["7", "row:1", "7#2"]


def test_ids_that_are_all_null_are_none() -> None:
    table = pa.table({"id": pa.nulls(2, pa.string()), "text": [FERRY, FROST]})
    _, clusters, _ = wirefold.dedup(table, clusters=True)
    assert clusters["id"].to_pylist() == [0, 1]


def test_texts_of_no_type_are_missing() -> None:
    assert wirefold.normalize(pa.nulls(2)).to_pylist() == [None, None]
    assert wirefold.normalize(pa.table({"text": pa.array([])})).num_rows == 0


def test_labels_of_pandas_may_come_more_than_once() -> None:
    frame = pd.DataFrame({"text": [FERRY, FROST, FERRY]}, index=["a", "b", "a"])
    noted = wirefold.dedup(frame, annotate=True)
    assert list(noted.index) == ["a", "b", "a"]
    assert list(noted["kept"]) == [True, True, False]


def test_categories_of_pandas_become_texts() -> None:
    series = pd.Series(["Straße", "Kelm"], dtype="category")
    assert list(wirefold.normalize(series, face="match")) == ["strasse", "kelm"]


def test_the_first_column_that_has_a_value_is_read() -> None:
    table = pa.table({"body": [FERRY, FROST], "text": [None, FERRY], "content": [1, 2]})
    assert wirefold.dedup(table).num_rows == 1
    assert wirefold.dedup(table, text_field="body").num_rows == 2
    assert wirefold.normalize(table.slice(0, 1), face="match")["body"].to_pylist() == [FERRY.lower()]
    both = wirefold.normalize(table, face="match")
    assert both["body"].to_pylist() == [FERRY.lower(), FROST]
    assert both["text"].to_pylist() == [None, FERRY.lower()]
    assert both["content"].to_pylist() == [1, 2]
    rows = table.to_pylist()
    assert wirefold.normalize(rows, face="match") == both.to_pylist()


@pytest.mark.parametrize("make", [list, pa.Table.from_pylist, pl.DataFrame, pd.DataFrame])
def test_dates_of_all_types(make: Any) -> None:
    begin = datetime(2031, 3, 15, 9, 40, tzinfo=timezone.utc)
    for days, kept in [(2, 1), (5, 2)]:
        for of in [
            lambda time: time,
            lambda time: time.replace(tzinfo=None),
            lambda time: time.date(),
            lambda time: time.isoformat(),
            lambda time: int(time.timestamp()),
        ]:
            rows = [{"id": n, "text": FERRY, "date": of(begin + timedelta(days=n * days))} for n in range(2)]
            assert len(wirefold.dedup(make(rows), window="3d")) == kept, (days, rows)
            assert len(wirefold.dedup(make(rows), window=timedelta(days=3))) == kept
            assert len(wirefold.dedup(make(rows), window=3 * 24 * 60 * 60)) == kept
    assert isinstance(date.today(), date)


def test_a_clock_without_a_zone_is_of_the_zone_that_is_named() -> None:
    # Noon in Tokyo is three in the morning by UTC.
    rows = [
        {"text": FERRY, "date": datetime(2031, 3, 15, 12, tzinfo=timezone.utc)},
        {"text": FERRY, "date": datetime(2031, 3, 15, 12)},
    ]
    assert len(wirefold.dedup(rows, window="3h")) == 1
    assert len(wirefold.dedup(rows, window="3h", timezone="Asia/Tokyo")) == 2
    table = pl.DataFrame(
        {"text": [FERRY, FERRY], "date": ["2031-03-15T12:00:00Z", None], "published": [None, datetime(2031, 3, 15, 12)]}
    )
    assert len(wirefold.dedup(table, window="3h")) == 1
    assert len(wirefold.dedup(table, window="3h", timezone="Asia/Tokyo")) == 2


def raises(message: str, row: int | None = None, column: str | None = None) -> Any:
    def check(error: wirefold.InputError) -> bool:
        assert (error.row, error.column) == (row, column)
        return True

    return pytest.raises(wirefold.InputError, match=message, check=check)


def test_what_is_wrong_is_named_by_row_and_column() -> None:
    with raises("row 1 is of type int, not a string, a dict or None", 1):
        wirefold.dedup([FERRY, 5])
    with raises("row 2, column `text`: of type list, not strings", 2, "text"):
        wirefold.dedup([FERRY, {"text": FROST}, {"text": []}])
    with raises("row 0, column `id`: of type float, not strings or integers", 0, "id"):
        wirefold.dedup([{"text": FROST, "id": 1.5}], id_field="id")
    with raises("row 0: a string with half a surrogate pair", 0):
        wirefold.dedup(["\ud83d"])
    with raises("no column holds the text: none of text, body, .*; the columns are id, note; name it by text_field"):
        wirefold.dedup(pa.table({"id": ["a"], "note": [FERRY]}))
    with raises("no column holds the text"):
        wirefold.dedup([{"id": "a", "note": FERRY}])
    with raises(r"no column `body` \(text_field\); the columns are text", None, "body"):
        wirefold.dedup(pl.DataFrame({"text": [FERRY]}), text_field="body")
    with raises("column `text` holds Int64, not strings", None, "text"):
        wirefold.dedup(pa.table({"text": [1]}))
    with raises("column `title` holds Int64, not strings", None, "title"):
        wirefold.dedup(pa.table({"text": [FERRY], "title": [1]}), title_field="title")
    # What was not named and is of another type is another's.
    assert wirefold.dedup(pa.table({"text": [FERRY], "title": [1]})).num_rows == 1
    # What says more of a story than the story itself may be of any type, even if it was named.
    rows = [{"id": "a", "text": FERRY, "sent": ["2031-03-15"], "agency": {"name": "North"}}]
    for data in [rows, pa.Table.from_pylist(rows), pl.DataFrame(rows)]:
        assert len(wirefold.dedup(data, date_field="sent", source_field="agency")) == 1
    with raises("row 1, column `text`: of type int, not strings", 1, "text"):
        wirefold.dedup(pd.DataFrame({"text": [FERRY, 5]}, dtype=object))
    with pytest.raises(TypeError, match="cannot read stories of int"):
        wirefold.dedup(5)


@pytest.mark.parametrize(
    "to", [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string())]
)
def test_bytes_that_are_not_utf8_are_refused(to: pa.DataType) -> None:
    """Arrow promises UTF-8; files that are read with pyarrow need not keep that."""
    binary = pa.array([FERRY.encode(), b"\xff\xfe broken at more than twelve bytes", FERRY.encode()], pa.binary())
    broken = pa.Array.from_buffers(pa.string(), 3, binary.buffers())
    if pa.types.is_dictionary(to):
        texts = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2], pa.int8()), broken)
    elif to == pa.string_view():
        texts = pa.array([FERRY.encode(), b"\xff\xfe broken at more than twelve bytes"], pa.binary_view())
        texts = pa.Array.from_buffers(to, 2, texts.buffers())
    else:
        texts = broken.cast(to) if to != pa.string() else broken
    with raises("row 1, column `text`: not UTF-8", 1, "text"):
        wirefold.dedup(pa.chunked_array([texts]))
    with raises("row 2, column `body`: not UTF-8", 2, "body"):
        wirefold.dedup(pa.table({"body": pa.chunked_array([texts.slice(0, 1), texts])}))


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"threshold": 1.5}, "threshold is 1.5, but must be over 0 and up to 1"),
        ({"shingle_words": 0}, "shingle_words is 0, but must be 1 to 64"),
        ({"keep": "newest"}, 'keep is "newest", but must be longest, first'),
        ({"remove": ["overlapping"]}, "remove is overlapping, but must be identical"),
        ({"remove": "copies"}, 'remove is "copies", but must be of identical'),
        ({"window": "3 days"}, "window is 3 days; write it as 90m, 72h, 3d or 2w, or as a timedelta"),
        ({"window": timedelta(days=-1)}, "window is -1 day"),
        ({"now": "soon"}, 'now is "soon"; write it as'),
        ({"title": "last"}, 'title is "last", but must be first or ignore'),
        ({"timezone": "Kelm"}, 'timezone is "Kelm"'),
        ({"memory": "1KiB"}, 'memory is "1KiB": expected at least 32MiB'),
        ({"threads": 5000}, "threads is 5000, but must be 0 to 1024"),
    ],
)
def test_settings_out_of_range_are_named(keywords: dict[str, Any], message: str) -> None:
    with pytest.raises(wirefold.SettingError, match=message) as raised:
        wirefold.dedup([FERRY], **keywords)
    assert raised.value.name == next(iter(keywords))
    assert isinstance(raised.value, (wirefold.WirefoldError, ValueError))


def test_files_that_cannot_be_read_are_named(tmp_path: Any) -> None:
    with pytest.raises(wirefold.StorageError, match="nothing.tsv: no such file or folder"):
        wirefold.dedup([FERRY], furniture=tmp_path / "nothing.tsv")
    wrong = tmp_path / "wrong.profile"
    wrong.write_text("no profile")
    with pytest.raises(wirefold.StorageError, match="wrong.profile: "):
        wirefold.relate([FERRY], profile=wrong)
    with pytest.raises(OSError, match="temporary data cannot be kept here"):
        wirefold.dedup([FERRY], memory="64MiB", temp_dir=tmp_path / "not-there")
