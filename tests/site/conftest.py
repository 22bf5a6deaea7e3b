"""A visitor."""

from __future__ import annotations

import pytest

from support.ledger import make_terms
from support.visitor import Visitor


@pytest.fixture
def visitor(db: None) -> Visitor:
    make_terms()
    return Visitor()
