"""The second pair of eyes: reading what somebody asked for, and approving or refusing it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creditstore.desk import actions, approvals
from creditstore.desk.models import Approval, ApprovalAction
from creditstore.desk.people import VIEW
from creditstore.orders.doubt import units_in_doubt
from creditstore_plugins import Money
from creditstore_site.staff_queue.action_page import ActionView, OrderAction, serial_numbers
from creditstore_site.staff_queue.forms import DecideForm, NoForm


class Deciding(ActionView):
    """What deciding is, whatever it is about; for whoever asked, the way to take it back."""

    page_title = gettext_lazy("Decide what somebody asked for")
    permissions: tuple[str, ...] = (VIEW,)
    form_class = DecideForm
    serious = True

    @abstractmethod
    def asked(self) -> QuerySet[Approval]:
        """The questions about what the address names."""

    @cached_property
    def approval(self) -> Approval:
        """The question of the address."""
        found = self.asked().select_related("asked_by", "order", "item", "certificate", "line")
        return get_object_or_404(found, pk=self.kwargs["question"])

    @property
    def own(self) -> bool:
        """Whether the reader asked it."""
        return bool(self.approval.asked_by_id == self.request.user.pk)

    def get_form_class(self) -> type[forms.Form]:
        """Whoever asked decides nothing."""
        return NoForm if self.own else DecideForm

    def text(self) -> str:
        """What was asked, by whom and why, and what happens."""
        approval = self.approval
        asked = _("%(person)s asks: %(action)s%(amount)s. Reason: %(reason)s") % {
            "person": approval.asked_by.email,
            "action": approval.get_action_display(),
            "amount": _amount(approval),
            "reason": approval.reason,
        }
        rule = _("Two people are needed: %(why)s") % {"why": approval.why_two}
        own = _("You asked this yourself, so somebody else has to decide. You can take it back.")
        undone = _("What you approve is done at once and cannot be undone.")
        about = [*_mended(approval), *_released(approval)]
        return "\n".join([asked, *about, rule, own if self.own else undone])

    def act(self, form: Any) -> str:
        """Do it."""
        if self.own:
            approvals.withdraw(approval=self.approval, user=self.user)
            return _("The question is taken back.")
        yes = form.cleaned_data["answer"] == "yes"
        actions.decide(approval=self.approval, user=self.user, yes=yes, note=form.cleaned_data["note"])
        return _("It is approved and done.") if yes else _("It is refused.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whoever asked sees another button."""
        label = _("Take the question back") if self.own else _("Decide")
        return {**super().get_context_data(**kwargs), "submit_label": label}


def _amount(approval: Approval) -> str:
    if approval.amount_minor is None or approval.order is None:
        return ""
    money = Money(minor=approval.amount_minor, currency=approval.order.currency)
    return f" ({money} {money.currency})"


def _mended(approval: Approval) -> list[str]:
    """The texts of a certificate as they are and as they would be."""
    certificate = approval.certificate
    if certificate is None:
        return []
    nothing = _("(nothing)")
    names = {
        "number": certificate.number,
        "old": certificate.facts["beneficiary"],
        "new": approval.beneficiary_name,
        "old_reason": certificate.facts["reason"] or nothing,
        "new_reason": approval.beneficiary_reason or nothing,
    }
    return [
        _("Certificate %(number)s says now: %(old)s. It would say: %(new)s.") % names,
        _("Its reason says now: %(old_reason)s. It would say: %(new_reason)s.") % names,
    ]


def _released(approval: Approval) -> list[str]:
    """The serial numbers of the units that would be released."""
    if approval.action != ApprovalAction.RELEASE_UNITS:
        return []
    if approval.item is not None:
        return serial_numbers(approval.item.blocks.filter(is_leaf=True, in_doubt=True))
    assert approval.line is not None  # noqa: S101  (the database's check: a release is of an item or of a line)
    return serial_numbers(units_in_doubt(line=approval.line))


class DecideView(Deciding, OrderAction):
    """About an order."""

    def asked(self) -> QuerySet[Approval]:
        """Of this order; what is about an item of the reconciliation is decided there."""
        return Approval.objects.filter(order=self.order, item=None)
