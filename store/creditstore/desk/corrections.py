"""Mending a typing error on a certificate: the old one stays visible for ever, so it takes two."""

from __future__ import annotations

from django.utils.translation import gettext as _

from creditstore.accounts.models import User
from creditstore.accounts.staff import actor_of
from creditstore.certificates.models import Certificate
from creditstore.certificates.services import check_correction, supersede_certificate
from creditstore.desk import approvals
from creditstore.desk.models import Approval, ApprovalAction
from creditstore.desk.people import ACT, require


def correct_certificate(
    *, certificate: Certificate, beneficiary: str, purpose: str, user: User, reason: str
) -> Approval:
    """Ask a second person whether a certificate may be replaced by one with mended texts, of the same serials.

    Parameters: ``beneficiary`` and ``purpose``, as they should have been; ``reason``, for the audit, no personal data.
    Errors: ``StoreError``: forbidden, invalid (no reason, no name, too long), conflict (not the valid one, nothing
    differs).
    """
    require(user, ACT)
    beneficiary, purpose = check_correction(certificate=certificate, beneficiary=beneficiary, reason=purpose)
    return approvals.ask(
        action=ApprovalAction.CORRECT_CERTIFICATE,
        order=certificate.order,
        user=user,
        reason=reason,
        why_two=_("A certificate is public and for ever: the old number stays visible beside the new one."),
        certificate=certificate,
        beneficiary_name=beneficiary,
        beneficiary_reason=purpose,
    )


def perform_correction(*, approval: Approval) -> None:
    """Do what two people have agreed on. Errors: as ``supersede_certificate``."""
    assert approval.decided_by is not None and approval.certificate is not None  # noqa: S101, PT018  (the database's checks)
    supersede_certificate(
        certificate=approval.certificate,
        beneficiary=approval.beneficiary_name,
        reason=approval.beneficiary_reason,
        actor=actor_of(approval.decided_by),
    )
