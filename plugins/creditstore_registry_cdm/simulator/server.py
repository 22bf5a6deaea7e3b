"""The simulator's HTTP interface: routes, size limits, and the process's life from start to stop."""

from __future__ import annotations

import logging
import re
import socket
import sqlite3
import sys
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from pydantic import ValidationError

from creditstore_registry_cdm.codes import Code, State
from creditstore_registry_cdm.simulator.books import (
    Unreadable,
    account_blocks,
    account_cancellations,
    account_totals,
)
from creditstore_registry_cdm.simulator.database import Database
from creditstore_registry_cdm.simulator.faults import FaultRequest, Faults
from creditstore_registry_cdm.simulator.holdings import (
    ACCOUNT_NUMBER,
    ACCOUNT_STATES,
    HoldingsRefused,
    load,
    read_csv,
    read_holding,
    set_account_state,
)
from creditstore_registry_cdm.simulator.messages import MessageRefused, Response, read_json, read_proposal, write_json
from creditstore_registry_cdm.simulator.notifier import Notifier
from creditstore_registry_cdm.simulator.processing import Processor
from creditstore_registry_cdm.simulator.transactions import (
    describe,
    is_known,
    propose,
    response_answer,
    transaction_number,
)

logger = logging.getLogger(__name__)

MAX_BODY = 1024 * 1024
#: Holdings come in bulk from an operator.
MAX_HOLDINGS_BODY = 16 * 1024 * 1024

_ROUTES: dict[str, list[tuple[re.Pattern[str], str]]] = {
    "GET": [
        (re.compile(r"/healthz"), "health"),
        (re.compile(r"/v1/transactions/by-key/([^/]+)"), "status"),
        (re.compile(r"/v1/accounts/([^/]+)"), "account"),
        (re.compile(r"/v1/accounts/([^/]+)/blocks"), "account_blocks"),
        (re.compile(r"/v1/accounts/([^/]+)/cancellations"), "account_cancellations"),
    ],
    "POST": [
        (re.compile(r"/v1/transactions"), "propose"),
        (re.compile(r"/v1/holdings"), "holdings"),
        (re.compile(r"/v1/accounts"), "account_state"),
        (re.compile(r"/v1/faults"), "fault"),
    ],
}


class Simulator:
    """A running simulator.

    Parameters: ``store``, the SQLite file; ``host`` and ``port`` to listen on (0: any free one); ``delay``, seconds
    from a proposal to its end; ``holdings``, a CSV file to load first; ``notify``, where to send notifications.
    Errors: ``UnusableStore``, ``HoldingsRefused``, ``OSError`` when the address cannot be had, ``ValueError`` for a
    ``notify`` that is not on this machine.
    """

    def __init__(
        self,
        store: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        delay: float = 1.0,
        holdings: Path | None = None,
        notify: str = "",
    ) -> None:
        self.database = Database(store)
        if holdings is not None:
            loaded = load(self.database, read_csv(holdings))
            logger.info("holdings: %s blocks added, %s known already", loaded.added, loaded.skipped)
        self.faults = Faults()
        self._notifier = Notifier(notify, self.faults) if notify else None
        self.processor = Processor(self.database, delay=delay, moved=self._moved)
        self.stopping = threading.Event()
        self._server = _Server((host, port), self)
        self._thread = threading.Thread(target=self._serve, name="registry-http", daemon=True)

    @property
    def url(self) -> str:
        """The address it answers at."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> None:
        """Answer, and take up transactions an earlier run left unfinished; returns at once."""
        if self._notifier is not None:
            self._notifier.start()
        self.processor.start()
        self._thread.start()

    def stop(self) -> None:
        """Stop answering, end the step at hand, and let go of the address."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self.processor.stop()
        if self._notifier is not None:
            self._notifier.stop()
        self._thread.join(timeout=1)

    def _moved(self, transaction_id: int, key: str, state: State) -> None:
        if self._notifier is not None:
            self._notifier.tell(key=key, transaction=transaction_number(transaction_id), state=state)

    def _serve(self) -> None:
        # A short poll so that stopping takes a moment, not the half second that is usual.
        self._server.serve_forever(poll_interval=0.05)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A stop must not wait for idle keep-alive connections; every request is one store transaction, so none is torn.
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], simulator: Simulator) -> None:
        self.simulator = simulator
        super().__init__(address, _Handler)

    def server_bind(self) -> None:
        # HTTPServer would look the host's name up, which may wait for a name server; nobody asks for the name.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is not worth a traceback; anything else is."""
        if isinstance(sys.exc_info()[1], ConnectionError):
            logger.debug("a client went away")
        else:
            logger.exception("a request failed")


