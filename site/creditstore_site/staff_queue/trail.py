"""The whole audit trail, to browse, filter and take away as a table."""

from __future__ import annotations

from datetime import UTC
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.views.reports import ReportView

from creditstore.core.models import TransitionRecord
from creditstore.desk.people import VIEW
from creditstore.desk.trail import MACHINES, names_of, order_trail
from creditstore.orders.models import Order
from creditstore_site.admin_pages import Permitted


class TrailFilters(WagtailFilterSet):  # type: ignore[misc]
    """By order, by what changed, by whom, by day."""

    order = django_filters.CharFilter(label=gettext_lazy("Order number"), method="of_order")
    machine = django_filters.ChoiceFilter(
        label=gettext_lazy("What changed"), choices=[(name, name.replace("_", " ")) for name in MACHINES]
    )
    actor = django_filters.CharFilter(label=gettext_lazy("Who (staff:5, buyer, system, a plugin)"), lookup_expr="exact")
    at = django_filters.DateFromToRangeFilter(label=gettext_lazy("When"), widget=DateRangePickerWidget)

    def of_order(self, queryset: QuerySet[TransitionRecord], _name: str, value: str) -> QuerySet[TransitionRecord]:
        """Everything of one order; nothing for a number that no order has."""
        order = Order.objects.filter(number=value.replace("\x00", "").strip()).first()
        return queryset.filter(pk__in=order_trail(order=order).values("pk")) if order else queryset.none()

    class Meta:
        model = TransitionRecord
        fields: list[str] = []


class TrailView(Permitted, ReportView):  # type: ignore[misc]
    """Every change of state, the newest first."""

    permissions = (VIEW,)
    page_title = gettext_lazy("Audit trail")
    header_icon = "history"
    index_url_name = "creditstore_trail"
    index_results_url_name = "creditstore_trail_results"
    model = TransitionRecord
    filterset_class = TrailFilters
    verbose_name = gettext_lazy("change")
    verbose_name_plural = gettext_lazy("changes")
    list_export = ["at", "machine", "subject_id", "source", "target", "actor", "reason"]
    export_headings = {"at": gettext_lazy("Time (UTC)"), "subject_id": gettext_lazy("Row")}
    export_filename = "audit-trail"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[TransitionRecord]:
        """The newest first; by key, which is in order of time and quick however long the trail is."""
        return TransitionRecord.objects.order_by("-pk")

    def order_queryset(self, queryset: QuerySet[TransitionRecord]) -> QuerySet[TransitionRecord]:
        """As it is."""
        return queryset

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """When, what, from where to where, who, why."""
        return [
            Column("at", label=_("When (UTC)"), accessor=_moment, classname="w-whitespace-nowrap"),
            Column("what", label=_("What changed"), accessor=_what),
            Column("change", label=_("Change"), accessor=change_of),
            Column("actor", label=_("Who"), accessor=lambda row: self._names.get(row.actor, row.actor)),
            Column("reason", label=_("Why")),
        ]

    @cached_property
    def _names(self) -> dict[str, str]:
        return names_of({row.actor for row in self.object_list})


def _moment(row: TransitionRecord) -> str:
    """To the second, because order matters here."""
    return f"{row.at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"


def _what(row: TransitionRecord) -> str:
    return f"{row.machine.replace('_', ' ')} {row.subject_id}"


def change_of(row: TransitionRecord) -> str:
    """``paid -> cancelling``; a row that begins has no state before."""
    target = row.target.replace("_", " ")
    return f"{row.source.replace('_', ' ')} → {target}" if row.source else target


def described(rows: QuerySet[TransitionRecord]) -> list[dict[str, Any]]:
    """The rows as a template shows them."""
    names = names_of({row.actor for row in rows})
    return [
        {"at": row.at, "what": _what(row), "change": change_of(row), "who": names[row.actor], "why": row.reason}
        for row in rows
    ]
