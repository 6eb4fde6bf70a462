"""The index gives the answers of the command line's, on one folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
import wirefold
from conftest import Command
from test_equality import MAKERS, arrow, rows


def lines(path: Path, feed: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in feed), encoding="utf-8")
    return path


@pytest.mark.parametrize("make", ["list", "chunked", "view", "polars", "pandas"])
def test_stories_are_added_asked_for_and_passed_as_by_the_command(
    make: str, command: Command, feed: list[dict[str, Any]], tmp_path: Path
) -> None:
    of = MAKERS[make]
    early, late = feed[:60], feed[60:]
    command.run("index", "create", tmp_path / "command.index")
    command.run("index", "add", tmp_path / "command.index", lines(tmp_path / "early.jsonl", early), "--quiet")
    index = wirefold.Index.create(tmp_path / "ours.index")
    assert index.add(of(early)) == {"added": 60, "already": 0, "suffixed": 0}
    assert index.add(of(early[:7])) == {"added": 0, "already": 7, "suffixed": 0}
    other = [{**early[0], "text": "Another text."}]
    assert index.add(of(other)) == {"added": 1, "already": 0, "suffixed": 1}
    assert index.delete([f"{other[0]['id']}#2"]) == 1
    assert len(index) == 60

    asked = command.run("index", "query", tmp_path / "command.index", lines(tmp_path / "late.jsonl", late), "--quiet")
    expected = [json.loads(line) for line in asked.splitlines()]
    assert expected
    assert rows(index.query(of(late))) == rows(expected)

    passed = command.run("index", "dedup", tmp_path / "command.index", tmp_path / "late.jsonl", "--quiet")
    new, told = index.dedup(of(late), told=True)
    assert rows(new) == rows([json.loads(line) for line in passed.splitlines()])
    assert len(rows(new)) + len(rows(told)) == len(late)
    assert list(rows(told)[0]) == ["id", "relation", "to", "jaccard", "containment", "novel"]

    families = command.run("index", "families", tmp_path / "command.index", "-o", tmp_path / "families.jsonl")
    assert families == ""
    expected = [json.loads(line) for line in (tmp_path / "families.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows(index.families().to_pylist()) == rows(expected)
    assert rows(pa.table(index.families())) == rows(pl.DataFrame(index.families())) == rows(expected)
    assert command.run("index", "check", index.path) == ""


def test_an_index_is_looked_after(tmp_path: Path, feed: list[dict[str, Any]]) -> None:
    index = wirefold.Index.create(tmp_path / "desk.index", threshold=0.6, title="ignore")
    index.add(arrow(feed))
    info = index.info()
    assert info["stories"] == len(feed) == len(index)
    assert (info["settings"]["threshold"], info["settings"]["titles"]) == (0.6, False)
    index.learn()
    assert index.info()["profile"]
    with pytest.raises(wirefold.InputError, match='no story with the id "nobody" is stored'):
        index.delete(["s001", "nobody"])
    assert index.delete(["s001", "nobody"], missing_ok=True) == 1
    source = feed[1]["source"]
    of_source = sum(row.get("source") == source for row in feed[1:])
    assert index.expire(source=source) == of_source
    with pytest.raises(wirefold.SettingError, match="older_than or source is needed"):
        index.expire()
    assert index.expire(older_than="1d", now="1990-01-01T00:00:00Z") == 0
    assert index.expire(older_than="1d", now="2999-01-01T00:00:00Z") > 0
    before = index.info()["bytes"]
    index.compact()
    assert index.info()["bytes"] < before and index.info()["deleted"] == 0
    assert index.check()["stories"] == len(index)
    again = wirefold.Index(index.path)
    assert repr(again) == f"Index({index.path!r})" and len(again) == len(index)


def test_what_cannot_be_is_told(tmp_path: Path) -> None:
    with pytest.raises(wirefold.StorageError, match="no index here"):
        wirefold.Index(tmp_path)
    index = wirefold.Index.create(tmp_path / "a.index")
    with pytest.raises(wirefold.StorageError, match="not empty"):
        wirefold.Index.create(index.path)
    with pytest.raises(wirefold.InputError, match="row 1: an index needs an id for each story") as raised:
        index.add([{"id": "a", "text": "One."}, {"text": "Two."}])
    assert raised.value.row == 1
    with pytest.raises(wirefold.SettingError, match="threshold is 2"):
        wirefold.Index.create(tmp_path / "b.index", threshold=2)
    assert index.dedup([]) == [] and index.query([]) == []
