"""The public list: what signers ask for, what moderators decide, what everybody sees, and how many there are.

Who is not listed is counted all the same. Nothing is shown before a moderator's yes.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from creditstore.accounts.models import User
from creditstore.accounts.staff import actor_of
from creditstore.core import clock
from creditstore.core.countries import is_country
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.jobs import defer
from creditstore.core.paging import Page, newest_first
from creditstore.core.states import record_start, transition
from creditstore.core.text import clean_text
from creditstore_content.pledge.models import FOLDED_LIMIT, Kind, Pledge, PublicListing
from creditstore_content.pledge.requests import Listing
from creditstore_content.pledge.states import CONFIRMED, LISTINGS

NOTE_LIMIT = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeFilters:
    """Which public pledges: ``q``, words of the name in any case and without accents; ``kind``; ``country``."""

    q: str = ""
    kind: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPledge:
    """What everybody may see of a pledge. ``name`` is empty where the signer wants none. ``steps`` in their order."""

    public_id: UUID
    kind: str
    name: str
    country: str
    steps: tuple[str, ...]
    state: str
    text_pk: int
    text_version: int
    pledged_at: datetime
    lapsed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeCounts:
    """Pledges that are confirmed, in force and not lapsed, listed or not; and from how many countries they come."""

    persons: int
    organisations: int
    events: int
    countries: int

    @property
    def pledges(self) -> int:
        """Of all kinds."""
        return self.persons + self.organisations + self.events


def folded(name: str) -> str:
    """The name as it is searched: without case and accents."""
    parts = name
    # Letters in disguise, such as a bold capital of mathematics, show their case only when they are taken apart.
    for _again in range(2):
        parts = unicodedata.normalize("NFKD", parts.casefold())
    plain = " ".join("".join(part for part in parts if not unicodedata.combining(part)).split())
    # Some characters stand for whole phrases.
    return plain[:FOLDED_LIMIT]


def pledge_counts() -> PledgeCounts:
    """Counted now."""
    return PledgeCounts(
        **Pledge.objects.filter(state="active").aggregate(
            persons=Count("pk", filter=Q(kind=Kind.PERSON)),
            organisations=Count("pk", filter=Q(kind=Kind.ORGANISATION)),
            events=Count("pk", filter=Q(kind=Kind.EVENT)),
            countries=Count("country", distinct=True),
        )
    )


def check_filters(filters: PledgeFilters) -> None:
    """Errors: ``StoreError`` (invalid) for what no pledge can have."""
    errors = []
    if filters.kind and filters.kind not in Kind.values:
        errors.append(FieldError("kind", _("Choose one of: %(choices)s.") % {"choices": ", ".join(Kind.values)}))
    if filters.country and not is_country(filters.country.upper()):
        errors.append(FieldError("country", _("This is not a country code such as CL.")))
    if errors:
        raise StoreError(code="invalid", message=_("Some filters cannot be read."), errors=errors)


def public_page(*, filters: PledgeFilters, cursor: str | None = None, limit: int = 25) -> Page[PublicPledge]:
    """Shown pledges, the newest in the list first. Errors: ``StoreError`` (bad-request) for a malformed cursor."""
    rows = _filtered(filters)
    found, following = newest_first(rows, by="decided_at", cursor=cursor, limit=limit)
    return Page(items=[_public(row) for row in found], next=following, total=rows.count())


def newest(*, limit: int) -> list[PublicPledge]:
    """The newest in the list."""
    return [_public(row) for row in _filtered(PledgeFilters()).order_by("-decided_at", "-pk")[:limit]]


def public_pledge(*, public_id: UUID) -> PublicPledge:
    """One shown pledge. Errors: ``StoreError`` (not-found), alike for what is not public and what never was."""
    row = _filtered(PledgeFilters()).filter(pledge__public_id=public_id).first()
    if row is None:
        message = _("No public pledge has this address. It was withdrawn, or it is not shown.")
        raise StoreError(code="not-found", message=message)
    return _public(row)


def _filtered(filters: PledgeFilters) -> QuerySet[PublicListing]:
    rows = PublicListing.objects.filter(state="shown", pledge__state__in=CONFIRMED).select_related("pledge__text")
    for word in folded(clean_text(filters.q)).split():
        rows = rows.filter(name_folded__contains=word)
    if filters.kind:
        rows = rows.filter(pledge__kind=filters.kind)
    if filters.country:
        rows = rows.filter(pledge__country=filters.country.upper())
    return rows


def _public(row: PublicListing) -> PublicPledge:
    pledge = row.pledge
    assert pledge.confirmed_at is not None  # noqa: S101  (confirmed ones know when: a check of the database)
    return PublicPledge(
        public_id=pledge.public_id,
        kind=pledge.kind,
        name=row.name,
        country=pledge.country,
        steps=tuple(pledge.steps),
        state=pledge.state,
        text_pk=pledge.text_id,
        text_version=pledge.text.version,
        pledged_at=pledge.confirmed_at,
        lapsed_at=pledge.lapsed_at if pledge.state == "lapsed" else None,
    )


def ask_to_be_listed(*, pledge: Pledge, wish: str, at: datetime) -> None:
    """Note what the signer of a new pledge wants; ``wish`` is one of ``Listing``."""
    if wish == Listing.NONE:
        return
    name = pledge.name if wish == Listing.NAMED else ""
    listing = PublicListing.objects.create(pledge=pledge, name=name, name_folded=folded(name), asked_at=at)
    record_start(instance=listing, table=LISTINGS, actor="signer")


def listing_wish(*, pledge: Pledge) -> str:
    """What the signer asked for, as one of ``Listing``."""
    listing = PublicListing.objects.filter(pledge=pledge).first()
    if listing is None:
        return Listing.NONE.value
    return Listing.NAMED.value if listing.name else Listing.ANONYMOUS.value


def change_listing(*, pledge: Pledge, wish: str) -> bool:
    """The signer wants something else now: it waits for a moderator again, or goes at once. True when it changed.

    Errors: ``StoreError`` (invalid).
    """
    if wish not in Listing.values:
        message = _("Choose what the public list may show.")
        raise StoreError(code="invalid", message=message, errors=[FieldError("listing", message)])
    with transaction.atomic():
        locked = Pledge.objects.select_for_update().get(pk=pledge.pk)
        if locked.state not in CONFIRMED or listing_wish(pledge=locked) == wish:
            return False
        if wish == Listing.NONE:
            unlist(pledge=locked)
            return True
        listing = PublicListing.objects.filter(pledge=locked).first()
        if listing is None:
            ask_to_be_listed(pledge=locked, wish=wish, at=clock.shared_now())
            return True
        name = locked.name if wish == Listing.NAMED else ""
        values = {"name": name, "name_folded": folded(name), "asked_at": clock.shared_now(), "note": ""}
        undecided = {"decided_at": None, "decided_by": None}
        if listing.state == "waiting":
            PublicListing.objects.filter(pk=listing.pk).update(**values)
        else:
            transition(instance=listing, table=LISTINGS, to="waiting", actor="signer", values={**values, **undecided})
    return True


def unlist(*, pledge: Pledge) -> None:
    """Take it out of the public list at once."""
    PublicListing.objects.filter(pledge=pledge).delete()


def waiting_listings() -> QuerySet[PublicListing]:
    """What waits for a moderator: of confirmed pledges only, so nobody reads what nobody stands for."""
    return PublicListing.objects.filter(state="waiting", pledge__state__in=CONFIRMED)


def decide(*, listing: PublicListing, show: bool, by: User, seen_name: str, note: str = "") -> bool:
    """A moderator's yes or no; the signer is told by mail. True when it changed something.

    Parameters: ``seen_name``, the name that the moderator saw; ``note``, the reason of a no, told to the signer.
    Errors: ``StoreError``: invalid (a no without a reason), conflict (the signer changed it or withdrew meanwhile).
    """
    note = clean_text(note)
    if not show and (not note or len(note) > NOTE_LIMIT):
        message = _("Give the signer a reason, of at most %(limit)d characters.") % {"limit": NOTE_LIMIT}
        raise StoreError(code="invalid", message=message, errors=[FieldError("note", message)])
    with transaction.atomic():
        locked = PublicListing.objects.select_for_update().filter(pk=listing.pk).select_related("pledge").first()
        if locked is None or locked.pledge.state not in CONFIRMED or locked.name != seen_name:
            raise StoreError(code="conflict", message=_("The signer has changed this meanwhile. Look at it again."))
        changed = transition(
            instance=listing,
            table=LISTINGS,
            to="shown" if show else "refused",
            actor=actor_of(by),
            values={"decided_at": clock.shared_now(), "decided_by": by, "note": "" if show else note},
        )
        if changed:
            defer("creditstore.pledge.mail_decision", listing_id=listing.pk)
    return changed
