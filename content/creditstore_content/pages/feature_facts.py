"""What a project feature shows of its project at this moment, and where it leads when there is nothing to buy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from django.urls import reverse

from creditstore.catalogue.facts_of import ProjectFacts, project_facts
from creditstore.catalogue.labels import project_type
from creditstore.catalogue.models import Project
from creditstore.catalogue.objections import Objection
from creditstore.catalogue.search import ProjectHit
from creditstore.core.countries import country_name
from creditstore_content.blocks.rules import find, hit_card
from creditstore_content.blocks.words import language, price_words

State = Literal["for_sale", "sold_out", "deregistered", "unclear", "gone"]
#: Other projects shown where this one cannot be bought.
SIMILAR: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureFacts:
    """A project as its feature shows it. ``facts`` is ``None`` when the store does not have the project any more.

    ``state``: whether units can be bought now and, if not, why. ``similar``: other projects with something for sale,
    of the same type and country if there are any, else of the same type; ``similar_url``: the catalogue with all of
    them. Both are empty while the project can be bought.
    """

    state: State
    ref: str
    title: str
    type: str
    countries: tuple[str, ...]
    facts: ProjectFacts | None
    objections: tuple[Objection, ...]
    similar: tuple[ProjectHit, ...]
    similar_total: int
    similar_url: str

    @property
    def url(self) -> str:
        """The project's page in the store; empty when it is gone."""
        return reverse("store:project", args=[self.ref]) if self.facts else ""

    @property
    def price_invented(self) -> bool:
        """Whether the lowest price is invented for a demonstration."""
        return self.facts is not None and self.facts.price_invented

    def for_api(self) -> dict[str, Any]:
        """For the content API; units are whole, a price is that of one tonne."""
        totals = self.facts.totals if self.facts else None
        price = self.facts.price_from if self.facts else None
        return {
            "ref": self.ref,
            "title": self.title,
            "type": self.type,
            "countries": list(self.countries),
            "state": self.state,
            "url": self.url or None,
            "issued": totals.issued if totals else None,
            "cancelled": totals.cancelled if totals else None,
            "available": totals.available if totals else 0,
            "price_from": price_words(price) if price else None,
            "price_invented": self.price_invented,
            "objections": [{"label": each.label, "text": each.text} for each in self.objections],
            "similar": [hit_card(hit) for hit in self.similar],
        }


def remembered(project: Project) -> dict[str, Any]:
    """What is kept of a project for the day on which it is gone."""
    return {
        "ref": project.ref,
        "title": project.title,
        "type": project.project_type,
        "countries": list(project.country_codes),
    }


def feature_facts(*, project: Project | None, known: dict[str, Any]) -> FeatureFacts:
    """Look up everything in the language at hand. ``known``: what ``remembered`` gave when the project was there."""
    about = remembered(project) if project else {"ref": "", "title": "", "type": "", "countries": [], **known}
    facts = project_facts(ref=project.ref, language=language()) if project else None
    state = _state(project, facts)
    found = _similar(about) if state != "for_sale" else None
    return FeatureFacts(
        state=state,
        ref=about["ref"],
        title=about["title"],
        type=project_type(about["type"]) if about["type"] else "",
        countries=tuple(country_name(code, language()) for code in about["countries"]),
        facts=facts,
        objections=facts.objections if facts else (),
        similar=found[0] if found else (),
        similar_total=found[1] if found else 0,
        similar_url=found[2] if found else "",
    )


def _state(project: Project | None, facts: ProjectFacts | None) -> State:
    if project is None or facts is None:
        return "gone"
    if project.status == "deregistered":
        return "deregistered"
    if project.status == "unclear":
        return "unclear"
    return "for_sale" if facts.totals.available else "sold_out"


def _similar(about: dict[str, Any]) -> tuple[tuple[ProjectHit, ...], int, str]:
    """Projects with something for sale: of the same type and country, else of the type, else any."""
    by_type = {"type": [about["type"]]} if about["type"] else {}
    by_country = {"country": list(about["countries"])} if about["countries"] else {}
    for rule in ({**by_type, **by_country}, by_type, {}):
        # One more than is shown: the project itself may be among them.
        found = find({**rule, "available_min": ["1"], "sort": ["price"]}, limit=SIMILAR + 1)
        others = tuple(hit for hit in found.hits if hit.ref != about["ref"])[:SIMILAR]
        if others:
            return others, found.total, found.url
    return (), 0, reverse("store:catalogue")
