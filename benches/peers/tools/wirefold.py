"""wirefold itself: `dedup --clusters`, as it comes and at the threshold that the others are asked for."""

import csv
import os
import subprocess

from suite.settings import THRESHOLD
from suite.tool import Answer, Job, Tool


class Wirefold(Tool):
    key = "wirefold"
    title = "wirefold"
    settings = (
        "as it comes: Jaccard ≥ .5, containment ≥ .8, words aligned, all verified on the texts;"
        " writes the kept records too"
    )
    options: tuple[str, ...] = ()

    @staticmethod
    def program() -> str:
        """Told by the suite, which builds it."""
        return os.environ.get("WIREFOLD", "wirefold")

    def version(self) -> str:
        told = subprocess.run([self.program(), "--version"], capture_output=True, text=True, check=True)
        return told.stdout.split()[-1]

    def command(self, job: Job) -> list[str]:
        return [
            *(self.program(), "dedup", str(job.feed), "--quiet", "--title", "ignore"),
            *("--output", str(job.work / "kept.jsonl"), "--clusters", str(job.work / "clusters.csv")),
            *("--threads", str(job.threads), *self.options),
        ]

    def answer(self, job: Job) -> Answer:
        with open(job.work / "clusters.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        clusters = {row["id"]: row["cluster"] for row in rows}
        return Answer(clusters, {row["id"] for row in rows if row["kept"] == "false"})


class WirefoldAtThreshold(Wirefold):
    key = "wirefold-7"
    most = 20_000
    title = f"wirefold at {THRESHOLD:.1f}".replace("0.", ".")
    settings = f"`--threshold {THRESHOLD}`, the rest as it comes"
    options = ("--threshold", str(THRESHOLD))
