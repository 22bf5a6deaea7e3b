"""A page for each action: it says what will happen, asks why, and hands over to the service that does it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from creditstore.accounts.models import User
from creditstore.core.errors import StoreError
from creditstore.desk import actions, approvals
from creditstore.desk.models import Approval
from creditstore.desk.people import ACT, VIEW
from creditstore.orders.models import AttentionItem, AttentionKind, Order, OrderLine
from creditstore.orders.substitution import suitable_offers
from creditstore.payments.models import Payment, Refund
from creditstore_plugins import Money
from creditstore_site.staff_queue.access import StaffOnly
from creditstore_site.staff_queue.forms import (
    CloseForm,
    DecideForm,
    NoForm,
    PaidForm,
    ReasonForm,
    RefundPaymentForm,
    SubstituteForm,
)
from creditstore_site.staff_queue.order import amount_of, order_of


class ActionView(StaffOnly, WagtailAdminTemplateMixin, FormView):  # type: ignore[misc, type-arg]
    """What all actions share: the order's breadcrumb, a sentence on what will happen, errors in plain words."""

    permission = ACT
    template_name = "staff_queue/action.html"
    header_icon = "tasks"
    form_class: type[forms.Form] = NoForm
    submit_label: str | Promise = gettext_lazy("Do it")
    #: What cannot be undone has a red button.
    serious = False

    @cached_property
    def order(self) -> Order:
        """The order of the address."""
        return order_of(self.request, self.kwargs["number"])

    @property
    def user(self) -> User:
        """Who acts; nobody else passes the door."""
        assert isinstance(self.request.user, User)  # noqa: S101  (the admin is behind a log-in)
        return self.request.user

    def act(self, form: Any) -> str:
        """Do it, and say what was done. Errors: ``StoreError``."""
        raise NotImplementedError

    def text(self) -> str:
        """What will happen, in plain words."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        """Back to the order, with a message; or the page once more, with the reason why not."""
        try:
            message = self.act(form)
        except StoreError as error:
            form.add_error(None, error.message)
            return self.render_to_response(self.get_context_data(form=form), status=422)
        messages.success(self.request, message)
        return redirect(self.order_url)

    @property
    def order_url(self) -> str:
        """Where one comes from and goes back to."""
        return reverse("creditstore_queue_order", args=[self.order.number])

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        """Below the order."""
        return [
            *self.breadcrumbs_items,
            {"url": reverse("creditstore_queue"), "label": _("Orders that need somebody")},
            {"url": self.order_url, "label": _("Order %(number)s") % {"number": self.order.number}},
            {"url": "", "label": str(self.page_title)},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The sentence, the button's words, the way back."""
        return {
            **super().get_context_data(**kwargs),
            "order": self.order,
            "text": self.text(),
            "submit_label": self.submit_label,
            "serious": self.serious,
            "back_url": self.order_url,
        }


class LineAction(ActionView):
    """An action on one line of the order."""

    @cached_property
    def line(self) -> OrderLine:
        """The line of the address."""
        found = OrderLine.objects.select_related("order__seller", "reservation__offer__issuance__project")
        return get_object_or_404(found, order=self.order, position=self.kwargs["position"])

    def words(self) -> dict[str, Any]:
        """The line in words, for sentences."""
        project = self.line.reservation.offer.issuance.project
        amount = amount_of(self.line)
        return {
            "count": self.line.quantity,
            "title": project.title,
            "ref": project.ref,
            "amount": amount,
            "currency": amount.currency,
        }


class RetryView(LineAction):
    """Ask the registry once more."""

    page_title = gettext_lazy("Try the cancellation again")
    submit_label = gettext_lazy("Ask the registry again")

    def text(self) -> str:
        """What will happen."""
        return (
            _(
                "The registry is asked once more to cancel %(count)d units of %(title)s (%(ref)s), under a new key. "
                "Do this when what it refused for is put right. A cancellation cannot be undone."
            )
            % self.words()
        )

    def act(self, form: Any) -> str:
        """Do it."""
        count = actions.retry(line=self.line, user=self.user)
        return _("The registry is asked for %(count)d units.") % {"count": count}


class AskRegistryView(LineAction):
    """Ask the registry now how it stands."""

    page_title = gettext_lazy("Ask the registry how it stands")
    submit_label = gettext_lazy("Ask now")

    def text(self) -> str:
        """What will happen."""
        return _(
            "The registry is asked at once about the open transactions of this line. Nothing is sent a second time."
        )

    def act(self, form: Any) -> str:
        """Do it."""
        count = actions.ask_registry(line=self.line, user=self.user)
        return ngettext(
            "The registry is asked about %(count)d transaction.",
            "The registry is asked about %(count)d transactions.",
            count,
        ) % {"count": count}


