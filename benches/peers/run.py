#!/usr/bin/env python3
"""Puts other tools side by side with wirefold. README.md says what is compared and how to read it."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from suite.corpus import Corpus, corpus
from suite.machine import machine
from suite.plot import plot
from suite.record import Record
from suite.series import Cell, Series, tell
from suite.table import page
from tools import TOOLS

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def numbers(given: str) -> list[int]:
    return sorted({int(one.replace("_", "")) for one in given.split(",")})


def arguments() -> argparse.Namespace:
    keys = [tool.key for tool in TOOLS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--stories",
        type=numbers,
        default=[20_000, 200_000],
        metavar="N,…",
        help="sizes of the feeds; a tool skips those beyond its own most (20000,200000)",
    )
    parser.add_argument("--tools", default=",".join(keys), metavar="A,B", help=f"of {', '.join(keys)}")
    parser.add_argument("--threads", type=numbers, default=[1, 2], metavar="N,…", help="(1,2)")
    parser.add_argument("--seed", type=int, default=1, help="of the generated feeds (1)")
    parser.add_argument("--runs", type=int, default=3, help="at most so many of each (3)")
    parser.add_argument(
        "--patience",
        type=float,
        default=30,
        metavar="S",
        help="no further runs once those of a tool took so many seconds (30)",
    )
    parser.add_argument("--limit", type=float, default=300, metavar="S", help="stop a run after so many seconds (300)")
    parser.add_argument("--add", action="store_true", help="keep earlier results of other tools and sizes")
    parser.add_argument("--render", action="store_true", help="run nothing; table and plot from the results there are")
    parser.add_argument("--work", type=Path, default=HERE / "work", help="environments, feeds, results (work/)")
    parser.add_argument("--out", type=Path, default=HERE, help="folder of RESULTS.md and results.svg (here)")
    parser.add_argument("--wirefold", type=Path, help="a built wirefold, instead of building it")
    parser.add_argument("--generator", type=Path, help="a built wirefold-corpus, instead of building it")
    given = parser.parse_args()
    given.tools = given.tools.split(",")
    if unknown := set(given.tools).difference(keys):
        parser.error(f"no such tool: {', '.join(sorted(unknown))}; there are {', '.join(keys)}")
    return given


def built(package: str, program: str) -> Path:
    """A program of this repository, built as it is shipped."""
    tell(f"cargo build --release -p {package}")
    subprocess.run(["cargo", "build", "--release", "--quiet", "-p", package], cwd=ROOT, check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
    return ROOT / target / "release" / program


def started(given: argparse.Namespace, file: Path) -> Record:
    """A fresh record, or the earlier one without what is measured again."""
    record = Record(file)
    if given.add and file.exists():
        record = Record.read(file)
        if record.about["seed"] != given.seed:
            sys.exit(f"--add: the results in {file} are of feeds with seed {record.about['seed']}")
        again = {(tool, size, threads) for tool in given.tools for size in given.stories for threads in given.threads}
        record.runs = [run for run in record.runs if (run["tool"], run["stories"], run["threads"]) not in again]
        gone = {f"{tool}/{size}/{threads}" for tool, size, threads in again}
        record.figures = {name: figures for name, figures in record.figures.items() if name not in gone}
    record.about = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": machine(),
        "commands": [*record.about.get("commands", []), command(given)],
        "seed": given.seed,
        "runs": given.runs,
        "threads": given.threads,
    }
    return record


def command(given: argparse.Namespace) -> str:
    """What to type for the same figures elsewhere: everything but where files are."""
    said = {
        "--stories": ",".join(map(str, given.stories)),
        "--tools": ",".join(given.tools) if len(given.tools) < len(TOOLS) else None,
        "--threads": ",".join(map(str, given.threads)),
        "--seed": given.seed,
        "--runs": given.runs,
        "--patience": f"{given.patience:g}",
        "--limit": f"{given.limit:g}",
    }
    flags = [part for flag, value in said.items() if value is not None for part in (flag, str(value))]
    return shlex.join(["python3", "benches/peers/run.py", *flags])


def cells(given: argparse.Namespace, feeds: list[Corpus], ready: set[str]) -> list[Cell]:
    """All that is to run. A limit is a matter of one thread."""
    return [
        Cell(tool, feed, threads)
        for tool in TOOLS
        if tool.key in ready
        for feed in feeds
        if feed.stories <= tool.most
        for threads in (given.threads[:1] if tool.limit else given.threads)
    ]


def render(record: Record, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "RESULTS.md").write_text(page(record), encoding="utf-8")
    (out / "results.svg").write_text(plot(record), encoding="utf-8")
    tell(f"wrote {out / 'RESULTS.md'} and {out / 'results.svg'}")


def main() -> None:
    given = arguments()
    results = given.work / "results.json"
    if given.render:
        render(Record.read(results), given.out)
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    given.work.mkdir(parents=True, exist_ok=True)
    generator = given.generator or built("wirefold-corpus", "wirefold-corpus")
    os.environ["WIREFOLD"] = str((given.wirefold or built("wirefold-cli", "wirefold")).resolve())
    record = started(given, results)
    series = Series(record, given.work, given.runs, given.patience, given.limit)
    try:
        pythons = series.prepare([tool for tool in TOOLS if tool.key in given.tools])
        feeds = []
        for stories in given.stories:
            tell(f"feed of {stories} stories")
            feed = corpus(generator, given.work / "feeds", stories, given.seed)
            record.sizes[str(stories)] = {"bytes": feed.bytes, **feed.truth.counts()}
            feeds.append(feed)
        series.run(cells(given, feeds, set(pythons)), pythons)
    except KeyboardInterrupt:
        tell("interrupted; what was measured is kept")
    render(record, given.out)


if __name__ == "__main__":
    main()
