"""A deadline that holds even against a call that never ends."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from creditstore_host.faults import BadAnswer, Fault, attempt

T = TypeVar("T")

#: A thread cannot be killed: of one plugin no more than this many may hang before it is not called any more.
MOST_HANGING = 4

_hanging: Counter[str] = Counter()
_lock = threading.Lock()


def within(seconds: float, plugin_id: str, call: Callable[[], T]) -> T:
    """The call's result, if it comes in time.

    Errors: ``BadAnswer`` when it does not, or when too many earlier calls of this plugin still hang; else what the call
    raises.
    """
    results: list[T | Fault] = []
    with _lock:
        if _hanging[plugin_id] >= MOST_HANGING:
            raise BadAnswer("earlier calls have not ended yet")
        _hanging[plugin_id] += 1

    def run() -> None:
        try:
            results.append(attempt(call))
        finally:
            with _lock:
                _hanging[plugin_id] -= 1

    thread = threading.Thread(target=run, name=f"plugin-{plugin_id}", daemon=True)
    thread.start()
    thread.join(seconds)
    if not results:
        raise BadAnswer(f"no answer within {seconds:g} seconds")
    result = results[0]
    if isinstance(result, Fault):
        raise result.error
    return result
