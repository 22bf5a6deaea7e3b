"""Looking after what stands twice: the facts of an issuance that its offers repeat."""

from __future__ import annotations

from django.db import connection

from creditstore.credits.triggers import FACTS_OF_ISSUANCE

_DIFFERING = f"""
    SELECT offer.code FROM creditstore_credits_offer AS offer
    JOIN creditstore_catalogue_issuance AS issuance ON issuance.id = offer.issuance_id
    JOIN creditstore_catalogue_project AS project ON project.id = issuance.project_id
    WHERE ({", ".join(f"offer.{column}" for column in FACTS_OF_ISSUANCE)})
        IS DISTINCT FROM ({", ".join(FACTS_OF_ISSUANCE.values())})
    ORDER BY offer.code
"""  # noqa: S608  (names of our own columns)


def differing_offers() -> list[str]:
    """Codes of offers that do not say what their issuance says; none, as long as the triggers are in place."""
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERING)
        return [code for (code,) in cursor.fetchall()]
