"""How an office's hours and telephone number are written."""

from __future__ import annotations

import re

from django import template
from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from creditstore_content.navigation.frame import Hours

register = template.Library()


@register.simple_tag
def opening_hours(hours: Hours) -> str:
    """``Monday to Friday: 9 a.m. to 5 p.m.``, with times as the reader's language writes them."""
    # Python's weeks begin with 0, those of ISO 8601 with 1.
    first, last = WEEKDAYS[hours.first_day - 1], WEEKDAYS[hours.last_day - 1]
    times = {"opens": time_format(hours.opens, "TIME_FORMAT"), "closes": time_format(hours.closes, "TIME_FORMAT")}
    if hours.first_day == hours.last_day:
        return _("%(day)s: %(opens)s to %(closes)s") % {"day": first, **times}
    return _("%(first)s to %(last)s: %(opens)s to %(closes)s") % {"first": first, "last": last, **times}


@register.filter
def telephone_link(number: str) -> str:
    """``tel:+492288151000``: what a telephone dials."""
    return f"tel:+{re.sub(r'[^0-9]', '', number)}"
