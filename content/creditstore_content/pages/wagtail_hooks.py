"""What the admin gains: choosers and their usage report, the way to the shop dashboard, the guard on moved pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse_lazy
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.rich_text.feature_registry import FeatureRegistry
from wagtail.rich_text.pages import PageLinkHandler
from wagtail.snippets.models import register_snippet

from creditstore_content.blocks.choosers import (
    OfferChooserViewSet,
    ProjectChooserViewSet,
    offer_chooser_viewset,
    project_chooser_viewset,
)
from creditstore_content.blocks.loading import in_this_language
from creditstore_content.pages import usage_report
from creditstore_content.pages.attribution import carry_key, key_of
from creditstore_content.pages.models import CampaignPage
from creditstore_content.pages.slugs import check_slug
from creditstore_content.pages.topic_admin import TopicViewSet
from creditstore_content.upkeep.for_editors import EditorsMenuItem
from creditstore_content.uploads.ranges import serve_part

register_snippet(TopicViewSet)


Serve = Callable[[Page, HttpRequest, list[Any], dict[str, Any]], HttpResponseBase]


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def project_chooser() -> ProjectChooserViewSet:
    """Let editors choose projects."""
    return project_chooser_viewset


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def offer_chooser() -> OfferChooserViewSet:
    """Let editors choose offers."""
    return offer_chooser_viewset


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def usage_urls() -> list[URLPattern]:
    """The report of what is shown where."""
    return [
        path("reports/projects-on-pages/", usage_report.UsageReportView.as_view(), name="creditstore_usage"),
        path(
            "reports/projects-on-pages/results/",
            usage_report.UsageReportView.as_view(results_only=True),
            name="creditstore_usage_results",
        ),
    ]


@hooks.register("register_reports_menu_item")  # type: ignore[untyped-decorator]
def usage_menu_item() -> EditorsMenuItem:
    """Among Wagtail's own reports."""
    return EditorsMenuItem(
        _("Projects on pages"),
        reverse_lazy("creditstore_usage"),
        name="projects-on-pages",
        icon_name="globe",
        order=650,
    )


class DashboardMenuItem(MenuItem):  # type: ignore[misc]
    """The way to the shop's back office, for those who may enter it."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Shop staff, and sellers' people with access to it."""
        user = request.user
        return bool(user.is_active and (user.is_staff or user.has_perm("partner.dashboard_access")))


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def dashboard_menu_item() -> DashboardMenuItem:
    """After Wagtail's own entries."""
    return DashboardMenuItem(
        _("Shop dashboard"), reverse_lazy("dashboard:index"), name="shop-dashboard", icon_name="order", order=9000
    )


@hooks.register("before_move_page")  # type: ignore[untyped-decorator]
def refuse_reserved_place(request: HttpRequest, page: Page, destination: Page, *_args: Any) -> HttpResponse | None:
    """A move below the home page is refused when the slug is an address of the store."""
    try:
        check_slug(slug=page.slug, parent=destination)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None


class _PageLinks(PageLinkHandler):  # type: ignore[misc]
    """Links to pages in rich text: their address needs one query, and not all that the pages hold."""

    @classmethod
    def get_many(cls, attrs_list: list[dict[str, Any]]) -> list[Page | None]:
        """The pages linked to, in their order; None for what is gone."""
        keys = [int(attrs["id"]) if str(attrs.get("id", "")).isdecimal() else None for attrs in attrs_list]
        pages = Page.objects.select_related("locale").in_bulk([key for key in keys if key is not None])
        return [pages.get(key) for key in keys]

    @classmethod
    def expand_db_attributes_many(cls, attrs_list: list[dict[str, Any]]) -> list[str]:
        """The opening tag of each link, to the page's translation where there is one."""
        pages = cls.get_many(attrs_list)
        return [f'<a href="{escape(in_this_language(page).url)}">' if page else "<a>" for page in pages]


@hooks.register("register_rich_text_features", order=10)  # type: ignore[untyped-decorator]
def page_links(features: FeatureRegistry) -> None:
    """After Wagtail's own."""
    features.register_link_type(_PageLinks)


@hooks.register("on_serve_page")  # type: ignore[untyped-decorator]
def let_campaigns_links_carry_their_key(serve: Serve) -> Serve:
    """Whoever comes to a project through a campaign's page may let the order count towards it."""

    def serve_with_key(page: Page, request: HttpRequest, args: list[Any], kwargs: dict[str, Any]) -> HttpResponseBase:
        response = serve(page, request, args, kwargs)
        if isinstance(page, CampaignPage) and isinstance(response, TemplateResponse) and (key := key_of(page)):
            carry_key(response, key=key)
        return response

    return serve_with_key


# After Wagtail's own check of who may read the file.
hooks.register("before_serve_document", serve_part, order=100)
