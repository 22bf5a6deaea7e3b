"""Readers whose pages are kept, and listeners that hear what a test says or what the database says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from creditstore_site.page_cache import middleware
from creditstore_site.page_cache.listener import Listener
from support.page_cache import Told, wait_until


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def web(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Client]:
    """Makes readers of a web process of its own, with a memory of its own: ``web(listener)``."""
    settings.CREDITSTORE_PAGE_CACHE_BYTES = 16_000_000

    def start(listener: Listener, **options: Any) -> Client:
        reader = Client(**options)
        with monkeypatch.context() as patch:
            patch.setattr(middleware, "this_process", listener)
            reader.handler.load_middleware()
        return reader

    return start


@pytest.fixture
def reader(db: None, web: Callable[..., Client], told: Told) -> Client:
    """A reader of one web process, which hears of changes through ``told``."""
    return web(told)


@pytest.fixture
def listening(fresh_database: str) -> Iterator[Callable[[], Listener]]:
    """Starts listeners on the test's own database, as two web processes would have one each."""
    started: list[Listener] = []

    def start() -> Listener:
        listener = Listener()
        started.append(listener)
        listener.ensure_running()
        wait_until(lambda: listener.changes.current() is not None)
        return listener

    yield start
    for listener in started:
        listener.stop()
