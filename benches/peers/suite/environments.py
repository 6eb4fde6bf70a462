"""A virtual environment for each tool, with exactly the versions of its file in `requirements`."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements"


class Unavailable(Exception):
    """An environment cannot be built; the message says why, in a line."""


def python_of(folder: Path, name: str) -> Path:
    """The interpreter of the environment, which is built if it is not there as it should be."""
    wanted = REQUIREMENTS / f"{name}.txt"
    home = folder / name
    python, stamp = home / "bin" / "python", home / "built-from"
    digest = hashlib.sha256(wanted.read_bytes() + sys.version.encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return python
    shutil.rmtree(home, ignore_errors=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    for command in (
        [sys.executable, "-m", "venv", str(home)],
        [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--requirement", str(wanted)],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            raise Unavailable(f"cannot be installed: {reason(done.stderr or done.stdout)}")
    stamp.write_text(digest)
    return python


def reason(output: str) -> str:
    """The last line that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["no reason given"])[-1][:200]


def pinned(name: str) -> str:
    """The version of the tool itself, by the first line of its requirements."""
    first = (REQUIREMENTS / f"{name}.txt").read_text().splitlines()[0]
    return first.partition("==")[2].split(";")[0].strip()
