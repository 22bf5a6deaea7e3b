"""The demo's data: real projects that the UN's store sold; invented sellers, offers, terms and staff, marked so.

Everything here can be repeated: what is there already stays as it is, with all that has happened to it since.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sites.models import Site
from django.db import transaction
from oscar.core.loading import get_model

from creditstore.catalogue.importing import import_cdm, sold_by_un_store
from creditstore.credits.models import Offer, UnitBlock
from creditstore.credits.services import open_offer
from creditstore.orders.models import Terms
from creditstore.sellers.models import Seller
from creditstore_content.pages.seed import seed_pages
from creditstore_site.demo.offers import TRADER, plan_offers
from creditstore_site.demo.staff import load_staff

TERMS_VERSION = "2026-11"
TERMS_FROM = datetime(2026, 11, 1, tzinfo=UTC)
TERMS_FILE = Path(__file__).with_name("terms.txt")
#: Projects with offers; the others are there to be found and read.
PROJECTS_WITH_OFFERS = 60
HOLDINGS_COLUMNS = (
    "account", "party", "unit_type", "start", "end", "original_period", "applicable_period", "field6", "project"
)  # fmt: skip


class NotADemo(Exception):
    """The settings say that this is an operator's store: nothing invented is put into it."""


@dataclass(frozen=True, slots=True)
class _InventedSeller:
    slug: str
    name: str
    country: str
    about: str
    account: str


_SELLERS = (
    _InventedSeller(
        "cordillera-units", "Cordillera Units", "CL", "Wind, water and methane in the Andes.", "CDM-ACC-1001"
    ),
    _InventedSeller("jacaranda-climate", "Jacaranda Climate", "BR", "Projects from Brazil to Mexico.", "CDM-ACC-1002"),
    _InventedSeller("banyan-renewables", "Banyan Renewables", "IN", "Small renewable power plants.", "CDM-ACC-1003"),
    _InventedSeller("hearth-programmes", "Hearth Programmes", "KE", "Cook stoves and light in Africa.", "CDM-ACC-1004"),
    _InventedSeller("monsoon-energy", "Monsoon Energy Desk", "SG", "Power projects all over Asia.", "CDM-ACC-1005"),
    _InventedSeller(TRADER, "Meridian Units", "CH", "Sells for owners of units anywhere.", "CDM-ACC-1006"),
)


def load_demo(*, say: Callable[[str], None], projects: int = PROJECTS_WITH_OFFERS) -> None:
    """Load all of it, one line per step through ``say``.

    Parameters: ``projects``, how many projects get offers. Errors: ``NotADemo`` unless ``CREDITSTORE_DEMO`` is set;
    ``ImportRefused`` when the shipped facts cannot be taken in.
    """
    if not settings.CREDITSTORE_DEMO:
        raise NotADemo("CREDITSTORE_DEMO is not set: this store is not a demonstration.")
    report = import_cdm(only=sold_by_un_store())
    say(f"Facts: {report.projects.created} new projects, {report.issuances.created} new issuances.")
    say(f"Sellers: {load_sellers()} new, all invented.")
    say(f"Offers: {load_offers(projects=projects)} new, their prices invented.")
    say(f"Terms: version {load_terms().version}.")
    say(f"Holdings: {write_holdings(settings.DEMO_DIR / 'holdings.csv')} blocks for the simulated registry.")
    say(f"Staff: {load_staff()} new accounts.")
    name_the_site(settings.SITE_URL)
    say(f"Pages: {', '.join(seed_pages()) or 'nothing'} new; the site is {settings.SITE_URL}.")


def load_sellers() -> int:
    """Create the invented sellers that are missing; returns how many."""
    missing = {seller.slug: seller for seller in _SELLERS}
    for slug in Seller.objects.values_list("slug", flat=True):
        missing.pop(slug, None)
    with transaction.atomic():
        for seller in missing.values():
            partner, _new = get_model("partner", "Partner").objects.get_or_create(
                code=seller.slug, defaults={"name": seller.name}
            )
            Seller.objects.create(
                partner=partner,
                slug=seller.slug,
                name=seller.name,
                country_code=seller.country,
                about=f"{seller.about} This seller is invented for the demonstration and does not exist.",
                registry_account=seller.account,
                invented=True,
            )
    return len(missing)


def load_offers(*, projects: int) -> int:
    """Open the planned offers that are missing; returns how many."""
    there = set(Offer.objects.values_list("code", flat=True))
    sellers = {seller.slug: seller for seller in Seller.objects.select_related("partner")}
    missing = [planned for planned in plan_offers(projects=projects) if planned.code not in there]
    with transaction.atomic():
        for planned in missing:
            open_offer(
                issuance=planned.issuance,
                seller=sellers[planned.seller_slug],
                quantity=planned.quantity,
                price=planned.price,
                code=planned.code,
                price_invented=True,
            )
    return len(missing)


def load_terms() -> Terms:
    """Publish the demo's terms unless that version is published; a published version never changes."""
    terms, _new = Terms.objects.get_or_create(
        version=TERMS_VERSION,
        defaults={"effective_from": TERMS_FROM, "body": TERMS_FILE.read_text(encoding="utf-8")},
    )
    return terms


def write_holdings(path: Path) -> int:
    """Write what each seller's registry account holds, for the registry simulator; returns the number of blocks."""
    blocks = (
        UnitBlock.objects.filter(is_leaf=True, state__in=["held", "assigned"], offer__seller__invented=True)
        .order_by("series", "start")
        .values_list(
            "offer__seller__registry_account", "series", "unit_type", "start", "end",
            "original_period", "applicable_period", "field6", "project_number",
        )
    )  # fmt: skip
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HOLDINGS_COLUMNS)
    writer.writerows(blocks)
    path.parent.mkdir(parents=True, exist_ok=True)
    # In one step: the simulator may be reading the file of the last start.
    unfinished = path.with_suffix(".new")
    unfinished.write_text(text.getvalue(), encoding="utf-8")
    unfinished.replace(path)
    return len(blocks)


def name_the_site(url: str) -> None:
    """Tell Oscar, through Django's table of sites, where this one is: without it its links lead to example.com."""
    Site.objects.update_or_create(
        pk=settings.SITE_ID, defaults={"domain": urlsplit(url).netloc, "name": settings.CREDITSTORE_NAME[:50]}
    )
    # Django keeps sites in memory per process.
    Site.objects.clear_cache()
