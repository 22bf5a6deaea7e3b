"""How pledges are written on pages."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.utils.translation import gettext as _

from creditstore_content.pledge import listing, texts
from creditstore_content.pledge.listing import PledgeCounts, PublicPledge
from creditstore_content.pledge.models import Kind, PledgeText, Step

register = template.Library()


@register.simple_tag
def pledge_counts() -> PledgeCounts:
    """How many have pledged, counted now."""
    return listing.pledge_counts()


@register.filter
def kind_words(kind: str) -> str:
    """Person, organisation or event."""
    return str(Kind(kind).label)


@register.filter
def steps_words(steps: Sequence[str]) -> str:
    """The steps, one after the other."""
    return ", ".join(str(Step(step).label) for step in steps)


@register.filter
def public_name(pledge: PublicPledge) -> str:
    """The name in the public list, or what stands there for one without."""
    return pledge.name or _("Without a name")


@register.filter
def paragraphs(block: str) -> list[str]:
    """A plain text, cut at its empty lines."""
    return texts.paragraphs(block)


@register.filter
def step_words(text: PledgeText) -> list[str]:
    """What each step means, in their order."""
    return [text.measure, text.reduce, text.contribute]
