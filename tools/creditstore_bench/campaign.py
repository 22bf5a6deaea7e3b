"""A campaign's page of twelve blocks of twelve kinds: ``python -m creditstore_bench.campaign`` prints its address."""

from __future__ import annotations

import sys
from typing import Any, Final

import django

_SLUG: Final = "bench-campaign"


def main() -> None:
    """Make the page in the store's database if it is not there."""
    django.setup()
    sys.stdout.write(campaign_address())


def campaign_address() -> str:
    """The path of the page, which is made at the first call. Errors: ``SystemExit`` without a home page or offers."""
    from creditstore_content.pages.models import CampaignPage, HomePage

    page = CampaignPage.objects.live().filter(slug=_SLUG).first()
    if page is None:
        home = HomePage.objects.first()
        if home is None:
            raise SystemExit("the store has no home page")
        page = CampaignPage(title="Twelve blocks", slug=_SLUG, lead="A page of twelve blocks.", body=_body())
        home.add_child(instance=page)
        page.save_revision().publish()
    return str(page.url)


def _body() -> list[tuple[str, Any]]:
    """No pictures: they are left out of the figures."""
    from creditstore.credits.models import Offer

    offers = Offer.objects.filter(state="live").select_related("issuance__project").order_by("code")[:3]
    if len(offers) < 3:
        raise SystemExit("the store has no offers")
    one, two, three = offers
    words = "One certified emission reduction stands for one tonne of carbon dioxide equivalent. " * 6
    return [
        ("heading", {"text": "Why these units", "level": "2", "anchor": "why"}),
        ("text", f"<p>{words}</p>"),
        ("quote", {"text": "We measure first.", "person": "A buyer", "role": "Example"}),
        ("project", {"project": one.issuance.project, "text": ""}),
        ("offer", {"offer": two, "text": ""}),
        (
            "projects_by_rule",
            {"heading": "Wind", "types": ["Wind"], "countries": [], "order": "price", "count": 3, "fallback": "None."},
        ),
        ("live_statistics", {"numbers": ["units_cancelled", "projects", "countries"]}),
        ("goal", {"campaign": None, "target": 5_000, "until": None}),
        ("pledge_form", {"heading": "Pledge", "text": ""}),
        ("pledge_wall", {"heading": "They have pledged", "number": 6}),
        ("map", {"caption": "Where", "projects": [], "place": "A place", "latitude": -12, "longitude": 34}),
        ("call_to_action", {"text": "Read on", "link": {"project": three.issuance.project}, "note": ""}),
    ]


if __name__ == "__main__":
    main()
