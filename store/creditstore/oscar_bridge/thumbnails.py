"""Oscar's products have no pictures here (projects' pictures live in Wagtail), so nothing is ever scaled."""

from __future__ import annotations

from typing import Any

from oscar.core.thumbnails import AbstractThumbnailer


class NoThumbnailer(AbstractThumbnailer):
    """Gives back the source as it is."""

    def generate_thumbnail(self, source: Any, **options: Any) -> Any:
        """The picture itself: the dashboard shows what was uploaded."""
        return source

    def delete_thumbnails(self, source: Any) -> None:
        """There are none."""
