"""Each function, in the kinds of data that it takes."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import threading
import time
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import wirefold
from conftest import SAMPLE, Command

FERRY = "The ferry to Orlemond will not sail before noon, said Ilse Vantour, who runs the port of Kelm."
FROST = "The orchards of Pellworth lost a third of their blossom to frost on Sunday night, the growers say."


def test_normalize_gives_the_kind_back() -> None:
    loose, clean = "One\u00a0 day\u200b", "One day"
    assert wirefold.normalize(loose) == clean
    assert wirefold.normalize([loose, None]) == [clean, None]
    for to in [pa.string(), pa.large_string(), pa.string_view()]:
        found = wirefold.normalize(pa.array([loose, None], to))
        assert found == pa.array([clean, None], to)
    found = wirefold.normalize(pa.chunked_array([[loose], [None]]))
    assert isinstance(found, pa.ChunkedArray) and found.to_pylist() == [clean, None]
    series = wirefold.normalize(pl.Series("words", [loose, None]))
    assert series.name == "words" and series.to_list() == [clean, None]
    column = wirefold.normalize(pd.Series([loose, "x"], index=[3, 4], name="words"))
    assert column.name == "words" and column.to_dict() == {3: clean, 4: "x"}
    row = {"n": 1, "title": loose, "text": loose, "note": loose}
    told = {**row, "title": clean, "text": clean}
    assert wirefold.normalize([row]) == [told] and row["text"] == loose
    assert wirefold.normalize(pa.Table.from_pylist([row])).to_pylist() == [told]
    assert wirefold.normalize(pl.DataFrame([row])).to_dicts() == [told]
    assert wirefold.normalize(pl.LazyFrame([row])).collect().to_dicts() == [told]
    assert wirefold.normalize(pd.DataFrame([row])).to_dict("records") == [told]


def test_normalize_takes_the_steps_of_the_command(command: Command, feed: list[dict[str, Any]]) -> None:
    for flags, keywords in [
        ([], {}),
        (["--quotes", "straight", "--dashes", "typographic"], {"quotes": "straight", "dashes": "typographic"}),
        (
            ["--unwrap", "--ligatures", "--html", "--mojibake"],
            dict.fromkeys(["unwrap", "ligatures", "html", "mojibake"], True),
        ),
        (["--strip-furniture"], {"strip_furniture": True}),
        (["--mark-furniture"], {"mark_furniture": True}),
        (["--face", "match", "--without", "case,digits"], {"face": "match", "without": "case,digits"}),
        (
            ["--face", "match", "--strip-diacritics", "--form", "nfc"],
            {"face": "match", "strip_diacritics": True, "form": "nfc"},
        ),
        (["--face", "match", "--fold-confusables"], {"face": "match", "fold_confusables": True}),
    ]:
        lines = command.run("normalize", SAMPLE, "--quiet", *flags).splitlines()
        expected = [json.loads(line) for line in lines]
        assert wirefold.normalize(feed, **keywords) == expected, flags
        texts = pa.array([row["text"] for row in feed])
        if "furniture" not in "".join(flags):
            assert wirefold.normalize(texts, **keywords).to_pylist() == [row["text"] for row in expected]


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"face": "clear"}, 'face is "clear", but must be clean or match'),
        ({"quotes": "curly"}, 'quotes is "curly", but must be keep, straight or typographic'),
        ({"form": "nfd"}, 'form is "nfd", but must be nfc, nfkc or keep'),
        ({"without": ["case"]}, 'without is "case", not a step that the face clean takes by itself'),
        ({"html": True, "face": "match"}, "html is a step of the face clean"),
        ({"strip_diacritics": True}, "strip_diacritics is a step of the face match"),
        ({"fold_confusables": True}, "fold_confusables is a step of the face match"),
        ({"furniture": "forms.tsv"}, "furniture needs mark_furniture or strip_furniture"),
        ({"strip_furniture": True, "mark_furniture": True}, "strip_furniture and mark_furniture exclude each other"),
        ({"unwrap": True, "without": "spaces"}, "unwrap needs the steps spaces and line-ends"),
    ],
)
def test_normalize_refuses_what_makes_no_sense(keywords: dict[str, Any], message: str) -> None:
    with pytest.raises(wirefold.SettingError, match=message):
        wirefold.normalize("text", **keywords)


def test_signatures_estimate_the_jaccard_similarity() -> None:
    words = [f"word{n}" for n in range(4000)]
    a, b = " ".join(words[:3000]), " ".join(words[1000:])
    one, other = wirefold.signature([a, b], components=1024)
    # 1,996 of 3,996 shingles are shared; three standard errors of 1,024 components.
    assert abs(one.jaccard(other) - 1996 / 3996) < 3 * (0.25 / 1024) ** 0.5
    assert one.jaccard(one) == 1
    assert one == wirefold.signature(a.upper(), components=1024) and hash(one) == hash(
        wirefold.signature(a, components=1024)
    )
    assert one != other
    empty = wirefold.signature("")
    assert empty.jaccard(empty) == 0
    with pytest.raises(ValueError, match="signatures of 128 and 1024 components"):
        empty.jaccard(one)
    # The second o is Greek.
    plain, disguised = "The port of Kelm is shut.", "The port οf Kelm is shut."
    assert wirefold.signature(plain) != wirefold.signature(disguised)
    folded = wirefold.signature([plain, disguised], fold_confusables=True)
    assert folded[0] == folded[1] == wirefold.signature(plain)


def test_signatures_are_the_same_in_every_kind() -> None:
    texts = [FERRY, FROST, None]
    expected = [wirefold.signature(text or "").components for text in texts]
    assert [found.components for found in wirefold.signature(texts)] == expected
    found = wirefold.signature(pa.array(texts))
    assert found.type == pa.list_(pa.field("item", pa.uint64(), nullable=False), 128)
    assert found.to_pylist() == expected
    assert wirefold.signature(pl.Series(texts)).to_list() == expected
    assert wirefold.signature(pl.DataFrame({"body": texts})).to_list() == expected
    assert [list(row) for row in wirefold.signature(pd.Series(texts, index=[4, 5, 6]))] == expected
    assert list(wirefold.signature(pd.Series(texts, index=[4, 5, 6])).index) == [4, 5, 6]
    one = wirefold.signature(FERRY)
    assert bytes(one) == b"".join(component.to_bytes(8, "little") for component in one.components)
    assert list(one) == one.components and len(one) == 128
    assert wirefold.signature(FERRY, seed=7) != one


def test_quotations_are_sliced_by_their_offsets() -> None:
    text = "Zoë says: “Œuvres 🎉!” Und: „Ja“, sagt sie. 'So?' «Oui.»"
    found = wirefold.quotations(text)
    assert [text[said["start"] + 1 : said["end"] - 1] for said in found] == ["Œuvres 🎉!", "Ja", "So?", "Oui."]
    assert [said["text"] for said in found] == ["Œuvres 🎉!", "Ja", "So?", "Oui."]
    assert [said["marks"] for said in found] == ["double", "double_low", "single_straight", "guillemet"]
    in_bytes = wirefold.quotations(text, offsets="bytes")
    assert [text.encode()[said["start"] : said["end"]].decode() for said in in_bytes] == [
        text[said["start"] : said["end"]] for said in found
    ]
    assert wirefold.quotations([text, None, ""]) == [found, [], []]
    assert wirefold.quotations(pa.array([text, None])).to_pylist() == [found, []]
    assert wirefold.quotations(pl.DataFrame({"text": [text]})).to_list() == [found]
    with pytest.raises(wirefold.SettingError, match='offsets is "words", but must be chars or bytes'):
        wirefold.quotations(text, offsets="words")


def test_compare_gives_a_row_of_relate() -> None:
    longer = FERRY + " The harbor ice is too thick, and the breaker is still in dock for its yearly repairs."
    row = wirefold.compare(FERRY, longer)
    assert row is not None and row["relation"] == "contained"
    assert [row] == wirefold.relate([FERRY, longer])
    named = wirefold.compare({"id": "x", "text": FERRY}, {"id": "y", "body": longer})
    assert named == {**row, "a": "x", "b": "y"}
    assert wirefold.compare(FERRY, FROST) is None


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_ctrl_c_ends_a_run_and_python_goes_on_meanwhile(request: pytest.FixtureRequest) -> None:
    # Whoever is started in the background ignores the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    texts = [f"{FERRY} {n} {FROST} " * 30 for n in range(60_000)]
    ticks = 0

    def interrupt() -> None:
        nonlocal ticks
        for _ in range(5):
            time.sleep(0.02)
            ticks += 1
        os.kill(os.getpid(), signal.SIGINT)

    column = pa.array(texts)
    for function in [wirefold.relate, wirefold.signature, lambda data: wirefold.normalize(data, face="match")]:
        ticks = 0
        thread = threading.Thread(target=interrupt)
        with pytest.raises(KeyboardInterrupt):
            thread.start()
            function(column)
            # A run that was faster than the signal waits for it here.
            time.sleep(5)
        thread.join()
        assert ticks == 5
    # What was interrupted can be done again.
    assert len(wirefold.dedup(column.slice(0, 3))) == 1


def test_progress_is_told_by_tqdm_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    texts = pa.array([f"{FERRY} {n} {FROST} " * 30 for n in range(8_000)])
    shown, quiet = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    wirefold.dedup(texts, threads=1)
    monkeypatch.setattr(sys, "stderr", quiet)
    wirefold.dedup(texts, threads=1, quiet=True)
    assert "stories" in shown.getvalue()
    assert quiet.getvalue() == ""
