"""A visitor, and outside parties that answer as a test tells them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.ledger import make_terms
from support.plugin_host import ScriptedProvider, ScriptedRegistry, scripted_host
from support.visitor import Visitor


@pytest.fixture
def visitor(db: None) -> Visitor:
    make_terms()
    return Visitor()


@pytest.fixture
def outside() -> Iterator[tuple[ScriptedRegistry, ScriptedProvider]]:
    with scripted_host() as pair:
        yield pair


@pytest.fixture
def registry(outside: tuple[ScriptedRegistry, ScriptedProvider]) -> ScriptedRegistry:
    return outside[0]


@pytest.fixture
def provider(outside: tuple[ScriptedRegistry, ScriptedProvider]) -> ScriptedProvider:
    return outside[1]
