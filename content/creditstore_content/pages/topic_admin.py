"""Topics in the Wagtail admin."""

from __future__ import annotations

from wagtail.snippets.views.snippets import SnippetViewSet

from creditstore_content.pages.topics import Topic


class TopicViewSet(SnippetViewSet):  # type: ignore[misc]
    """The editors' list of topics."""

    model = Topic
    icon = "tag"
    list_display = ["name", "slug"]
    search_fields = ["name", "slug"]
    search_backend_name = None
