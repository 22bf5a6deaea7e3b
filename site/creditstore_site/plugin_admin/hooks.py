"""Where plugins stand in the admin: their addresses, their place in the menu, their permissions."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from creditstore_site.admin_pages import PermittedItem, permissions_named
from creditstore_site.plugin_admin.views import CHANGE, VIEW, PluginsView, PluginView


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def menu_item() -> PermittedItem:
    """Among the settings."""
    return PermittedItem(
        _("Plugins"), "creditstore_plugins", permission=VIEW, name="plugins", icon_name="plus-inverse", order=690
    )


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def permissions() -> QuerySet[Permission]:
    """What a group of staff can be given: to see plugins, and to switch them."""
    return permissions_named(VIEW, CHANGE)


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def urls() -> list[URLPattern]:
    """Below ``/admin/plugins/``."""
    return [
        path("plugins/", PluginsView.as_view(), name="creditstore_plugins"),
        path("plugins/<str:plugin_id>/", PluginView.as_view(), name="creditstore_plugin"),
    ]
