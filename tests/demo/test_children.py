"""Starting, watching and stopping programs, tried on small real ones."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

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

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = [
    *(sys.executable, "-c"),
    "import signal, time, pathlib, sys\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "pathlib.Path(sys.argv[1]).touch()\n"
    "time.sleep(60)",
]


@pytest.fixture
def child(tmp_path: Path) -> Callable[..., Child]:
    def make(command: list[str], **options: object) -> Child:
        made = Child(
            name="helper",
            command=command,
            log=tmp_path / "helper.log",
            environment=dict(os.environ),
            directory=tmp_path,
            **options,
        )
        made.start()
        return made

    return make


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_stopping_ends_a_program_and_what_it_started(child, tmp_path):
    grandchild = tmp_path / "pid"
    script = f"sleep 60 & echo $! > {grandchild}.new; mv {grandchild}.new {grandchild}; wait"
    parent = child(["/bin/sh", "-c", script])
    wait_for(grandchild)

    stop_all([parent])

    assert parent.exit_status() == -signal.SIGTERM
    left = Path(f"/proc/{grandchild.read_text().strip()}/stat")
    # The signal is sent; on a busy machine the kernel needs a moment to end what got it.
    deadline = time.monotonic() + 5
    while not has_ended(left) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert has_ended(left)


def has_ended(stat):
    """Whether a process is gone, or only its entry is left."""
    try:
        return stat.read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_program_that_ignores_term_is_killed_when_patience_ends(child, tmp_path):
    deaf = child([*DEAF, str(tmp_path / "up")])
    wait_for(tmp_path / "up")
    started = time.monotonic()

    stop_all([deaf], patience=0.3)

    assert deaf.exit_status() == -signal.SIGKILL
    assert time.monotonic() - started < 3


def test_a_program_that_ends_is_reported_with_its_name_and_status(child):
    broken = child([sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(ChildEnded, match=r"The helper ended unexpectedly \(exit status 3\)\.") as caught:
        watch([broken], signals=StopSignals())
    assert caught.value.child is broken


def test_waiting_for_readiness_notices_the_end_of_another_program(child):
    ended = child([sys.executable, "-c", "print('out of milk')"])
    waiting = child(SLEEP, ready=lambda: False)
    try:
        with pytest.raises(ChildEnded):
            wait_ready(waiting, beside=[ended], signals=StopSignals(), seconds=20)
    finally:
        stop_all([waiting])


def test_waiting_for_readiness_ends(child):
    slow = child(SLEEP, ready=lambda: False)
    try:
        with pytest.raises(NotReady, match="is not ready after 0 seconds"):
            wait_ready(slow, beside=[], signals=StopSignals(), seconds=0)
    finally:
        stop_all([slow])


def test_a_step_that_fails_is_reported_and_one_that_succeeds_is_not(child):
    wait_done(child([sys.executable, "-c", ""]), signals=StopSignals())
    with pytest.raises(ChildEnded):
        wait_done(child([sys.executable, "-c", "raise SystemExit(1)"]), signals=StopSignals())


def test_output_goes_to_the_log(child, tmp_path):
    wait_done(child([sys.executable, "-c", "print('hello from the helper')"]), signals=StopSignals())
    assert "hello from the helper" in (tmp_path / "helper.log").read_text()


PARENT = """
import os, sys
from pathlib import Path
from creditstore_site.demo.children import Child, StopRequested, StopSignals, stop_all, watch

signals = StopSignals()
signals.install()
here = Path(sys.argv[1])
child = Child(name="helper", command=["sleep", "60"], log=here / "log", environment=dict(os.environ), directory=here)
child.start()
(here / "up.new").write_text(str(child._process.pid))
(here / "up.new").rename(here / "up")
try:
    watch([child], signals=signals)
except StopRequested:
    stop_all([child])
    sys.exit(0)
"""


def start_parent(tmp_path: Path) -> tuple[subprocess.Popen[bytes], int]:
    environment = {name: value for name, value in os.environ.items() if name != "MAKELEVEL"}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)], env=environment)
    wait_for(tmp_path / "up")
    return parent, int((tmp_path / "up").read_text())


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_is_no_failure(tmp_path, number):
    parent, helper = start_parent(tmp_path)
    parent.send_signal(number)
    assert parent.wait(timeout=10) == 0
    assert not runs(helper)


def test_programs_do_not_outlive_a_killed_supervisor(tmp_path):
    parent, helper = start_parent(tmp_path)
    parent.kill()
    parent.wait(timeout=10)
    deadline = time.monotonic() + 10
    while runs(helper):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_end_of_make_is_a_request_to_stop(monkeypatch):
    monkeypatch.setenv("MAKELEVEL", "1")
    signals = StopSignals()
    signals.check()
    monkeypatch.setattr(os, "getppid", lambda: 1)
    with pytest.raises(StopRequested):
        signals.check()
