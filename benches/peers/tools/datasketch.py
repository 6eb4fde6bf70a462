"""datasketch: `MinHash.generator`, the hash function that its documentation names for speed, processes for threads."""

from collections.abc import Iterable

from suite.feed import Components, in_processes, loads, shingles
from suite.settings import BANDS, PERMUTATIONS, ROWS, SEED, THRESHOLD
from suite.tool import Job, Library


def sketch(lines: list[bytes]) -> tuple[list[str], list]:
    """Ids and signatures of a batch; arrays, for sketches take their permutations along when they are sent."""
    from datasketch import MinHash
    from farmhash import hash32

    batch = [loads(line) for line in lines]
    sets = (shingles(story["text"]) for story in batch)
    made = MinHash.generator(sets, num_perm=PERMUTATIONS, seed=SEED, hashfunc=hash32)
    return [story["id"] for story in batch], [minhash.hashvalues for minhash in made]


class Datasketch(Library):
    key = "datasketch"
    title = "datasketch"
    settings = (
        f"`MinHash.generator` (farmhash), `MinHashLSH` {BANDS}×{ROWS}, signatures checked at {THRESHOLD};"
        " words by the caller"
    )
    environment = "datasketch"
    most = 20_000

    def find(self, job: Job) -> Iterable[tuple[str, str]]:
        from datasketch import LeanMinHash, MinHashLSH

        index = MinHashLSH(num_perm=PERMUTATIONS, params=(BANDS, ROWS))
        ids, sketches = [], []
        components = Components()
        for some_ids, some in in_processes(sketch, job.feed, job.threads):
            for story, values in zip(some_ids, some):
                number = len(ids)
                minhash = LeanMinHash(seed=SEED, hashvalues=values, scheme="affine32")
                for other in index.query(minhash):
                    if minhash.jaccard(sketches[other]) >= THRESHOLD:
                        components.join(number, other)
                index.insert(number, minhash, check_duplication=False)
                ids.append(story)
                sketches.append(minhash)
        return components.clusters(ids)
