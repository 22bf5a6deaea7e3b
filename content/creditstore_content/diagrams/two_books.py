"""One reduction, written down in two books: the registry's and the host country's."""

from __future__ import annotations

from django.utils.translation import gettext as _

from creditstore_content.diagrams.scene import Diagram, Path, Sheet, arrow_down

_STEP = 30


def two_books() -> Diagram:
    """The picture: one tonne above, a column for each book, and nothing that joins them below."""
    sheet = Sheet()
    left, right = sheet.LEFT + sheet.SIDE / 2, sheet.RIGHT + sheet.SIDE / 2
    tonne_end = sheet.box((_("A project emits one tonne less"), "label"), x=50, y=2, width=260, kind="place")
    heads_end = max(
        sheet.write(name, x=x, y=tonne_end + _STEP + 4, width=sheet.SIDE, kind="title", anchor="middle")
        for name, x in ((_("The registry"), left), (_("The host country's inventory"), right))
    )
    second_end = sheet.pair(
        [(_("A unit is issued"), "label")], [(_("A lower figure is reported"), "label")], y=heads_end + 6
    )
    third = second_end + _STEP
    end = sheet.pair(
        [(_("It is cancelled for you"), "end-label")],
        [(_("It may count for the country's target"), "label")],
        y=third,
        kinds=("end", "final"),
    )
    foot = end + 14
    paths = (
        arrow_down(x=left + 24, start=tonne_end, end=tonne_end + _STEP),
        arrow_down(x=right - 24, start=tonne_end, end=tonne_end + _STEP),
        arrow_down(x=left, start=second_end, end=third),
        arrow_down(x=right, start=second_end, end=third),
        Path(d=f"M{left} {foot:.1f}H{right}", kind="missing"),
        Path(d=f"M174 {foot - 6:.1f}l12 12m0 -12l-12 12", kind="cross"),
    )
    bottom = sheet.write(
        _("No corresponding adjustment: nothing in one book changes the other"),
        x=180, y=foot + 10, width=340, kind="note", anchor="middle",
    )  # fmt: skip
    return Diagram(
        title=_("One tonne stands in two books"),
        description=_(
            "One tonne that a project did not emit leads to a unit in the registry, which is cancelled for you, and to "
            "a lower figure in the host country's inventory, which may count for the country's target. Between the two "
            "there is no corresponding adjustment."
        ),
        height=round(bottom + 4, 1),
        boxes=tuple(sheet.boxes),
        paths=paths,
        texts=tuple(sheet.texts),
        words=(
            (
                _("The registry"),
                _("A unit is issued for the tonne. It is cancelled for you, for good."),
            ),
            (
                _("The host country's inventory"),
                _("The tonne was not emitted, so a lower figure is reported. It may count for the country's target."),
            ),
            (
                _("Between the two"),
                _("A corresponding adjustment would add the tonne to the country's account again. There is none."),
            ),
        ),
    )
