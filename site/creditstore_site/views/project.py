"""Reading about one project, and the files that belong to its page: its picture for other sites, its units as CSV."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from creditstore.campaigns.services import open_campaign
from creditstore.cancellation.services import registry_is_simulated
from creditstore.catalogue.fact_types import ProjectFacts
from creditstore.catalogue.facts_of import project_facts
from creditstore.catalogue.labels import project_type
from creditstore.certificates.register import newest_entries
from creditstore.core.errors import StoreError
from creditstore_site import social_card, structured_data
from creditstore_site.fragments import remembered
from creditstore_site.units_chart import KINDS, UnitsChart, units_chart
from creditstore_site.views.answers import card_response, public_for

_NEWEST_CANCELLATIONS = 5
_MOST_HOSTS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the page tells beside the facts, and follows from them. Addresses for other sites are absolute."""

    place: str
    summary: str
    page_url: str
    card_url: str
    structured_data: SafeString
    chart: UnitsChart | None
    similar_url: str
    csv_url: str
    json_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountsTowards:
    """The campaign whose link led here: its key goes on with what is put into the basket."""

    key: str
    title: str


@require_safe
@public_for(60)
def project(request: HttpRequest, ref: str) -> HttpResponse:
    """One project: what it is, what became of its units, who offers some."""
    return project_page(request, ref=ref, refused=None, status=200)


def project_page(request: HttpRequest, *, ref: str, refused: tuple[str, str, str] | None, status: int) -> HttpResponse:
    """The page. ``refused``: code, typed quantity and reason of an offer that could not be put into the basket.

    Errors: ``Http404``.
    """
    facts = _facts(ref)
    told = _told(facts, simulated=registry_is_simulated())
    key = (request.POST if refused else request.GET).get("campaign", "")
    campaign = open_campaign(key=key) if key else None
    newest = newest_entries(project=facts.ref, limit=_NEWEST_CANCELLATIONS) if facts.totals.cancelled_here else ()
    context = {
        "section": "store",
        "facts": facts,
        "told": told,
        "offers": tuple(
            (offer, refused[1:] if refused and refused[0] == offer.code else None) for offer in facts.offers
        ),
        "refused": refused,
        "counts_towards": CountsTowards(key=campaign.key, title=campaign.title) if campaign else None,
        "cancellations": tuple(newest),
    }
    response = render(request, "store/project.html", context, status=status)
    if refused:
        # What this buyer typed.
        add_never_cache_headers(response)
    return response


@require_safe
def card(request: HttpRequest, ref: str) -> HttpResponse:
    """The picture of a project for other sites. Its address holds its hash, so whoever has it may keep it for good."""
    return card_response(_card(_facts(ref)), asked=request.GET.get("v", ""))


@require_safe
@public_for(60)
def units(request: HttpRequest, ref: str) -> HttpResponse:
    """The table behind the picture of a project's units, as CSV. Column names are those of the API."""
    facts = _facts(ref)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="project-{facts.ref}-units.csv"'
    writer = csv.writer(response)
    writer.writerow(["vintage", "issued", *KINDS])
    for vintage in facts.vintages:
        writer.writerow([vintage.year or "", vintage.issued, *(getattr(vintage, kind) for kind in KINDS)])
    return response


def _facts(ref: str) -> ProjectFacts:
    try:
        return project_facts(ref=ref, language=get_language() or "en")
    except StoreError as error:
        raise Http404(error.message) from error


@remembered
def _told(facts: ProjectFacts, *, simulated: bool) -> Told:
    page_url = settings.SITE_URL + reverse("store:project", args=[facts.ref])
    card_url = f"{settings.SITE_URL}{reverse('store:project-card', args=[facts.ref])}?v={_card(facts).digest}"
    summary = " ".join(_sentences(facts))
    data = structured_data.project_data(
        facts=facts,
        summary=summary,
        page_url=page_url,
        store_url=settings.SITE_URL + reverse("store:catalogue"),
        card_url=card_url,
        offers_are_real=not settings.CREDITSTORE_DEMO and not simulated,
    )
    return Told(
        place=_countries(facts),
        summary=summary,
        page_url=page_url,
        card_url=card_url,
        structured_data=structured_data.script(data),
        chart=units_chart(vintages=facts.vintages, totals=facts.totals, mirrored=get_language_bidi()),
        similar_url=_similar_url(facts),
        csv_url=reverse("store:project-units", args=[facts.ref]),
        json_url=reverse("api-v1:get_project", kwargs={"ref": facts.ref}),
    )


def _sentences(facts: ProjectFacts) -> list[str]:
    """The project in at most three sentences."""
    what = project_type(facts.type) or _("A project of a kind that is not known")
    found = [_("%(type)s in %(place)s.") % {"type": what, "place": _countries(facts)}]
    if facts.registered_on:
        day = date_format(facts.registered_on, "j F Y")
        found.append(_("Registered with the Clean Development Mechanism on %(day)s.") % {"day": day})
    if facts.annual_reductions:
        tonnes = number_format(facts.annual_reductions, force_grouping=True)
        found.append(_("Expected reductions: %(tonnes)s tonnes of CO2 equivalent a year.") % {"tonnes": tonnes})
    return found


def _card(facts: ProjectFacts) -> social_card.Card:
    issued = number_format(facts.totals.issued, force_grouping=True)
    cancelled = number_format(facts.totals.cancelled, force_grouping=True)
    return social_card.Card(
        store=settings.CREDITSTORE_NAME,
        title=facts.title,
        fallback=_("Project %(ref)s") % {"ref": facts.ref},
        place=", ".join(part for part in (project_type(facts.type), _countries(facts)) if part),
        numbers=(
            _("Project %(ref)s") % {"ref": facts.ref},
            _("%(count)s units issued") % {"count": issued},
            _("%(count)s cancelled") % {"count": cancelled},
        ),
        note=_("Demonstration: nothing is really sold here") if settings.CREDITSTORE_DEMO else "",
    )


def _countries(facts: ProjectFacts) -> str:
    """The hosts by name; of many, which programmes may have, the first two and how many more."""
    names = [country.name for country in facts.countries]
    if len(names) <= _MOST_HOSTS:
        return ", ".join(names)
    return _("%(names)s and %(count)d more countries") % {"names": ", ".join(names[:2]), "count": len(names) - 2}


def _similar_url(facts: ProjectFacts) -> str:
    """The catalogue with what is on offer of the same type."""
    return f"{reverse('store:catalogue')}?{urlencode({'type': facts.type, 'available_min': 1})}"
