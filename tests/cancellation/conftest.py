"""A store whose registry answers as a test tells it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.plugin_host import ScriptedRegistry, scripted_host


@pytest.fixture
def registry() -> Iterator[ScriptedRegistry]:
    with scripted_host() as (registry, _provider):
        yield registry
