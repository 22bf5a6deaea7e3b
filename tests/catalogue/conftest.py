"""Fixtures of the catalogue's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.catalogue_facts import FactFiles


@pytest.fixture
def facts(tmp_path: Path) -> FactFiles:
    """Files of one invented project that can be changed before they are imported."""
    return FactFiles(tmp_path)
