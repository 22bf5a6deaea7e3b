"""What a run says: lines on its way, the one table at its end, and the same as JSON."""

from __future__ import annotations

import json
import os
import platform
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

_BEGUN = time.monotonic()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table. ``ok``: whether the target is met; None for a figure without one."""

    what: str
    figure: str
    target: str = ""
    ok: bool | None = None

    @property
    def verdict(self) -> str:
        """In words."""
        return {True: "ok", False: "MISSED", None: ""}[self.ok]


def say(text: str) -> None:
    """One line of progress, with the time since the start."""
    sys.stdout.write(f"[{time.monotonic() - _BEGUN:6.1f} s] {text}\n")
    sys.stdout.flush()


def machine(server: str) -> dict[str, str]:
    """What the run ran on. ``server``: the URL of a database of its PostgreSQL."""
    with psycopg.connect(server) as connection:
        version = connection.info.server_version
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text(encoding="utf-8"))
    return {
        "processor": f"{cpu[1] if cpu else platform.processor()}, {os.cpu_count()} cores",
        "memory": f"{int(memory[1]) // 1_048_576} GB" if memory else "",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": f"{version // 10_000}.{version % 10_000}",
        "load before": " ".join(f"{load:.2f}" for load in os.getloadavg()),
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
    }


def as_table(rows: Sequence[Row], about: dict[str, str]) -> str:
    """A Markdown table with aligned columns."""
    cells = [("measured", "target", "figure", ""), *((row.what, row.target, row.figure, row.verdict) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(4)]
    lines = [
        "| " + " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    lines += ["", "; ".join(f"{name}: {value}" for name, value in about.items() if value)]
    return "\n".join(lines)


def finish(path: Path, rows: Sequence[Row], about: dict[str, str], raw: dict[str, Any]) -> int:
    """Write everything into the file for programs, and print the table; how many targets were missed."""
    content = {"machine": about, "rows": [{**asdict(row), "verdict": row.verdict} for row in rows], "raw": raw}
    path.write_text(json.dumps(content, indent=2, default=str) + "\n", encoding="utf-8")
    missed = sum(row.ok is False for row in rows)
    sys.stdout.write(f"\n{as_table(rows, about)}\n\n{missed} missed. As JSON: {path}\n")
    return missed
