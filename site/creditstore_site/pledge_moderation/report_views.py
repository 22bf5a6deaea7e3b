"""Yearly reports that wait for a moderator, and the page on which one is decided."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import HeaderButton

from creditstore.core.countries import country_name
from creditstore.core.errors import StoreError
from creditstore.core.states import history
from creditstore_content.pledge.listing import NOTE_LIMIT
from creditstore_content.pledge.models import Step, YearReport
from creditstore_content.pledge.public_reports import told_report
from creditstore_content.pledge.reporting import bought_by_signer, decide_report, given_levels, waiting_reports
from creditstore_content.pledge.states import CONFIRMED, REPORTS
from creditstore_site.admin_pages import DetailPage, Permitted, staff_member

VIEW: Final = "creditstore_pledge.view_yearreport"
CHANGE: Final = "creditstore_pledge.change_yearreport"


class ReportsView(Permitted, ReportView):  # type: ignore[misc]
    """Those that wait, the oldest first; ``?state=all`` shows the decided ones too, the newest first."""

    permissions = (VIEW,)
    page_title = gettext_lazy("Yearly reports to look at")
    header_icon = "form"
    index_url_name = "creditstore_pledge_reports"
    index_results_url_name = "creditstore_pledge_reports_results"
    model = YearReport
    verbose_name = gettext_lazy("yearly report")
    verbose_name_plural = gettext_lazy("yearly reports")
    default_ordering = "submitted_at"

    @cached_property
    def all_states(self) -> bool:
        """Whether decided ones are shown too."""
        return bool(self.request.GET.get("state") == "all")

    def get_queryset(self) -> QuerySet[YearReport]:
        """Of confirmed pledges only."""
        if self.all_states:
            found = YearReport.objects.filter(pledge__state__in=CONFIRMED).order_by("-submitted_at", "-pk")
        else:
            found = waiting_reports().order_by("submitted_at", "pk")
        return found.select_related("pledge")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The other list."""
        address = reverse(self.index_url_name)
        if self.all_states:
            return [HeaderButton(label=_("Only those that wait"), url=address)]
        return [HeaderButton(label=_("Decided ones too"), url=f"{address}?state=all")]

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


class YearReportView(DetailPage, FormView):  # type: ignore[type-arg]
    """One report as it would be told, and what else a moderator needs to judge it."""

    permissions = (VIEW,)
    lists = (ReportsView,)
    template_name = "pledge_moderation/report.html"
    header_icon = "form"
    form_class = ReportDecisionForm

    @cached_property
    def report(self) -> YearReport:
        """The report of the address."""
        found = YearReport.objects.filter(pledge__state__in=CONFIRMED).select_related("pledge__text")
        return get_object_or_404(found.prefetch_related("contributions__certificate__order"), pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        """The revision that is seen now."""
        return {"seen": self.report.revision}

    def form_valid(self, form: ReportDecisionForm) -> HttpResponse:
        """Decide, and back to what waits; or the page once more, with the reason why not."""
        if not self.request.user.has_perm(CHANGE):
            raise PermissionDenied
        publish = form.cleaned_data["decision"] == "publish"
        try:
            decide_report(
                report=self.report,
                publish=publish,
                by=staff_member(self.request),
                seen_revision=form.cleaned_data["seen"],
                note=form.cleaned_data["note"],
            )
        except StoreError as error:
            for item in error.errors:
                form.add_error(item.field, item.message)
            if not error.errors:
                form.add_error(None, error.message)
            return self.form_invalid(form)
        messages.success(self.request, _("It is accepted.") if publish else _("It is not accepted."))
        return redirect("creditstore_pledge_reports")

    def form_invalid(self, form: ReportDecisionForm) -> HttpResponse:
        """The page once more, with what is wrong; it shows the report as it is now."""
        del self.report
        form.data = {**form.data.dict(), "seen": self.report.revision}  # type: ignore[attr-defined]
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_page_title(self) -> str:
        """Whose, and of which year."""
        return f"{self.report.pledge.name}, {self.report.year}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The report, what is known of its contributions, and what was decided before."""
        report = self.report
        levels = given_levels(report=report)
        return {
            **super().get_context_data(**kwargs),
            "report": report,
            "told": told_report(report=report),
            "levels": [(step, levels[f"level_{step}"]) for step in Step.values if levels[f"level_{step}"]],
            "foreign": [
                one.certificate.number
                for one in report.contributions.all()
                if one.certificate is not None
                and not bought_by_signer(certificate=one.certificate, pledge=report.pledge)
            ],
            "country": country_name(report.pledge.country),
            "domain": report.pledge.email.rpartition("@")[2],
            "changes": history(instance=report, table=REPORTS),
            "may_decide": self.request.user.has_perm(CHANGE) and bool(REPORTS.edges[report.state]),
        }
