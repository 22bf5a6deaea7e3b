"""Databases for the tests: a template migrated and filled once, and a copy of it for each process that runs tests.

Migrating Wagtail and Oscar takes half a minute, a copy of the result a fraction of a second. The template stays in the
cluster from run to run; its name holds a hash of everything it was made from. A new migration is applied to a copy of a
template that has all the others, if there is one: each template says in its comment which migrations it was made from.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from creditstore_site.postgres import Cluster, var_directory

ROOT = Path(__file__).resolve().parents[2]
SOURCE_ROOTS = ("site", "store", "content", "plugins")
SETTINGS = "creditstore_site.settings.test"
TEMPLATE_PREFIX = "creditstore_template_"
COPY_PREFIX = "creditstore_test_"
#: Runs of another branch or of a colleague's half-done change keep theirs for a while.
TEMPLATES_KEPT = 6

#: The tests' own server. What it holds can be made again at any time, so it need not survive a power cut.
CLUSTER = Cluster(
    var_directory() / "postgres-test",
    options={
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "max_connections": "200",
        "shared_buffers": "256MB",
        "max_wal_size": "4GB",
    },
)


class Databases:
    """Makes and removes databases on one server. ``server_url`` is any database there that may be connected to."""

    def __init__(self, server_url: str, *, ours: bool) -> None:
        self.server_url = server_url
        #: Whether nobody else keeps anything on the server, so that what looks left over may be removed.
        self.ours = ours

    @classmethod
    def connect(cls) -> Databases:
        """The server of ``DATABASE_URL`` or, without it, the tests' own, started if need be."""
        given = os.environ.get("DATABASE_URL")
        if given:
            return cls(given, ours=False)
        return cls(CLUSTER.ensure_running(database="postgres"), ours=True)

    def url(self, name: str) -> str:
        """The URL of another database on the same server."""
        return urlsplit(self.server_url)._replace(path=f"/{name}").geturl()

    def names(self, prefix: str) -> list[str]:
        """Databases whose name begins so, newest first."""
        with self._admin() as admin:
            found = admin.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid DESC", [prefix]
            )
            return [name for (name,) in found]

    def create(self, name: str, *, template: str) -> str:
        """Make ``name`` anew as a copy of ``template`` and return its URL."""
        self.drop(name)
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        with self._admin() as admin:
            admin.execute(command.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove ``name`` if it exists, whoever is still connected to it."""
        with self._admin() as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def rename(self, name: str, *, to: str) -> None:
        """Give a database that nobody uses another name."""
        with self._admin() as admin:
            admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to)))

    def ensure_template(self, *, anew: bool = False) -> str:
        """Return the name of the migrated and filled template, which is made first if there is none that fits."""
        migrated = TEMPLATE_PREFIX + fingerprint(migration_files())
        loaded = f"{migrated}_{fingerprint(loader_files())}"
        with _one_at_a_time(var_directory() / "test-template.lock"):
            present = self.names(TEMPLATE_PREFIX)
            if anew or migrated not in present:
                self._migrate(migrated, among=[] if anew else present)
            if anew or loaded not in present:
                self._build(loaded, template=migrated, command="load_demo")
            if self.ours:
                self._clear_up()
        return loaded

    def _migrate(self, name: str, *, among: list[str]) -> None:
        made_from = {str(path.relative_to(ROOT)): _hash(path) for path in unordered_files()}
        fitting = [(made, found) for found in among if (made := self._made_from(found)).items() <= made_from.items()]
        _made, closest = max(fitting, key=lambda pair: len(pair[0]), default=({}, ""))
        try:
            self._build(name, template=closest or "template0", command="migrate")
        except RuntimeError:
            # A migration may have come in before one that the copy has: then only all of them in order will do.
            if not closest:
                raise
            self._build(name, template="template0", command="migrate")
        with self._admin() as admin:
            admin.execute(
                sql.SQL("COMMENT ON DATABASE {} IS {}").format(
                    sql.Identifier(name), sql.Literal(json.dumps(made_from, sort_keys=True))
                )
            )

    def _made_from(self, name: str) -> dict[str, str]:
        """Files and their hashes that a migrated template was made from; for any other one that nothing has."""
        with self._admin() as admin:
            row = admin.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
            ).fetchone()
        found: dict[str, str] = json.loads(row[0]) if row and row[0] else {"": "unknown"}
        return found

    def _build(self, name: str, *, template: str, command: str) -> None:
        # Renamed when it is complete, so that what was interrupted is never taken for a template.
        unfinished = COPY_PREFIX + f"{os.getpid()}_template"
        url = self.create(unfinished, template=template)
        done = subprocess.run(
            [sys.executable, "manage.py", command, "--verbosity=0", "--skip-checks", f"--settings={SETTINGS}"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            self.drop(unfinished)
            raise RuntimeError(f"manage.py {command} failed:\n{done.stdout}{done.stderr}")
        self.drop(name)
        self.rename(unfinished, to=name)

    def _clear_up(self) -> None:
        for name in self.names(TEMPLATE_PREFIX)[TEMPLATES_KEPT:]:
            self.drop(name)
        for name in self.names(COPY_PREFIX):
            owner = name.removeprefix(COPY_PREFIX).partition("_")[0]
            if not Path(f"/proc/{owner}").exists():
                self.drop(name)

    @contextlib.contextmanager
    def _admin(self) -> Iterator[psycopg.Connection]:
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            yield connection


def migration_files() -> Iterable[Path]:
    """What the schema follows from."""
    # Installed after every migration, and taken away where it is not wanted any more.
    yield ROOT / "site" / "creditstore_site" / "page_cache" / "triggers.py"
    yield from unordered_files()


def unordered_files() -> Iterable[Path]:
    """Our migrations, and by the lock everybody else's: more of them can be added to a schema that has the others."""
    yield ROOT / "requirements" / "dev.txt"
    for root in SOURCE_ROOTS:
        yield from (ROOT / root).glob("**/migrations/*.py")


def loader_files() -> Iterable[Path]:
    """What the demo's data follows from: the facts, the roles of its staff, and the code that loads them."""
    yield ROOT / "site" / "creditstore_site" / "staff_roles" / "table.py"
    for root in SOURCE_ROOTS:
        for pattern in ("**/facts/*", "**/demo/**/*", "**/seed*", "**/seeds/**/*", "**/catalogue/*.py"):
            found = (ROOT / root).glob(pattern)
            yield from (path for path in found if path.is_file() and "__pycache__" not in path.parts)


def fingerprint(files: Iterable[Path]) -> str:
    """A short hash over names and contents; the order of ``files`` does not matter."""
    found = hashlib.sha256()
    for path in sorted(set(files)):
        found.update(f"{path.relative_to(ROOT)}\0".encode())
        found.update(bytes.fromhex(_hash(path)))
    return found.hexdigest()[:12]


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextlib.contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
