"""What lines of the log hold: structured, with ids, and without anything that names a person or opens a door.

Values come into lines by two ways that nobody intends: an exception's text (PostgreSQL's DETAIL shows the whole row
that it refused) and addresses (an order's link holds its secret). Both are cut here, where every line passes.
"""

from __future__ import annotations

import logging
import re
import traceback
from types import TracebackType
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from creditstore.core.log_context import context

_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
#: Tokens of orders, codes of certificates, digests: long runs that nobody reads and some of which open something.
_SECRET = re.compile(r"\b[0-9a-fA-F]{32,}\b|\b(?=[A-Za-z_]*[0-9])(?=[0-9_]*[A-Za-z])[A-Za-z0-9_]{40,}\b")

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def without_persons(text: str) -> str:
    """The text without e-mail addresses and secrets. UUIDs, which are keys of rows, stay."""
    return _SECRET.sub("[secret]", _EMAIL.sub("[e-mail]", text))


def summary_of(error: BaseException) -> str:
    """An exception in a line: of the database's errors only what it refused and by which guard, never the row."""
    diagnostics = getattr(error, "diag", None) or getattr(error.__cause__, "diag", None)
    if diagnostics is not None:
        facts = [diagnostics.message_primary, diagnostics.constraint_name]
        return f"{type(error).__name__}: {'; '.join(fact for fact in facts if fact)}"
    first_line = str(error).partition("\n")[0][:300]
    return f"{type(error).__name__}: {without_persons(first_line)}" if first_line else type(error).__name__


def told(info: ExceptionInfo) -> str:
    """An exception, its causes and their places in the code."""
    _kind, error, _trace = info
    lines: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        places = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
        lines += [summary_of(error), *(f"  {place}" for place in places[-12:])]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if error is not None:
            lines.append("because of")
    return "\n".join(lines)


class Discreet(logging.Filter):
    """Adds the ids of the present work to a record, and takes persons and secrets out of it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes, mended."""
        request = record.__dict__.pop("request", None)
        if request is not None and record.args:
            # Django logs the path of what failed; the path of an order's link holds its secret.
            match = getattr(request, "resolver_match", None)
            route = match.route if match is not None else "an address that no page has"
            path = {getattr(request, "path", None), getattr(request, "get_full_path", lambda: None)()}
            arguments = record.args if isinstance(record.args, tuple) else (record.args,)
            record.args = tuple(route if argument in path else argument for argument in arguments)
        record.msg = without_persons(record.getMessage())
        record.args = None
        for name, value in context().items():
            setattr(record, name, value)
        return True


class Structured(JsonFormatter):
    """One JSON object a line."""

    def __init__(self) -> None:
        super().__init__(
            "{asctime}{levelname}{name}{message}",
            style="{",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            datefmt="%Y-%m-%dT%H:%M:%S%z",
        )

    def formatException(self, ei: ExceptionInfo) -> str:
        """See ``told``."""
        return told(ei)

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Leave out what other libraries attach: objects whose text may be anything."""
        return {name: value for name, value in log_data.items() if isinstance(value, str | int | float | bool)}


class Readable(logging.Formatter):
    """The same for a person at a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line, with its ids at the end."""
        ids = " ".join(f"{name}={value}" for name, value in context().items())
        return f"{super().format(record)} {ids}".rstrip()

    def formatException(self, ei: ExceptionInfo) -> str:
        """See ``told``."""
        return told(ei)


def logging_settings(*, level: str, structured: bool) -> dict[str, Any]:
    """The value of Django's setting ``LOGGING``."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"discreet": {"()": "creditstore_site.logs.Discreet"}},
        "formatters": {"lines": {"()": f"creditstore_site.logs.{'Structured' if structured else 'Readable'}"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "lines", "filters": ["discreet"]},
        },
        "loggers": {
            # These tell of stock alerts that this store has not, of every job and of every font table.
            **{name: {"level": "WARNING"} for name in ("oscar", "procrastinate", "weasyprint", "fontTools")},
            # Requests are told of by RequestLogMiddleware, by route; Django would add the address of each 404.
            "django.request": {"level": "ERROR"},
        },
        "root": {"handlers": ["console"], "level": level},
    }
