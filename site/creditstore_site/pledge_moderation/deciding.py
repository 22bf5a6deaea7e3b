"""What moderators of pledges do everywhere: look at what waits, and say yes, or no with a reason."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import HeaderButton

from creditstore.core.countries import country_name
from creditstore.core.errors import StoreError
from creditstore.core.state_table import StateTable
from creditstore.core.states import history
from creditstore_content.pledge.models import Pledge
from creditstore_content.pledge.states import CONFIRMED
from creditstore_site.admin_pages import DetailPage, Permitted


class WaitingView(Permitted, ReportView):  # type: ignore[misc]
    """What waits, the oldest first; ``?state=all`` shows what is decided too, the newest first.

    Of confirmed pledges only, so nobody reads what nobody stands for. ``default_ordering`` is the time it was sent.
    """

    @abstractmethod
    def waiting(self) -> QuerySet[Any]:
        """What waits."""

    @cached_property
    def all_states(self) -> bool:
        """Whether decided ones are shown too."""
        return bool(self.request.GET.get("state") == "all")

    def get_queryset(self) -> QuerySet[Any]:
        """Of confirmed pledges only."""
        at = self.default_ordering
        if self.all_states:
            found: QuerySet[Any] = self.model.objects.filter(pledge__state__in=CONFIRMED).order_by(f"-{at}", "-pk")
        else:
            found = self.waiting().order_by(at, "pk")
        return found.select_related("pledge")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The other list."""
        address = reverse(self.index_url_name)
        if self.all_states:
            return [HeaderButton(label=_("Only those that wait"), url=address)]
        return [HeaderButton(label=_("Decided ones too"), url=f"{address}?state=all")]


class DecisionView(DetailPage, FormView):  # type: ignore[type-arg]
    """One thing that waits, as a moderator needs to see it: never the e-mail address, of which the domain says enough.

    Its form has ``seen``, what the page showed of what the signer may change meanwhile.
    """

    #: Who only sees may not decide.
    change: ClassVar[str]
    table: ClassVar[StateTable]
    lists: tuple[type[WaitingView], ...]

    #: What is decided on, a row with a ``pledge``.
    subject: Any

    @abstractmethod
    def seen(self) -> Any:
        """What the signer may change meanwhile, as it is now."""

    @abstractmethod
    def decide(self, values: dict[str, Any]) -> str | Promise:
        """Do it; what to say then. Errors: ``StoreError``."""

    def get_initial(self) -> dict[str, Any]:
        """What is seen now."""
        return {"seen": self.seen()}

    def form_valid(self, form: forms.Form) -> HttpResponse:
        """Decide, and back to what waits; or the page once more, with the reason why not."""
        if not self.request.user.has_perm(self.change):
            raise PermissionDenied
        try:
            said = self.decide(form.cleaned_data)
        except StoreError as error:
            for item in error.errors:
                form.add_error(item.field, item.message)
            if not error.errors:
                form.add_error(None, error.message)
            return self.form_invalid(form)
        messages.success(self.request, said)
        return redirect(self.lists[0].index_url_name)

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """The page once more, with what is wrong; it shows everything as it is now."""
        self.__dict__.pop("subject", None)
        form.data = {**form.data.dict(), "seen": self.seen()}  # type: ignore[attr-defined]
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The pledge, and what was decided before."""
        subject: Model = self.subject
        pledge: Pledge = self.subject.pledge
        may_change = bool(self.table.edges[self.subject.state]) and self.request.user.has_perm(self.change)
        return {
            **super().get_context_data(**kwargs),
            "subject": subject,
            "back_url": reverse(self.lists[0].index_url_name),
            "changes": history(instance=subject, table=self.table),
            "may_decide": may_change,
            **about(pledge),
        }


def about(pledge: Pledge) -> dict[str, Any]:
    """What templates say of a pledge."""
    return {
        "pledge": pledge,
        "country": country_name(pledge.country),
        "domain": pledge.email.rpartition("@")[2],
    }
