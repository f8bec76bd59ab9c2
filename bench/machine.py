"""What a figure depends on besides the program: the machine, without names and dates."""

import os
import platform
import sqlite3
from pathlib import Path


def facts() -> dict[str, str | int]:
    """Return processor, memory and versions."""
    return {
        "cpu": _line("/proc/cpuinfo", "model name"),
        "cpus": len(os.sched_getaffinity(0)),
        "memory_gib": int(_line("/proc/meminfo", "MemTotal").split()[0]) >> 20,
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "system": f"{platform.system()} {platform.machine()}",
    }


def _line(path: str, name: str) -> str:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "0")
