"""datatrove: its MinHash pipeline by local executors, a task and a worker a thread, up to the clusters.

Its fourth stage writes the kept stories, which the answer does not need.
"""

import struct
from collections.abc import Iterable

from suite.feed import stories
from suite.settings import BANDS, ROWS, SEED, WORDS
from suite.tool import Job, Library


class Datatrove(Library):
    key = "datatrove"
    title = "datatrove"
    settings = (
        f"MinHash pipeline, {BANDS} buckets of {ROWS}, xxhash of 64 bits, its English tokenizer and normalization"
        " (all numbers are one), a task a thread; no check"
    )
    environment = "datatrove"
    most = 20_000

    def find(self, job: Job) -> Iterable[tuple[str, str]]:
        from datatrove.executor.local import LocalPipelineExecutor
        from datatrove.pipeline.dedup.minhash import (
            MinhashConfig,
            MinhashDedupBuckets,
            MinhashDedupCluster,
            MinhashDedupSignature,
        )
        from datatrove.pipeline.readers import JsonlReader
        from datatrove.utils.hashing import HashConfig

        work = str(job.work)
        config = MinhashConfig(
            n_grams=WORDS,
            num_buckets=BANDS,
            hashes_per_bucket=ROWS,
            seed=SEED,
            hash_config=HashConfig(precision=64, hash_fc="xxhash"),
        )

        def stage(name: str, tasks: int, *steps) -> None:
            LocalPipelineExecutor(
                pipeline=list(steps),
                tasks=tasks,
                workers=job.threads,
                logging_dir=f"{work}/logs/{name}",
                skip_completed=False,
            ).run()

        # A task reads whole files, so a feed in one file would keep all workers but one idle.
        parts = split(job)
        stage(
            "signatures",
            job.threads,
            JsonlReader(f"{work}/parts", compression=None),
            MinhashDedupSignature(output_folder=f"{work}/signatures", config=config, language="en"),
        )
        stage("buckets", BANDS, MinhashDedupBuckets(f"{work}/signatures", f"{work}/buckets", config=config))
        stage("clusters", 1, MinhashDedupCluster(f"{work}/buckets", f"{work}/clusters", config, save_cluster_id=True))
        for rank, ids in enumerate(parts):
            found = job.work / "clusters" / f"{rank:06}.clusters"
            if found.exists():
                for story, cluster in struct.iter_unpack("<2I", found.read_bytes()):
                    yield ids[story], str(cluster)


def split(job: Job) -> list[list[str]]:
    """Cuts the feed into a file a task; gives the ids of each."""
    folder = job.work / "parts"
    folder.mkdir()
    lines = job.feed.read_bytes().splitlines(keepends=True)
    ids = [story for story, _ in stories(job.feed)]
    size = -(-len(lines) // job.threads)
    for task in range(job.threads):
        (folder / f"{task:06}.jsonl").write_bytes(b"".join(lines[task * size : (task + 1) * size]))
    return [ids[task * size : (task + 1) * size] for task in range(job.threads)]
