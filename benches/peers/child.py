"""Runs the `find` of one adapter in the environment of its tool: KEY FEED WORK THREADS. Started by the suite."""

import sys
from pathlib import Path

from suite.tool import Job
from tools import tool_of


def main() -> None:
    key, feed, work, threads = sys.argv[1:]
    job = Job(feed=Path(feed), work=Path(work), threads=int(threads))
    with open(job.answer, "w", encoding="utf-8") as rows:
        rows.writelines(f"{story}\t{cluster}\n" for story, cluster in tool_of(key).find(job))


if __name__ == "__main__":
    main()
