"""Ports, passwords, the lock and the reset of the demo."""

from __future__ import annotations

import http.server
import json
import socket
import stat
import threading

import pytest

from creditstore_site import postgres
from creditstore_site.demo import logins, places, ports, reset
from creditstore_site.demo.running import AlreadyRunning, only_one


@pytest.fixture
def taken_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_port_comes_from_the_environment_and_has_a_default():
    assert ports.requested_port({}) == 8000
    assert ports.requested_port({"PORT": ""}) == 8000
    assert ports.requested_port({"PORT": "8123"}) == 8123


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "80.0", "٨٠٠٠"])
def test_a_port_that_is_none_is_refused_with_an_example(text):
    with pytest.raises(ports.PortUnusable, match="PORT=8123 make demo"):
        ports.requested_port({"PORT": text})


def test_a_port_in_use_is_named_with_a_way_out(taken_port):
    with pytest.raises(ports.PortUnusable, match=f"Port {taken_port} is in use .*PORT={taken_port + 1} make demo"):
        ports.require_free(taken_port)


def test_another_port_is_found_when_the_preferred_one_is_taken(taken_port):
    found = ports.free_port(preferred=taken_port)
    assert found != taken_port
    ports.require_free(found)
    assert ports.free_port(preferred=65536) <= 65535


def test_health_is_an_answer_of_200_and_nothing_else(taken_port, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 503)
            self.end_headers()

        def log_message(self, *_arguments: object) -> None:
            """Quiet."""

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            assert ports.answers(server.server_port, "/healthz")
            assert not ports.answers(server.server_port, "/other")
        finally:
            server.shutdown()
            thread.join()
    assert not ports.answers(server.server_port, "/healthz")


def test_logins_have_passwords_of_this_clone_that_stay_and_are_private(tmp_path, monkeypatch):
    monkeypatch.setattr(logins, "LOGINS", tmp_path / "demo" / "logins.json")
    first = logins.demo_logins()
    assert [login.email for login in first] == list(logins.ACCOUNTS)
    assert len({login.password for login in first}) == len(first)
    assert min(len(login.password) for login in first) >= 12
    assert logins.demo_logins() == first
    assert stat.S_IMODE((tmp_path / "demo" / "logins.json").stat().st_mode) == 0o600


def test_a_new_account_gets_a_password_and_the_others_keep_theirs(tmp_path, monkeypatch):
    monkeypatch.setattr(logins, "LOGINS", tmp_path / "logins.json")
    (tmp_path / "logins.json").write_text(json.dumps({"admin@example.org": "kept-as-it-was"}))
    made = {login.email: login.password for login in logins.demo_logins()}
    assert made["admin@example.org"] == "kept-as-it-was"
    assert len(made) == len(logins.ACCOUNTS)


def test_only_one_demo_at_a_time_and_nothing_stale_is_left(tmp_path):
    lock = tmp_path / "demo" / "lock"
    with (
        only_one(lock, note="The demo runs at http://127.0.0.1:8000/"),
        pytest.raises(AlreadyRunning, match=r"runs at http://127\.0\.0\.1:8000/ \(process \d+\)"),
        only_one(lock, note="A second one"),
    ):
        pytest.fail("two at once")
    with only_one(lock, note="The next one"):
        assert "The next one" in lock.read_text()


def test_addresses_are_kept_for_commands_and_do_not_override_the_environment(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "ADDRESSES", tmp_path / "addresses.json")
    assert places.saved_environment() == {}
    places.Addresses(store="http://127.0.0.1:8123", registry="http://127.0.0.1:8124").save()
    monkeypatch.setenv("SITE_URL", "http://elsewhere.example")
    monkeypatch.delenv("CREDITSTORE_REGISTRY_URL", raising=False)
    places.fill_in_environment()
    assert places.os.environ["SITE_URL"] == "http://elsewhere.example"
    assert places.os.environ["CREDITSTORE_REGISTRY_URL"] == "http://127.0.0.1:8124"
    monkeypatch.delenv("CREDITSTORE_REGISTRY_URL")


def test_reset_removes_what_the_demo_made_and_nothing_while_it_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CREDITSTORE_VAR_DIR", str(tmp_path))
    monkeypatch.setattr(postgres, "DEMO", postgres.Cluster(tmp_path / "postgres"))
    monkeypatch.setattr(reset, "LOCK", tmp_path / "demo" / "lock")
    kept = tmp_path / "postgres-test"
    for name in ("demo", "media", "static", "postgres"):
        (tmp_path / name).mkdir()
    kept.mkdir()

    with only_one(tmp_path / "demo" / "lock", note="The demo runs"):
        assert reset.reset() == 1
    assert "nothing was removed" in capsys.readouterr().out
    assert (tmp_path / "media").exists()

    assert reset.reset() == 0
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [kept.name]
