"""The program that forks runners, and kills those that do not answer. It never runs a plugin's code itself.

It has one thread and has already imported what every runner needs, so that a new runner is there in milliseconds.
Commands come over one socket, five bytes each: ``F`` with one file descriptor forks a runner that talks over it and
answers its process number; ``K`` and a process number kills that runner with all it started. When the store's process
is gone, the socket ends, and so do the warden and its runners.
"""

from __future__ import annotations

import ctypes
import gc
import os
import select
import signal
import socket
import struct
import sys
from contextlib import suppress

COMMAND = struct.Struct("!cI")
PROCESS_NUMBER = struct.Struct("!I")
FORK, KILL = b"F", b"K"
_PR_SET_PDEATHSIG = 1  # from <linux/prctl.h>


def main(control: socket.socket, *, quiet: bool) -> None:
    """Serve one process of the store until it is gone. ``quiet``: what plugins print is thrown away."""
    from creditstore_host.isolation import runner

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the store to decide
    gc.collect()
    gc.freeze()
    runners: set[int] = set()
    control.sendall(PROCESS_NUMBER.pack(os.getpid()))
    while True:
        select.select([control], [], [], 1.0)
        _reap(runners)
        if not select.select([control], [], [], 0)[0]:
            continue
        content, descriptors, _flags, _address = socket.recv_fds(control, COMMAND.size, 1)
        if len(content) < COMMAND.size:
            break
        command, number = COMMAND.unpack(content)
        if command == FORK:
            process = os.fork()
            if process == 0:
                control.close()
                _become_runner(quiet=quiet)
                runner.main(socket.socket(fileno=descriptors[0]))
                os._exit(0)
            runners.add(process)
            os.close(descriptors[0])
            control.sendall(PROCESS_NUMBER.pack(process))
        elif command == KILL and number in runners:
            _kill(number)
    for process in runners:
        _kill(process)


def _become_runner(*, quiet: bool) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.setpgid(0, 0)  # so that it is killed with all that it started
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2) if quiet else (0,):
        os.dup2(nowhere, stream)


def _kill(process: int) -> None:
    for kill in (os.killpg, os.kill):  # the group may not be made yet
        with suppress(ProcessLookupError, PermissionError):
            kill(process, signal.SIGKILL)


def _reap(runners: set[int]) -> None:
    """Let runners that ended go, and what they started with them.

    Only after the second wait can the system use a number again: so nobody else's group is killed.
    """
    with suppress(ChildProcessError):
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(ended.si_pid, signal.SIGKILL)
            os.waitpid(ended.si_pid, 0)
            runners.discard(ended.si_pid)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), quiet=sys.argv[2] == "quiet")
