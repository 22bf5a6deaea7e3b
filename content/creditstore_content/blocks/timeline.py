"""What happened when, oldest first."""

from __future__ import annotations

import datetime
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from creditstore_content.blocks.base import WORDS, StoreStructBlock, choice_block

#: How much of a date is known: so many characters of its ISO form, and the reader's form of it.
_EXACTNESS: Final = {"day": (10, "DATE_FORMAT"), "month": (7, "YEAR_MONTH_FORMAT"), "year": (4, "Y")}


class TimelineEventBlock(StoreStructBlock):
    """One thing that happened, or is planned."""

    date = blocks.DateBlock(label=_("Date"), help_text=_("Of a month or a year any day of it."))
    exactness = choice_block(
        label=_("Known to the"), choices=[("day", _("day")), ("month", _("month")), ("year", _("year"))], default="day"
    )
    title = blocks.CharBlock(label=_("What happened"), max_length=120)
    text = blocks.TextBlock(label=_("More about it"), required=False, max_length=400, rows=2)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the date as it is read by people and by programs."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["when"], context["machine_date"] = dates_of(value)
        return context

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, str]:
        """The date as exactly as it is known (``2014``, ``2014-10`` or ``2014-10-27``), title and text."""
        return {"date": dates_of(value)[1], "title": value["title"], "text": value["text"]}

    class Meta:
        icon = "date"
        label = _("Event")
        description = _("A date and what happened then.")
        template = "blocks/timeline_event.html"
        preview_value = {
            "date": datetime.date(2014, 10, 27),
            "exactness": "day",
            "title": _("The project is registered"),
            "text": "",
        }


class TimelineBlock(StoreStructBlock):
    """Events in the order in which they happened, however they were entered."""

    caption = blocks.CharBlock(label=_("Caption"), max_length=120, required=False)
    events = blocks.ListBlock(TimelineEventBlock(), label=_("Events"), min_num=2, max_num=40)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the events, oldest first."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        # A draft's event may lack its date.
        context["events"] = sorted(
            (event for event in value["events"].bound_blocks if event.value.get("date")),
            key=lambda event: event.value["date"],
        )
        return context

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Caption and events, oldest first."""
        block = self.child_blocks["events"].child_block
        events = sorted((event for event in value["events"] if event.get("date")), key=lambda event: event["date"])
        return {
            "caption": value["caption"],
            "events": [block.get_api_representation(event, context=context) for event in events],
        }

    class Meta:
        icon = "history"
        group = WORDS
        label = _("Timeline")
        description = _("What happened when. The events stand in the order of their dates.")
        template = "blocks/timeline.html"
        preview_value = {
            "caption": _("The project's history"),
            "events": [
                {
                    "date": datetime.date(2014, 10, 27),
                    "exactness": "day",
                    "title": _("The project is registered"),
                    "text": "",
                },
                {
                    "date": datetime.date(2018, 1, 1),
                    "exactness": "year",
                    "title": _("The first units are issued"),
                    "text": _("For what was verified from 2014 to 2017."),
                },
            ],
        }


def dates_of(value: Any) -> tuple[str, str]:
    """The date of an event for readers and for programs, as exactly as it is known; empty without one."""
    date = value.get("date")
    if not date:
        return "", ""
    length, words = _EXACTNESS.get(value.get("exactness") or "day", _EXACTNESS["day"])
    return date_format(date, words), date.isoformat()[:length]
