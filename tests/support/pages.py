"""Pages and pictures for tests."""

from __future__ import annotations

import io
from typing import Any, TypeVar

from django.core.files.images import ImageFile
from PIL import Image
from wagtail.images import get_image_model
from wagtail.models import Page

TEXT: list[tuple[str, Any]] = [("text", "<p>What happened.</p>")]


def make_picture(*, rights: str = "Own work, CC BY 4.0", size: tuple[int, int] = (640, 320)) -> Any:
    """A picture in the library."""
    content = io.BytesIO()
    Image.new("RGB", size, (30, 90, 80)).save(content, "PNG")
    return get_image_model().objects.create(title="Stove", file=ImageFile(content, name="stove.png"), rights=rights)


P = TypeVar("P", bound=Page)


def publish(page: P, *, below: Page) -> P:
    """Put a page into the tree and publish it as an editor would."""
    below.refresh_from_db()
    below.add_child(instance=page)
    page.save_revision().publish()
    page.refresh_from_db()
    return page
