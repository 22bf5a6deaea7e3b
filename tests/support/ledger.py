"""A small ledger of its own for tests: one project, one issuance, one seller, offers. Above all real numbers."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from oscar.core.loading import get_model

from creditstore.audit.checks import CHECKS
from creditstore.catalogue.models import Issuance, Project
from creditstore.credits.models import Offer, Reservation
from creditstore.credits.services import open_offer, register_issuance, release
from creditstore.orders.models import Terms
from creditstore.orders.requests import Beneficiary, Buyer, LineRequest, OrderRequest
from creditstore.orders.services import PlacedOrder, place_order
from creditstore.sellers.models import Seller
from creditstore_plugins import Money

_count = itertools.count(1)
#: Beyond the largest real number in any Party's series.
FIRST_NUMBER = 5_000_000_000


def make_seller(*, account: str = "ACC-TEST") -> Seller:
    number = next(_count)
    partner = get_model("partner", "Partner").objects.create(name=f"Test seller {number}", code=f"test-seller-{number}")
    return Seller.objects.create(
        partner=partner, slug=f"test-seller-{number}", name=partner.name, country_code="CH", registry_account=account
    )


def make_project(*, ref: str | None = None) -> Project:
    number = next(_count)
    ref = ref or str(90000 + number)
    product_class, _created = get_model("catalogue", "ProductClass").objects.get_or_create(
        name="CDM project", defaults={"requires_shipping": False, "track_stock": False}
    )
    product = get_model("catalogue", "Product").objects.create(
        structure="parent", title=f"Test project {number}", product_class=product_class, upc=f"test-{ref}"
    )
    return Project.objects.create(
        product=product,
        ref=ref,
        title=f"Test project {number}",
        activity_type="PA",
        country_codes=["CL"],
        scopes=["1"],
        methodologies=["ACM0002"],
        scale="large",
        project_type="Wind",
        source="test",
    )


def make_issuance(
    *,
    quantity: int = 1000,
    project: Project | None = None,
    unit_type: int = 5,
    commitment_period: int = 2,
    monitoring_start: date = date(2018, 1, 1),
) -> Issuance:
    start = FIRST_NUMBER + next(_count) * 10_000_000
    with transaction.atomic():
        issuance = Issuance.objects.create(
            project=project or make_project(),
            series="CL",
            unit_type=unit_type,
            commitment_period=commitment_period,
            start=start,
            end=start + quantity - 1,
            issued_at=datetime(2020, 5, 1, 12, tzinfo=UTC),
            monitoring_start=monitoring_start,
            monitoring_end=date(2018, 12, 31),
            source="test",
        )
        register_issuance(issuance=issuance)
    return issuance


def make_offer(
    *, quantity: int = 100, price_minor: int = 250, seller: Seller | None = None, issuance: Issuance | None = None
) -> Offer:
    return open_offer(
        issuance=issuance or make_issuance(),
        seller=seller or make_seller(),
        quantity=quantity,
        price=Money(minor=price_minor, currency="USD"),
    )


def set_reserved(offer: Offer, quantity: int) -> None:
    """So many units of the offer are promised to nobody in particular, in whatever state the offer is."""
    with transaction.atomic():
        for reservation in offer.reservations.filter(state="active"):
            release(reservation=reservation)
        if quantity:
            Reservation.objects.create(offer=offer, quantity=quantity, expires_at=datetime.now(UTC))
            Offer.objects.filter(pk=offer.pk).update(reserved=quantity)


def reserve_by_hand(offer: Offer, quantity: int) -> None:
    """One statement around every service, as a person at a console would write it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH promise AS (INSERT INTO creditstore_credits_reservation "
            "(key, offer_id, quantity, state, expires_at, created_at) "
            "VALUES (gen_random_uuid(), %s, %s, 'active', now(), now())) "
            "UPDATE creditstore_credits_offer SET reserved = reserved + %s WHERE id = %s",
            [offer.pk, quantity, quantity, offer.pk],
        )


def breaches(name: str) -> list[tuple[int, str]]:
    """The rows that break what one check of the audit looks at, each with what is wrong."""
    (check,) = (check for check in CHECKS if check.name == name)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, detail FROM ({check.breaches}) AS found ORDER BY id")
        return list(cursor.fetchall())


def make_terms() -> Terms:
    found = Terms.objects.first()
    return found or Terms.objects.create(
        version="test-1", effective_from=datetime(2020, 1, 1, tzinfo=UTC), body="# Terms\n\nTest."
    )


def order_request(*lines: tuple[Offer, int], **changes: object) -> OrderRequest:
    values: dict[str, object] = {
        "lines": tuple(LineRequest(offer_code=offer.code, quantity=quantity) for offer, quantity in lines),
        "buyer": Buyer(email="buyer@example.org", name="Ana Buyer", country="CL"),
        "beneficiary": Beneficiary(name="Example School"),
        "reason": "Our trip to the sea",
        "visibility": "full",
        "terms_version": make_terms().version,
        "immediate_performance": True,
        "language": "en",
    }
    return OrderRequest(**{**values, **changes})  # type: ignore[arg-type]


def make_order(*lines: tuple[Offer, int], **changes: object) -> PlacedOrder:
    return place_order(request=order_request(*lines, **changes), placement_key=f"test:{next(_count)}")


def ago(**parts: int) -> datetime:
    return datetime.now(UTC) - timedelta(**parts)
