"""The queue's list: one row for each thing that waits, under tabs that say what it is about."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from creditstore.desk.models import Approval
from creditstore.desk.people import VIEW
from creditstore.desk.queue import (
    TABS,
    QueueRow,
    approval_row,
    item_row,
    open_kinds,
    waiting_approvals,
    waiting_items,
)
from creditstore.orders.models import AttentionItem
from creditstore_site.admin_pages import Permitted
from creditstore_site.staff_queue.questions import page_of


class QueueView(Permitted, BaseListingView):  # type: ignore[misc]
    """What waits, the oldest first. ``?tab=`` and ``?q=`` narrow it down."""

    permissions = (VIEW,)
    page_title = gettext_lazy("Orders that need somebody")
    header_icon = "tasks"
    template_name = "staff_queue/queue.html"
    results_template_name = "staff_queue/queue_results.html"
    index_url_name = "creditstore_queue"
    index_results_url_name = "creditstore_queue_results"
    is_searchable = True
    paginate_by = 50
    default_ordering = "pk"
    verbose_name = gettext_lazy("waiting matter")
    verbose_name_plural = gettext_lazy("waiting matters")

    @cached_property
    def tab(self) -> str:
        """The tab that is shown; an unknown one is the first."""
        asked = self.request.GET.get("tab", "all")
        return asked if asked in TABS else "all"

    def get_queryset(self) -> QuerySet[Any]:
        """Open items, or open questions."""
        if self.tab == "approvals":
            return waiting_approvals(search=self.search_query)
        return waiting_items(tab=self.tab, search=self.search_query)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The tabs with their counts beside the list."""
        counts = open_kinds()
        address = reverse(self.index_url_name)
        tabs = [
            {"title": title, "count": counts[name], "url": f"{address}?tab={name}", "current": name == self.tab}
            for name, (title, _kinds) in TABS.items()
        ]
        return {
            **super().get_context_data(**kwargs),
            "tabs": tabs,
            "no_results_message": _("Nothing waits here."),
        }

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """What to do next stands early: on a phone the rest lies beyond the edge."""
        return [
            TitleColumn(
                "number",
                label=_("Order"),
                accessor=lambda item: self._row(item).number,
                get_url=self._url,
                classname="w-whitespace-nowrap",
            ),
            Column("kind", label=_("Kind"), accessor=lambda item: self._row(item).title),
            Column("next", label=_("What to do next"), accessor=lambda item: self._row(item).next_step),
            DateColumn("since", label=_("Waiting since"), accessor=lambda item: self._row(item).since),
            Column(
                "amount",
                label=_("Amount"),
                accessor=lambda item: _money(self._row(item)),
                classname="w-whitespace-nowrap",
            ),
            Column("reason", label=_("What happened"), accessor=lambda item: self._row(item).reason),
        ]

    @cached_property
    def _rows(self) -> dict[tuple[type, int], QueueRow]:
        return {}

    def _row(self, item: AttentionItem | Approval) -> QueueRow:
        key = (type(item), item.pk)
        if key not in self._rows:
            self._rows[key] = approval_row(item) if isinstance(item, Approval) else item_row(item)
        return self._rows[key]

    def _url(self, item: AttentionItem | Approval) -> str:
        if isinstance(item, Approval):
            return page_of(item)
        return reverse("creditstore_queue_order", args=[item.order.number])


def _money(row: QueueRow) -> str:
    return f"{row.amount} {row.amount.currency}" if row.amount is not None else ""
