"""Steps in their order: of any kind, and the three of the initiative."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from creditstore_content.blocks.base import WORDS, StoreStructBlock
from creditstore_content.blocks.links import OptionalLinkBlock

#: The three steps, in the one order that makes sense, and by the names that never change.
THREE: Final = {"measure": _("Measure"), "reduce": _("Reduce"), "offset": _("Offset")}


class StepBlock(StoreStructBlock):
    """One step of several."""

    title = blocks.CharBlock(label=_("Title"), max_length=80)
    text = blocks.TextBlock(label=_("Text"), max_length=300, rows=2)

    class Meta:
        icon = "tick"
        label = _("Step")
        description = _("What happens in one step. Verbs first.")
        template = "blocks/step.html"
        preview_value = {
            "title": _("Choose a project"),
            "text": _("Look at what it does, where, and what has been verified."),
        }


class StepsBlock(StoreStructBlock):
    """Steps in their order."""

    steps = blocks.ListBlock(StepBlock(), label=_("Steps"), min_num=2, max_num=8)

    def heading_levels(self, value: Any) -> Sequence[int]:
        """Each step has a title."""
        return (3,)

    class Meta:
        icon = "list-ol"
        group = WORDS
        label = _("Steps")
        description = _("Numbered steps, two to eight.")
        template = "blocks/steps.html"
        preview_value = {
            "steps": [
                {"title": _("Choose a project"), "text": _("Compare facts, vintages and prices.")},
                {"title": _("Order and pay"), "text": _("Say for whom and why. The units are held for you.")},
            ]
        }


class ThreeStepsBlock(StoreStructBlock):
    """Measure, reduce, offset: three texts under three names, never fewer and never merged."""

    measure = blocks.CharBlock(label=THREE["measure"], max_length=200)
    measure_link = OptionalLinkBlock(label=_("Measuring leads to"))
    reduce = blocks.CharBlock(label=THREE["reduce"], max_length=200)
    reduce_link = OptionalLinkBlock(label=_("Reducing leads to"))
    offset = blocks.CharBlock(label=THREE["offset"], max_length=200)
    offset_link = OptionalLinkBlock(label=_("Offsetting leads to"))

    def heading_levels(self, value: Any) -> Sequence[int]:
        """Each step has a title."""
        return (3,)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the three steps in their order."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["steps"] = three_steps(value)
        return context

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The three steps, each with its title, text and address (null without one)."""
        return {"steps": [{**step, "url": step["url"] or None} for step in three_steps(value)]}

    class Meta:
        icon = "list-ol"
        group = WORDS
        label = _("Measure, reduce, offset")
        description = _("The three steps in their order, each with one sentence and, if you like, where it leads.")
        template = "blocks/three_steps.html"
        preview_value = {
            "measure": _("Find out what you emit, and where most of it comes from."),
            "measure_link": {"store_page": "store:catalogue"},
            "reduce": _("Begin with what is largest, and write down by how much and until when."),
            "reduce_link": {},
            "offset": _("Cancel units for what you cannot avoid yet, and report them apart."),
            "offset_link": {"store_page": "store:catalogue"},
        }


def three_steps(value: Any) -> list[dict[str, str]]:
    """Key, title, text and address of each step; the address is empty when it leads nowhere, or no longer."""
    return [
        {"key": key, "title": str(title), "text": value.get(key) or "", "url": _url(value.get(f"{key}_link"))}
        for key, title in THREE.items()
    ]


def _url(link: Any) -> str:
    return link.url if link is not None else ""
