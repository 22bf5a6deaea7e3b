"""Local ports: which one was asked for, which are free, and whether something healthy answers there."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Mapping

HOST = "127.0.0.1"
DEFAULT_PORT = 8000


class PortUnusable(Exception):
    """The port cannot be had; the message says why and what to type instead."""


def requested_port(environment: Mapping[str, str]) -> int:
    """The port named by ``PORT``, 8000 without it. Raises ``PortUnusable`` when it names none."""
    text = environment.get("PORT", "").strip() or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise PortUnusable(f"PORT={text} is no port: give a number from 1 to 65535, for example PORT=8123 make demo")
    return int(text)


def require_free(port: int) -> None:
    """Raise ``PortUnusable`` if another program listens there, or this user may not."""
    try:
        _bind(port)
    except PermissionError as error:
        raise PortUnusable(f"You may not use port {port}; try PORT=8123 make demo") from error
    except OSError as error:
        raise PortUnusable(f"Port {port} is in use by another program; try PORT={port + 1} make demo") from error


def free_port(*, preferred: int) -> int:
    """``preferred`` if it is free, else any port that is."""
    if preferred <= 65535:
        try:
            return _bind(preferred)
        except OSError:
            pass
    return _bind(0)


def answers(port: int, path: str) -> bool:
    """Whether a GET of ``path`` is answered with 200 within two seconds."""
    # No proxy that the environment may name has a say here, so no urllib.
    connection = http.client.HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _bind(port: int) -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the servers do: connections of the last run that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        probe.listen(1)
        return int(probe.getsockname()[1])
