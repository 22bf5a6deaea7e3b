"""What the admin gains: the project chooser, the way to the shop dashboard, and the guard on moved pages."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from creditstore_content.blocks.projects import ProjectChooserViewSet, project_chooser_viewset
from creditstore_content.pages.slugs import check_slug


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def project_chooser() -> ProjectChooserViewSet:
    """Let editors choose projects."""
    return project_chooser_viewset


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
