"""What passes between the store and a runner: pickled messages, each after its length.

The store reads only the types of the plugin API and a few plain ones back: unpickling anything else would import the
plugin's code into the store.
"""

from __future__ import annotations

import io
import pickle
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from creditstore_host.discovery import FoundPlugin
from creditstore_host.network import Deadline
from creditstore_plugins.conformance import BadAnswer, Kind

#: The largest answer that is read: several times the largest certificate.
MAX_ANSWER_BYTES = 64 * 1024 * 1024
_LENGTH = struct.Struct("!Q")
_PLAIN = frozenset(
    {
        ("datetime", "datetime"),
        ("datetime", "date"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
        ("zoneinfo", "ZoneInfo._unpickle"),
        ("builtins", "frozenset"),
        ("builtins", "set"),
        ("builtins", "bytearray"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The first message to a runner: which plugin it is for.

    Parameters: ``environment``, the variables that the plugin's settings refer to; ``memory_bytes``, the most that the
    runner may hold; ``http_seconds``, the longest exchange over HTTP; ``seconds``, how long loading may take.
    """

    plugin: FoundPlugin
    settings: object = field(repr=False)
    environment: Mapping[str, str] = field(repr=False)
    path: tuple[str, ...]
    memory_bytes: int
    http_seconds: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a method of one part of the plugin. ``number`` comes back with the answer."""

    number: int = 0
    kind: Kind
    method: str
    seconds: float
    arguments: tuple[Any, ...] = field(default=(), repr=False)
    keywords: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPart:
    """What a runner says of one part. The settings model in ``info`` is left out: it is the plugin's own code."""

    kind: Kind
    info: Any
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The answer to ``Load`` when all went well. ``schema`` is the JSON schema of the settings, as text."""

    hooks: tuple[str, ...]
    parts: tuple[LoadedPart, ...]
    schema: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a call returned."""

    number: int
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What a plugin raised. ``text`` is empty for a foreign exception in a call: it may hold a secret or a name.

    ``schema``: as in ``Loaded``, where the plugin came that far; ``number``: that of the call.
    """

    error: str
    text: str
    places: str
    traceback: str = ""
    schema: str = ""
    number: int = 0


class RunnerFailure(BadAnswer):
    """A plugin's failure in its runner, raised in the store."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.text or failure.error, places=failure.places)
        self.failure = failure


class ConnectionEnded(Exception):
    """The other side is gone."""


class _AnswerUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        # Classes only, and no dotted names: a module's imports are not part of its API.
        if (module.startswith("creditstore_plugins.") or module == __name__) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is not a type of the plugin API")


def send(connection: socket.socket, message: object, *, deadline: Deadline | None = None) -> None:
    """Send one message.

    Errors: ``TimeoutError``; ``ConnectionEnded``; what pickling raises, before anything is sent.
    """
    content = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    try:
        connection.settimeout(None if deadline is None else max(deadline.left, 0.001))
        connection.sendall(_LENGTH.pack(len(content)) + content)
    except (BrokenPipeError, ConnectionError) as error:
        raise ConnectionEnded from error


def receive(connection: socket.socket) -> Any:
    """The next message from the store, in a runner. Errors: ``ConnectionEnded``."""
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size, None))
    return pickle.loads(_exactly(connection, length, None))  # noqa: S301  (from the store itself)


def receive_answer(connection: socket.socket, *, deadline: Deadline) -> object:
    """The next message from a runner, in the store.

    Errors: ``TimeoutError``, ``ConnectionEnded``; ``BadAnswer`` for one that is too large or of other types.
    """
    (length,) = _LENGTH.unpack(_exactly(connection, _LENGTH.size, deadline))
    if length > MAX_ANSWER_BYTES:
        raise BadAnswer(f"its answer is larger than {MAX_ANSWER_BYTES} bytes")
    content = _exactly(connection, length, deadline)
    try:
        return _AnswerUnpickler(io.BytesIO(content)).load()
    except pickle.UnpicklingError as error:
        raise BadAnswer(f"its answer holds something else: {error}") from None
    except Exception as error:  # noqa: BLE001 (a plugin's object may raise anything while it is made)
        raise BadAnswer(f"its answer cannot be read: {type(error).__name__}") from None


def _exactly(connection: socket.socket, length: int, deadline: Deadline | None) -> bytes:
    content = bytearray()
    while len(content) < length:
        connection.settimeout(None if deadline is None else max(deadline.left, 0.001))
        try:
            piece = connection.recv(min(length - len(content), 1 << 20))
        except ConnectionError as error:
            raise ConnectionEnded from error
        if not piece:
            raise ConnectionEnded
        content += piece
    return bytes(content)
