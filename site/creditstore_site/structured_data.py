"""What search engines read of a project (schema.org, JSON-LD): data in the page, never run, which the policy allows.

An offer is stated only where it is one: a price that the demo invented, or units of a simulated registry, would be read
as real by a machine that sees no label. Such a project is described without offers.
"""

from __future__ import annotations

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from creditstore.catalogue.fact_types import OfferFacts, ProjectFacts
from creditstore.catalogue.labels import project_type

# What could end a script element, or start a comment in it.
_UNSAFE = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def project_data(
    *, facts: ProjectFacts, summary: str, page_url: str, store_url: str, card_url: str, offers_are_real: bool
) -> list[dict[str, Any]]:
    """The project as a product with its offers, and where its page stands. Addresses are absolute.

    ``offers_are_real``: false in a demo or with a simulated registry; no offer is then told of at all.
    """
    product: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": facts.title,
        "description": summary,
        "category": project_type(facts.type),
        "productID": f"CDM:{facts.ref}",
        "url": page_url,
        "image": card_url,
        "countryOfOrigin": [{"@type": "Country", "name": country.name} for country in facts.countries],
    }
    if facts.registry_url:
        product["sameAs"] = facts.registry_url
    told = [
        offer for offer in facts.offers if offers_are_real and not offer.price_invented and not offer.seller.invented
    ]
    if told:
        product["offers"] = [_offer(offer, page_url=page_url) for offer in told]
    steps = [(_("Store"), store_url), (facts.title, page_url)]
    trail = {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name, "item": url}
            for position, (name, url) in enumerate(steps, start=1)
        ],
    }
    return [product, trail]


def script(data: object) -> SafeString:
    """A script element that holds the data and nothing that a browser runs."""
    text = json.dumps(data, ensure_ascii=False).translate(_UNSAFE)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  (escaped above)


def _offer(offer: OfferFacts, *, page_url: str) -> dict[str, Any]:
    in_stock = offer.available > 0
    return {
        "@type": "Offer",
        "sku": offer.code,
        "url": page_url,
        "price": str(offer.price.decimal),
        "priceCurrency": offer.price.currency,
        "availability": f"https://schema.org/{'InStock' if in_stock else 'SoldOut'}",
        "seller": {"@type": "Organization", "name": offer.seller.name},
        "eligibleQuantity": {
            "@type": "QuantitativeValue",
            "minValue": offer.minimum,
            **({"maxValue": min(offer.available, offer.maximum or offer.available)} if in_stock else {}),
            "unitText": "t",
        },
    }
