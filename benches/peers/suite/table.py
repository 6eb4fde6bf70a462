"""RESULTS.md from a record."""

from __future__ import annotations

from collections.abc import Iterable

from suite.record import Record
from suite.summary import Row, Timing, rows, threads_in

READING = """\
How to read it:
- **s** is the clock from start to exit, start of the interpreter and reading of the file included; **MB/s** is the size
  of the file by that. Medians of the runs; where there are fewer than {runs}, the tool is slow and had its share of
  time.
- **CPU s** is processor time in user and kernel of all processes. Where it hardly grows with the threads and the clock
  does not fall, the tool does not use them.
- **MiB** is the peak of resident memory, of all processes together.
- **precision** and **recall** are over pairs of stories, against the families of the generator. No threshold reaches a
  recall of 1: families hold rewritten, embedded and heavily cut copies that share few runs of words.
- **recall ≥ .8** and **≥ .5** are over pairs of a family whose exact Jaccard similarity of word 5-grams is at least so
  much: the task that all tools are made for, and what lies below the threshold of most.
- **ARI** is the adjusted Rand index of clusters against families.
- **removed rightly** is the share of removed stories of which the family keeps another; **of removable** how many of
  the stories that could go do go. wirefold clusters a story that has news of its own, but does not remove it.
- **templates** is the share of templated stories (market closes, road notices; same wording, other facts) that are
  removed: all of them wrongly.
- An asterisk: the answers of two runs differed.
"""


def page(record: Record) -> str:
    """The whole file."""
    parts = [
        "# Results",
        about(record),
        "![Speed and accuracy side by side; the tables below say the same](results.svg)",
    ]
    for stories in sorted(map(int, record.sizes)):
        found = rows(record, stories)
        facts = record.sizes[str(stories)]
        parts += [
            f"## {stories:,} stories, {facts['bytes'] / 1e6:.0f} MB",
            f"{facts['families']:,} families with {facts['copies']:,} copies, {facts['pairs']:,} pairs; of these"
            f" {facts['pairs_0.8']:,} with a Jaccard of .8 or more, {facts['pairs_0.5']:,} with .5 or more;"
            f" {facts['templated']:,} templated stories.",
            speed(record, found),
            accuracy(found),
        ]
    parts += ["## Settings", settings(record), "## Reading", READING.format(runs=record.about["runs"]).rstrip()]
    return "\n\n".join(part for part in parts if part) + "\n"


def about(record: Record) -> str:
    told, machine = record.about, record.about["machine"]
    commands = ", then ".join(f"`{command}`" for command in told["commands"])
    return (
        f"Made by {commands} on {told['date']}.\n{machine['processor']}, {machine['cores']} cores,"
        f" {machine['memory_gib']} GiB, {machine['system']}, Python {machine['python']}."
        " [README.md](README.md) says what is compared, why so, and what is unfair to whom."
    )


def grid(head: list[str], body: Iterable[list[str]]) -> str:
    """A table; all columns but the first to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *body]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def speed(record: Record, found: list[Row]) -> str:
    threads = threads_in(record)
    head = ["tool"]
    for count in threads:
        of = f"{count} thread{'s' * (count > 1)}"
        head += [f"{of}: s", "MB/s", "CPU s", "MiB", "runs"]
    return grid(head, ([name(row), *cells(row, threads)] for row in found))


def cells(row: Row, threads: list[int]) -> list[str]:
    made: list[str] = []
    for count in threads:
        timing = row.timings.get(count)
        if timing is None and count == threads[0]:
            made += [row.problem or "-", "", "", "", ""]
        elif timing is None:
            made += [""] * 5
        elif timing.problem:
            made += [timing.problem, "", "", "", str(timing.runs)]
        else:
            made += timed(timing)
    return made


def timed(timing: Timing) -> list[str]:
    return [
        short(timing.wall),
        short(timing.speed),
        short(timing.cpu),
        f"{timing.peak / 2**20:,.0f}",
        str(timing.runs),
    ]


def name(row: Row) -> str:
    return f"*{row.name}*" if row.limit else f"**{row.name}**" if row.key.startswith("wirefold") else row.name


def short(value: float) -> str:
    """Three figures, or two of what is less than 1."""
    for least, places in ((100, 0), (10, 1), (0.1, 2)):
        if value >= least:
            return f"{value:,.{places}f}"
    return f"{value:.3f}"


def share(value: float | None) -> str:
    """A share without its leading zero, as the other tables of the project have it."""
    return "-" if value is None else f"{value:.3f}".removeprefix("0")


COLUMNS = (
    ("precision", "pair_precision"),
    ("recall", "pair_recall"),
    ("recall ≥ .8", "recall_0.8"),
    ("recall ≥ .5", "recall_0.5"),
    ("ARI", "adjusted_rand"),
    ("removed rightly", "removal_precision"),
    ("of removable", "removal_recall"),
    ("templates", "templated_removed"),
)


def accuracy(found: list[Row]) -> str:
    judged = [row for row in found if row.figures]
    if not judged:
        return ""
    judged.sort(key=lambda row: -row.figures["adjusted_rand"])
    return grid(
        ["tool", *(head for head, _ in COLUMNS)],
        ([name(row) + "*" * (not row.steady), *(share(row.figures[key]) for _, key in COLUMNS)] for row in judged),
    )


def settings(record: Record) -> str:
    rows = (
        [tool["title"], tool.get("version") or "-", tool["settings"], f"{tool['most']:,}"]
        for tool in record.tools.values()
    )
    lines = [["tool", "version", "settings", "at most, stories"], ["---", "---", "---", "---:"], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
