"""What is asked of an order: plain values, checked before anything is touched."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from django.utils.translation import gettext as _

from creditstore.core.countries import is_country
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.text import EMAIL_LIMIT, clean_text, is_email, too_long
from creditstore.orders.models import Terms, Visibility
from creditstore_plugins import Money

NAME_LIMIT = 257
REASON_LIMIT = 875


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRequest:
    """So many units of one offer. ``expected_price`` is the unit price the buyer saw; another one is refused."""

    offer_code: str
    quantity: int
    expected_price: Money | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Who pays. ``country`` is ISO 3166-1 alpha-2."""

    email: str
    name: str
    country: str
    organisation: str = ""
    vat_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beneficiary:
    """For whom the units are cancelled: the buyer's own words."""

    name: str
    country: str = ""
    identifier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRequest:
    """A whole order. ``terms_version`` and ``immediate_performance`` are the buyer's consent.

    ``campaign`` is the key of the campaign that it counts towards; one that is not known, or closed, counts for nothing
    and stops nobody from buying.
    """

    lines: tuple[LineRequest, ...]
    buyer: Buyer
    beneficiary: Beneficiary
    visibility: str
    terms_version: str
    immediate_performance: bool
    reason: str = ""
    language: str = "en"
    campaign: str = ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what is asked, so that a repeat can be told from a different order under the same key."""
        asked = asdict(self)
        if not self.campaign:
            # As orders were that could not name one: their repeats are still the same order.
            del asked["campaign"]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def cleaned(request: OrderRequest) -> OrderRequest:
    """The same request with its texts cleaned."""
    buyer = replace(
        request.buyer,
        email=request.buyer.email.strip(),
        name=clean_text(request.buyer.name),
        organisation=clean_text(request.buyer.organisation),
        vat_id=clean_text(request.buyer.vat_id),
    )
    beneficiary = replace(
        request.beneficiary,
        name=clean_text(request.beneficiary.name),
        identifier=clean_text(request.beneficiary.identifier),
    )
    return replace(request, buyer=buyer, beneficiary=beneficiary, reason=clean_text(request.reason, multiline=True))


def check_request(*, request: OrderRequest, terms: Terms, max_lines: int) -> None:
    """Everything that can be said of the values alone, all at once.

    Errors: ``StoreError`` (invalid) with one entry per value that must be mended.
    """
    errors = [*_line_errors(request, max_lines), *_people_errors(request), *_consent_errors(request, terms)]
    if request.visibility not in Visibility.values:
        errors.append(FieldError("visibility", _("Choose what the public register may show.")))
    if problem := too_long(request.reason, limit=REASON_LIMIT):
        errors.append(FieldError("reason", problem))
    if errors:
        raise StoreError(code="invalid", message=_("Some values are missing or not valid."), errors=errors)


def _line_errors(request: OrderRequest, max_lines: int) -> list[FieldError]:
    if not request.lines:
        return [FieldError("lines", _("Your basket is empty. Choose an offer first."))]
    if len(request.lines) > max_lines:
        return [FieldError("lines", _("An order has at most %(count)d lines.") % {"count": max_lines})]
    errors = []
    seen: set[str] = set()
    for index, line in enumerate(request.lines):
        if line.quantity < 1:
            errors.append(FieldError(f"lines.{index}.quantity", _("Order at least one unit.")))
        if line.offer_code in seen:
            errors.append(FieldError(f"lines.{index}.offer", _("Each offer stands in one line only.")))
        seen.add(line.offer_code)
    return errors


def _people_errors(request: OrderRequest) -> list[FieldError]:
    errors = []
    if not is_email(request.buyer.email):
        errors.append(FieldError("buyer.email", _("Enter an e-mail address, like name@example.org.")))
    if not request.buyer.name:
        errors.append(FieldError("buyer.name", _("Enter your name.")))
    if not is_country(request.buyer.country):
        errors.append(FieldError("buyer.country", _("Choose your country.")))
    if not request.beneficiary.name:
        errors.append(FieldError("beneficiary.name", _("Enter for whom the units are cancelled.")))
    if request.beneficiary.country and not is_country(request.beneficiary.country):
        errors.append(FieldError("beneficiary.country", _("Choose a country from the list.")))
    limits = (
        ("buyer.email", request.buyer.email, EMAIL_LIMIT),
        ("buyer.name", request.buyer.name, NAME_LIMIT),
        ("buyer.organisation", request.buyer.organisation, NAME_LIMIT),
        ("buyer.vat_id", request.buyer.vat_id, 40),
        ("beneficiary.name", request.beneficiary.name, NAME_LIMIT),
        ("beneficiary.identifier", request.beneficiary.identifier, 80),
    )
    for field, value, limit in limits:
        if problem := too_long(value, limit=limit):
            errors.append(FieldError(field, problem))
    return errors


def _consent_errors(request: OrderRequest, terms: Terms) -> list[FieldError]:
    errors = []
    if request.terms_version != terms.version:
        errors.append(FieldError("consent.terms", _("Agree to the current terms of sale; they may have changed.")))
    if request.immediate_performance is not True:
        message = _("Agree that the cancellation starts at once; otherwise the order cannot be placed.")
        errors.append(FieldError("consent.immediate_performance", message))
    return errors
