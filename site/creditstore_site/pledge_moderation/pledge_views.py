"""All pledges, for staff who help signers: find one, and withdraw it for somebody who cannot do it by the link."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.reports import ReportView

from creditstore.accounts.confirmation import email_key
from creditstore.accounts.staff import actor_of
from creditstore.core.countries import country_name
from creditstore.core.states import history
from creditstore.core.text import as_uuid, clean_text, is_email
from creditstore_content.pledge.models import Pledge
from creditstore_content.pledge.services import withdraw
from creditstore_content.pledge.states import CONFIRMED, PLEDGES
from creditstore_site.admin_pages import DetailPage, Permitted, staff_member
from creditstore_site.pledge_moderation.deciding import about

VIEW: Final = "creditstore_pledge.view_pledge"
WITHDRAW: Final = "creditstore_pledge.withdraw_pledge"
REASONS: Final = (
    ("asked", gettext_lazy("The signer asked for it")),
    ("not theirs", gettext_lazy("It names somebody who did not agree to it")),
    ("abuse", gettext_lazy("It is not meant seriously, or advertises")),
)


def found_pledges(query: str) -> QuerySet[Pledge]:
    """By what a signer tells support: the e-mail address, a part of the name, or the id of the public page."""
    pledges = Pledge.objects.exclude(state="signed").order_by("-confirmed_at", "-pk")
    query = clean_text(query)
    if not query:
        return pledges
    if is_email(query):
        return pledges.filter(email_key=email_key(query))
    public_id = as_uuid(query.rstrip("/").rpartition("/")[2])
    return pledges.filter(Q(public_id=public_id) if public_id else Q(name__icontains=query))


class PledgesView(Permitted, ReportView):  # type: ignore[misc]
    """Confirmed and ended pledges, the newest first. What nobody confirmed is nobody's: it is not shown."""

    permissions = (VIEW,)
    page_title = gettext_lazy("Pledges")
    header_icon = "clipboard-list"
    index_url_name = "creditstore_pledges"
    index_results_url_name = "creditstore_pledges_results"
    model = Pledge
    verbose_name = gettext_lazy("pledge")
    verbose_name_plural = gettext_lazy("pledges")
    default_ordering = "-confirmed_at"
    is_searchable = True
    #: What can be taken away as a table: no address, and no name of whoever signed for another.
    list_export: Final = [
        "public_id", "name", "kind", "country", "steps", "state", "confirmed_at", "report_due_on", "lapsed_at",
        "withdrawn_at",
    ]  # fmt: skip

    def get_queryset(self) -> QuerySet[Pledge]:
        """What was looked for, else all."""
        return found_pledges(self.request.GET.get("q", ""))

    def search_queryset(self, queryset: QuerySet[Pledge]) -> QuerySet[Pledge]:
        """``get_queryset`` has done it: addresses are found by their keys."""
        return queryset

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """Whose, from where, since when."""
        return [
            TitleColumn(
                "name",
                label=_("Pledge of"),
                accessor=lambda pledge: pledge.name or _("(withdrawn)"),
                get_url=lambda pledge: reverse("creditstore_pledge", args=[pledge.pk]),
            ),
            Column("kind", label=_("Who"), accessor=lambda pledge: pledge.get_kind_display()),
            Column("country", label=_("Country"), accessor=lambda pledge: country_name(pledge.country)),
            Column("state", label=_("State"), accessor=lambda pledge: pledge.get_state_display()),
            DateColumn("confirmed_at", label=_("Confirmed")),
        ]


class WithdrawForm(forms.Form):
    """Why, for the audit trail, and that it is meant."""

    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=REASONS, widget=forms.RadioSelect)
    sure = forms.BooleanField(
        label=gettext_lazy("Delete names, address, reports and invitations. This cannot be undone."),
        error_messages={"required": gettext_lazy("Tick this to withdraw the pledge.")},
    )


class PledgeView(DetailPage, FormView):  # type: ignore[type-arg]
    """One pledge, and the way to withdraw it. The e-mail address is not shown: its domain says enough."""

    permissions = (VIEW,)
    lists = (PledgesView,)
    template_name = "pledge_moderation/pledge.html"
    header_icon = "clipboard-list"
    form_class = WithdrawForm

    @cached_property
    def pledge(self) -> Pledge:
        """The pledge of the address."""
        return get_object_or_404(Pledge.objects.exclude(state="signed").select_related("text"), pk=self.kwargs["pk"])

    def form_valid(self, form: WithdrawForm) -> HttpResponse:
        """Withdraw it, and back to the list."""
        if not self.request.user.has_perm(WITHDRAW):
            raise PermissionDenied
        if withdraw(pledge=self.pledge, actor=actor_of(staff_member(self.request)), reason=form.cleaned_data["reason"]):
            messages.success(self.request, _("The pledge is withdrawn, and who it was is deleted."))
        else:
            messages.warning(self.request, _("This pledge was withdrawn already."))
        return redirect("creditstore_pledges")

    def form_invalid(self, form: WithdrawForm) -> HttpResponse:
        """The page once more, with what is missing."""
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_page_title(self) -> str:
        """Whose it is."""
        return self.pledge.name or _("(withdrawn)")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The pledge, its years, and what happened to it."""
        pledge = self.pledge
        return {
            **super().get_context_data(**kwargs),
            **about(pledge),
            "reports": pledge.reports.all(),
            "changes": history(instance=pledge, table=PLEDGES),
            "may_withdraw": pledge.state in CONFIRMED and self.request.user.has_perm(WITHDRAW),
        }
