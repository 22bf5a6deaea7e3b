"""A live registry for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from creditstore.reconciliation import services
from reconciliation.books import ACCOUNT
from support.live_registry import LiveRegistry, live_registry


@pytest.fixture
def whole_registry(db: None, tmp_path: Path) -> Iterator[LiveRegistry]:
    """A simulator without any units yet; every account is reconciled, those of the demonstration too."""
    with live_registry(tmp_path / "registry.sqlite3") as running:
        yield running


@pytest.fixture
def registry(whole_registry: LiveRegistry, monkeypatch: pytest.MonkeyPatch) -> LiveRegistry:
    """The same; only the test's own account is reconciled, which takes a seventh of the time."""
    everything = services._accounts
    monkeypatch.setattr(services, "_accounts", lambda: [pair for pair in everything() if pair[1] == ACCOUNT])
    return whole_registry
