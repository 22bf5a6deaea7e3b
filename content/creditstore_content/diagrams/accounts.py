"""Accounts in which a unit can lie, and from which of them no way leads out."""

from __future__ import annotations

from django.utils.translation import gettext as _

from creditstore_content.diagrams.scene import Diagram, Path, Sheet, arrow_aside, arrow_down

_STEP = 34


def accounts() -> Diagram:
    """The picture: issuance above, two accounts to move on from, two at the end."""
    sheet = Sheet()
    pending_end = sheet.box(
        (_("Pending account"), "label"),
        (_("Where units lie after issuance"), "note"),
        x=60, y=2, width=240, kind="place",
    )  # fmt: skip
    second = pending_end + _STEP
    second_end = sheet.pair(
        [(_("Holding account"), "label"), (_("in the CDM registry"), "note")],
        [(_("National registry"), "label"), (_("until 31 March 2026"), "note")],
        y=second,
    )
    third = second_end + _STEP
    end = sheet.pair(
        [(_("Voluntary cancellation"), "end-label"), (_("account type 230"), "end-note")],
        [(_("Retirement"), "label"), (_("used for a country's Kyoto target"), "note")],
        y=third,
        kinds=("end", "final"),
    )
    left, right = sheet.LEFT + sheet.SIDE / 2, sheet.RIGHT + sheet.SIDE / 2
    foot = end + 6
    paths = (
        arrow_down(x=left + 24, start=pending_end, end=second),
        arrow_down(x=right - 24, start=pending_end, end=second),
        arrow_down(x=left, start=second_end, end=third),
        arrow_down(x=right, start=second_end, end=third),
        # From the pending account a unit can be cancelled without lying anywhere in between.
        arrow_aside(x=sheet.LEFT + sheet.SIDE + 1, y=(third + end) / 2, start=pending_end),
        *(Path(d=f"M{x} {foot:.1f}h{sheet.SIDE}", kind="wall") for x in (sheet.LEFT, sheet.RIGHT)),
    )
    bottom = sheet.write(_("No way leads out of these two"), x=180, y=foot + 8, width=340, kind="note", anchor="middle")
    return Diagram(
        title=_("A unit lies in one account, and two accounts are its end"),
        description=_(
            "From the pending account units go to a holding account in the CDM registry, to a national registry, or "
            "straight to voluntary cancellation. Holding accounts lead to voluntary cancellation, national registries "
            "to retirement. No way leads out of cancellation and retirement."
        ),
        height=round(bottom + 4, 1),
        boxes=tuple(sheet.boxes),
        paths=paths,
        texts=tuple(sheet.texts),
        words=(
            (_("Pending account"), _("Here units lie after issuance. From here they can be distributed or cancelled.")),
            (_("Holding account"), _("A participant's own account in the CDM registry. Its units can be cancelled.")),
            (
                _("National registry"),
                _(
                    "Units went there for countries and companies with a limit. Since 31 March 2026 they cannot be "
                    "moved between registries. National registries have accounts for cancellation of their own."
                ),
            ),
            (
                _("Voluntary cancellation"),
                _("The end of a unit that you have cancelled here. Its account has type 230."),
            ),
            (_("Retirement"), _("The end of a unit that a country has used for its Kyoto target.")),
        ),
    )
