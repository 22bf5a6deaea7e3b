"""The public register, single units, certificates."""

from __future__ import annotations

import re
import secrets
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query

from creditstore.api.application import NAMESPACE, ApiRouter
from creditstore.api.schemas import register as out
from creditstore.api.schemas.common import PageOf, SerialRange
from creditstore.api.schemas.filters import CertificateCode, RegisterListing
from creditstore.cancellation.services import registry_is_simulated
from creditstore.certificates.document import verification_url
from creditstore.certificates.register import (
    RegisterEntry,
    RegisterFilters,
    register_page,
    serial_history,
)
from creditstore.certificates.services import certificate_view, facts_file, file_of
from creditstore.core.countries import is_country
from creditstore.core.errors import FieldError, StoreError
from creditstore.reconciliation.summary import public_summary

router = ApiRouter(tags=["Proof"])
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: Nothing was cancelled before the mechanism began, and no register page looks further ahead than this.
_YEARS = range(2000, 2101)


@router.get(
    "/cancellations", response=PageOf[out.Entry], operation_id="list_cancellations", summary="The public register"
)
def list_cancellations(request: HttpRequest, listing: Query[RegisterListing]) -> PageOf[out.Entry]:
    """Completed cancellations, newest first; what buyers chose to hide is not in it."""
    errors: list[FieldError] = []
    date_from, date_to = _day("from", listing.date_from, errors), _day("to", listing.date_to, errors)
    if date_from and date_to and date_to < date_from:
        errors.append(FieldError("to", _("The last day lies before the first one.")))
    if listing.country and not is_country(listing.country.upper()):
        errors.append(FieldError("country", _("This is not a country code such as CL.")))
    if errors:
        raise StoreError(code="invalid", message=_("Some filters cannot be read."), errors=errors)
    page = register_page(
        filters=RegisterFilters(
            serial=listing.serial,
            project=listing.project,
            country=listing.country,
            date_from=date_from,
            date_to=date_to,
            q=listing.q,
        ),
        cursor=listing.cursor or None,
        limit=listing.limit,
    )
    return PageOf(items=[_entry(entry) for entry in page.items], next=page.next, total=page.total)


def _day(name: str, text: str, errors: list[FieldError]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        errors.append(FieldError(name, _("Give a date such as 2026-01-31.")))
        return None
    return day


def _entry(entry: RegisterEntry) -> out.Entry:
    return out.Entry(
        number=entry.number,
        serial_start=entry.serial_start,
        serial_end=entry.serial_end,
        quantity=entry.quantity,
        project=entry.project,
        project_title=entry.project_title,
        country=entry.country,
        completed_at=entry.completed_at,
        registry=entry.registry,
        transaction=entry.transaction,
        kind=entry.kind,
        beneficiary=entry.beneficiary,
        reason=entry.reason,
        certificate=entry.certificate,
        simulated=entry.simulated,
    )


@router.get(
    "/reconciliation",
    response=out.Reconciliation,
    operation_id="get_reconciliation",
    summary="How the records match",
)
def get_reconciliation(request: HttpRequest) -> out.Reconciliation:
    """The last comparison with the registry and the payment providers, and how much is unmatched now."""
    summary = public_summary()
    return out.Reconciliation(
        state=summary.state,
        last_run_at=summary.last_run_at,
        full=summary.full,
        unmatched=summary.unmatched,
        oldest_at=summary.oldest_at,
        stages=[
            out.ReconciliationStage(
                stage=stage.stage, outcome=stage.outcome, compared=stage.compared, differing=stage.differing
            )
            for stage in summary.stages
        ],
        simulated=registry_is_simulated(),
    )


@router.get(
    "/serials/{serial}",
    response=out.SerialHistory,
    operation_id="get_serial",
    summary="What happened to one unit",
)
def get_serial(request: HttpRequest, serial: str) -> out.SerialHistory:
    """A serial number as printed: ``CL-5-123456-2-2-0-3239``. An unknown one is an answer, not an error."""
    found = serial_history(serial=serial)
    entry = _entry(found.cancellation) if found.cancellation else None
    known = found.project is not None and found.project_title is not None
    return out.SerialHistory(
        serial=found.serial,
        state=found.state,
        issuance=out.Issuance(
            project=found.project or "", project_title=found.project_title or "", issued_at=found.issued_at
        )
        if known
        else None,
        block=SerialRange(serial_start=found.block_start, serial_end=found.block_end)
        if found.block_start and found.block_end
        else None,
        offer=out.SerialOffer(id=found.offer, state=found.offer_state or "") if found.offer else None,
        cancelled_at=found.cancelled_at,
        cancelled_through=found.cancelled_through,
        cancellation=entry,
        certificate=entry.certificate if entry else None,
        simulated=found.simulated,
    )


@router.get(
    "/certificates/{number}",
    response=out.Certificate,
    operation_id="get_certificate",
    summary="Verify a certificate",
)
def get_certificate(request: HttpRequest, number: str, opened_by: Query[CertificateCode]) -> out.Certificate:
    """Below full visibility the code, printed in the QR, opens the rest."""
    code = opened_by.code
    view = certificate_view(number=number, code=code)
    certificate = view.certificate
    # What was typed is never repeated in addresses unless it is the code.
    code = certificate.code if secrets.compare_digest(certificate.code.encode(), code.encode()) else ""
    return out.Certificate(
        number=certificate.number,
        revision=certificate.revision,
        state=certificate.state,
        disclosed=view.disclosed,
        issued_at=certificate.issued_at,
        # Names could be guessed and tried against the digest.
        digest=certificate.digest if view.disclosed else None,
        facts=view.facts,
        formats=[
            out.CertificateFile(
                name=file.name,
                title=file.title,
                media_type=file.media_type,
                url=_file_url(number=certificate.number, name=file.name, code=code),
            )
            for file in view.files
        ],
        url=verification_url(number=certificate.number, code=code),
        simulated=bool(certificate.facts.get("simulated")),
    )


def _file_url(*, number: str, name: str, code: str) -> str:
    path = reverse(f"{NAMESPACE}:get_certificate_file", kwargs={"number": number, "format": name})
    return f"{settings.SITE_URL}{path}" + (f"?code={code}" if code else "")


@router.get(
    "/certificates/{number}/{format}",
    operation_id="get_certificate_file",
    summary="A certificate's file",
    openapi_extra={
        "responses": {
            200: {
                "description": "The file, in the media type that the certificate's `formats` name",
                "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def get_certificate_file(
    request: HttpRequest,
    number: str,
    format: str,
    opened_by: Query[CertificateCode],
) -> HttpResponse:
    """``pdf``, ``json`` and what plugins add. Always the same bytes once a file was made."""
    view = certificate_view(number=number, code=opened_by.code)
    offered = next((file for file in view.files if file.name == format), None)
    if offered is None:
        message = _("There is no such file of this certificate, or it is not public.")
        raise StoreError(code="not-found", message=message)
    try:
        file = file_of(certificate=view.certificate, format_name=format)
        content, media_type, extension = bytes(file.content), file.media_type, file.extension
    except StoreError:
        if format != "json":
            raise
        content, media_type, extension = facts_file(certificate=view.certificate), "application/json", "json"
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'inline; filename="{view.certificate.number}.{extension}"'
    return response
