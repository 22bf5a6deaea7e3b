"""The server in ``var/``: started once, stopped by the last one, whatever the last run left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from creditstore_site.postgres import Cluster, database_url

QUICK = {"fsync": "off", "shared_buffers": "8MB", "max_connections": "10"}


@pytest.fixture
def cluster(tmp_path):
    # A root's server runs as another account; pytest's folders are closed to it, as a clone below /root is.
    made = Cluster(tmp_path / "postgres", options=QUICK)
    yield made
    made.release()
    made.stop()


def server_pid(cluster: Cluster) -> int:
    return int((cluster.directory / "postmaster.pid").read_text().splitlines()[0])


def wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except FileNotFoundError:
            return
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_database_url_of_the_environment_wins(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://somebody@db.example/store")
    assert database_url() == "postgresql://somebody@db.example/store"


def test_it_starts_speaks_utf8_and_is_reachable_by_its_owner_only(cluster):
    url = cluster.ensure_running(database="shop")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT current_database(), lower('ÄÇ')").fetchone() == ("shop", "äç")
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert cluster.directory.stat().st_mode & 0o077 == 0


def test_the_last_user_stops_it_and_the_data_stay(cluster):
    url = cluster.ensure_running()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (n integer)")
    other = Cluster(cluster.directory, options=QUICK)
    other.ensure_running()

    other.release()
    assert cluster.is_running()
    cluster.release()
    assert not cluster.is_running()

    with psycopg.connect(cluster.ensure_running()) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_processes_that_ask_at_once_get_the_same_server(cluster):
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from creditstore_site.postgres import Cluster\n"
        "cluster = Cluster(Path(sys.argv[1]))\n"
        "cluster.ensure_running()\n"
        "print((cluster.directory / 'postmaster.pid').read_text().splitlines()[0])\n"
        "sys.stdout.flush()\n"
        "sys.stdin.read()\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    askers = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(cluster.directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        for _ in range(3)
    ]
    pids = {asker.stdout.readline() for asker in askers}
    for asker in askers:
        asker.communicate()
    assert len(pids) == 1
    assert int(pids.pop())
    assert not cluster.is_running()


def test_it_starts_again_after_a_kill(cluster):
    cluster.ensure_running()
    pid = server_pid(cluster)
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)
    assert not cluster.is_running()

    with psycopg.connect(cluster.ensure_running()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_pid_file_whose_number_belongs_to_another_program_now_is_no_obstacle(cluster):
    cluster.ensure_running()
    cluster.release()
    stale = [str(os.getpid()), str(cluster.directory), "1700000000", "5432", ".", "", "0 0", "ready"]
    (cluster.directory / "postmaster.pid").write_text("\n".join(stale) + "\n")
    assert not cluster.is_running()

    with psycopg.connect(cluster.ensure_running()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_an_interrupted_first_start_leaves_no_obstacle(cluster):
    cluster.directory.mkdir()
    half_made = cluster.directory.with_name("postgres.new")
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")
    assert cluster.ensure_running()
    assert not half_made.exists()


@pytest.mark.parametrize("name", ["a folder with spaces, 'quotes' and ümläuts", "long" * 30])
def test_the_clone_may_stand_anywhere(tmp_path, name):
    (tmp_path / name).mkdir()
    cluster = Cluster(tmp_path / name / "postgres", options=QUICK)
    try:
        with psycopg.connect(cluster.ensure_running()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert cluster.socket_directory.stat().st_mode & 0o077 == 0
    finally:
        cluster.release()
    assert not cluster.is_running()


def test_stopped_immediately_it_loses_nothing_that_was_committed(cluster):
    with psycopg.connect(cluster.ensure_running(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (n integer)")
        connection.execute("INSERT INTO kept VALUES (1)")
        cluster.stop(immediately=True)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    assert not cluster.is_running()

    with psycopg.connect(cluster.ensure_running()) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (1,)
    log = (cluster.directory / "server.log").read_text()
    assert "database system was not properly shut down" in log
