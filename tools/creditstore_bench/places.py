"""Where the bench keeps its things, and how it starts programs."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from creditstore_site.demo import ports
from creditstore_site.demo.children import Child
from creditstore_site.postgres import var_directory

ROOT = Path(__file__).resolve().parents[2]
BENCH = var_directory() / "bench"
#: What plain Oscar needs and the store does not.
PACKAGES = BENCH / "packages"
WEB_PROCESSES, WEB_THREADS = 2, 4


class CannotMeasure(Exception):
    """Something is missing or broken, so there would be no figure; the message says what."""


def environment(**more: str) -> dict[str, str]:
    """What every program of the bench is started with."""
    roots = [*(str(ROOT / root) for root in ("site", "store", "content", "plugins", "tools")), str(PACKAGES)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(roots), "PYTHONUNBUFFERED": "1", **more}


def run(*arguments: str, **more: str) -> str:
    """Run one of the bench's own modules to its end and return what it printed. Errors: ``CannotMeasure``."""
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment(**more), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotMeasure(f"{' '.join(arguments)} failed:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def web_server(*, name: str, application: str, port: int, health: str, directory: Path = BENCH, **more: str) -> Child:
    """A server as production runs it: granian, two processes of four threads each. ``directory`` takes the log."""
    return Child(
        name=name,
        command=[
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--host", ports.HOST),
            *("--port", str(port), "--workers", str(WEB_PROCESSES), "--blocking-threads", str(WEB_THREADS)),
            application,
        ],
        log=directory / f"{name.replace(' ', '-')}.log",
        environment=environment(**more),
        directory=ROOT,
        ready=partial(ports.answers, port, health),
    )
