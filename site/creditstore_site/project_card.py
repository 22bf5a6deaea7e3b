"""A project in a list, with the least that decides: what and where, price, vintage, what is left.

Put together here and not by a template: a page has 25 of them, every word that is looked for makes others, and a
template takes five times as long. Small pieces that other pages show as well are fragments of their templates.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Final

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from creditstore.catalogue.labels import project_type
from creditstore.catalogue.objections import objections
from creditstore.catalogue.results import ProjectHit
from creditstore.core.written import amount_words, grouped, years_words
from creditstore_site.fragments import fragment, remembered

#: What a screen reader hears of a title beside the tick.
_HEARD: Final = 80


@dataclass(frozen=True, slots=True)
class _Words:
    """What every card says, in the reader's language and as HTML. ``url`` ends before the reference."""

    url: tuple[str, str]
    project: str
    known: str
    available: str
    vintage: str
    nothing: str
    compare: str


@remembered
def project_card(hit: ProjectHit, *, heading: str, tick: bool, picked: bool) -> SafeString:
    """The card. ``heading``: "h3" under a heading of its own, "h2" without.

    ``tick`` adds a "Compare" tick that belongs to ``<form id="compare">``; ``picked``: it is ticked.
    """
    language = get_language()
    words = _words.in_language(language)
    before, after = words.url
    ref, kind = escape(hit.ref), _type.in_language(language, hit.type)
    ticked = _tick(hit, words, picked) if tick else ""
    return mark_safe(  # noqa: S308  (escaped here)
        f'<article class="card card--link result"><div class="result__what"><{heading} class="result__title">'
        f'<a class="card__link" href="{before}{ref}{after}" translate="no">{_title(hit)}</a></{heading}>'
        f'<ul class="meta"><li>{escape(", ".join(hit.country_names))}</li> <li>{kind}</li> '
        f"<li>{words.project % {'ref': ref}}</li></ul>{_known(hit, language)}</div> "
        f'<div class="result__offer">{_offer(hit, words, language)}</div>{ticked}</article>'
    )


@remembered
def _words() -> _Words:
    before, _ref, after = reverse("store:project", args=["REF"]).partition("REF")
    return _Words(
        url=(before, after),
        project=escape(_("Project %(ref)s")),
        known=escape(_("Known objections")),
        available=escape(_("%(available)s t available")),
        vintage=escape(_("Vintage %(years)s")),
        nothing=escape(_("Nothing for sale now")),
        compare=escape(_("Compare")),
    )


def _title(hit: ProjectHit) -> str:
    """The title, with what was looked for marked in it."""
    return "".join(
        f"<mark>{escape(part.text)}</mark>" if part.matched else escape(part.text) for part in hit.title_parts
    )


@remembered
def _type(code: str) -> str:
    return f"{fragment('components/type_icon.html', type=code)} {escape(project_type(code))}"


def _known(hit: ProjectHit, language: str | None) -> str:
    return _objections.in_language(language, hit.type, hit.subtype, hit.installed_capacity_mw, hit.earned_from)


@remembered
def _objections(kind: str, subtype: str, capacity: Decimal | None, earned_from: int | None) -> str:
    """To the project's kind, and to the oldest units of it that are for sale."""
    known = objections(
        project_type=kind, project_subtype=subtype, installed_capacity_mw=capacity, vintage_from=earned_from
    )
    if not known:
        return ""
    tags = [fragment("components/tag.html", kind="caution", text=objection.label) for objection in known]
    return f'<ul class="tags" aria-label="{_words().known}">{" ".join(f"<li>{tag}</li>" for tag in tags)}</ul>'


def _offer(hit: ProjectHit, words: _Words, language: str | None) -> str:
    price = hit.price_from
    if price is None:
        return f'<p class="muted">{words.nothing}</p>'
    told = {"amount": amount_words(price), "currency": price.currency, "from": True, "invented": hit.price_invented}
    years = escape(years_words(hit.vintage_from, hit.vintage_to) or _("not known"))
    return (
        f'{fragment.in_language(language, "components/price.html", **told)}<p class="result__left">'
        f'{words.available % {"available": grouped(hit.available)}}</p> <p class="result__vintage">'
        f"{words.vintage % {'years': years}}</p>"
    )


def _tick(hit: ProjectHit, words: _Words, picked: bool) -> str:
    heard = escape(_heard(hit.title))
    return (
        f'<label class="result__tick"><input type="checkbox" name="ref" value="{escape(hit.ref)}" form="compare"'
        f'{" checked" if picked else ""}> {words.compare} <span class="sr-only">{heard}</span></label>'
    )


def _heard(title: str) -> str:
    return title if len(title) <= _HEARD else Truncator(title).chars(_HEARD)
