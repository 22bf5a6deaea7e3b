"""Issuing, rendering and showing certificates. None exists before the registry says completed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from creditstore.certificates.document import (
    build_document,
    canonical_json,
    digest_of,
    document_from_facts,
)
from creditstore.certificates.models import CERTIFICATES, Certificate, CertificateFile
from creditstore.core import clock
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.jobs import defer, mail_lock, order_lock
from creditstore.core.states import transition
from creditstore.core.text import clean_text, too_long
from creditstore.orders.models import Order, Visibility
from creditstore.orders.requests import NAME_LIMIT, REASON_LIMIT
from creditstore.orders.services import lock_order, set_order_state
from creditstore_host.installation import get_host

#: States of an order of which the registry has said its last word.
CERTIFIABLE = ("cancelled", "partly_cancelled")
#: Facts that below full visibility only the code opens.
PERSONAL_FACTS = ("beneficiary", "beneficiary_country", "reason", "order_number", "ordered_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFile:
    """A file of a certificate: ``name`` is the word in its address."""

    name: str
    title: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateView:
    """What may be shown of a certificate to whoever asks. ``disclosed``: everything, names included.

    ``successor``: the valid certificate that took its place, where it is superseded.
    """

    certificate: Certificate
    disclosed: bool
    facts: dict[str, Any]
    files: tuple[OfferedFile, ...]
    successor: Certificate | None


def issue_certificate(*, order_id: int) -> Certificate:
    """Issue the certificate of what the registry cancelled of an order and render its files. Idempotent.

    A partly cancelled order is certified when the money of the rest has gone back; its certificate exists before.
    Only the formats that the operator requires are waited for: a plugin's format that fails, or hangs, must not keep a
    buyer from the certificate. Each of the others has a job of its own.
    Errors: ``RenderFailed`` from a required format; the certificate stays, and the job tries again.
    """
    certificate = _issue(order_id=order_id)
    offered = [form.name for form in get_host().certificate_formats()]
    required = settings.CREDITSTORE_REQUIRED_CERTIFICATE_FORMATS
    for name in offered:
        if name in required:
            file_of(certificate=certificate, format_name=name)
    with transaction.atomic():
        for name in offered:
            if name not in required:
                defer("creditstore.certificates.render", certificate_id=certificate.pk, format_name=name)
        order = lock_order(order_id=order_id)
        done = not order.lines.exclude(state__in=("cancelled", "refunded")).exists()
        if order.state in CERTIFIABLE and done and set_order_state(order=order, to="certified", actor="system"):
            defer("creditstore.certificates.mail", lock=mail_lock(order.number), certificate_id=certificate.pk)
    return certificate


def _issue(*, order_id: int) -> Certificate:
    with transaction.atomic():
        order = lock_order(order_id=order_id)
        existing = order.certificates.filter(state="issued").first()
        if existing is not None:
            return existing
        if order.state not in CERTIFIABLE:
            raise StoreError(code="conflict", message=_("The registry has not completed this cancellation yet."))
        return _create(order=order, revision=1)


def _create(*, order: Order, revision: int) -> Certificate:
    issued_at = clock.now().replace(microsecond=0)
    number, code = _next_number(issued_at), secrets.token_hex(16)
    document = build_document(order=order, number=number, revision=revision, code=code, issued_at=issued_at)
    facts = document.facts()
    return Certificate.objects.create(
        number=number,
        revision=revision,
        order=order,
        code=code,
        facts=facts,
        digest=digest_of(facts),
        issued_at=issued_at,
    )


def check_correction(*, certificate: Certificate, beneficiary: str, reason: str) -> tuple[str, str]:
    """Whether these texts may take the place of a certificate's. Returns them cleaned.

    Errors: ``StoreError``: conflict (not the valid certificate, or nothing differs), invalid (no name, too long).
    """
    order = certificate.order
    beneficiary, reason = clean_text(beneficiary), clean_text(reason, multiline=True)
    if certificate.state != "issued":
        raise StoreError(code="conflict", message=_("This certificate is not the valid one of its order."))
    missing = "" if beneficiary else _("Say for whom the units were cancelled.")
    problems = {
        "beneficiary": missing or too_long(beneficiary, limit=NAME_LIMIT),
        "reason": too_long(reason, limit=REASON_LIMIT),
    }
    errors = [FieldError(field, problem) for field, problem in problems.items() if problem]
    if errors:
        raise StoreError(code="invalid", message=errors[0].message, errors=errors)
    if (beneficiary, reason) == (order.beneficiary_name, order.reason):
        raise StoreError(code="conflict", message=_("The certificate says that already."))
    return beneficiary, reason


def supersede_certificate(*, certificate: Certificate, beneficiary: str, reason: str, actor: str) -> Certificate:
    """Mend a typing error in a name or reason: a new certificate of the same serials takes the place of this one.

    Parameters: ``beneficiary`` and ``reason``, as they should have been. A job renders the new one's files and tells
    the buyer. Errors: as ``check_correction``.
    """
    with transaction.atomic():
        order = lock_order(order_id=certificate.order_id)
        current = Certificate.objects.get(pk=certificate.pk)
        current.order = order
        beneficiary, reason = check_correction(certificate=current, beneficiary=beneficiary, reason=reason)
        order.beneficiary_name, order.reason = beneficiary, reason
        order.save(update_fields=["beneficiary_name", "reason"])
        transition(instance=current, table=CERTIFICATES, to="superseded", actor=actor, reason="a text was mended")
        successor = _create(order=order, revision=current.revision + 1)
        defer("creditstore.certificates.issue", lock=order_lock(order.number), order_id=order.pk)
        defer("creditstore.certificates.mail", lock=mail_lock(order.number), certificate_id=successor.pk)
    return successor


def _next_number(at: datetime) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('creditstore_certificate_number')")
        (value,) = cursor.fetchone()
    return f"VC-{at.year}-{value:06d}"


def file_of(*, certificate: Certificate, format_name: str) -> CertificateFile:
    """The file in this format, rendered now if it was not before; from then on always the same bytes.

    Errors: ``StoreError`` (not-found) when no plugin offers the format and none was kept; ``RenderFailed``.
    """
    kept = certificate.files.filter(format=format_name).first()
    if kept is not None:
        return kept
    offered = next((item for item in get_host().certificate_formats() if item.name == format_name), None)
    if offered is None:
        raise StoreError(code="not-found", message=_("This certificate does not exist in that format."))
    document = document_from_facts(facts=certificate.facts, code=certificate.code)
    content = get_host().render_certificate(format_name, document, certificate.digest)
    file, _created = CertificateFile.objects.get_or_create(
        certificate=certificate,
        format=format_name,
        defaults={
            "plugin": offered.plugin_id,
            "media_type": offered.media_type,
            "extension": offered.extension,
            "content": content,
            "sha256": hashlib.sha256(content).hexdigest(),
        },
    )
    return file


def facts_file(*, certificate: Certificate) -> bytes:
    """The canonical JSON whose SHA-256 is printed on the certificate."""
    return canonical_json(certificate.facts)


def certificate_view(*, number: str, code: str = "") -> CertificateView:
    """What may be shown of this certificate.

    Parameters: ``code``, from the QR; it opens what the buyer chose not to publish. Errors: ``StoreError`` (not-found)
    for an unknown number, and alike for a hidden certificate without its code.
    """
    certificate = Certificate.objects.select_related("order__seller").filter(number=number).first()
    missing = StoreError(code="not-found", message=_("There is no certificate with this number, or it is not public."))
    if certificate is None:
        raise missing
    opened = secrets.compare_digest(certificate.code.encode(), code.encode())
    visibility = certificate.order.visibility
    disclosed = opened or visibility == Visibility.FULL
    if visibility == Visibility.HIDDEN and not opened:
        raise missing
    facts = certificate.facts
    if not disclosed:
        facts = {name: value for name, value in facts.items() if name not in PERSONAL_FACTS}
    return CertificateView(
        certificate=certificate,
        disclosed=disclosed,
        facts=facts,
        files=_files(certificate) if disclosed else (),
        successor=None if certificate.state == "issued" else certificate.order.certificates.get(state="issued"),
    )


def _files(certificate: Certificate) -> tuple[OfferedFile, ...]:
    """The formats this store renders now, those kept from plugins that are gone, and the plain facts."""
    files = {
        kept.format: OfferedFile(name=kept.format, title=kept.format.upper(), media_type=kept.media_type)
        for kept in certificate.files.defer("content")
    }
    for offered in get_host().certificate_formats():
        files[offered.name] = OfferedFile(name=offered.name, title=offered.title, media_type=offered.media_type)
    files.setdefault("json", OfferedFile(name="json", title=_("Facts (JSON)"), media_type="application/json"))
    return tuple(files.values())
