"""Deliveries of webhooks for staff: what waits for a person, what it says, and the way to have it looked at again."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import HeaderButton

from creditstore.accounts.staff import actor_of
from creditstore.core.states import IllegalTransition, history
from creditstore.webhooks.models import WEBHOOKS, InboundWebhook
from creditstore.webhooks.services import try_again
from creditstore_site.admin_pages import DetailPage, Permitted, staff_member

VIEW: Final = "creditstore_webhooks.view_inboundwebhook"
CHANGE: Final = "creditstore_webhooks.change_inboundwebhook"
#: What staff must look at: the store tried for a day.
WAITING: Final = ("unverified", "unmatched")
#: More of a body is not shown: a person reads the beginning.
SHOWN_CHARACTERS: Final = 4_000


class DeliveriesView(Permitted, ReportView):  # type: ignore[misc]
    """Those that wait, the oldest first; ``?state=all`` shows every delivery that is kept, the newest first."""

    permissions = (VIEW,)
    page_title = gettext_lazy("Webhooks")
    header_icon = "mail"
    index_url_name = "creditstore_webhooks"
    index_results_url_name = "creditstore_webhooks_results"
    model = InboundWebhook
    verbose_name = gettext_lazy("delivery")
    verbose_name_plural = gettext_lazy("deliveries")
    default_ordering = "received_at"

    @cached_property
    def all_states(self) -> bool:
        """Whether everything is shown."""
        return bool(self.request.GET.get("state") == "all")

    def get_queryset(self) -> QuerySet[InboundWebhook]:
        """Without the bytes."""
        found = InboundWebhook.objects.defer("body", "headers")
        if self.all_states:
            return found.order_by("-received_at", "-pk")
        return found.filter(state__in=WAITING).order_by("received_at", "pk")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The other list."""
        address = reverse(self.index_url_name)
        if self.all_states:
            return [HeaderButton(label=_("Only those that wait"), url=address)]
        return [HeaderButton(label=_("All that are kept"), url=f"{address}?state=all")]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """From whom, when, and what became of it."""
        return [
            TitleColumn(
                "plugin",
                label=_("Plugin"),
                get_url=lambda delivery: reverse("creditstore_webhook", args=[delivery.pk]),
            ),
            DateColumn("received_at", label=_("Received")),
            Column("state", label=_("State"), accessor=lambda delivery: delivery.get_state_display()),
            Column("detail", label=_("Because")),
            Column("deliveries", label=_("Times sent")),
        ]


class DeliveryView(DetailPage, TemplateView):
    """One delivery. Its body can name a payer: it is shown to those who may have it looked at again, to nobody else."""

    permissions = (VIEW,)
    lists = (DeliveriesView,)
    template_name = "webhook_report/delivery.html"
    header_icon = "mail"

    @cached_property
    def delivery(self) -> InboundWebhook:
        """The delivery of the address."""
        return get_object_or_404(InboundWebhook, pk=self.kwargs["pk"])

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have it looked at again."""
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        try:
            try_again(delivery=self.delivery, actor=actor_of(staff_member(request)))
            messages.success(request, _("The worker looks at it again now."))
        except IllegalTransition:
            messages.error(request, _("This delivery is done with. Nothing was changed."))
        return redirect("creditstore_webhook", pk=pk)

    def get_page_title(self) -> str:
        """From which plugin."""
        return _("Delivery for %(plugin)s") % {"plugin": self.delivery.plugin}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The delivery, what happened to it, and its beginning where that may be shown."""
        may_change = self.request.user.has_perm(CHANGE)
        body = bytes(self.delivery.body).decode("utf-8", "replace") if may_change else ""
        return {
            **super().get_context_data(**kwargs),
            "delivery": self.delivery,
            "changes": history(instance=self.delivery, table=WEBHOOKS),
            "body": body[:SHOWN_CHARACTERS],
            "size": len(self.delivery.body),
            "may_see": may_change,
            "may_try": may_change and self.delivery.state in WAITING,
        }
