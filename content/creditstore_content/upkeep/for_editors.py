"""Who may see the upkeep of pages: everybody who works on pages, and each of them their own pages."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.http import HttpRequest
from wagtail.admin.menu import MenuItem
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

#: Any of them is enough.
EDITING: Final = ("add", "change", "publish")


def edited_pages(user: Any) -> QuerySet[Page]:
    """Pages that this user works on."""
    pages: QuerySet[Page] = page_permission_policy.instances_user_has_any_permission_for(user, EDITING)
    return pages


def works_on_pages(user: Any) -> bool:
    """Whether there is any."""
    return bool(page_permission_policy.user_has_any_permission(user, EDITING))


class ForEditors:
    """A report on pages: Wagtail refuses it to everybody else."""

    permission_policy = page_permission_policy
    any_permission_required = list(EDITING)


class EditorsMenuItem(MenuItem):  # type: ignore[misc]
    """An entry for those who work on pages."""

    def is_shown(self, request: HttpRequest) -> bool:
        """As the page behind it asks."""
        return works_on_pages(request.user)
