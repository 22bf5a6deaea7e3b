"""Runs the client program and sums up what it timed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from creditstore_bench.places import ROOT, CannotMeasure, environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Answers timed: how many a second, and how long one took in milliseconds."""

    answers: int
    rate: float
    median_ms: float
    p95_ms: float
    bytes_each: float
    #: The share of one processor that the client itself took.
    client_share: float


def time_answers(*, port: int, addresses: Sequence[str], connections: int = 1, seconds: float = 0.0) -> Timing:
    """Ask for each address once, or again and again. All must be 200, else ``CannotMeasure``."""
    done = subprocess.run(
        [sys.executable, "-m", "creditstore_bench.load", str(port), str(connections), str(seconds)],
        cwd=ROOT,
        env=environment(),
        input="\n".join(addresses),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotMeasure(f"the client failed at port {port}: {done.stderr[-1000:]}")
    found = json.loads(done.stdout)
    if set(found["statuses"]) != {"200"}:
        raise CannotMeasure(f"answers at port {port} were not all 200: {found['statuses']} ({addresses[0]} ...)")
    times = found["times"]
    return Timing(
        answers=len(times),
        rate=len(times) / found["seconds"],
        median_ms=median(times),
        p95_ms=quantiles(times, n=20)[-1] if len(times) > 1 else times[0],
        bytes_each=found["bytes"] / len(times),
        client_share=found["client_seconds"] / found["seconds"],
    )
