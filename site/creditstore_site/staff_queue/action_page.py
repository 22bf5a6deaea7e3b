"""What the pages of all actions share: they say what will happen, and hand over to the service that does it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages

from creditstore.accounts.models import User
from creditstore.core.errors import StoreError
from creditstore.credits.models import UnitBlock
from creditstore.credits.services import printed_ranges
from creditstore.desk.actions import refundable_minor
from creditstore.desk.models import Approval
from creditstore.desk.people import ACT, VIEW
from creditstore.orders.models import OrderLine
from creditstore.payments.models import Refund
from creditstore_plugins import Money
from creditstore_site.admin_pages import DetailPage, staff_member
from creditstore_site.staff_queue.forms import NoForm
from creditstore_site.staff_queue.order import OrderPage


class ActionView(DetailPage, FormView, ABC):  # type: ignore[type-arg]
    """What all actions share: a sentence on what will happen, errors in plain words, the way back."""

    permissions: tuple[str, ...] = (VIEW, ACT)
    template_name = "staff_queue/action.html"
    header_icon = "tasks"
    form_class: type[forms.Form] = NoForm
    submit_label: str | Promise = gettext_lazy("Do it")
    #: What cannot be undone has a red button.
    serious = False

    @property
    def user(self) -> User:
        """Who acts."""
        return staff_member(self.request)

    @abstractmethod
    def act(self, form: Any) -> str:
        """Do it, and say what was done. Errors: ``StoreError``."""

    @abstractmethod
    def text(self) -> str:
        """What will happen, in plain words."""

    @property
    @abstractmethod
    def back(self) -> tuple[str, str]:
        """Where one comes from and goes back to: its address, and its title."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Back, with a message; or the page once more, with the reason why not."""
        try:
            message = self.act(form)
        except StoreError as error:
            # What is said of one value stands beside it; the rest above the form.
            named = [item for item in error.errors if item.field in form.fields]
            for item in named:
                form.add_error(item.field, item.message)
            if not named:
                form.add_error(None, error.message)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(self.request, message)
        return redirect(self.back[0])

    def above(self) -> list[dict[str, str]]:
        """The lists, and what the action is about."""
        url, label = self.back
        return [*super().above(), {"url": url, "label": label}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The sentence, the button's words, the way back."""
        return {
            **super().get_context_data(**kwargs),
            "text": self.text(),
            "submit_label": self.submit_label,
            "serious": self.serious,
            "back_url": self.back[0],
        }


class OrderAction(OrderPage, ActionView):
    """An action on an order."""

    permissions: tuple[str, ...] = (VIEW, ACT)

    @property
    def back(self) -> tuple[str, str]:
        """The order's page."""
        return reverse("creditstore_queue_order", args=[self.order.number]), self.order_title


class LineAction(OrderAction):
    """An action on one line of the order."""

    @cached_property
    def line(self) -> OrderLine:
        """The line of the address."""
        found = OrderLine.objects.select_related("order__seller", "reservation__offer__issuance__project")
        return get_object_or_404(found, order=self.order, position=self.kwargs["position"])

    def words(self) -> dict[str, Any]:
        """The line in words, for sentences."""
        project = self.line.reservation.offer.issuance.project
        amount = Money(minor=refundable_minor(self.line), currency=self.order.currency)
        return {
            "count": self.line.quantity,
            "title": project.title,
            "ref": project.ref,
            "amount": amount,
            "currency": amount.currency,
        }


def serial_numbers(blocks: QuerySet[UnitBlock]) -> list[str]:
    """The serial numbers of these blocks, a line for each run."""
    return [
        _("%(first)s to %(last)s") % {"first": part.serial_start, "last": part.serial_end}
        for part in printed_ranges(blocks)
    ]


def outcome(done: Refund | Approval) -> str:
    """What was done, in plain words, where it may take two."""
    if isinstance(done, Approval):
        return _("A second person is asked. Nothing has moved yet.")
    return _("The refund is on its way.")
