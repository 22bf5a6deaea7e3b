"""The store's side of the warden: starts it, has it fork and kill, and starts another when it has died."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress

from creditstore_host.isolation.warden import COMMAND, FORK, KILL, PROCESS_NUMBER

_WARDEN_SECONDS = 30.0
#: What a plugin may know of the store's surroundings: where programs, fonts and certificates are, and the language.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "USER", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
_ENVIRONMENT_PREFIXES = ("LC_", "XDG_", "FONTCONFIG_", "SSL_CERT_", "PYTHON")


class Warden:
    """One warden process; used from any thread."""

    def __init__(self, *, quiet: bool) -> None:
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        environment = {
            name: value
            for name, value in os.environ.items()
            if name in _ENVIRONMENT or name.startswith(_ENVIRONMENT_PREFIXES)
        }
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  (our own module)
                [
                    sys.executable,
                    "-m",
                    "creditstore_host.isolation.warden",
                    str(theirs.fileno()),
                    "quiet" if quiet else "loud",
                ],
                env=environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
            )
        self._control.settimeout(_WARDEN_SECONDS)
        self._receive_number()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def outlives(self, seconds: float) -> bool:
        """Whether it still runs after so long."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self.alive

    def fork(self) -> tuple[int, socket.socket]:
        """A new runner: its process number, and the socket to talk to it. Errors: ``OSError``."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            try:
                socket.send_fds(self._control, [COMMAND.pack(FORK, 0)], [theirs.fileno()])
                return self._receive_number(), ours
            except OSError:
                ours.close()
                raise

    def kill(self, number: int) -> None:
        """End a runner, however busy it is."""
        with self._lock, suppress(OSError):  # a warden that is gone has taken its runners along
            self._control.sendall(COMMAND.pack(KILL, number))

    def stop(self) -> None:
        """End it with its runners."""
        self._control.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_WARDEN_SECONDS)

    def forget(self) -> None:
        """Let go of it without a word: in a forked process it belongs to the parent."""
        self._control.close()
        self._process.returncode = 0  # so that nobody waits for a child of somebody else

    def _receive_number(self) -> int:
        content = self._control.recv(PROCESS_NUMBER.size, socket.MSG_WAITALL)
        if len(content) < PROCESS_NUMBER.size:
            raise OSError("the process that starts plugins has ended")
        (number,) = PROCESS_NUMBER.unpack(content)
        return int(number)


class Wardens:
    """The process's one warden of either kind, started when it is first needed and again when it has died."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[bool, Warden] = {}

    def get(self, *, quiet: bool) -> Warden:
        with self._lock:
            warden = self._running.get(quiet)
            if warden is None or not warden.alive:
                warden = self._running[quiet] = Warden(quiet=quiet)
            return warden

    def fork(self, *, quiet: bool) -> tuple[Warden, int, socket.socket]:
        """A new runner, its warden, its process number, and the socket to talk to it. Errors: ``OSError``."""
        warden = self.get(quiet=quiet)
        try:
            return warden, *warden.fork()
        except OSError:
            # It has just died, by a plugin's doing; once more, with another one.
            with self._lock:
                if self._running.get(quiet) is warden:
                    del self._running[quiet]
            warden.stop()
            warden = self.get(quiet=quiet)
            return warden, *warden.fork()

    def stop(self) -> None:
        for warden in self._running.values():
            warden.stop()

    def forget(self) -> None:
        for warden in self._running.values():
            warden.forget()
        # The old lock may be held by a thread that exists in the parent only.
        self._lock, self._running = threading.Lock(), {}


wardens = Wardens()
atexit.register(wardens.stop)
