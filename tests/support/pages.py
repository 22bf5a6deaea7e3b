"""Pages for tests."""

from __future__ import annotations

from typing import Any, TypeVar

from wagtail.models import Page

TEXT: list[tuple[str, Any]] = [("text", "<p>What happened.</p>")]


P = TypeVar("P", bound=Page)


def publish(page: P, *, below: Page) -> P:
    """Put a page into the tree and publish it as an editor would."""
    below.refresh_from_db()
    below.add_child(instance=page)
    page.save_revision().publish()
    page.refresh_from_db()
    return page
