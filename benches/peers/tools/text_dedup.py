"""text-dedup: its MinHash command, with the union-find that `--debug` leaves as the answer."""

import pickle
from typing import Any

from suite.settings import BANDS, PERMUTATIONS, ROWS, WORDS
from suite.tool import Answer, Job, Tool


class Forest:
    """Stands for the tool's union-find, so that its package is not needed to read it."""

    parent: dict[str, str]

    def root(self, node: str) -> str:
        while self.parent[node] != node:
            node = self.parent[node]
        return node


class Reader(pickle.Unpickler):
    """Reads a union-find and its counters; makes nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        if name == "UnionFind":
            return Forest
        if (module, name) == ("collections", "Counter"):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} in the answer of text-dedup")


class TextDedup(Tool):
    key = "text-dedup"
    title = "text-dedup"
    settings = (
        f"`python -m text_dedup.minhash`, {BANDS}×{ROWS}, xxh3 of 32 bits, a process a thread; no check in this version"
    )
    environment = "text-dedup"
    most = 20_000

    def variables(self, job: Job) -> dict[str, str]:
        return {"HF_HOME": str(job.work / "home"), "HF_DATASETS_OFFLINE": "1", "HF_HUB_OFFLINE": "1"}

    def command(self, job: Job) -> list[str]:
        return [
            *(str(job.python), "-m", "text_dedup.minhash", "--path", "json", "--data_files", str(job.feed)),
            *("--split", "train", "--cache_dir", str(job.work / "cache"), "--output", str(job.work / "kept")),
            *("--column", "text", "--idx_column", "id", "--debug", "--num_proc", str(job.threads)),
            *("--num_perm", str(PERMUTATIONS), "--b", str(BANDS), "--r", str(ROWS), "--ngram", str(WORDS)),
            *("--hash_func", "xxh3", "--hash_bits", "32"),
        ]

    def answer(self, job: Job) -> Answer:
        with open(job.work / "kept" / "uf.pkl", "rb") as file:
            forest = Reader(file).load()
        return Answer({node: forest.root(node) for node in forest.parent})
