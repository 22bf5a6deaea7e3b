"""What waits for a moderator, and the page on which one is decided."""

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
from creditstore_content.pledge.listing import NOTE_LIMIT, decide, waiting_listings
from creditstore_content.pledge.models import PublicListing
from creditstore_content.pledge.states import CONFIRMED, LISTINGS
from creditstore_site.admin_pages import DetailPage, Permitted, staff_member

VIEW: Final = "creditstore_pledge.view_publiclisting"
CHANGE: Final = "creditstore_pledge.change_publiclisting"


def shown_name(listing: PublicListing) -> str:
    """The name that would be shown, or that there is none."""
    return listing.name or _("(without a name)")


class ListingsView(Permitted, ReportView):  # type: ignore[misc]
    """Those that wait, the oldest first; ``?state=all`` shows the decided ones too, the newest first."""

    permissions = (VIEW,)
    page_title = gettext_lazy("Pledges to look at")
    header_icon = "clipboard-list"
    index_url_name = "creditstore_pledge_listings"
    index_results_url_name = "creditstore_pledge_listings_results"
    model = PublicListing
    verbose_name = gettext_lazy("pledge")
    verbose_name_plural = gettext_lazy("pledges")
    default_ordering = "asked_at"

    @cached_property
    def all_states(self) -> bool:
        """Whether decided ones are shown too."""
        return bool(self.request.GET.get("state") == "all")

    def get_queryset(self) -> QuerySet[PublicListing]:
        """Of confirmed pledges only."""
        if self.all_states:
            found = PublicListing.objects.filter(pledge__state__in=CONFIRMED).order_by("-asked_at", "-pk")
        else:
            found = waiting_listings().order_by("asked_at", "pk")
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
        """Who, from where, since when."""
        return [
            TitleColumn(
                "name",
                label=_("Name to show"),
                accessor=shown_name,
                get_url=lambda listing: reverse("creditstore_pledge_listing", args=[listing.pk]),
            ),
            Column("kind", label=_("Who"), accessor=lambda listing: listing.pledge.get_kind_display()),
            Column("country", label=_("Country"), accessor=lambda listing: country_name(listing.pledge.country)),
            Column("state", label=_("State"), accessor=lambda listing: listing.get_state_display()),
            DateColumn("asked_at", label=_("Asked")),
        ]


class DecisionForm(forms.Form):
    """Yes, or no with a reason. ``seen`` is the name that the page showed."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("show", gettext_lazy("Show it in the public list")), ("refuse", gettext_lazy("Do not show it"))],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("Reason, if you do not show it"),
        help_text=gettext_lazy("The signer reads it in a mail. One plain sentence, nothing personal."),
        required=False,
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)


class ListingView(DetailPage, FormView):  # type: ignore[type-arg]
    """One pledge as a moderator needs to see it: never the e-mail address, of which the domain alone says enough."""

    permissions = (VIEW,)
    lists = (ListingsView,)
    template_name = "pledge_moderation/listing.html"
    header_icon = "clipboard-list"
    form_class = DecisionForm

    @cached_property
    def listing(self) -> PublicListing:
        """The listing of the address."""
        confirmed = PublicListing.objects.filter(pledge__state__in=CONFIRMED).select_related("pledge__text")
        return get_object_or_404(confirmed, pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        """The name that is seen now."""
        return {"seen": self.listing.name}

    def form_valid(self, form: DecisionForm) -> HttpResponse:
        """Decide, and back to what waits; or the page once more, with the reason why not."""
        if not self.request.user.has_perm(CHANGE):
            raise PermissionDenied
        show = form.cleaned_data["decision"] == "show"
        try:
            decide(
                listing=self.listing,
                show=show,
                by=staff_member(self.request),
                seen_name=form.cleaned_data["seen"],
                note=form.cleaned_data["note"],
            )
        except StoreError as error:
            for item in error.errors:
                form.add_error(item.field, item.message)
            if not error.errors:
                form.add_error(None, error.message)
            return self.form_invalid(form)
        messages.success(self.request, _("It is shown now.") if show else _("It is not shown."))
        return redirect("creditstore_pledge_listings")

    def form_invalid(self, form: DecisionForm) -> HttpResponse:
        """The page once more, with what is wrong; it shows the name as it is now."""
        form.data = {**form.data.dict(), "seen": PublicListing.objects.get(pk=self.listing.pk).name}  # type: ignore[attr-defined]
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_page_title(self) -> str:
        """The name that would be shown."""
        return shown_name(self.listing)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The pledge, and what was decided before."""
        pledge = self.listing.pledge
        return {
            **super().get_context_data(**kwargs),
            "listing": self.listing,
            "pledge": pledge,
            "country": country_name(pledge.country),
            "domain": pledge.email.rpartition("@")[2],
            "changes": history(instance=self.listing, table=LISTINGS),
            "may_decide": self.request.user.has_perm(CHANGE),
        }