class _Answered(Exception):
    """Ends a request early with an answer."""

    def __init__(self, status: int, answer: dict[str, Any], *, close: bool = False) -> None:
        super().__init__(status)
        self.status = status
        self.answer = answer
        self.close = close


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version = "RegistrySimulator/1"
    sys_version = ""
    # A client that stalls, or keeps a connection open for nothing, is let go after this many seconds.
    timeout = 10
    # Head and body are two writes; waiting to join them would cost each answer 40 ms.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._dispatch("GET")

    def do_POST(self) -> None:
        self._dispatch("POST")

    def _dispatch(self, method: str) -> None:
        path = self.path.partition("?")[0]
        try:
            for pattern, name in _ROUTES[method]:
                found = pattern.fullmatch(path)
                if found is not None:
                    handle = getattr(self, f"_{name}")
                    handle(*(unquote(part) for part in found.groups()))
                    return
            others = [other for other in _ROUTES if any(pattern.fullmatch(path) for pattern, _ in _ROUTES[other])]
            # The body, if any, was not read: what follows on this connection would be taken for a request.
            if others:
                raise _Answered(405, {"error": f"Only {', '.join(others)} is possible here."}, close=True)
            raise _Answered(404, {"error": "There is nothing at this address."}, close=True)
        except MessageRefused as refusal:
            self._refuse(refusal)
        except Unreadable as error:
            self._send(400, {"error": f"The address's part {error} cannot be read."})
        except _Answered as ended:
            self.close_connection = self.close_connection or ended.close
            self._send(ended.status, ended.answer)
        except sqlite3.Error:
            # Whether a write was kept is not known here, and the answer must not pretend to know it.
            logger.exception("the store failed")
            self.close_connection = True
            self._send(503, {"error": "The registry's store failed; ask for the state before trying again."})

    def _health(self) -> None:
        alive = self.server.simulator.processor.alive
        self._send(200 if alive else 503, {"status": "ok" if alive else "transactions are no longer processed"})

    def _status(self, key: str) -> None:
        faults = self.server.simulator.faults
        if faults.take("drop_status"):
            self.close_connection = True
            return
        answer = describe(self.server.simulator.database, key)
        self._found(faults.told(answer) if answer is not None else None, key=key)

    def _account(self, number: str) -> None:
        self._found(account_totals(self.server.simulator.database, number=number), account=number)

    def _account_blocks(self, number: str) -> None:
        answer = account_blocks(self.server.simulator.database, number=number, asked=self._asked())
        self._found(answer, account=number)

    def _account_cancellations(self, number: str) -> None:
        answer = account_cancellations(self.server.simulator.database, number=number, asked=self._asked())
        self._found(answer, account=number)

    def _found(self, answer: dict[str, Any] | None, *, status: int = 200, **name: str) -> None:
        """The answer; None is told as not found, with the name that was asked for."""
        if answer is None:
            self._send(404, {"found": False, **name})
        else:
            self._send(status, answer)

    def _asked(self) -> dict[str, str]:
        return dict(parse_qsl(self.path.partition("?")[2]))

    def _propose(self) -> None:
        simulator = self.server.simulator
        try:
            proposal = read_proposal(self._body(MAX_BODY))
            if not is_known(simulator.database, proposal.key):
                refusal = simulator.faults.take_refusal()
                if refusal is not None:
                    raise MessageRefused(refusal, key=proposal.key)
            new = propose(simulator.database, proposal, now=time.time(), delay=simulator.processor.delay)
        except MessageRefused as refused:
            # A refusal says that nothing happens under its key. Where something does, only 10006 is true.
            if refused.key and is_known(simulator.database, refused.key):
                raise MessageRefused(Response.of(Code.TRANSACTION_EXISTS), key=refused.key, status=409) from refused
            raise
        if new:
            simulator.processor.wake()
        drop, delay = simulator.faults.take_answer()
        if delay:
            simulator.stopping.wait(delay)
        if drop:
            self.close_connection = True
            return
        self._found(describe(simulator.database, proposal.key), status=202 if new else 200, key=proposal.key)

    def _holdings(self) -> None:
        document = read_json(self._body(MAX_HOLDINGS_BODY))
        rows = document.get("holdings")
        if set(document) != {"holdings"} or not isinstance(rows, list):
            raise _Answered(422, {"error": 'The message is {"holdings": [rows]}.'})
        try:
            holdings = []
            for number, row in enumerate(rows, start=1):
                if not isinstance(row, dict):
                    raise HoldingsRefused(f"row {number}", "a row is an object")
                holdings.append(read_holding(row, place=f"row {number}"))
            loaded = load(self.server.simulator.database, holdings)
        except HoldingsRefused as refused:
            raise _Answered(422, {"error": str(refused)}) from refused
        self._send(200, {"added": loaded.added, "skipped": loaded.skipped})

    def _account_state(self) -> None:
        document = read_json(self._body(MAX_BODY))
        number, state = document.get("account"), document.get("state")
        if (
            set(document) != {"account", "state"}
            or not isinstance(number, str)
            or not ACCOUNT_NUMBER.fullmatch(number)
            or state not in ACCOUNT_STATES
        ):
            raise _Answered(422, {"error": f"The message is an account and a state: {', '.join(ACCOUNT_STATES)}."})
        set_account_state(self.server.simulator.database, number=number, state=state)
        self._account(number)

    def _fault(self) -> None:
        try:
            request = FaultRequest.model_validate(read_json(self._body(MAX_BODY)))
            self.server.simulator.faults.ask(request)
        except (ValidationError, ValueError) as error:
            raise _Answered(422, {"error": "This fault is not known."}) from error
        self._send(200, {"armed": request.kind})

    def _body(self, limit: int) -> bytes:
        """The request's body. A JSON type is asked for, so that no web page can post here unasked."""
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not re.fullmatch(r"[0-9]{1,12}", length):
            raise _Answered(411, {"error": "The length of the message must be given."}, close=True)
        if int(length) > limit:
            self._discard(int(length))
            self.close_connection = True
            raise MessageRefused(Response.of(Code.TOO_LARGE), status=413)
        body = self.rfile.read(int(length))
        if len(body) != int(length):
            raise _Answered(400, {"error": "The message broke off."}, close=True)
        if self.headers.get_content_type() != "application/json":
            raise _Answered(415, {"error": "Messages are application/json."})
        return body

    def _discard(self, length: int) -> None:
        # Read a little more than is allowed, so that an honest client gets to see the answer instead of a reset.
        left = min(length, 2 * MAX_HOLDINGS_BODY)
        while left > 0:
            chunk = self.rfile.read(min(left, 65536))
            if not chunk:
                return
            left -= len(chunk)

    def _refuse(self, refusal: MessageRefused) -> None:
        self._send(
            refusal.status,
            {"accepted": False, "key": refusal.key or None, "responses": [response_answer(refusal.response)]},
        )

    def _send(self, status: int, answer: dict[str, Any]) -> None:
        body = write_json(answer)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the base class cannot read is answered as JSON, too."""
        self.close_connection = True
        self._send(code, {"error": message or HTTPStatus(code).phrase})

    def log_message(self, format: str, *args: Any) -> None:
        # The library's own line quotes the request line, which may hold a key; level DEBUG keeps it out of logs.
        logger.debug(format, *args)
