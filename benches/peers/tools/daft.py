"""Daft: its `normalize` and `minhash` expressions and the recipe of its documentation for bands and edges.

The recipe finds connected components by iterated joins and checks them against a graph library; a union-find over the
edges gives the same components in less time, so it stands here.
"""

from collections.abc import Iterable

from suite.feed import Components
from suite.settings import BANDS, PERMUTATIONS, ROWS, SEED, WORDS
from suite.tool import Job, Library


class Daft(Library):
    key = "daft"
    title = "Daft"
    settings = f"`normalize` and `minhash` (xxhash), {BANDS}×{ROWS}, bands grouped and exploded as documented; no check"
    environment = "daft"

    def variables(self, job: Job) -> dict[str, str]:
        return {"DAFT_PROGRESS_BAR": "0", "DO_NOT_TRACK": "true", "DAFT_ANALYTICS_ENABLED": "0"}

    def find(self, job: Job) -> Iterable[tuple[str, str]]:
        import daft
        from daft import col
        from daft.functions import chunk, hash, minhash, monotonically_increasing_id, normalize

        text = normalize(col("text"), remove_punct=True, lowercase=True, nfd_unicode=True, white_space=True)
        signature = minhash(text, num_hashes=PERMUTATIONS, ngram_size=WORDS, seed=SEED, hash_function="xxhash")
        sketched = (
            daft.read_json(str(job.feed))
            .select("id", signature.alias("signature"))
            .with_column("node", monotonically_increasing_id())
            .collect()
        )
        bands = (
            sketched.select("node", chunk(col("signature"), ROWS).alias("rows"))
            .with_column("band", daft.lit(list(range(BANDS))))
            .explode("rows", "band")
            # Groups of one number are found five times as fast as groups of lists.
            .select("node", "band", hash(col("rows")).alias("bucket"))
        )
        edges = (
            bands.groupby("band", "bucket")
            .agg(col("node").list_agg().alias("nodes"))
            .where(col("nodes").list_count() > 1)
            .with_column("u", col("nodes").list_min())
            .explode("nodes")
            .select("u", col("nodes").alias("v"))
            .where(col("u") != col("v"))
            .distinct()
            .to_pydict()
        )
        named = sketched.select("node", "id").to_pydict()
        ids = dict(zip(named["node"], named["id"]))
        components = Components()
        for u, v in zip(edges["u"], edges["v"]):
            components.join(u, v)
        return components.clusters(ids)
