"""Where torture keeps its things: a PostgreSQL of its own, databases made from one template, logs, results."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from creditstore_bench.databases import ensure
from creditstore_bench.places import ROOT, environment, run
from psycopg import sql

from creditstore_site.demo.children import Child, StopSignals, stop_all, wait_done
from creditstore_site.postgres import Cluster, var_directory

TORTURE = var_directory() / "torture"
#: Nothing here must survive a power cut, so the disk is not waited for. Each commit is in the log before it is answered
#: all the same (``synchronous_commit`` stays on): a server that is killed must not lose what it confirmed.
CLUSTER = Cluster(
    TORTURE / "postgres", options={"fsync": "off", "shared_buffers": "512MB", "max_wal_size": "8GB", "jit": "off"}
)
#: The same for what is measured; it is never made to crash.
LEDGER = Cluster(TORTURE / "postgres-ledger", options=CLUSTER.options)
SETTINGS = "creditstore_torture.settings"
#: What the template's content follows from.
_FACTS = (
    "**/migrations/*.py",
    "**/facts/*",
    "**/demo/*.py",
    "**/pages/seed*",
    "**/page_cache/triggers.py",
)
_LEDGER_FACTS = ("**/creditstore_torture/fill_ledger.py",)


def store_environment(url: str, **more: str) -> dict[str, str]:
    """The variables of a store that works on the database ``url``."""
    return {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "CREDITSTORE_VAR_DIR": str(TORTURE / "store"),
        "CREDITSTORE_PAGE_CACHE_BYTES": "0",
        "LOG_LEVEL": "WARNING",
        **more,
    }


def demo_template(say: Callable[[str], None]) -> str:
    """The name of a database with the demo's data."""

    def fill(url: str) -> None:
        variables = store_environment(url)
        run("manage.py", "migrate", "--verbosity=0", "--skip-checks", **variables)
        run("manage.py", "load_demo", "--verbosity=0", "--skip-checks", **variables)

    return name_of(ensure("demo", (_FACTS,), fill, say, cluster=CLUSTER))


def ledger_template(say: Callable[[str], None]) -> str:
    """The name of a database with every project and not one unit."""

    def fill(url: str) -> None:
        run("-m", "creditstore_torture.fill_ledger", **store_environment(url))

    return name_of(ensure("ledger", (_FACTS, _LEDGER_FACTS), fill, say, cluster=LEDGER))


def fresh_database(name: str, *, template: str, cluster: Cluster = CLUSTER) -> str:
    """``name`` made anew as a copy of ``template``; its URL."""
    copy_database(cluster.ensure_running(database="postgres"), name, template=template)
    return cluster.database_url(database=name)


def copy_database(server: str, name: str, *, template: str) -> None:
    """Make ``name`` anew as a copy of ``template``, to which nobody is connected. ``server``: URL of a third one."""
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


def name_of(url: str) -> str:
    """The name of the database at ``url``."""
    return urlsplit(url).path.lstrip("/")


def write_whole(path: Path, text: str) -> None:
    """Write the file in one step: another program may be reading it."""
    unfinished = path.with_suffix(".new")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)


def program(module: str, *arguments: str, log: Path, **variables: str) -> Child:
    """One of torture's own modules as a program beside others; what it prints goes to the terminal."""
    return Child(
        name=module.rpartition(".")[2],
        command=[sys.executable, "-m", module, *arguments],
        log=log,
        environment=environment(**variables),
        directory=ROOT,
        to_terminal=True,
    )


def outcome_of(child: Child, *, result: Path, signals: StopSignals) -> Any:
    """Let a program run to its end, and read what it wrote into ``result`` as JSON.

    Errors: what children raise that are stopped or fail.
    """
    result.unlink(missing_ok=True)
    try:
        child.start()
        wait_done(child, signals=signals)
    finally:
        stop_all([child])
    return json.loads(result.read_text(encoding="utf-8"))
