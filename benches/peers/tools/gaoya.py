"""gaoya: its parallel insertion and query, and its own analyzer in Rust, which is what it does in parallel."""

from collections.abc import Iterable

from suite.feed import Components, stories
from suite.settings import BANDS, ROWS, THRESHOLD, WORDS
from suite.tool import Job, Library


class Gaoya(Library):
    key = "gaoya"
    title = "gaoya"
    settings = (
        f"`par_bulk_insert_docs` and `par_bulk_query`, own word analyzer, {BANDS}×{ROWS},"
        f" signatures checked at {THRESHOLD}"
    )
    environment = "gaoya"

    def find(self, job: Job) -> Iterable[tuple[str, str]]:
        from gaoya.minhash import MinHashStringIndex

        ids, texts = map(list, zip(*stories(job.feed)))
        index = MinHashStringIndex(
            hash_size=32,
            jaccard_threshold=THRESHOLD,
            num_bands=BANDS,
            band_size=ROWS,
            analyzer="word",
            lowercase=True,
            ngram_range=(WORDS, WORDS),
            # Documented for indexes from which nothing is removed.
            id_container="vec",
        )
        index.par_bulk_insert_docs(list(range(len(ids))), texts)
        components = Components()
        for number, found in enumerate(index.par_bulk_query(texts)):
            for other in found:
                components.join(number, other)
        return components.clusters(ids)
