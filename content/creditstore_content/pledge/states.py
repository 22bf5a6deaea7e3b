"""The tables of pledges, of their public listing and of their yearly reports."""

from __future__ import annotations

from typing import Final

from creditstore.core.state_table import state_table

PLEDGES = state_table(
    "pledge",
    {
        # Whoever typed the address; its owner has confirmed nothing. Deleted, not withdrawn, when nobody confirms.
        "signed": ["active"],
        "active": ["lapsed", "withdrawn"],
        # A late report brings it back.
        "lapsed": ["active", "withdrawn"],
        "withdrawn": [],
    },
)
#: Confirmed by the owner of the address and not withdrawn.
CONFIRMED: Final = ("active", "lapsed")

LISTINGS = state_table(
    "pledge_listing",
    {
        # Back to waiting when the signer asks for something else than what was decided on.
        "waiting": ["shown", "refused"],
        "shown": ["refused", "waiting"],
        "refused": ["shown", "waiting"],
    },
)

REPORTS = state_table(
    "pledge_report",
    {
        "submitted": ["published", "refused"],
        "published": ["superseded", "refused"],
        # Another revision is submitted, and seen by a moderator, in their place.
        "refused": [],
        "superseded": [],
    },
)
