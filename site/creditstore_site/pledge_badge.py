"""The badge of a public pledge: what was pledged, since when, and whether it stands. Facts, and no judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from creditstore_content.pledge.links import record_address
from creditstore_content.pledge.listing import PublicPledge
from creditstore_content.pledge.public_reports import ToldReport
from creditstore_site.templatetags.pledge_tags import level_words, public_name, step_label, steps_words

#: From where a line begins to the edge.
_ROOM: Final = 264
#: An em of a usual sans serif has about two letters.
_LETTERS: Final = 0.5
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of text. ``room`` is the width to press it into, 0 for one that is short enough."""

    text: str
    y: int
    size: int
    bold: bool = False

    @property
    def room(self) -> int:
        """Fonts differ from reader to reader: what may be too long is pressed."""
        return _ROOM if len(self.text) * self.size * _LETTERS > _ROOM else 0


def badge_facts(pledge: PublicPledge | None, *, report: ToldReport | None = None) -> dict[str, Any]:
    """What the badge's template shows. ``None`` for a pledge that is not public, was withdrawn, or never was.

    ``report`` is its newest one: the level of each step stands for itself, with its year.
    """
    store = settings.CREDITSTORE_NAME
    if pledge is None:
        told = [store, _("There is no such public pledge")]
        return {"state": "none", "words": ". ".join(told), "lines": _lines(told)}
    name = public_name(pledge)
    name = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    if pledge.state == "active":
        told = [name, _("has pledged: %(steps)s") % {"steps": steps_words(pledge.steps).lower()}]
        if report is not None and report.levels:
            told.append(_("%(year)d: %(levels)s") % {"year": report.year, "levels": _levels(report)})
        told.append(_("since %(day)s · %(store)s") % {"day": _day(pledge.pledged_at), "store": store})
    else:
        told = [name, _("The pledge has lapsed: no report was given")]
        told.append(_("on %(day)s · %(store)s") % {"day": _day(pledge.lapsed_at), "store": store})
    return {"state": pledge.state, "words": ", ".join(told), "lines": _lines(told)}


def badge_code(pledge: PublicPledge, *, report: ToldReport | None) -> SafeString:
    """What another site puts into its page: the badge, which leads to the record."""
    address = record_address(pledge.public_id)
    words = badge_facts(pledge, report=report)["words"]
    return format_html(
        '<a href="{}"><img src="{}badge.svg" width="340" height="96" alt="{}"></a>', address, address, words
    )


def _levels(report: ToldReport) -> str:
    """``measure silver, reduce bronze``: side by side, and of each step that has one."""
    return ", ".join(f"{step_label(step)} {level_words(level)}" for step, level in report.levels.items()).lower()


def _lines(told: list[str]) -> list[Line]:
    places: tuple[tuple[int, int, bool], ...] = ((36, 16, True), (57, 14, False), (77, 13, False))
    if len(told) > len(places):
        places = ((27, 16, True), (46, 14, False), (64, 13, False), (82, 13, False))
    return [Line(text=text, y=y, size=size, bold=bold) for text, (y, size, bold) in zip(told, places, strict=False)]


def _day(moment: Any) -> str:
    return date_format(moment.astimezone(timezone.get_default_timezone()), "j F Y")
