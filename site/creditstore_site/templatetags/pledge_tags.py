"""How pledges are written on pages."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from creditstore_content.pledge import listing, texts
from creditstore_content.pledge.listing import PledgeCounts, PublicPledge
from creditstore_content.pledge.models import Kind, Level, PledgeText, Step
from creditstore_site.amounts import tonnes_words

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


@register.filter
def level_words(level: str) -> str:
    """Bronze, silver or gold."""
    return str(Level(level).label)


@register.filter
def step_label(step: str) -> str:
    """Measure, reduce or contribute."""
    return str(Step(step).label)


@register.filter
def tonnes(kilograms: Decimal) -> str:
    """``1,240.5`` for 1,240,500 kg, with what is known of it and no zeros behind; a minus is left out."""
    return tonnes_words(abs(kilograms))


@register.filter
def percent_of(part: Decimal, whole: Decimal) -> str:
    """``12.5``: the one as hundredths of the other, without a minus, to one decimal."""
    return number_format(f"{round(abs(part) / whole * 100, 1).normalize():f}")
