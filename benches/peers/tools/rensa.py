"""rensa: full-set R-MinHash by its batch call and its native index, candidates checked by signature.

Its deduplicator keeps only the stories that are no copies of earlier ones, and its "rho" mode only flags stories; the
index tells all that is a copy of what.
"""

from collections.abc import Iterable

from suite.feed import Components, in_processes, loads, shingles
from suite.settings import BANDS, PERMUTATIONS, SEED, THRESHOLD
from suite.tool import Job, Library


def sketch(lines: list[bytes]) -> tuple[list[str], list]:
    """Ids and sketches of a batch."""
    from rensa import RMinHash

    batch = [loads(line) for line in lines]
    sets = [shingles(story["text"]) for story in batch]
    return [story["id"] for story in batch], RMinHash.from_token_sets(sets, num_perm=PERMUTATIONS, seed=SEED)


class Rensa(Library):
    key = "rensa"
    title = "rensa"
    settings = (
        f"`RMinHash.from_token_sets`, `RMinHashLSH.query_all`, {BANDS} bands, signatures checked at {THRESHOLD};"
        " words by the caller"
    )
    environment = "rensa"

    def find(self, job: Job) -> Iterable[tuple[str, str]]:
        from rensa import RMinHashLSH

        ids, sketches = [], []
        for some_ids, some in in_processes(sketch, job.feed, job.threads):
            ids += some_ids
            sketches += some
        index = RMinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS, num_bands=BANDS)
        index.insert_many(sketches)
        components = Components()
        for number, found in enumerate(index.query_all(sketches)):
            for other in found:
                if other < number and sketches[number].jaccard(sketches[other]) >= THRESHOLD:
                    components.join(number, other)
        return components.clusters(ids)
