"""Every block of Python in the documentation, run as it stands, page by page."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import datasets
import pyarrow as pa
import pytest
import wirefold
from conftest import PAGES, ROOT, SAMPLE, blocks


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_blocks_run_in_their_order(
    page: Path, feed: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SAMPLE.parent, tmp_path / "corpus" / "sample")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "feeds").mkdir()
    wirefold.Index.create("desk.index").add(feed[:60])
    texts = [{"id": row["id"], "text": row["text"]} for row in feed]
    # What a page calls by name and does not make: data of the reader's.
    names: dict[str, Any] = {
        "feed": feed,
        "today": feed[60:],
        "dataset": datasets.Dataset.from_list(texts),
        # Ray itself is large; its batches are tables of pyarrow.
        "ray_dataset": SimpleNamespace(map_batches=lambda function, batch_format: function(pa.Table.from_pylist(texts))),
    }
    for line, code in blocks(page):
        # A session of Spark is dear, and there is one in a process: that of the tests of `wirefold.spark`.
        if "pyspark" in code:
            continue
        exec(compile("\n" * line + code, str(page), "exec"), names)


def test_pages_have_blocks() -> None:
    names = {page.name for page in PAGES}
    assert {"README.md", "python.md", "desk.md"} <= names
