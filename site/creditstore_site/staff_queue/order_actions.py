"""A page for each action on an order, its payments, its items and its certificate."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creditstore.certificates.models import Certificate
from creditstore.desk import actions
from creditstore.desk.corrections import correct_certificate
from creditstore.desk.people import REFUND, VIEW
from creditstore.orders.models import AttentionItem
from creditstore.payments.models import Payment, Refund
from creditstore_plugins import Money
from creditstore_site.staff_queue.action_page import OrderAction, outcome
from creditstore_site.staff_queue.forms import CloseForm, CorrectForm, PaidForm, RefundPaymentForm


class RefundPaymentView(OrderAction):
    """Send money of a payment back that is for no single line."""

    permissions = (VIEW, REFUND)
    page_title = gettext_lazy("Send money of a payment back")
    submit_label = gettext_lazy("Send the money back")
    form_class = RefundPaymentForm
    serious = True

    @cached_property
    def payment(self) -> Payment:
        """The payment of the address."""
        return get_object_or_404(Payment.objects.select_related("order"), order=self.order, pk=self.kwargs["pk"])

    @cached_property
    def purposes(self) -> dict[str, Money]:
        """What it can be for, and how much goes back for each."""
        return {
            purpose: Money(minor=minor, currency=self.payment.currency)
            for purpose, minor in actions.refund_purposes(payment=self.payment).items()
        }

    def get_form_kwargs(self) -> dict[str, Any]:
        """The choices, with their amounts."""
        titles = dict(actions.PURPOSES)
        choices = [
            (purpose, f"{titles[purpose]}: {amount} {amount.currency}") for purpose, amount in self.purposes.items()
        ]
        return {**super().get_form_kwargs(), "purposes": choices}

    def text(self) -> str:
        """What will happen."""
        return _(
            "Money goes back to the buyer by the way it came. Sending back the whole order gives up every line of it "
            "that is not cancelled. Where units are cancelled, and for large amounts, a second person has to agree."
        )

    def act(self, form: Any) -> str:
        """Do it."""
        purpose = form.cleaned_data["purpose"]
        done = actions.refund(
            payment=self.payment,
            amount_minor=self.purposes[purpose].minor,
            user=self.user,
            reason=form.cleaned_data["reason"],
            purpose=purpose,
        )
        return outcome(done)


class PaidView(OrderAction):
    """Note that a refund was paid by hand."""

    permissions = (VIEW, REFUND)
    page_title = gettext_lazy("Note a refund that was paid by hand")
    submit_label = gettext_lazy("The money is sent")
    form_class = PaidForm

    @cached_property
    def refund(self) -> Refund:
        """The refund of the address."""
        return get_object_or_404(Refund, payment__order=self.order, pk=self.kwargs["pk"])

    def text(self) -> str:
        """What will happen."""
        amount = Money(minor=self.refund.amount_minor, currency=self.order.currency)
        return _(
            "Send %(amount)s %(currency)s to the buyer first, then note the reference here. The refund counts as done."
        ) % {"amount": amount, "currency": amount.currency}

    def act(self, form: Any) -> str:
        """Do it."""
        actions.note_paid_refund(refund=self.refund, user=self.user, reference=form.cleaned_data["reference"])
        return _("The refund is done.")


class CloseView(OrderAction):
    """Close an item with a note."""

    page_title = gettext_lazy("Close with a note")
    submit_label = gettext_lazy("Close it")
    form_class = CloseForm

    @cached_property
    def item(self) -> AttentionItem:
        """The item of the address."""
        return get_object_or_404(AttentionItem, order=self.order, pk=self.kwargs["pk"])

    def text(self) -> str:
        """What will happen."""
        return _("It leaves the queue: %(kind)s (%(reason)s). The order goes on by itself where it can.") % {
            "kind": self.item.get_kind_display(),
            "reason": self.item.reason,
        }

    def act(self, form: Any) -> str:
        """Do it."""
        actions.close(item=self.item, user=self.user, note=form.cleaned_data["note"])
        return _("It is closed.")


class CorrectView(OrderAction):
    """Ask that a typing error on the certificate is mended."""

    page_title = gettext_lazy("Correct the certificate")
    submit_label = gettext_lazy("Ask a second person")
    form_class = CorrectForm
    serious = True

    @cached_property
    def certificate(self) -> Certificate:
        """The one that is valid."""
        return get_object_or_404(Certificate.objects.select_related("order"), order=self.order, state="issued")

    def get_initial(self) -> dict[str, Any]:
        """What it says now."""
        return {"beneficiary": self.order.beneficiary_name, "purpose": self.order.reason}

    def text(self) -> str:
        """What will happen."""
        return _(
            "Only for a typing error: a new certificate of the same serial numbers takes the place of %(number)s. The "
            "old number stays visible for ever and leads to the new one, and the registry keeps the name that it was "
            "told. The buyer gets the new certificate by mail. A second person has to agree."
        ) % {"number": self.certificate.number}

    def act(self, form: Any) -> str:
        """Do it."""
        return outcome(correct_certificate(certificate=self.certificate, user=self.user, **form.cleaned_data))
