"""The pledge on editors' pages: the way to the form, and who has pledged.

Such pages are kept for every reader alike, so the form itself, which is one reader's, stands on a page of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from creditstore_content.blocks.base import StoreStructBlock
from creditstore_content.pledge.links import record_address
from creditstore_content.pledge.listing import newest, pledge_counts
from creditstore_content.pledge.models import Kind


class PledgeFormBlock(StoreStructBlock):
    """The invitation to pledge: for whom, and how many have."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=100)
    text = blocks.CharBlock(label=_("Text"), max_length=300, required=False)

    def heading_levels(self, value: Any) -> Sequence[int]:
        """Its own."""
        return (2,)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the ways to the form, one for each kind of signer."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        return {**context, "ways": _ways(), "counts": pledge_counts()}

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The words, where each kind signs, and how many have."""
        return {
            "heading": value["heading"],
            "text": value["text"],
            "urls": {kind: url for kind, url, _label in _ways()},
            "counts": asdict(pledge_counts()),
        }

    class Meta:
        icon = "edit"
        label = _("Pledge: sign")
        description = _("Leads to the form of the pledge, for a person, an organisation or an event.")
        template = "blocks/pledge_form.html"
        preview_value = {
            "heading": _("Pledge to measure, to reduce and to contribute"),
            "text": _("It takes two minutes and a confirmation by e-mail. You can withdraw at any time."),
        }


class PledgeWallBlock(StoreStructBlock):
    """The newest public pledges, current whenever the page is shown."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=100)
    number = blocks.IntegerBlock(label=_("How many"), min_value=3, max_value=24, default=6)

    def heading_levels(self, value: Any) -> Sequence[int]:
        """Its own."""
        return (2,)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the pledges and the counts as they are now."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        return {**context, "pledges": newest(limit=value["number"]), "counts": pledge_counts()}

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """The heading, the counts, and the newest pledges as far as they are public."""
        return {
            "heading": value["heading"],
            "counts": asdict(pledge_counts()),
            "pledges": [
                {
                    "kind": pledge.kind,
                    "name": pledge.name or None,
                    "country": pledge.country,
                    "steps": list(pledge.steps),
                    "state": pledge.state,
                    "url": record_address(pledge.public_id),
                }
                for pledge in newest(limit=value["number"])
            ],
        }

    class Meta:
        icon = "group"
        label = _("Pledge: who has signed")
        description = _("The newest public pledges, with how many there are. It renews itself.")
        template = "blocks/pledge_wall.html"
        preview_value = {"heading": _("They have pledged"), "number": 6}


def _ways() -> list[tuple[str, str, str]]:
    """Kind, address of its form, and what the link says."""
    words = {
        Kind.PERSON.value: _("Pledge for yourself"),
        Kind.ORGANISATION.value: _("Pledge for an organisation"),
        Kind.EVENT.value: _("Pledge for an event"),
    }
    return [(kind, f"{reverse('pledge:sign')}?kind={kind}", str(label)) for kind, label in words.items()]
