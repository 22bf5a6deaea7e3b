"""Benefits in the menu of the Wagtail admin."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet

from creditstore.catalogue.models import Benefit
from creditstore_content.benefits.forms import BenefitForm


class BenefitViewSet(ModelViewSet):  # type: ignore[misc]
    """List, add, change and delete benefits; the project is chosen as everywhere else."""

    model = Benefit
    icon = "pick"
    menu_label = _("Benefits of projects")
    menu_order = 350
    add_to_admin_menu = True
    copy_view_enabled = False
    list_display = ["project", "goal", "text", "source_title"]
    list_filter = ["goal"]
    search_fields = ["project__ref", "project__title", "text", "source_title"]
    search_backend_name = None

    def get_form_class(self, for_update: bool = False) -> Any:
        """The form that asks for a source."""
        return BenefitForm


@hooks.register("register_admin_viewset")  # type: ignore[untyped-decorator]
def benefits() -> BenefitViewSet:
    """At ``/admin/benefits/``."""
    return BenefitViewSet("benefits")