class SubstituteView(LineAction):
    """Propose other units to the buyer."""

    page_title = gettext_lazy("Propose other units")
    submit_label = gettext_lazy("Ask the buyer")
    form_class = SubstituteForm

    @cached_property
    def offers(self) -> list[Any]:
        """What may stand in."""
        return suitable_offers(line=self.line)

    def get_form_kwargs(self) -> dict[str, Any]:
        """The choices."""
        return {**super().get_form_kwargs(), "offers": self.offers}

    def text(self) -> str:
        """What will happen."""
        if not self.offers:
            return _(
                "The seller has no other units of this kind, in this quantity, that cost at least what the buyer paid. "
                "Try the line again, or send the money back."
            )
        return (
            _(
                "The buyer is asked by mail whether other units may be cancelled instead of %(count)d units of "
                "%(title)s (%(ref)s). Nothing is taken before the buyer agrees, and the buyer pays no more: a "
                "difference in price is the store's. Listed are offers of the same seller that cost at least what was "
                "paid."
            )
            % self.words()
        )

    def act(self, form: Any) -> str:
        """Do it."""
        offer = next(item for item in self.offers if item.code == form.cleaned_data["offer"])
        actions.substitute(line=self.line, offer=offer, user=self.user, note=form.cleaned_data["note"])
        return _("The buyer is asked.")


class TakeBackView(LineAction):
    """Take a proposal back."""

    page_title = gettext_lazy("Take the proposal back")
    submit_label = gettext_lazy("Take it back")

    def text(self) -> str:
        """What will happen."""
        return _("The buyer can no longer accept the other units. You can propose different ones, or refund the line.")

    def act(self, form: Any) -> str:
        """Do it."""
        proposal = self.line.substitutions.filter(state="proposed").first()
        if proposal is None:
            raise StoreError(code="conflict", message=_("Nothing is proposed any more."))
        actions.take_back_substitute(proposal=proposal, user=self.user)
        return _("The proposal is taken back.")


class RefundLineView(LineAction):
    """Send the money of a line back, or ask for it."""

    page_title = gettext_lazy("Send the money of a line back")
    submit_label = gettext_lazy("Send the money back")
    form_class = ReasonForm
    serious = True

    def text(self) -> str:
        """What will happen."""
        if self.line.state == "cancelled":
            return (
                _(
                    "%(amount)s %(currency)s goes back to the buyer, although %(count)d units of %(title)s (%(ref)s) "
                    "are cancelled and stay cancelled. A second person has to agree before any money moves."
                )
                % self.words()
            )
        return (
            _(
                "%(amount)s %(currency)s goes back to the buyer for units of %(title)s (%(ref)s) that are not "
                "cancelled, and the units go back to their offer. The line is then never tried again. Large amounts "
                "take a second person."
            )
            % self.words()
        )

    def act(self, form: Any) -> str:
        """Do it."""
        done = actions.refund_line(line=self.line, user=self.user, reason=form.cleaned_data["reason"])
        return _refund_message(done)


class ReleaseView(LineAction):
    """Ask that a line does not wait any longer."""

    page_title = gettext_lazy("Cancel before the hold time is over")
    submit_label = gettext_lazy("Ask a second person")
    form_class = ReasonForm

    def text(self) -> str:
        """What will happen."""
        return (
            _(
                "%(count)d units of %(title)s (%(ref)s) wait, because the payment can still be taken back. When a "
                "second person agrees, the registry is asked at once. A cancellation cannot be undone."
            )
            % self.words()
        )

    def act(self, form: Any) -> str:
        """Do it."""
        actions.release_hold(line=self.line, user=self.user, reason=form.cleaned_data["reason"])
        return _("A second person is asked. Nothing has moved yet.")


class CancelAnywayView(LineAction):
    """Ask that an order goes on although a check wanted somebody to look."""

    page_title = gettext_lazy("Let the order go on after a review")
    submit_label = gettext_lazy("Ask a second person")
    form_class = ReasonForm

    def text(self) -> str:
        """What will happen, and what the check said."""
        found = self.order.attention_items.filter(kind=AttentionKind.REVIEW, closed_at=None)
        said = "\n".join(found.values_list("reason", flat=True))
        about = _(
            "A check wanted somebody to look at this order. Say what you found. When a second person agrees, its units "
            "are cancelled, which cannot be undone. Otherwise send the money back."
        )
        return f"{about}\n{said}"

    def act(self, form: Any) -> str:
        """Do it."""
        actions.cancel_anyway(line=self.line, user=self.user, reason=form.cleaned_data["reason"])
        return _("A second person is asked. Nothing has moved yet.")


class RefundPaymentView(ActionView):
    """Send money of a payment back that is for no single line."""

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
        return _refund_message(done)


def _refund_message(done: Refund | Approval) -> str:
    if isinstance(done, Approval):
        return _("A second person is asked. Nothing has moved yet.")
    return _("The refund is on its way.")


class PaidView(ActionView):
    """Note that a refund was paid by hand."""

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
    permission = VIEW
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
