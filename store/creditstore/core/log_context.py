"""What the present work is about: said in every line of the log, without passing it through every call.

A web request and a job each begin with nothing bound, so what is told of one never stands in another's lines. Only
ids are bound: a request's, a job's, an order's number. They are of no use without the database, and they name nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: What may be bound, in the order in which it is told.
NAMES = ("request_id", "job_id", "task", "order")

_bound: ContextVar[dict[str, str] | None] = ContextVar("creditstore_log_context", default=None)


def context() -> dict[str, str]:
    """What is bound now, in the order of ``NAMES``."""
    bound = _bound.get() or {}
    return {name: bound[name] for name in NAMES if name in bound}


@contextmanager
def work(**values: str) -> Iterator[None]:
    """A request or a job: begins with these values alone, and leaves what was bound before as it was."""
    token = _bound.set(dict(values))
    try:
        yield
    finally:
        _bound.reset(token)


def about(**values: str) -> None:
    """Say what the work turned out to be about. Outside of any work this does nothing: nobody would forget it again."""
    bound = _bound.get()
    if bound is not None:
        # Changed in place: a thread that this work uses has a copy of the context, but the same table.
        bound.update(values)
