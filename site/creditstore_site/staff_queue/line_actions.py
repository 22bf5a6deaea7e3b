"""A page for each action on a line of an order."""

from __future__ import annotations

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from creditstore.core.errors import StoreError
from creditstore.desk import actions
from creditstore.desk.people import ACT, RECONCILE, REFUND, VIEW
from creditstore.desk.releases import release_of_line
from creditstore.orders.doubt import units_in_doubt
from creditstore.orders.substitution import suitable_offers
from creditstore_site.staff_queue.action_page import LineAction, outcome, serial_numbers
from creditstore_site.staff_queue.forms import ReasonForm, SubstituteForm


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

    permissions = (VIEW, REFUND)
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
        return outcome(actions.refund_line(line=self.line, user=self.user, reason=form.cleaned_data["reason"]))


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
        return outcome(actions.release_hold(line=self.line, user=self.user, reason=form.cleaned_data["reason"]))


class ReleaseUnitsView(LineAction):
    """Ask that the line's units in doubt are released."""

    page_title = gettext_lazy("Release units from doubt")
    permissions = (VIEW, ACT, RECONCILE)
    submit_label = gettext_lazy("Ask a second person")
    form_class = ReasonForm
    serious = True

    def text(self) -> str:
        """What will happen, and to which units."""
        about = _(
            "The registry's records and ours differed about these units, so they are neither sold nor cancelled. Do "
            "this only when the registry is known to hold them. When a second registry officer agrees, they are "
            "trusted again: those of a line that was refunded, or got other units, go back to their offer; others "
            "stay with their line, which can then go on or be tried again."
        )
        return "\n".join([about, *serial_numbers(units_in_doubt(line=self.line))])

    def act(self, form: Any) -> str:
        """Do it."""
        return outcome(release_of_line(line=self.line, user=self.user, reason=form.cleaned_data["reason"]))


class CancelAnywayView(LineAction):
    """Ask that an order goes on although a check wanted somebody to look."""

    page_title = gettext_lazy("Let the order go on after a review")
    submit_label = gettext_lazy("Ask a second person")
    form_class = ReasonForm

    def text(self) -> str:
        """What will happen, and what the check said."""
        said = "\n".join(self.open_reviews.values_list("reason", flat=True))
        about = _(
            "A check wanted somebody to look at this order. Say what you found. When a second person agrees, its units "
            "are cancelled, which cannot be undone. Otherwise send the money back."
        )
        return f"{about}\n{said}"

    def act(self, form: Any) -> str:
        """Do it."""
        return outcome(actions.cancel_anyway(line=self.line, user=self.user, reason=form.cleaned_data["reason"]))
