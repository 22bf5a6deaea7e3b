"""All that is stored of one pledge, for its signer."""

from __future__ import annotations

from typing import Any

from creditstore.core.states import history
from creditstore_content.pledge.inviting import came, invitation_address
from creditstore_content.pledge.links import record_address
from creditstore_content.pledge.models import Pledge, PublicListing, YearReport
from creditstore_content.pledge.report_rules import AMOUNTS
from creditstore_content.pledge.states import PLEDGES
from creditstore_content.pledge.texts import signed_words


def export(*, pledge: Pledge) -> dict[str, Any]:
    """What is stored of a confirmed pledge, as plain values; times are UTC, days and times in ISO 8601.

    Left out are keys of rows, and the keyed hashes of address and name, which say nothing to anybody.
    """
    text = pledge.text
    return {
        "pledge": {
            "id": str(pledge.public_id),
            "state": pledge.state,
            "kind": pledge.kind,
            "name": pledge.name,
            "signer_name": pledge.signer_name,
            "signer_role": pledge.signer_role,
            "country": pledge.country,
            "email": pledge.email,
            "language": pledge.language,
            "steps": list(pledge.steps),
            "text": {
                "version": text.version,
                "language": text.language,
                "title": text.title,
                "words": signed_words(text=text, steps=pledge.steps),
            },
            "came_by_invitation": pledge.invitation_id is not None,
            **_plain(
                pledge,
                "signed_at",
                "confirm_by",
                "confirmed_at",
                "report_due_on",
                "reminded_at",
                "lapsed_at",
                "withdrawn_at",
            ),
        },
        "public_listing": _listing(pledge),
        "reports": [_report(report) for report in pledge.reports.prefetch_related("contributions__certificate")],
        "invitations": [
            {"link": invitation_address(one), **_plain(one, "created_at", "revoked_at")}
            for one in pledge.invitations.order_by("created_at")
        ],
        "came_by_your_invitations": came(pledge=pledge),
        "history": [
            {"at": row.at.isoformat(), "from": row.source, "to": row.target}
            for row in history(instance=pledge, table=PLEDGES)
        ],
    }


def _listing(pledge: Pledge) -> dict[str, Any] | None:
    listing = PublicListing.objects.filter(pledge=pledge).first()
    if listing is None:
        return None
    shown = {"url": record_address(pledge.public_id)} if listing.state == "shown" else {}
    return {
        "state": listing.state,
        "name": listing.name,
        "note": listing.note,
        **_plain(listing, "asked_at", "decided_at"),
        **shown,
    }


def _report(report: YearReport) -> dict[str, Any]:
    as_they_are = (
        "year", "revision", "state", "boundary", "method", "complete", "exclusions", "verified_by", "verification_url",
        "base_year", "target_year", "plan", "plan_url", "statement", "level_measure", "level_reduce",
        "level_contribute", "rules", "note",
    )  # fmt: skip
    return {
        **{name: getattr(report, name) for name in as_they_are},
        **{name: str(value) if (value := getattr(report, name)) is not None else None for name in AMOUNTS},
        **_plain(report, "ended_on", "submitted_at", "decided_at"),
        "contributions": [
            {
                "certificate": one.certificate.number if one.certificate else None,
                "registry": one.registry,
                "reference": one.reference,
                "url": one.url,
                "units": one.units,
            }
            for one in report.contributions.all()
        ],
    }


def _plain(row: Any, *names: str) -> dict[str, str | None]:
    """Days and times of a row."""
    return {name: value.isoformat() if (value := getattr(row, name)) is not None else None for name in names}
