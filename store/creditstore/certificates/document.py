"""From an order to the facts of its certificate, and back from stored facts to the document a format renders."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import rfc8785
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from creditstore.cancellation.models import RegistryTransaction
from creditstore.catalogue.models import SectoralScope
from creditstore.core.countries import country_name
from creditstore.credits.models import UnitBlock
from creditstore.credits.serials import UNIT_TYPES
from creditstore.credits.services import printed_ranges
from creditstore.orders.models import Order
from creditstore_plugins import CertificateDocument, CertificateRange


def build_document(*, order: Order, number: str, revision: int, code: str, issued_at: datetime) -> CertificateDocument:
    """The certificate of a cancelled order: what the registry completed, nothing that was only asked for.

    Errors: ``ValueError`` when nothing of the order is completed.
    """
    with translation.override(order.language):
        return _build(order=order, number=number, revision=revision, code=code, issued_at=issued_at)


def _build(*, order: Order, number: str, revision: int, code: str, issued_at: datetime) -> CertificateDocument:
    language = order.language
    ranges = _ranges(order=order, language=language)
    unit_type = UNIT_TYPES[_unit_type(order)]
    return CertificateDocument(
        number=number,
        revision=revision,
        language=language,
        order_number=order.number,
        ordered_at=order.placed_at,
        issued_at=issued_at,
        issuer=settings.CREDITSTORE_OPERATOR,
        seller=_seller_name(order),
        beneficiary=order.beneficiary_name,
        beneficiary_country=country_name(order.beneficiary_country, language) if order.beneficiary_country else "",
        reason=order.reason,
        quantity=sum(part.quantity for part in ranges),
        unit_type=unit_type.short_name,
        unit_name=str(unit_type.full_name),
        kind="voluntary_cancellation",
        corresponding_adjustment=False,
        simulated=order.simulated,
        ranges=tuple(ranges),
        verification_url=verification_url(number=number, code=code),
    )


def _seller_name(order: Order) -> str:
    """The seller's name; an invented one is marked, also where only the name is read."""
    if order.seller.invented:
        return _("%(name)s (invented for a demonstration)") % {"name": order.seller.name}
    return order.seller.name


def _unit_type(order: Order) -> int:
    block = UnitBlock.objects.filter(
        registry_transactions__line__order=order, registry_transactions__state="completed"
    ).first()
    if block is None:
        raise ValueError("an order of which nothing is cancelled has no certificate")
    return block.unit_type


def _ranges(*, order: Order, language: str) -> list[CertificateRange]:
    scope_names = dict(SectoralScope.objects.values_list("code", "name"))
    completed = (
        RegistryTransaction.objects.filter(line__order=order, state="completed")
        .select_related("line__reservation__offer__issuance__project")
        .order_by("line__position", "attempt", "part")
    )
    ranges: list[CertificateRange] = []
    for entry in completed:
        issuance = entry.line.reservation.offer.issuance
        project = issuance.project
        host = issuance.series if issuance.series in project.country_codes else project.country_codes[0]
        assert entry.completed_at is not None  # noqa: S101  (the database's check: completed ones know when)
        ranges.extend(
            CertificateRange(
                serial_start=part.serial_start,
                serial_end=part.serial_end,
                quantity=part.quantity,
                project_ref=project.ref,
                project_title=project.title,
                host_country=country_name(host, language),
                host_country_code=host,
                scopes=tuple(f"{code} {scope_names.get(code, '')}".strip() for code in project.scopes),
                methodologies=tuple(project.methodologies),
                monitoring_start=issuance.monitoring_start,
                monitoring_end=issuance.monitoring_end,
                commitment_period=issuance.commitment_period,
                registry=_("%(registry)s (simulated)") % {"registry": entry.registry}
                if entry.simulated
                else entry.registry,
                transaction=entry.transaction_id,
                completed_at=entry.completed_at.astimezone(UTC),
            )
            for part in printed_ranges(entry.blocks.all())
        )
    return ranges


def canonical_json(facts: dict[str, Any]) -> bytes:
    """The facts in canonical form (RFC 8785): the bytes that the printed SHA-256 is of."""
    return rfc8785.dumps(facts)


def digest_of(facts: dict[str, Any]) -> str:
    """SHA-256 of the canonical facts, in hexadecimal."""
    return hashlib.sha256(canonical_json(facts)).hexdigest()


def verification_url(*, number: str, code: str = "") -> str:
    """Where the certificate can be checked, absolute; with the code when it opens more than the public record."""
    path = reverse("certificate", kwargs={"number": number})
    return f"{settings.SITE_URL}{path}" + (f"?code={code}" if code else "")


def document_from_facts(*, facts: dict[str, Any], code: str) -> CertificateDocument:
    """The document as it was at issue, from the stored facts alone: later changes elsewhere do not reach it."""
    values = dict(facts)
    ranges = tuple(
        CertificateRange(
            **{
                **part,
                "scopes": tuple(part["scopes"]),
                "methodologies": tuple(part["methodologies"]),
                "monitoring_start": _date(part["monitoring_start"]),
                "monitoring_end": _date(part["monitoring_end"]),
                "completed_at": _time(part["completed_at"]),
            }
        )
        for part in values.pop("ranges")
    )
    for name in ("ordered_at", "issued_at"):
        values[name] = _time(values[name])
    return CertificateDocument(
        **values, ranges=ranges, verification_url=verification_url(number=facts["number"], code=code)
    )


def _date(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _time(value: str) -> datetime:
    return datetime.fromisoformat(value)
