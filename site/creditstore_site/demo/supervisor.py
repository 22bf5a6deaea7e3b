"""Run the whole demo: PostgreSQL, the store, its worker and the registry simulator, until somebody stops it."""

from __future__ import annotations

import os
import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from creditstore_site import postgres
from creditstore_site.demo import ports
from creditstore_site.demo.children import (
    Child,
    ChildEnded,
    NotReady,
    StopRequested,
    StopSignals,
    stop_all,
    wait_done,
    wait_ready,
    watch,
)
from creditstore_site.demo.logins import demo_logins
from creditstore_site.demo.places import DEMO_DIRECTORY, LOCK, ROOT, Addresses
from creditstore_site.demo.progress import last_lines, say, step
from creditstore_site.demo.running import AlreadyRunning, only_one

#: On a slow machine with cold disks the programs need a while to load.
READY_SECONDS = 120.0
WEB_PROCESSES = 2
WEB_THREADS = 4


def run() -> int:
    """Run the demo and return the exit status: 0 when it was asked to stop, 1 when something is wrong (and said)."""
    signals = StopSignals()
    signals.install()
    try:
        port = ports.requested_port(os.environ)
        store = f"http://{ports.HOST}:{port}"
        with only_one(LOCK, note=f"The demo of this clone is running already, at {store}/"):
            ports.require_free(port)
            return _run_locked(port=port, store=store, signals=signals)
    except AlreadyRunning as error:
        say(f"{error}. Stop that one first, with Ctrl-C where it runs.")
    except (ports.PortUnusable, postgres.PostgresError) as error:
        say(str(error))
    return 1


def _run_locked(*, port: int, store: str, signals: StopSignals) -> int:
    with ExitStack() as cleanup:
        try:
            _start(port=port, store=store, signals=signals, cleanup=cleanup)
        except StopRequested:
            say()
            with step("Stopping", done="done"):
                cleanup.close()
            say("Stopped.")
            return 0
        except ChildEnded as error:
            say(f"\n{error} {error.child.log} ends with:\n{last_lines(error.child.log)}\nStopping the rest.")
        except NotReady as error:
            say(f"\n{error} It ends with:\n{last_lines(error.child.log)}\nStopping.")
        return 1


def _start(*, port: int, store: str, signals: StopSignals, cleanup: ExitStack) -> None:
    addresses = Addresses(store=store, registry=f"http://{ports.HOST}:{ports.free_port(preferred=port + 1)}")
    addresses.save()
    logins = demo_logins()
    with step("PostgreSQL"):
        # Last in, first out: the server goes when nothing uses it any more.
        cleanup.callback(postgres.DEMO.release)
        database_url = postgres.ensure_running()
    environment = {
        **os.environ,
        **addresses.environment(),
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "creditstore_site.settings",
        "PYTHONUNBUFFERED": "1",
        "PROMETHEUS_MULTIPROC_DIR": str(_empty(DEMO_DIRECTORY / "metrics")),
    }
    children: list[Child] = []
    cleanup.callback(stop_all, children)

    def launch(child: Child) -> Child:
        children.append(child)
        child.start()
        return child

    make = partial(Child, environment=environment, directory=ROOT)
    preparation = launch(
        make(
            name="preparation",
            command=[sys.executable, "-m", "creditstore_site.demo.prepare"],
            log=DEMO_DIRECTORY / "prepare.log",
            to_terminal=True,
        )
    )
    wait_done(preparation, signals=signals)
    children.remove(preparation)

    known_worker = _newest_worker(database_url)
    registry_port = int(addresses.registry.rpartition(":")[2])
    # All at once: each spends its first seconds loading Python modules.
    simulator = launch(
        make(
            name="registry simulator",
            command=[
                *(sys.executable, "-m", "creditstore_registry_cdm.simulator"),
                *("--host", ports.HOST, "--port", str(registry_port)),
                *("--store", DEMO_DIRECTORY / "registry.sqlite3", "--holdings", DEMO_DIRECTORY / "holdings.csv"),
            ],
            log=DEMO_DIRECTORY / "registry.log",
            ready=partial(ports.answers, registry_port, "/healthz"),
        )
    )
    worker = launch(
        make(
            name="worker",
            command=[sys.executable, "manage.py", "procrastinate", "worker"],
            log=DEMO_DIRECTORY / "worker.log",
            ready=lambda: _newest_worker(database_url) > known_worker,
        )
    )
    web = launch(
        make(
            name="store",
            command=[
                *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws"),
                *("--host", ports.HOST, "--port", str(port)),
                *("--workers", str(WEB_PROCESSES), "--blocking-threads", str(WEB_THREADS)),
                "creditstore_site.wsgi:application",
            ],
            log=DEMO_DIRECTORY / "web.log",
            ready=partial(ports.answers, port, "/healthz"),
        )
    )
    for title, child in (("Registry simulator", simulator), ("Worker", worker), ("Store", web)):
        with step(title):
            wait_ready(child, beside=children, signals=signals, seconds=READY_SECONDS)

    say(f"\nThe store is at {store}/  (logs in {DEMO_DIRECTORY})\n")
    for login in logins:
        say(f"    {login.email:20} {login.password:20} {login.purpose}")
    say("\nSellers, prices and the registry are invented or simulated. Ctrl-C stops everything.")
    watch(children, signals=signals)


def _empty(directory: Path) -> Path:
    """A directory without files: what processes of an earlier start counted is not counted on."""
    directory.mkdir(parents=True, exist_ok=True)
    for file in directory.iterdir():
        file.unlink()
    return directory


def _newest_worker(database_url: str) -> int:
    """The number of the worker that announced itself last, 0 if none ever did."""
    import psycopg

    with psycopg.connect(database_url) as connection:
        row = connection.execute("SELECT coalesce(max(id), 0) FROM procrastinate_workers").fetchone()
    return int(row[0]) if row else 0
