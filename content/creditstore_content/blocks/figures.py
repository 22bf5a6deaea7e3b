"""Blocks of numbers and facts that an editor writes, each with its source."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from creditstore_content.blocks.base import NUMBERS, StoreStructBlock


class NumberBlock(StoreStructBlock):
    """One number with what it counts."""

    value = blocks.CharBlock(label=_("Number"), max_length=20, help_text=_("As it is shown: 126,686"))
    label = blocks.CharBlock(label=_("What it counts, with the unit"), max_length=80)

    class Meta:
        icon = "order"
        label = _("Number")
        description = _("One number, large, with its unit.")
        template = "blocks/number.html"
        preview_value = {"value": "126,686", "label": _("tonnes verified")}


class NumbersBlock(StoreStructBlock):
    """Up to four numbers and where they come from."""

    numbers = blocks.ListBlock(NumberBlock(), label=_("Numbers"), min_num=1, max_num=4)
    source = blocks.CharBlock(label=_("Source"), max_length=200, help_text=_("Every number has a source."))

    class Meta:
        icon = "order"
        group = NUMBERS
        label = _("Numbers")
        description = _("One to four large numbers and their source.")
        template = "blocks/numbers.html"
        preview_value = {
            "numbers": [
                {"value": "126,686", "label": _("units issued")},
                {"value": "3", "label": _("monitoring periods")},
            ],
            "source": _("CDM registry"),
        }


class FactBlock(StoreStructBlock):
    """One row of facts."""

    label = blocks.CharBlock(label=_("What"), max_length=80)
    value = blocks.CharBlock(label=_("Value"), max_length=250)

    class Meta:
        icon = "list-ul"
        label = _("Fact")
        description = _("A name and its value.")
        template = "blocks/fact.html"
        preview_value = {"label": _("Host country"), "value": _("Malawi")}


class FactsBlock(StoreStructBlock):
    """A list of facts and where they come from."""

    caption = blocks.CharBlock(label=_("Caption"), max_length=120)
    facts = blocks.ListBlock(FactBlock(), label=_("Facts"), min_num=1, max_num=20)
    source = blocks.CharBlock(label=_("Source"), max_length=200)

    class Meta:
        icon = "table"
        group = NUMBERS
        label = _("Facts")
        description = _("Names and values in two columns, with their source.")
        template = "blocks/facts.html"
        preview_value = {
            "caption": _("The project in short"),
            "facts": [
                {"label": _("Host country"), "value": _("Malawi")},
                {"label": _("Methodology"), "value": "AMS-II.G."},
            ],
            "source": _("UNFCCC, CDM registry"),
        }
