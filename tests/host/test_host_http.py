"""The HTTP client against servers that answer, dribble, hang, flood, lie and refuse. All on this machine."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from creditstore_host.http import HostHttpClient
from creditstore_host.network import is_public
from creditstore_plugins import HttpTimeout, HttpUnreachable

Handler = Callable[[socket.socket, bytes], None]
Serve = Callable[[Handler], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server whose handler gets each connection and the bytes of its request; its address."""
    listeners: list[socket.socket] = []
    stop = threading.Event()

    def start(handler: Handler) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def handle(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.settimeout(10)
                request = b""
                while b"\r\n\r\n" not in request:
                    request += connection.recv(65536)
                handler(connection, request)

        def loop() -> None:
            while not stop.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

        threading.Thread(target=loop, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    stop.set()
    for listener in listeners:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def answer(body: bytes = b"ok", *, status: str = "200 OK", extra: str = "") -> Handler:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n".encode()
    return lambda connection, _request: connection.sendall(head + body)


def dribble(piece: bytes, *, first: bytes = b"") -> Handler:
    """Send ``first``, then ``piece`` for ever, a little at a time: no single read ever waits long."""

    def handler(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(first)
        for _ in range(400):
            connection.sendall(piece)
            time.sleep(0.05)

    return handler


def test_a_request_and_its_answer(serve: Serve) -> None:
    seen: list[bytes] = []

    def handler(connection: socket.socket, request: bytes) -> None:
        seen.append(request)
        answer(b"made", status="201 Created", extra="X-Thing: 1\r\nX-Thing: 2\r\n")(connection, request)

    url = serve(handler)
    response = HostHttpClient().request("post", f"{url}/a?b=c", headers={"Content-Type": "text/plain"}, body=b"hello")
    assert (response.status, response.body, response.headers["x-thing"]) == (201, b"made", "1, 2")
    head = seen[0].lower()
    assert head.startswith(b"post /a?b=c http/1.1\r\n")
    assert b"content-type: text/plain\r\n" in head
    assert b"content-length: 5\r\n" in head
    assert b"user-agent: climatecreditstore/1\r\n" in head


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "500 Internal Server Error"])
def test_an_error_status_is_an_answer(serve: Serve, status: str) -> None:
    assert HostHttpClient().request("GET", serve(answer(status=status))).status == int(status[:3])


def test_redirects_are_not_followed(serve: Serve) -> None:
    called: list[bytes] = []
    elsewhere = serve(lambda connection, request: called.append(request))
    url = serve(answer(b"", status="302 Found", extra=f"Location: {elsewhere}/\r\n"))
    response = HostHttpClient().request("GET", url)
    assert (response.status, response.headers["location"]) == (302, f"{elsewhere}/")
    assert called == []


def test_proxies_of_the_environment_are_not_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert HostHttpClient().request("GET", serve(answer())).body == b"ok"


def test_a_refused_connection_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(HttpUnreachable):
        HostHttpClient().request("GET", f"http://127.0.0.1:{port}/")


def test_a_name_that_does_not_exist_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_args: object, **_options: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(HttpUnreachable):
        HostHttpClient().request("GET", "http://registry.example/")


def test_a_resolver_that_hangs_is_unreachable_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang(*_args: object, **_options: object) -> None:
        released.wait(10)
        raise socket.gaierror(socket.EAI_AGAIN, "later")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    began = time.monotonic()
    with pytest.raises(HttpUnreachable):
        HostHttpClient(timeout_seconds=0.6).request("GET", "http://registry.example/")
    assert time.monotonic() - began < 2
    released.set()


def test_a_numeric_address_does_not_wait_for_the_resolver(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    url = serve(answer())

    def unwanted(host: str, *_args: Any, **_options: Any) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, host)

    monkeypatch.setattr("creditstore_host.network._resolver.submit", unwanted)
    assert HostHttpClient().request("GET", url).body == b"ok"


def test_the_second_address_is_tried(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(serve(answer()).rpartition(":")[2])
    real = socket.getaddrinfo

    def two(host: str, *args: Any, **options: Any) -> object:
        if host != "registry.example":
            return real(host, *args, **options)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in ("127.0.0.2", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    assert HostHttpClient().request("GET", f"http://registry.example:{port}/").body == b"ok"


SILENT = {
    "silence": dribble(b""),
    "dribbled status": dribble(b"1", first=b"HTTP/1."),
    "dribbled headers": dribble(b"a", first=b"HTTP/1.1 200 OK\r\nX-Thing: "),
    "endless interim answers": dribble(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "dribbled body": dribble(b"a", first=b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
    "dribbled chunks": dribble(b"1\r\na\r\n", first=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
}


@pytest.mark.parametrize("handler", SILENT.values(), ids=SILENT.keys())
def test_the_deadline_holds_for_the_whole_exchange(serve: Serve, handler: Handler) -> None:
    client, url = HostHttpClient(timeout_seconds=0.6), serve(handler)
    began = time.monotonic()
    with pytest.raises(HttpTimeout):
        client.request("POST", url, body=b"x")
    assert 0.5 < time.monotonic() - began < 2


def test_a_server_that_does_not_read_is_left_in_time(serve: Serve) -> None:
    client, url = HostHttpClient(timeout_seconds=0.6), serve(lambda _connection, _request: time.sleep(3))
    began = time.monotonic()
    with pytest.raises(HttpTimeout):
        client.request("POST", url, body=b"x" * 50_000_000)
    assert time.monotonic() - began < 2.5


UNFINISHED = {
    "closed at once": lambda _connection, _request: None,
    "no HTTP": lambda connection, _request: connection.sendall(b"hello\r\n\r\n"),
    "half a body": lambda connection, _request: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
    "endless header": lambda connection, _request: connection.sendall(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000),
}


@pytest.mark.parametrize("handler", UNFINISHED.values(), ids=UNFINISHED.keys())
def test_no_complete_answer_leaves_the_outcome_open(serve: Serve, handler: Handler) -> None:
    with pytest.raises(HttpTimeout):
        HostHttpClient(timeout_seconds=3).request("POST", serve(handler), body=b"x")


def test_an_answer_of_the_largest_size_is_read(serve: Serve) -> None:
    client = HostHttpClient(max_body_bytes=1000)
    assert len(client.request("GET", serve(answer(b"a" * 1000))).body) == 1000
    with pytest.raises(HttpTimeout, match="larger than 1000 bytes"):
        client.request("GET", serve(answer(b"a" * 1001)))


def test_a_flood_is_not_kept(serve: Serve) -> None:
    sent = 0

    def flood(connection: socket.socket, _request: bytes) -> None:
        nonlocal sent
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(1000):
            connection.sendall(b"a" * 100_000)
            sent += 100_000

    with pytest.raises(HttpTimeout, match="larger"):
        HostHttpClient().request("GET", serve(flood))
    assert sent < 50_000_000


def test_compressed_answers_are_not_unpacked(serve: Serve) -> None:
    response = HostHttpClient().request("GET", serve(answer(b"\x1f\x8b", extra="Content-Encoding: gzip\r\n")))
    assert response.body == b"\x1f\x8b"


@pytest.mark.parametrize(
    ("method", "url", "headers"),
    [
        ("GET", "ftp://127.0.0.1/", {}),
        ("GET", "file:///etc/passwd", {}),
        ("GET", "http:///path", {}),
        ("GET", "http://user@127.0.0.1/", {}),
        ("GET", "http://127.0.0.1/a b", {}),
        ("GET", "http://127.0.0.1/\r\nX: y", {}),
        ("GET / HTTP/1.1\r\nX:", "http://127.0.0.1/", {}),
        ("GET", "http://127.0.0.1/", {"X": "a\r\nY: b"}),
        ("GET", "http://127.0.0.1/", {"X: y": "a"}),
        ("GET", "http://127.0.0.1/", {"Content-Length": "3"}),
        ("GET", "http://127.0.0.1/", {"Transfer-Encoding": "chunked"}),
        ("GET", "http://127.0.0.1/", {"Host": "evil.example"}),
    ],
)
def test_a_malformed_request_is_never_sent(method: str, url: str, headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"malformed|not http|set by the client"):
        HostHttpClient().request(method, url, headers=headers)


def test_an_empty_post_says_that_it_is_empty(serve: Serve) -> None:
    seen: list[bytes] = []

    def handler(connection: socket.socket, request: bytes) -> None:
        seen.append(request.lower())
        answer()(connection, request)

    HostHttpClient().request("POST", serve(handler))
    assert b"content-length: 0\r\n" in seen[0]


def test_many_threads_share_one_client(serve: Serve) -> None:
    def echo(connection: socket.socket, request: bytes) -> None:
        answer(request.split(b" ")[1])(connection, request)

    client, url = HostHttpClient(), serve(echo)
    with ThreadPoolExecutor(8) as pool:
        bodies = list(pool.map(lambda number: client.request("GET", f"{url}/{number}").body, range(40)))
    assert bodies == [f"/{number}".encode() for number in range(40)]


def test_nothing_of_an_address_is_logged(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    HostHttpClient().request("GET", serve(answer()) + "/?key=hunter2", headers={"Authorization": "hunter2"})
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize("options", [{"timeout_seconds": 0}, {"max_body_bytes": 0}])
def test_limits_must_be_positive(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be positive"):
        HostHttpClient(**options)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_client_for_public_hosts_connects_to_no_other(serve: Serve, host: str) -> None:
    seen: list[bytes] = []

    def handler(connection: socket.socket, request: bytes) -> None:
        seen.append(request)
        answer()(connection, request)

    address = serve(handler).replace("127.0.0.1", host)
    with pytest.raises(HttpUnreachable):
        HostHttpClient(only_public=True).request("GET", address)
    assert seen == []
    assert HostHttpClient().request("GET", address.replace("localhost", "127.0.0.1")).status == 200


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1:248:1893:25c8:1946", True), ("10.1.2.3", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False),
        ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:192.168.0.1", False), ("2002:c0a8:1::", False),
        ("64:ff9b::a00:1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public
