"""Functions of batches, and blocks of pipelines."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import wirefold
from wirefold import batches

TEXTS = ["“The ferry  waits,” said Ilse.", None, "Frost"]


def column(data: Any, name: str) -> list[Any]:
    found = data[name]
    found = (
        found.to_pylist() if hasattr(found, "to_pylist") else found.to_list() if hasattr(found, "to_list") else found
    )
    return [value.tolist() if hasattr(value, "tolist") else value for value in found]


@pytest.mark.parametrize(
    "make",
    [
        dict,
        lambda batch: {name: np.array(values, dtype=object) for name, values in batch.items()},
        pa.table,
        pl.DataFrame,
        lambda batch: pd.DataFrame(batch, dtype=object),
    ],
)
def test_batches_of_all_kinds(make: Any) -> None:
    batch = make({"n": [1, 2, 3], "text": TEXTS, "signature": ["x", "y", "z"]})
    functions = [batches.normalize(face="match"), batches.signature(), batches.quotations("said")]
    clean, signed, said = [pickle.loads(pickle.dumps(function))(batch) for function in functions]
    assert type(clean) is type(signed) is type(said) is type(batch)
    assert column(clean, "text")[0::2] == wirefold.normalize([TEXTS[0], TEXTS[2]], face="match")
    assert column(clean, "n") == [1, 2, 3]
    assert column(signed, "signature") == [wirefold.signature(text or "").components for text in TEXTS]
    assert [[quotation["text"] for quotation in row] for row in column(said, "said")] == [["The ferry  waits,"], [], []]


def test_datasets_are_mapped() -> None:
    datasets = pytest.importorskip("datasets")
    dataset = datasets.Dataset.from_dict({"text": [TEXTS[0], TEXTS[2]]})
    mapped = dataset.map(batches.normalize(face="match"), batched=True).map(batches.signature(), batched=True)
    assert mapped["text"][1] == "frost"
    assert mapped["signature"][0] == wirefold.signature(TEXTS[0]).components


def test_a_pipeline_of_datatrove(tmp_path: Any, feed: list[dict[str, Any]]) -> None:
    data = pytest.importorskip("datatrove.data")
    from wirefold.datatrove import IndexFilter

    wirefold.Index.create(tmp_path / "a.index")
    wirefold.Index.create(tmp_path / "b.index")
    documents = [data.Document(text=row["text"], id=row["id"], metadata={"source": row.get("source")}) for row in feed]
    step = IndexFilter(tmp_path / "a.index", batch_size=25)
    passed = [document.id for document in step.run(iter(documents))]
    records = [{"id": row["id"], "text": row["text"], "source": row.get("source")} for row in feed]
    assert passed == [row["id"] for row in wirefold.Index(tmp_path / "b.index").dedup(records)]
    assert 0 < len(passed) < len(feed)


@pytest.mark.parametrize("texts", [["One.", "Two."], ["“Wait,” he said.", "“Go,” she said."]])
def test_as_many_quotations_in_each_text(texts: list[str]) -> None:
    batch = {"text": np.array(texts, dtype=object)}
    found = batches.quotations()(batch)["quotations"]
    assert [len(of) for of in found] == [len(wirefold.quotations(text)) for text in texts]


def test_what_numpy_says_of_missing_texts_is_none() -> None:
    """Ray Data gives missing texts so, in batches of NumPy arrays."""
    batch = {"text": np.array(["“Wait,” he said.", float("nan"), None], dtype=object)}
    text, nan, none = batches.normalize(face="match")(batch)["text"]
    assert text == '"wait," he said.' and nan != nan and none is None, "missing as it came"
    assert len(batches.signature()(batch)["signature"]) == 3
    kept = wirefold.dedup(["One.", float("nan"), "One."])
    assert len(kept) == 2 and kept[0] == "One."
