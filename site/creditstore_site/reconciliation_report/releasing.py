"""Releasing the units that are frozen because of an item: one registry officer asks, another one decides."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creditstore.desk.models import Approval
from creditstore.desk.people import ACT
from creditstore.desk.people import VIEW as VIEW_QUEUE
from creditstore.desk.releases import release_of_item
from creditstore_site.reconciliation_report.details import CLOSE, ItemPage
from creditstore_site.reconciliation_report.lists import VIEW
from creditstore_site.staff_queue.action_page import ActionView, outcome, serial_numbers
from creditstore_site.staff_queue.deciding import Deciding
from creditstore_site.staff_queue.forms import ReasonForm


class ItemAction(ItemPage, ActionView):
    """An action on an item."""

    header_icon = "resubmit"

    @property
    def back(self) -> tuple[str, str]:
        """The item's page."""
        return reverse("creditstore_reconciliation_item", args=[self.item.pk]), self.item_title


class ReleaseView(ItemAction):
    """Ask that the frozen units are released."""

    page_title = gettext_lazy("Release the frozen units")
    permissions = (VIEW, CLOSE, ACT)
    submit_label = gettext_lazy("Ask a second person")
    form_class = ReasonForm
    serious = True

    def text(self) -> str:
        """What will happen, and to which units."""
        about = _(
            "Do this only when the registry is known to hold these units. When a second registry officer agrees, they "
            "can be sold and cancelled again, and the item is closed with your reason. Units that another open item "
            "doubts stay frozen."
        )
        return "\n".join([about, *serial_numbers(self.item.blocks.filter(is_leaf=True, in_doubt=True))])

    def act(self, form: Any) -> str:
        """Do it."""
        return outcome(release_of_item(item=self.item, user=self.user, reason=form.cleaned_data["reason"]))


class DecideItemView(Deciding, ItemAction):
    """The second officer."""

    permissions = (VIEW, VIEW_QUEUE)

    def asked(self) -> QuerySet[Approval]:
        """About this item."""
        return Approval.objects.filter(item=self.item)
