"""One run with its comparisons, and one item with what both sides say; staff close an item with a reason."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Final

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages

from creditstore.accounts.staff import actor_of
from creditstore.core.errors import StoreError
from creditstore.credits.services import printed_ranges
from creditstore.desk.people import ACT, RECONCILE
from creditstore.reconciliation.items import REASON_LIMIT, close_item
from creditstore.reconciliation.models import OpenItem, Run
from creditstore_site.admin_pages import DetailPage, staff_member
from creditstore_site.reconciliation_report.lists import VIEW, ItemsView, RunsView
from creditstore_site.staff_queue.questions import deciding_url

CLOSE: Final = RECONCILE


class CloseForm(forms.Form):
    """Why an item is explained."""

    reason = forms.CharField(
        label=gettext_lazy("What explains it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=REASON_LIMIT,
        help_text=gettext_lazy("No names. Runs that see the same again leave it closed; other facts open a new item."),
    )


class RunView(DetailPage, TemplateView):
    """One run: each comparison, its outcome and its figures."""

    permissions = (VIEW,)
    lists = (ItemsView, RunsView)
    template_name = "reconciliation_report/run.html"
    header_icon = "resubmit"

    @cached_property
    def run(self) -> Run:
        """The run of the address."""
        return get_object_or_404(Run, pk=self.kwargs["pk"])

    def get_page_title(self) -> str:
        """When it began."""
        return _("Run of %(at)s UTC") % {"at": f"{self.run.started_at:%Y-%m-%d %H:%M}"}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The run, its steps, and the items that it opened."""
        return {
            **super().get_context_data(**kwargs),
            "run": self.run,
            "steps": self.run.steps.all(),
            "opened": self.run.opened_items.all(),
        }


class ItemPage(DetailPage):
    """A page about one item."""

    permissions: tuple[str, ...] = (VIEW,)
    lists = (ItemsView,)

    @cached_property
    def item(self) -> OpenItem:
        """The item of the address."""
        return get_object_or_404(OpenItem.objects.select_related("order", "first_run"), pk=self.kwargs["pk"])

    @property
    def item_title(self) -> str:
        """What does not match."""
        return capfirst(str(self.item.get_kind_display()))


class ItemView(ItemPage, FormView):  # type: ignore[type-arg]
    """One item; whoever may change items can close it here."""

    template_name = "reconciliation_report/item.html"
    header_icon = "resubmit"
    form_class = CloseForm

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Close it."""
        if not request.user.has_perm(CLOSE):
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: CloseForm) -> HttpResponse:
        """Back to the list; or the page once more, with the reason why not."""
        try:
            close_item(
                item_id=self.item.pk,
                actor=actor_of(staff_member(self.request)),
                reason=form.cleaned_data["reason"],
            )
        except StoreError as error:
            messages.error(self.request, error.message)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(self.request, _("The item is closed."))
        return redirect("creditstore_reconciliation")

    def get_page_title(self) -> str:
        """The item's."""
        return self.item_title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What both sides say, what is frozen because of it, and who asked for what."""
        frozen = self.item.blocks.filter(is_leaf=True, in_doubt=True)
        user = staff_member(self.request)
        asked = list(self.item.approvals.select_related("asked_by", "decided_by", "order"))
        may_release = bool(frozen) and all(map(user.has_perm, (CLOSE, ACT)))
        return {
            **super().get_context_data(**kwargs),
            "item": self.item,
            "facts": [(name.replace("_", " "), _words(value)) for name, value in sorted(self.item.facts.items())],
            "frozen": printed_ranges(frozen),
            "waiting": [
                (approval, deciding_url(approval, user=user)) for approval in asked if approval.state == "asked"
            ],
            "decided": [approval for approval in asked if approval.state != "asked"],
            "release_url": reverse("creditstore_reconciliation_release", args=[self.item.pk]) if may_release else "",
            "may_close": self.item.closed_at is None and self.request.user.has_perm(CLOSE),
        }


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
