"""The report's two lists: what does not match, and the runs. Both can be had as CSV."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import HeaderButton

from creditstore.reconciliation.models import OpenItem, Run
from creditstore_site.admin_pages import Permitted

VIEW: Final = "creditstore_reconciliation.view_openitem"
STATES = ("open", "closed", "all")


def _title(item: OpenItem) -> str:
    return capfirst(str(item.get_kind_display()))


class ItemsView(Permitted, ReportView):  # type: ignore[misc]
    """What does not match, the oldest first. ``?state=`` closed or all shows what was explained, too."""

    permissions = (VIEW,)
    page_title = gettext_lazy("Reconciliation")
    header_icon = "resubmit"
    index_url_name = "creditstore_reconciliation"
    index_results_url_name = "creditstore_reconciliation_results"
    model = OpenItem
    verbose_name = gettext_lazy("unmatched item")
    verbose_name_plural = gettext_lazy("unmatched items")
    default_ordering = "first_seen"
    export_filename = "reconciliation-items"
    list_export = [
        "pk", "kind", "subject", "order_number", "stage", "plugin", "account",
        "first_seen", "last_seen", "facts_text", "closed_at", "closed_by", "resolution",
    ]  # fmt: skip
    export_headings = {"pk": "id", "order_number": gettext_lazy("Order"), "facts_text": gettext_lazy("Facts")}

    @cached_property
    def state(self) -> str:
        """Which items are shown; an unknown word means the open ones."""
        asked = self.request.GET.get("state", "open")
        return asked if asked in STATES else "open"

    def get_queryset(self) -> QuerySet[OpenItem]:
        """In the order in which they were first seen."""
        found = OpenItem.objects.select_related("order").order_by("first_seen", "pk")
        if self.state == "all":
            return found
        return found.filter(closed_at__isnull=self.state == "open")

    def to_row_dict(self, item: OpenItem) -> dict[str, Any]:
        """A row of the file."""
        row = {name: getattr(item, name, "") for name in self.list_export}
        row["order_number"] = item.order.number if item.order else ""
        row["facts_text"] = json.dumps(item.facts, sort_keys=True)
        return row

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The runs, and the other states."""
        address = reverse(self.index_url_name)
        titles = {"open": _("Open"), "closed": _("Closed"), "all": _("All")}
        others = [
            HeaderButton(label=titles[state], url=f"{address}?state={state}") for state in STATES if state != self.state
        ]
        return [
            HeaderButton(label=_("Runs"), url=reverse("creditstore_reconciliation_runs"), icon_name="list-ul"),
            *others,
        ]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """What, about what, since when, and how it ended."""
        columns: list[BaseColumn] = [
            TitleColumn("kind", label=_("What"), accessor=_title, get_url=self._url),
            Column("subject", label=_("About")),
            Column("order", label=_("Order"), accessor=lambda item: item.order.number if item.order else ""),
            DateColumn("first_seen", label=_("First seen")),
            DateColumn("last_seen", label=_("Last seen")),
        ]
        if self.state != "open":
            columns.append(Column("resolution", label=_("Closed because")))
        return columns

    def _url(self, item: OpenItem) -> str:
        return reverse("creditstore_reconciliation_item", args=[item.pk])


class RunsView(Permitted, ReportView):  # type: ignore[misc]
    """All runs, the newest first."""

    permissions = (VIEW,)
    page_title = gettext_lazy("Runs of reconciliation")
    header_icon = "resubmit"
    index_url_name = "creditstore_reconciliation_runs"
    index_results_url_name = "creditstore_reconciliation_runs_results"
    model = Run
    verbose_name = gettext_lazy("run")
    verbose_name_plural = gettext_lazy("runs")
    default_ordering = "-started_at"
    export_filename = "reconciliation-runs"
    list_export = ["pk", "started_at", "finished_at", "actor", "full", "comparisons", "differing", "untold"]
    export_headings = {
        "pk": "id",
        "comparisons": gettext_lazy("Comparisons"),
        "differing": gettext_lazy("Of these differ"),
        "untold": gettext_lazy("Of these without an answer"),
    }

    def get_queryset(self) -> QuerySet[Run]:
        """With their comparisons counted by outcome."""
        return Run.objects.annotate(
            comparisons=Count("steps"),
            differing=Count("steps", filter=Q(steps__outcome="differs")),
            untold=Count("steps", filter=Q(steps__outcome="not_told")),
        ).order_by("-started_at", "-pk")

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """When, by whom, and how it ended."""
        return [
            TitleColumn(
                "started_at",
                label=_("Started (UTC)"),
                accessor=lambda run: f"{run.started_at:%Y-%m-%d %H:%M}",
                get_url=lambda run: reverse("creditstore_reconciliation_run", args=[run.pk]),
            ),
            Column("state", label=_("State"), accessor=lambda run: run.get_state_display()),
            Column("actor", label=_("Started by")),
            Column("full", label=_("Complete"), accessor=lambda run: _("yes") if run.full else _("where needed")),
            Column("comparisons", label=_("Comparisons")),
            Column("differing", label=_("Of these differ")),
            Column("untold", label=_("Of these without an answer")),
        ]
