"""What waits for a moderator, and the page on which one is decided."""

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

from creditstore.core.countries import country_name
from creditstore_content.pledge.listing import NOTE_LIMIT, decide, waiting_listings
from creditstore_content.pledge.models import PublicListing
from creditstore_content.pledge.states import CONFIRMED, LISTINGS
from creditstore_site.admin_pages import staff_member
from creditstore_site.pledge_moderation.deciding import DecisionView, WaitingView

VIEW: Final = "creditstore_pledge.view_publiclisting"
CHANGE: Final = "creditstore_pledge.change_publiclisting"


def shown_name(listing: PublicListing) -> str:
    """The name that would be shown, or that there is none."""
    return listing.name or _("(without a name)")


class ListingsView(WaitingView):
    """Entries of the public list."""

    permissions = (VIEW,)
    page_title = gettext_lazy("Pledges to look at")
    header_icon = "clipboard-list"
    index_url_name = "creditstore_pledge_listings"
    index_results_url_name = "creditstore_pledge_listings_results"
    model = PublicListing
    verbose_name = gettext_lazy("pledge")
    verbose_name_plural = gettext_lazy("pledges")
    default_ordering = "asked_at"

    def waiting(self) -> QuerySet[PublicListing]:
        """What waits for a moderator."""
        return waiting_listings()

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


class ListingView(DecisionView):
    """One entry."""

    permissions = (VIEW,)
    change = CHANGE
    table = LISTINGS
    lists = (ListingsView,)
    template_name = "pledge_moderation/listing.html"
    header_icon = "clipboard-list"
    form_class = DecisionForm

    @cached_property
    def subject(self) -> PublicListing:
        """The listing of the address."""
        confirmed = PublicListing.objects.filter(pledge__state__in=CONFIRMED).select_related("pledge__text")
        return get_object_or_404(confirmed, pk=self.kwargs["pk"])

    def seen(self) -> str:
        """The name that would be shown."""
        return self.subject.name

    def decide(self, values: dict[str, Any]) -> str:
        """Show it, or not."""
        show = values["decision"] == "show"
        by = staff_member(self.request)
        decide(listing=self.subject, show=show, by=by, seen_name=values["seen"], note=values["note"])
        return _("It is shown now.") if show else _("It is not shown.")

    def get_page_title(self) -> str:
        """The name that would be shown."""
        return shown_name(self.subject)
