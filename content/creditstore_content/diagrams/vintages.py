"""How many units there are of each vintage, and how many of them are cancelled."""

from __future__ import annotations

from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from creditstore_content import counted_facts as counted
from creditstore_content.diagrams.scene import WIDTH, Box, Diagram, Sheet, Table, Text

_FIRST_YEAR: Final = 2008
#: The years that the title speaks of.
_MOST: Final = (2008, 2013)
_ROW, _BAR, _LABELS, _VALUES = 24, 15, 72, 44
_MILLION: Final = 1_000_000


def vintages() -> Diagram:
    """The picture: a bar for each year from 2008 on and one for all before."""
    rows = _rows()
    most = max(issued for _label, issued, _cancelled in rows)
    room = WIDTH - _LABELS - _VALUES
    sheet = Sheet()
    top = _key(sheet)
    for number, (label, issued, cancelled) in enumerate(rows):
        y = top + number * _ROW
        whole, part = room * issued / most, room * cancelled / most
        sheet.boxes.append(Box(x=_LABELS, y=y, width=round(whole, 2), height=_BAR, kind="issued"))
        sheet.boxes.append(Box(x=_LABELS, y=y, width=round(part, 2), height=_BAR, kind="cancelled"))
        sheet.texts.append(Text(x=_LABELS - 8, y=y + 12, words=label, kind="note", anchor="end"))
        value = number_format(round(issued / _MILLION), use_l10n=True)
        sheet.texts.append(Text(x=round(_LABELS + whole + 6, 2), y=y + 12, words=value, kind="note"))
    return Diagram(
        title=_finding(),
        description=_(
            "One bar for each year in which a monitoring period began, and one for all years before 2008. The first "
            "part of a bar is cancelled. All figures are in the table below."
        ),
        height=top + len(rows) * _ROW,
        boxes=tuple(sheet.boxes),
        texts=tuple(sheet.texts),
        table=Table(
            headings=(_("Vintage"), _("Issued"), _("Of these cancelled")),
            rows=tuple(
                (label, number_format(issued, force_grouping=True), number_format(cancelled, force_grouping=True))
                for label, issued, cancelled in rows
            ),
        ),
    )


def _rows() -> list[tuple[str, int, int]]:
    early = [figures for year, figures in counted.VINTAGES.items() if year < _FIRST_YEAR]
    before = _("to %(year)d") % {"year": _FIRST_YEAR - 1}
    return [
        (before, sum(issued for issued, _c in early), sum(cancelled for _i, cancelled in early)),
        *((str(year), *figures) for year, figures in sorted(counted.VINTAGES.items()) if year >= _FIRST_YEAR),
    ]


def _finding() -> str:
    first, last = _MOST
    among = sum(issued for year, (issued, _cancelled) in counted.VINTAGES.items() if first <= year <= last)
    return _("%(share)d %% of all units are from periods that began in %(first)d to %(last)d") % {
        "share": round(100 * among / counted.ISSUED), "first": first, "last": last,
    }  # fmt: skip


def _key(sheet: Sheet) -> float:
    """What the two parts of a bar are, and the unit of the numbers. Returns where the bars begin."""
    bottom = 0.0
    for kind, words in (
        ("cancelled", _("Cancelled, by 30 November 2023")),
        ("issued", _("Not known to be cancelled")),
    ):
        sheet.boxes.append(Box(x=2, y=bottom + 2, width=14, height=14, kind=kind))
        bottom = sheet.write(words, x=24, y=bottom, width=WIDTH - 28, kind="note") + 4
    return sheet.write(_("Numbers in million units"), x=2, y=bottom, width=WIDTH - 4, kind="note") + 12
