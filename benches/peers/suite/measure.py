"""Wall time, processor time and peak memory of a command and all that it starts.

As a command, `measure.py REPORT LIMIT CORES -- COMMAND...`, it measures from a small process of its own: the kernel
counts what a process's parent held at the fork into its peak, and the suite itself holds the truth about a feed.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

INTERVAL = 0.1
"""Seconds between two looks at the memory of a tree of processes."""
DEATH_SIGNAL, SUBREAPER = 1, 36
"""PR_SET_PDEATHSIG and PR_SET_CHILD_SUBREAPER of prctl(2)."""


@dataclass
class Measured:
    """What a run took."""

    status: str
    """`done`, `stopped` at the limit, or `failed`."""
    wall: float
    """Seconds by the clock."""
    cpu: float
    """Seconds of processor time in user and kernel, of the command and its children."""
    peak: int
    """Bytes: the most that the largest process had resident, or all together, pages that they share counted once."""
    code: int = 0
    """Exit code; less than 0 for a signal."""


def descendants(pid: int) -> list[int]:
    """The process and all below it that are there now."""
    found, at = [pid], 0
    while at < len(found):
        try:
            for task in os.listdir(f"/proc/{found[at]}/task"):
                with open(f"/proc/{found[at]}/task/{task}/children") as children:
                    found += map(int, children.read().split())
        except OSError:
            pass  # Gone since.
        at += 1
    return found


def proportional(pid: int) -> int:
    """Resident bytes, those of pages that several processes share divided among them."""
    try:
        with open(f"/proc/{pid}/smaps_rollup") as lines:
            return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
    except OSError:
        return 0


def watch(pid: int, over: threading.Event, peak: list[int]) -> None:
    """Keeps the most memory of the tree in `peak`, until it is over.

    A process alone is not looked at, for the kernel keeps its peak, exactly and for nothing.
    """
    while not over.wait(INTERVAL):
        tree = descendants(pid)
        if len(tree) > 1:
            peak[0] = max(peak[0], sum(map(proportional, tree)))


def prctl(option: int, value: int) -> None:
    """Asks the kernel for something about this process."""
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def measure(command: list[str], limit: float, cores: set[int] | None = None) -> Measured:
    """Runs a command on these cores, and stops it and its children after `limit` seconds.

    Counts all children of this process: to be called once in it.
    """
    # Orphans become children of this process: pools of workers are often children of a server process that outlives
    # the command by a moment, and their time would be lost.
    prctl(SUBREAPER, 1)
    everywhere = os.sched_getaffinity(0)
    started = time.monotonic()
    # A child inherits the cores of its parent; the watch itself may use all.
    os.sched_setaffinity(0, cores or everywhere)
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    finally:
        os.sched_setaffinity(0, everywhere)
    late, over, peak = threading.Event(), threading.Event(), [0]

    def stop() -> None:
        late.set()
        child.send_signal(signal.SIGKILL)

    timer = threading.Timer(limit, stop)
    watcher = threading.Thread(target=watch, args=(child.pid, over, peak))
    timer.start()
    watcher.start()
    try:
        _, status = os.waitpid(child.pid, 0)
        wall = time.monotonic() - started
    finally:
        # Whatever ends this, also an interrupt: nothing of the run is left.
        timer.cancel()
        over.set()
        watcher.join()
        gather()
    child.returncode = os.waitstatus_to_exitcode(status)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Measured(
        status="stopped" if late.is_set() else "done" if child.returncode == 0 else "failed",
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime,
        peak=max(usage.ru_maxrss * 1024, peak[0]),
        code=child.returncode,
    )


def gather() -> None:
    """Ends what is left of a run, which would be measured with the next tool, and waits for it."""
    try:
        while True:
            for pid in descendants(os.getpid())[1:]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            os.waitpid(-1, 0)
    except ChildProcessError:
        pass


def measured_apart(
    command: list[str], limit: float, cores: set[int], work: Path, variables: dict[str, str]
) -> Measured:
    """`measure` in a process of its own; what the command says goes to `work`/output.txt."""
    report = work / "measured.json"
    names = ",".join(map(str, sorted(cores)))
    with open(work / "output.txt", "wb") as output:
        apart = subprocess.Popen(
            [sys.executable, "-I", __file__, str(report), str(limit), names, "--", *command],
            env=variables,
            cwd=work,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            apart.wait()
        except BaseException:
            # It ends the run before it goes.
            apart.terminate()
            apart.wait()
            raise
    return Measured(**json.loads(report.read_text()))


def main() -> None:
    report, limit, cores, _, *command = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # A series that is killed takes the run with it.
    prctl(DEATH_SIGNAL, signal.SIGTERM)
    try:
        measured = measure(command, float(limit), set(map(int, cores.split(","))))
    except OSError as error:
        print(error)
        measured = Measured("failed", 0.0, 0.0, 0, 127)
    Path(report).write_text(json.dumps(asdict(measured)))


if __name__ == "__main__":
    main()
