"""What the figures were measured on. No names: whose machine it was says nothing about the figures."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def field(file: str, name: str, separator: str) -> str:
    """The first value of that name in a file of names and values."""
    try:
        lines = Path(file).read_text().splitlines()
    except OSError:
        return "unknown"
    for line in lines:
        found, _, value = line.partition(separator)
        if found.strip() == name:
            return value.strip().strip('"')
    return "unknown"


def machine() -> dict[str, str | int]:
    """Processor, cores that may be used, memory, system."""
    name, kernel = field("/etc/os-release", "PRETTY_NAME", "="), platform.release().split("-")[0]
    memory = field("/proc/meminfo", "MemTotal", ":").split()[0]
    return {
        "processor": field("/proc/cpuinfo", "model name", ":"),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(int(memory) / 2**20) if memory.isdigit() else 0,
        "system": f"{name}, {platform.system()} {kernel}",
        "python": platform.python_version(),
    }
