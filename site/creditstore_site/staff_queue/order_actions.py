"""A page for each action on an order, its payments, its items, and what others asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creditstore.desk import actions, approvals
from creditstore.desk.models import Approval
from creditstore.desk.people import REFUND, VIEW
from creditstore.orders.models import AttentionItem
from creditstore.payments.models import Payment, Refund
from creditstore_plugins import Money
from creditstore_site.staff_queue.action_page import ActionView, outcome
from creditstore_site.staff_queue.forms import CloseForm, DecideForm, NoForm, PaidForm, RefundPaymentForm


class RefundPaymentView(ActionView):
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


class PaidView(ActionView):
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


class CloseView(ActionView):
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


class DecideView(ActionView):
    """The second pair of eyes; for whoever asked, the way to take it back."""

    page_title = gettext_lazy("Decide what somebody asked for")
    permissions = (VIEW,)
    form_class = DecideForm
    serious = True

    @cached_property
    def approval(self) -> Approval:
        """The question of the address."""
        found = Approval.objects.select_related("asked_by", "line__reservation__offer__issuance__project")
        return get_object_or_404(found, order=self.order, pk=self.kwargs["pk"])

    @property
    def own(self) -> bool:
        """Whether the reader asked it."""
        return bool(self.approval.asked_by_id == self.request.user.pk)

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Whoever asked sees another button."""
        super().setup(request, *args, **kwargs)
        self.submit_label = _("Take the question back") if self.own else _("Decide")

    def get_form_class(self) -> type[forms.Form]:
        """Whoever asked decides nothing."""
        return NoForm if self.own else DecideForm

    def text(self) -> str:
        """What was asked, by whom and why, and what happens."""
        approval = self.approval
        amount = ""
        if approval.amount_minor is not None:
            money = Money(minor=approval.amount_minor, currency=self.order.currency)
            amount = f" ({money} {money.currency})"
        asked = _("%(person)s asks: %(action)s%(amount)s. Reason: %(reason)s") % {
            "person": approval.asked_by.email,
            "action": approval.get_action_display(),
            "amount": amount,
            "reason": approval.reason,
        }
        rule = _("Two people are needed: %(why)s") % {"why": approval.why_two}
        own = _("You asked this yourself, so somebody else has to decide. You can take it back.")
        undone = _("What you approve is done at once and cannot be undone.")
        return "\n".join([asked, rule, own if self.own else undone])

    def act(self, form: Any) -> str:
        """Do it."""
        if self.own:
            approvals.withdraw(approval=self.approval, user=self.user)
            return _("The question is taken back.")
        yes = form.cleaned_data["answer"] == "yes"
        actions.decide(approval=self.approval, user=self.user, yes=yes, note=form.cleaned_data["note"])
        return _("It is approved and done.") if yes else _("It is refused.")
