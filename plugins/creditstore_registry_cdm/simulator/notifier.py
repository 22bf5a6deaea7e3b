"""Tells a store on this machine that a transaction has moved, as registries do: once, and it may be lost."""

from __future__ import annotations

import http.client
import logging
import queue
import threading
from urllib.parse import urlsplit

from creditstore_registry_cdm.simulator.faults import Faults
from creditstore_registry_cdm.simulator.messages import write_json

logger = logging.getLogger(__name__)

_TIMEOUT_SECONDS = 5


class Notifier:
    """Sends notifications one after the other, in a thread of its own.

    Parameters: ``target``, ``http://127.0.0.1:<port>/<path>``. Errors: ``ValueError`` for any other: a simulator never
    calls out of its machine.
    """

    def __init__(self, target: str, faults: Faults) -> None:
        parts = urlsplit(target)
        if parts.scheme != "http" or parts.hostname != "127.0.0.1" or parts.username or parts.query or parts.fragment:
            raise ValueError("notifications go to http://127.0.0.1:<port>/<path> only")
        self._port = parts.port or 80
        self._path = parts.path or "/"
        self._faults = faults
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="registry-notifications", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def stop(self) -> None:
        """End after the message at hand; what waits is lost, as it may be."""
        self._waiting.put(None)
        self._thread.join(timeout=1)

    def tell(self, *, key: str, transaction: str, state: int) -> None:
        """Have it said that a transaction is now in this state; returns at once."""
        if self._faults.take("drop_notification"):
            return
        body = write_json({"key": key, "transaction": transaction, "state": state})
        for _time in range(2 if self._faults.take("repeat_notification") else 1):
            self._waiting.put(body)

    def _run(self) -> None:
        while (body := self._waiting.get()) is not None:
            try:
                self._send(body)
            except (OSError, http.client.HTTPException) as error:
                logger.info("a notification was not delivered: %s", type(error).__name__)

    def _send(self, body: bytes) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request("POST", self._path, body=body, headers={"Content-Type": "application/json"})
            connection.getresponse().read(1000)
        finally:
            connection.close()
