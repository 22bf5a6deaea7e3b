"""Yearly reports that wait for a moderator, and the page on which one is decided."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, TitleColumn

from creditstore_content.pledge.listing import NOTE_LIMIT
from creditstore_content.pledge.models import Step, YearReport
from creditstore_content.pledge.public_reports import told_report
from creditstore_content.pledge.reporting import bought_by_signer, decide_report, given_levels, waiting_reports
from creditstore_content.pledge.states import CONFIRMED, REPORTS
from creditstore_site.admin_pages import staff_member
from creditstore_site.pledge_moderation.deciding import DecisionView, WaitingView

VIEW: Final = "creditstore_pledge.view_yearreport"
CHANGE: Final = "creditstore_pledge.change_yearreport"


class ReportsView(WaitingView):
    """Reports of all pledges."""

    permissions = (VIEW,)
    page_title = gettext_lazy("Yearly reports to look at")
    header_icon = "form"
    index_url_name = "creditstore_pledge_reports"
    index_results_url_name = "creditstore_pledge_reports_results"
    model = YearReport
    verbose_name = gettext_lazy("yearly report")
    verbose_name_plural = gettext_lazy("yearly reports")
    default_ordering = "submitted_at"

    def waiting(self) -> QuerySet[YearReport]:
        """What waits for a moderator."""
        return waiting_reports()

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """Whose, which year, since when."""
        return [
            TitleColumn(
                "name",
                label=_("Pledge of"),
                accessor=lambda report: report.pledge.name,
                get_url=lambda report: reverse("creditstore_pledge_report", args=[report.pk]),
            ),
            Column("year", label=_("Year")),
            Column("kind", label=_("Who"), accessor=lambda report: report.pledge.get_kind_display()),
            Column("state", label=_("State"), accessor=lambda report: report.get_state_display()),
            DateColumn("submitted_at", label=_("Sent")),
        ]


class ReportDecisionForm(forms.Form):
    """Yes, or no with a reason. ``seen`` is the revision that the page showed."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("publish", gettext_lazy("Accept it")), ("refuse", gettext_lazy("Do not accept it"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Reason, if you do not accept it"),
        help_text=gettext_lazy("The signer reads it in a mail. Say what would make it acceptable."),
        required=False,
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class YearReportView(DecisionView):
    """One report as it would be told, and what else a moderator needs to judge it."""

    permissions = (VIEW,)
    change = CHANGE
    table = REPORTS
    lists = (ReportsView,)
    template_name = "pledge_moderation/report.html"
    header_icon = "form"
    form_class = ReportDecisionForm

    @cached_property
    def subject(self) -> YearReport:
        """The report of the address."""
        found = YearReport.objects.filter(pledge__state__in=CONFIRMED).select_related("pledge__text")
        return get_object_or_404(found.prefetch_related("contributions__certificate__order"), pk=self.kwargs["pk"])

    def seen(self) -> int:
        """What the signer sent last."""
        return self.subject.revision

    def decide(self, values: dict[str, Any]) -> str:
        """Accept it, or not."""
        publish = values["decision"] == "publish"
        by = staff_member(self.request)
        decide_report(report=self.subject, publish=publish, by=by, seen_revision=values["seen"], note=values["note"])
        return _("It is accepted.") if publish else _("It is not accepted.")

    def get_page_title(self) -> str:
        """Whose, and of which year."""
        return f"{self.subject.pledge.name}, {self.subject.year}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the report as it would be told, and what is known of its contributions."""
        report = self.subject
        levels = given_levels(report=report)
        return {
            **super().get_context_data(**kwargs),
            "told": told_report(report=report),
            "levels": [(step, levels[f"level_{step}"]) for step in Step.values if levels[f"level_{step}"]],
            "foreign": [
                one.certificate.number
                for one in report.contributions.all()
                if one.certificate is not None
                and not bought_by_signer(certificate=one.certificate, pledge=report.pledge)
            ],
        }
