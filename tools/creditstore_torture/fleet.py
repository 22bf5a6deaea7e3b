"""A whole running store whose programs are killed and come back: web processes, worker, simulator, bad line."""

from __future__ import annotations

import os
import random
import signal
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

import psycopg
from creditstore_bench.places import ROOT, environment, web_server

from creditstore_site.demo import ports
from creditstore_site.demo.children import Child, StopSignals, stop_all, wait_ready
from creditstore_torture import places

#: What is killed. ``web process``: one of the server's own, not the program that started them.
VICTIMS = ("web", "web process", "worker", "simulator")


class Fleet:
    """The programs of one run. All start in this process, which therefore has one thread."""

    def __init__(self, *, url: str, folder: Path, holdings: Path, seed: str) -> None:
        self._url = url
        self.web_port, registry_port, line_port = (ports.free_port(preferred=0) for _program in range(3))
        self.variables = places.store_environment(
            url,
            SITE_URL=f"http://{ports.HOST}:{self.web_port}",
            CREDITSTORE_REGISTRY_URL=f"http://{ports.HOST}:{line_port}",
        )
        self._workers_known = 0
        make = partial(Child, environment=environment(**self.variables), directory=ROOT)
        self.line = make(
            name="bad line",
            command=[
                *(sys.executable, "-m", "creditstore_torture.proxy", str(line_port), str(registry_port), seed),
                folder / "line.json",
            ],
            log=folder / "line.log",
        )
        self.books = folder / "registry.sqlite3"
        self._programs = {
            "simulator": make(
                name="simulator",
                command=[
                    *(sys.executable, "-m", "creditstore_registry_cdm.simulator", "--host", ports.HOST),
                    *("--port", str(registry_port), "--delay", "0.4"),
                    *("--store", self.books, "--holdings", holdings),
                ],
                log=folder / "simulator.log",
                ready=partial(ports.answers, registry_port, "/healthz"),
            ),
            "worker": make(
                name="worker",
                command=[sys.executable, "manage.py", "procrastinate", "worker"],
                log=folder / "worker.log",
                ready=lambda: self._newest_worker() > self._workers_known,
            ),
            "web": web_server(
                name="web",
                application="creditstore_site.wsgi:application",
                port=self.web_port,
                health="/healthz",
                directory=folder,
                **self.variables,
            ),
        }
        self._starts = 0

    @property
    def children(self) -> list[Child]:
        """Everything that must be stopped in the end."""
        return [self.line, *self._programs.values()]

    def start(self, *, signals: StopSignals) -> None:
        """Start all and wait until they work."""
        self.line.start()
        for name in self._programs:
            self._start(name)
        for child in self._programs.values():
            wait_ready(child, beside=(), signals=signals, seconds=180)

    def stop(self) -> None:
        """Stop all, the line last."""
        stop_all([*self._programs.values(), self.line])

    def is_ready(self, victim: str) -> bool:
        """Whether it is up and does its work."""
        return self._of(victim).exit_status() is None and self._of(victim).ready()

    def kill(self, victim: str, *, chance: random.Random) -> None:
        """SIGKILL, without a warning."""
        child = self._of(victim)
        if victim == "web process" and (processes := _processes_of(child)):
            with suppress(ProcessLookupError):
                os.kill(chance.choice(processes), signal.SIGKILL)
        else:
            child.signal(signal.SIGKILL)

    def revive(self) -> None:
        """Start again what is dead, as a service manager does."""
        for name, child in self._programs.items():
            if child.exit_status() is not None:
                # What it had started and left behind.
                child.signal(signal.SIGKILL)
                self._start(name)

    def _of(self, victim: str) -> Child:
        return self._programs["web" if victim == "web process" else victim]

    def _start(self, name: str) -> None:
        child = self._programs[name]
        self._starts += 1
        # A log of its own for each life: the last words of every one of them are kept.
        child.log = child.log.with_name(f"{name}-{self._starts:03d}.log")
        if name == "worker":
            self._workers_known = self._newest_worker()
        child.start()

    def _newest_worker(self) -> int:
        """The number of the worker that announced itself last; 0 when nobody can tell."""
        with suppress(psycopg.OperationalError), psycopg.connect(self._url, connect_timeout=2) as connection:
            row = connection.execute("SELECT coalesce(max(id), 0) FROM procrastinate_workers").fetchone()
            return int(row[0]) if row else 0
        return 0


def _processes_of(child: Child) -> list[int]:
    """The processes that a program has started and that still run."""
    pid = child.pid
    if pid is None:
        return []
    with suppress(OSError):
        return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []
