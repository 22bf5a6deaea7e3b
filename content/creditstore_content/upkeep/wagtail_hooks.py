"""Where the upkeep of pages stands in the admin: reports, and the button on each page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button
from wagtail.models import Page

from creditstore_content.upkeep.for_editors import EditorsMenuItem
from creditstore_content.upkeep.reports import (
    BrokenLinksView,
    FindingsView,
    MissingAltView,
    ReadNowView,
    StalePagesView,
)
from creditstore_content.upkeep.review_page import ReviewPageView

_REPORTS: tuple[tuple[str, type[FindingsView | StalePagesView], int], ...] = (
    ("broken-links", BrokenLinksView, 660),
    ("missing-alt-text", MissingAltView, 670),
    ("stale-pages", StalePagesView, 680),
)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def urls() -> list[URLPattern]:
    """Below ``/admin/reports/``, and the review of a page."""
    found = [
        path("reports/look-at-pages/", ReadNowView.as_view(), name="creditstore_read_now"),
        path("pages/<int:pk>/reviewed/", ReviewPageView.as_view(), name="creditstore_review_page"),
    ]
    for at, view, _order in _REPORTS:
        found.append(path(f"reports/{at}/", view.as_view(), name=view.index_url_name))
        results = view.as_view(results_only=True)
        found.append(path(f"reports/{at}/results/", results, name=view.index_results_url_name))
    return found


def _register(name: str, view: type[FindingsView | StalePagesView], order: int) -> None:
    def entry() -> EditorsMenuItem:
        address = reverse_lazy(view.index_url_name)
        return EditorsMenuItem(view.page_title, address, name=name, icon_name=view.header_icon, order=order)

    hooks.register("register_reports_menu_item", entry)


for _report in _REPORTS:
    _register(*_report)


class ReviewButton(Button):  # type: ignore[misc]
    """The way to say that a page is still right; for published pages."""

    def __init__(self, page: Page, **looks: Any) -> None:
        url = reverse("creditstore_review_page", args=[page.pk])
        super().__init__(_("Mark as reviewed"), url=url, icon_name="check", **looks)
        self.page = page

    def is_shown(self, user: Any) -> bool:
        """Whoever may edit it."""
        return bool(self.page.live and self.page.permissions_for_user(user).can_edit())


@hooks.register("register_page_header_buttons")  # type: ignore[untyped-decorator]
def header_button(page: Page, user: Any, view_name: str, next_url: str | None = None) -> Iterable[Button]:
    """On the page's own form."""
    yield ReviewButton(page, priority=66)


@hooks.register("register_page_listing_more_buttons")  # type: ignore[untyped-decorator]
def listing_button(page: Page, user: Any, next_url: str | None = None) -> Iterable[Button]:
    """In lists of pages."""
    yield ReviewButton(page, priority=66)
