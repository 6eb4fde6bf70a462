"""The functions of the package: keywords in, the caller's kind of data out."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from . import _wirefold
from ._kinds import Kind, kind_of
from ._progress import progress
from ._wirefold import Normalizer, Outcome, Signer, Stories

REMOVE = ("identical", "new_version", "near_duplicate", "contained")
"""The relations for which a story goes, unless told otherwise."""


class Deduped(NamedTuple):
    """What `dedup` gives if it is asked for tables."""

    stories: Any
    """The kept stories, or all of them with `annotate`."""
    clusters: Any
    """One row for each story, in order; `None` unless asked for."""
    relations: Any
    """One row for each related pair; `None` unless asked for."""


def dedup(
    data: Any,
    *,
    annotate: bool = False,
    clusters: bool = False,
    relations: bool = False,
    keep: str | Sequence[str] = "longest",
    window: str | int | timedelta | None = None,
    now: str | int | datetime | None = None,
    min_novel: float = 0.2,
    remove: str | Sequence[str] = REMOVE,
    threshold: float = 0.5,
    containment: float = 0.8,
    overlap: float = 0.4,
    furniture: str | os.PathLike[str] | None = None,
    profile: str | os.PathLike[str] | None = None,
    shingle_words: int = 5,
    title: str = "first",
    fold_confusables: bool = False,
    seed: int = 0,
    text_field: str | None = None,
    id_field: str | None = None,
    title_field: str | None = None,
    source_field: str | None = None,
    date_field: str | None = None,
    timezone: str = "UTC",
    slug_field: str | None = None,
    version_field: str | None = None,
    status_field: str | None = None,
    embargo_field: str | None = None,
    threads: int = 0,
    memory: str | int | None = None,
    temp_dir: str | os.PathLike[str] | None = None,
    quiet: bool = False,
) -> Any:
    """The stories without their copies, in their order and as they came.

    What goes, and why, is told by asking for it: `annotate` gives all stories, each with `cluster`, `kept`, `relation`
    and `to`; `clusters` and `relations` give the tables of the command line's flags of these names, in a `Deduped`.
    A story without an id is called by the number of its row. A row whose text is null is kept.

    Parameters
    ----------
    data
        A list of strings or of dicts, a table or column of pyarrow, Polars, pandas, DuckDB or datasets, or what gives
        Arrow data.
    keep
        Which story of a family is kept before the others: `longest`; `first`; `earliest`, `latest`;
        `latest-version`; `prefer:SOURCE,SOURCE`. What the first leaves open, the next decides.
    window
        Compare only stories that were published within so much time of each other: `"3d"`, seconds, a `timedelta`.
    now
        The time up to which embargoes hold, instead of the present.
    min_novel
        Keep a copy if at least this share of its words is new (0 to 1).
    remove
        The relations to a kept story for which a story goes; `"none"` keeps all.
    threshold, containment, overlap
        Least shares for `near_duplicate`, `contained` and `overlapping` (over 0, up to 1).
    furniture, profile
        Files: more forms of wire furniture; what `wirefold learn` learned.
    title
        `first`: the title counts as the first paragraph; `ignore`: it is left out.
    fold_confusables
        Take letters that look alike for one, such as Cyrillic ones within Latin words.
    text_field, id_field, title_field, source_field, date_field, slug_field, version_field, status_field, embargo_field
        The columns or keys that hold these; else the first that there is of those that the command line looks for.
    timezone
        The zone of times that name none.
    threads
        Worker threads; 0 takes all cores.
    memory, temp_dir
        Memory that the run may take, such as `"2GiB"`, by default a quarter of the machine's; the folder for what
        does not fit.
    quiet
        No progress. It is shown on a terminal, where tqdm is installed.

    Raises
    ------
    InputError, SettingError, StorageError
        See `wirefold.errors`.

    Examples
    --------
    >>> import wirefold
    >>> ferry = "The ferry to Orlemond will not sail before noon, said Ilse Vantour, who runs the port of Kelm."
    >>> frost = "The orchards of Pellworth lost a third of their blossom to frost on Sunday night."
    >>> wirefold.dedup([ferry, frost, ferry.upper()]) == [ferry, frost]
    True

    All rows, with what became of them:

    >>> for row in wirefold.dedup([ferry, frost, ferry.upper()], annotate=True):
    ...     print(row["cluster"], row["kept"], row["relation"], row["to"])
    0 True None None
    1 True None None
    0 False identical 0

    The tables:

    >>> stories, clusters, relations = wirefold.dedup([ferry, frost, ferry.upper()], clusters=True, relations=True)
    >>> [(row["a"], row["b"], row["relation"]) for row in relations]
    [(0, 2, 'identical')]
    """
    kind, data = kind_of(data)
    outcome = _fold(
        kind,
        data,
        fields=_fields(locals()),
        title=title,
        matching=_matching(locals()),
        deciding={"keep": _joined(keep), "min_novel": min_novel, "remove": _relations(remove), "now": now},
        window=window,
        wanted=(True, relations),
        running=_running(locals()),
        quiet=quiet,
    )
    table = outcome.clusters() if annotate or clusters else None
    stories = kind.annotated(data, table) if annotate and table is not None else kind.kept(data, outcome)
    if not (clusters or relations):
        return stories
    return Deduped(
        stories,
        kind.table(table) if clusters and table is not None else None,
        kind.table(outcome.relations()) if relations else None,
    )


def relate(
    data: Any,
    *,
    window: str | int | timedelta | None = None,
    threshold: float = 0.5,
    containment: float = 0.8,
    overlap: float = 0.4,
    furniture: str | os.PathLike[str] | None = None,
    profile: str | os.PathLike[str] | None = None,
    shingle_words: int = 5,
    title: str = "first",
    fold_confusables: bool = False,
    seed: int = 0,
    text_field: str | None = None,
    id_field: str | None = None,
    title_field: str | None = None,
    source_field: str | None = None,
    date_field: str | None = None,
    timezone: str = "UTC",
    slug_field: str | None = None,
    version_field: str | None = None,
    status_field: str | None = None,
    embargo_field: str | None = None,
    threads: int = 0,
    memory: str | int | None = None,
    temp_dir: str | os.PathLike[str] | None = None,
    quiet: bool = False,
) -> Any:
    """The related pairs of stories with their evidence: a table of the caller's kind, a list of dicts for a list.

    Columns are those of `wirefold relate`; passages and what is new are ranges of bytes of the texts as UTF-8. For the
    keywords see `dedup`.

    Examples
    --------
    >>> import wirefold
    >>> ferry = "The ferry to Orlemond will not sail before noon, said Ilse Vantour, who runs the port of Kelm."
    >>> longer = ferry + " The harbor ice is too thick, and the breaker is still in dock for its yearly repairs."
    >>> (row,) = wirefold.relate([ferry, longer])
    >>> row["relation"], row["containment_a"], row["containment_b"]
    ('contained', 1.0, 0.4516)
    >>> [(passage["kind"], passage["a"]) for passage in row["passages"]]
    [('verbatim', [0, 93])]
    """
    kind, data = kind_of(data)
    outcome = _fold(
        kind,
        data,
        fields=_fields(locals()),
        title=title,
        matching=_matching(locals()),
        deciding=None,
        window=window,
        wanted=(False, True),
        running=_running(locals()),
        quiet=quiet,
    )
    return kind.table(outcome.relations())


def compare(
    a: str | Mapping[str, Any],
    b: str | Mapping[str, Any],
    *,
    threshold: float = 0.5,
    containment: float = 0.8,
    overlap: float = 0.4,
    furniture: str | os.PathLike[str] | None = None,
    profile: str | os.PathLike[str] | None = None,
    shingle_words: int = 5,
    title: str = "first",
    fold_confusables: bool = False,
    seed: int = 0,
    text_field: str | None = None,
    id_field: str | None = None,
    title_field: str | None = None,
    source_field: str | None = None,
    date_field: str | None = None,
    timezone: str = "UTC",
    slug_field: str | None = None,
    version_field: str | None = None,
    status_field: str | None = None,
    embargo_field: str | None = None,
) -> dict[str, Any] | None:
    """How two stories are related, as a row of `relate`; `None` if they are not.

    Examples
    --------
    >>> import wirefold
    >>> ferry = "The ferry to Orlemond will not sail before noon, said Ilse Vantour, who runs the port of Kelm."
    >>> wirefold.compare(ferry, ferry.lower())["relation"]
    'identical'
    >>> wirefold.compare(ferry, "The orchards of Pellworth lost their blossom to frost on Sunday night.") is None
    True
    """
    pair = [story if isinstance(story, str) else dict(story) for story in (a, b)]
    stories = Stories(pair, _fields(locals()), title)
    rows = _wirefold.pair(stories, _matching(locals())).to_pylist()
    return rows[0] if rows else None


def normalize(
    data: Any,
    *,
    face: str = "clean",
    form: str | None = None,
    without: str | Sequence[str] = (),
    quotes: str | None = None,
    apostrophes: str | None = None,
    dashes: str | None = None,
    ellipsis: str | None = None,
    unwrap: bool = False,
    ligatures: bool = False,
    html: bool = False,
    mojibake: bool = False,
    mark_furniture: bool = False,
    strip_furniture: bool = False,
    furniture: str | os.PathLike[str] | None = None,
    profile: str | os.PathLike[str] | None = None,
    strip_diacritics: bool = False,
    fold_confusables: bool = False,
    text_field: str | None = None,
    title_field: str | None = None,
    source_field: str | None = None,
    threads: int = 0,
    quiet: bool = False,
) -> Any:
    """Clean text: a string, or the texts and titles of stories, all else as it came.

    Parameters
    ----------
    data
        A string, or data as `dedup` takes them.
    face
        `clean` is for people, `match` is the form in which copies are compared.
    form
        Unicode normalization form: `nfc`, `nfkc` or `keep`; by default NFC for `clean` and NFKC for `match`.
    without
        Steps to leave out: `spaces`, `invisibles`, `line-ends`, and for `match` `case`, `digits`, `quotes`,
        `apostrophes`, `dashes`, `ellipsis`.
    quotes, apostrophes, dashes, ellipsis
        Marks, all of one kind: `keep`, `straight` or `typographic` (clean).
    unwrap
        Join lines that were wrapped at a fixed width (clean).
    ligatures
        Take ligatures apart (clean).
    html
        Take HTML tags out and decode entities (clean).
    mojibake
        Repair text that was decoded with the wrong character set (clean).
    mark_furniture, strip_furniture
        Show wire furniture as `⟦kind: text⟧`, or take it out (clean).
    furniture, profile
        Files: more forms of wire furniture; what `wirefold learn` learned.
    strip_diacritics
        Drop diacritics (match).
    fold_confusables
        Put the letter of ASCII for letters that look like it, such as Cyrillic ones (match).

    Examples
    --------
    >>> import wirefold
    >>> wirefold.normalize("“It’s done,” said Ms. Weiß \\u2013  twice…", quotes="straight", dashes="straight")
    '"It’s done," said Ms. Weiß - twice…'
    >>> wirefold.normalize(["Straße", None, "STRASSE"], face="match")
    ['strasse', None, 'strasse']
    >>> wirefold.normalize([{"id": 7, "text": "One\\u00a0 day"}])
    [{'id': 7, 'text': 'One day'}]
    """
    steps = {
        "face": face,
        "form": form,
        "without": _listed(without),
        "quotes": quotes,
        "apostrophes": apostrophes,
        "dashes": dashes,
        "ellipsis": ellipsis,
        "unwrap": unwrap,
        "ligatures": ligatures,
        "html": html,
        "mojibake": mojibake,
        "mark_furniture": mark_furniture,
        "strip_furniture": strip_furniture,
        "furniture": furniture,
        "profile": profile,
        "strip_diacritics": strip_diacritics,
        "fold_confusables": fold_confusables,
    }
    normalizer = Normalizer(steps, threads)
    if isinstance(data, str):
        return normalizer.one(data)
    kind, data = kind_of(data)
    fields = _fields(locals())
    stories = kind.stories(data, fields, "first")
    with progress(quiet) as told:
        columns = [
            (titles, name, normalizer.column(stories, titles, at, told))
            for titles in (False, True)
            for at, name in enumerate(stories.names(titles))
        ]
    return kind.replaced(data, columns, fields)


def signature(
    data: Any,
    *,
    components: int = 128,
    shingle_words: int = 5,
    fold_confusables: bool = False,
    seed: int = 0,
    text_field: str | None = None,
    threads: int = 0,
    quiet: bool = False,
) -> Any:
    """Signatures of texts, by Fast Similarity Sketching of their shingles: of a string a `Signature`, of a list a list
    of them, of a table or column a column of lists of 64-bit numbers.

    The share of components in which two signatures agree estimates the Jaccard similarity of the texts' shingles,
    whatever the case, marks and spaces, and with `fold_confusables` whatever letters of other scripts stand in for
    those of Latin ones that look alike. Signatures are the same on every machine, for equal `components`,
    `shingle_words`, `fold_confusables` and `seed`.

    Examples
    --------
    >>> import wirefold
    >>> ferry = "The ferry to Orlemond will not sail before noon, said Ilse Vantour, who runs the port of Kelm."
    >>> wirefold.signature(ferry) == wirefold.signature(ferry.upper())
    True
    >>> one, other = wirefold.signature([ferry, ferry + " The harbor ice is too thick."])
    >>> len(one), 0.5 < one.jaccard(other) < 1
    (128, True)
    """
    signer = Signer(components, shingle_words, fold_confusables, seed, threads)
    if isinstance(data, str):
        return signer.one(data)
    kind, data = kind_of(data)
    stories = kind.stories(data, _fields(locals()), "ignore")
    with progress(quiet) as told:
        if type(kind) is Kind:
            return signer.each(stories, told)
        return kind.column(data, signer.column(stories, told))


def quotations(data: Any, *, offsets: str = "chars", text_field: str | None = None) -> Any:
    """Direct speech: of a string a list of quotations, of a list a list of these, of a table or column a column of them.

    A quotation has `start` and `end`, its marks included, counted in characters, or with `offsets="bytes"` in bytes of
    the text as UTF-8; `text`, what is said; `marks`, the kind of the opening mark; `ending`: `matched`, `other` for a
    mark that does not go with the opening one, `reopened` for speech that goes on in the next paragraph, `missing`;
    `continues`, whether it does; and `depth`, in how many others it lies.

    Examples
    --------
    >>> import wirefold
    >>> for said in wirefold.quotations("“We don’t know,” said Orla Penhallow. „Nein“, sagte Jost."):
    ...     print(said["start"], said["end"], said["text"], said["marks"])
    0 16 We don’t know, double
    38 44 Nein double_low
    """
    if isinstance(data, str):
        return _wirefold.quotations_of(data, offsets).to_pylist()[0]
    kind, data = kind_of(data)
    stories = kind.stories(data, _fields(locals()), "ignore")
    return kind.column(data, _wirefold.quotations_of_each(stories, offsets))


def _fold(
    kind: Kind,
    data: Any,
    *,
    fields: dict[str, Any],
    title: str,
    matching: dict[str, Any],
    deciding: dict[str, Any] | None,
    window: Any,
    wanted: tuple[bool, bool],
    running: dict[str, Any],
    quiet: bool,
) -> Outcome:
    stories = kind.stories(data, fields, title)
    with progress(quiet) as told:
        return _wirefold.fold(stories, matching, deciding, window, wanted, {**running, "told": told})


def _fields(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords that say which fields are read."""
    names = ("text", "id", "title", "source", "date", "slug", "version", "status", "embargo")
    fields = {f"{name}_field": keywords.get(f"{name}_field") for name in names}
    return {**fields, "timezone": keywords.get("timezone", "UTC")}


def _matching(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords that say how pairs are judged."""
    names = ("threshold", "containment", "overlap", "furniture", "profile", "shingle_words", "fold_confusables", "seed")
    return {name: keywords[name] for name in names}


def _running(keywords: Mapping[str, Any]) -> dict[str, Any]:
    """The keywords that say how a run goes."""
    return {name: keywords.get(name) for name in ("threads", "memory", "temp_dir")}


def _listed(names: str | Sequence[str]) -> list[str]:
    """Names that were given one by one or set apart by commas."""
    return [name.strip() for name in names.split(",") if name.strip()] if isinstance(names, str) else list(names)


def _joined(names: str | Sequence[str]) -> str:
    return names if isinstance(names, str) else ",".join(names)


def _relations(names: str | Sequence[str]) -> list[str]:
    return [name for name in _listed(names) if name != "none"]
