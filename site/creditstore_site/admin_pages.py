"""What the store's own pages in Wagtail's admin share: the door, the way back, the entry in a menu, the permissions.

Wagtail's own door, which asks for a log-in, is before all of them.
"""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.contrib.auth.mixins import PermissionRequiredMixin
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse, reverse_lazy
from django.utils.functional import Promise
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from creditstore.accounts.models import User


class Permitted(PermissionRequiredMixin):
    """A view for those who hold all ``permissions``; everybody else gets Wagtail's own refusal.

    It has a name of its own because views of Wagtail mean an action on a model by ``permission_required``.
    """

    permissions: tuple[str, ...]
    raise_exception = True

    def get_permission_required(self) -> tuple[str, ...]:
        """Checked before anything is read."""
        return self.permissions


class DetailPage(Permitted, WagtailAdminTemplateMixin):  # type: ignore[misc]
    """A page about one thing, below the lists that lead to it."""

    #: The first one first.
    lists: tuple[type[WagtailAdminTemplateMixin], ...]

    def above(self) -> list[dict[str, str]]:
        """The breadcrumbs between the admin's home and this page."""
        return [{"url": reverse(view.index_url_name), "label": str(view.page_title)} for view in self.lists]

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        """Home, what is above, and this page."""
        return [*self.breadcrumbs_items, *self.above(), {"url": "", "label": str(self.get_page_title())}]


class PermittedItem(MenuItem):  # type: ignore[misc]
    """An entry that leads to an address by its name, for those whom the page there asks for ``permission``."""

    def __init__(self, label: str | Promise, address: str, *, permission: str, **looks: Any) -> None:
        super().__init__(label, reverse_lazy(address), **looks)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        """As the page behind it asks."""
        return bool(request.user.has_perm(self.permission))


def staff_member(request: HttpRequest) -> User:
    """Who acts; nobody else passes the door."""
    assert isinstance(request.user, User)  # noqa: S101  (the admin is behind a log-in)
    return request.user


def permissions_named(*names: str) -> QuerySet[Permission]:
    """Permissions by their full names, ``app.codename``: what Wagtail lets administrators give to groups."""
    pairs = (name.split(".") for name in names)
    return Permission.objects.filter(
        reduce(or_, (Q(content_type__app_label=app, codename=codename) for app, codename in pairs))
    )
