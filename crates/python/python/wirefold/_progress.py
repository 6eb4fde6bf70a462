"""Progress on a terminal, by tqdm where that is installed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Told = Callable[[str, int, int], None]


@contextmanager
def progress(quiet: bool) -> Iterator[Told | None]:
    """What is to be told how far a run is; nothing if nobody would see it."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield None
        return
    bar: Any = None
    stage = ""

    def told(name: str, done: int, total: int) -> None:
        nonlocal bar, stage
        if name != stage:
            if bar is not None:
                bar.close()
            bar = tqdm(desc=name, total=total or None, unit=" stories", leave=False) if name else None
            stage = name
        if bar is not None:
            bar.total = total or None
            bar.n = done
            bar.refresh()

    try:
        yield told
    finally:
        if bar is not None:
            bar.close()
