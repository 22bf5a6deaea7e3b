"""Deterministic races: two calls in threads of their own, both held at the same point before either goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any
from unittest import mock

from django.db import connections


def interleave(*calls: Callable[[], object], pause_after: str) -> list[object]:
    """Run the calls at once; each waits after ``pause_after`` (a dotted function) until all have come that far.

    Returns each call's result, or the exception that it raised. Ends by itself: nobody waits longer than 20 s.
    """
    module_name, _dot, name = pause_after.rpartition(".")
    module = import_module(module_name)
    real = getattr(module, name)
    barrier = threading.Barrier(len(calls), timeout=20)

    def paused(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        barrier.wait()
        return result

    results: list[object] = [None] * len(calls)

    def run(index: int) -> None:
        try:
            results[index] = calls[index]()
        except Exception as error:  # noqa: BLE001  (the test looks at whatever was raised)
            results[index] = error
        finally:
            connections.close_all()

    with mock.patch.object(module, name, paused):
        threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    return results
