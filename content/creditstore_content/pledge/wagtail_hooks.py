"""The texts of the pledge in the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from creditstore_content.pledge.admin_forms import PledgeTextForm
from creditstore_content.pledge.models import PledgeText


class NothingIsDeleted(ModelPermissionPolicy):  # type: ignore[misc]
    """As the model's permissions say, but for deleting: published texts stay, and drafts can be written over."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Also of administrators."""
        return action != "delete" and bool(super().user_has_permission(user, action))


register_permission_policy(PledgeText, NothingIsDeleted(PledgeText))


class PledgeTextViewSet(ModelViewSet):  # type: ignore[misc]
    """List, write and publish texts."""

    model = PledgeText
    icon = "doc-full"
    menu_label = _("Pledge texts")
    menu_order = 365
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["version", "language", "title", "published_at"]
    ordering = ["-version", "language"]

    def get_form_class(self, for_update: bool = False) -> Any:
        """The form that publishes."""
        return PledgeTextForm


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def pledge_texts() -> PledgeTextViewSet:
    """At ``/admin/pledge-texts/``."""
    return PledgeTextViewSet("pledge-texts")


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def permissions() -> QuerySet[Permission]:
    """What a group of staff can be given: to write and publish texts."""
    return Permission.objects.filter(
        content_type__app_label="creditstore_pledge",
        codename__in=["view_pledgetext", "add_pledgetext", "change_pledgetext"],
    )
