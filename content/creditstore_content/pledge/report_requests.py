"""What a signer tells of a year: plain values, checked before anything is touched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from creditstore.core.errors import FieldError, StoreError
from creditstore.core.text import clean_text, too_long
from creditstore_content.pledge.models import Contribution, Kind, Pledge, Step, YearReport
from creditstore_content.pledge.report_rules import AMOUNTS

MOST_CONTRIBUTIONS: Final = 40
#: Ten times what all of mankind emits in a year, and more: a typing error.
MOST_KG: Final = Decimal(10) ** 15 - 1
MOST_UNITS: Final = 10**12
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_LINES: Final = ("boundary", "method", "exclusions", "verified_by", "verification_url", "plan_url")
_BLOCKS: Final = ("plan", "statement")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnContribution:
    """Units that this store's certificate names; ``units`` is ``None`` for all of them that no report counts yet."""

    number: str
    units: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherContribution:
    """Units cancelled elsewhere: the registry, what it calls the cancellation, and where that can be read."""

    registry: str
    reference: str
    units: int
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """A report. Names and units of the values are those of ``YearReport``.

    Organisations give scopes 1 and 2, and 3 where they know it; ``measured_kg`` is their sum and is not given. Persons
    and events give ``measured_kg``.
    """

    ended_on: date
    measured_kg: Decimal | None = None
    scope1_kg: Decimal | None = None
    scope2_kg: Decimal | None = None
    scope3_kg: Decimal | None = None
    boundary: str = ""
    method: str = ""
    complete: bool = False
    exclusions: str = ""
    verified_by: str = ""
    verification_url: str = ""
    base_year: int | None = None
    base_kg: Decimal | None = None
    target_year: int | None = None
    target_kg: Decimal | None = None
    plan: str = ""
    plan_url: str = ""
    statement: str = ""
    certificates: tuple[OwnContribution, ...] = ()
    elsewhere: tuple[OtherContribution, ...] = ()


def cleaned_report(request: ReportRequest, *, kind: str) -> ReportRequest:
    """The same request with its texts cleaned, and the whole of an organisation's scopes."""
    texts: dict[str, Any] = {name: clean_text(getattr(request, name)) for name in _LINES}
    texts |= {name: clean_text(getattr(request, name), multiline=True) for name in _BLOCKS}
    scopes = (request.scope1_kg, request.scope2_kg, request.scope3_kg)
    whole = request.measured_kg
    if kind == Kind.ORGANISATION:
        known = [scope for scope in scopes if scope is not None]
        whole = sum(known, Decimal(0)) if known else None
    return replace(
        request,
        **texts,
        measured_kg=whole,
        certificates=tuple(replace(one, number=clean_text(one.number).upper()) for one in request.certificates),
        elsewhere=tuple(
            replace(
                one, registry=clean_text(one.registry), reference=clean_text(one.reference), url=clean_text(one.url)
            )
            for one in request.elsewhere
        ),
    )


def check_report(*, request: ReportRequest, pledge: Pledge, today: date) -> None:
    """Everything that can be said of the values, all at once. Errors: ``StoreError`` (invalid)."""
    errors = [
        *_period_errors(request, pledge, today),
        *_amount_errors(request, pledge.kind),
        *_target_errors(request),
        *_text_errors(request),
        *_contribution_errors(request),
    ]
    if not errors and not _says_something(request, pledge):
        errors.append(FieldError("statement", _("Tell of at least one of the steps that you pledged.")))
    if errors:
        message = errors[0].message if len(errors) == 1 else _("Some values are missing or not valid.")
        raise StoreError(code="invalid", message=message, errors=errors)


def _period_errors(request: ReportRequest, pledge: Pledge, today: date) -> Iterator[FieldError]:
    first = (pledge.confirmed_at or pledge.signed_at).year - 1
    if request.ended_on > today:
        yield FieldError("ended_on", _("This day is still to come: report a year when it is over."))
    elif request.ended_on.year < first:
        yield FieldError("ended_on", _("Reports begin with %(year)d, the year before you signed.") % {"year": first})


def _amount_errors(request: ReportRequest, kind: str) -> Iterator[FieldError]:
    for name in AMOUNTS:
        value = getattr(request, name)
        if value is not None and (not value.is_finite() or not 0 <= value <= MOST_KG):
            yield FieldError(name, _("Enter an amount of 0 or more, as a number."))
    if kind == Kind.ORGANISATION:
        missing = [name for name in ("scope1_kg", "scope2_kg") if getattr(request, name) is None]
        if request.measured_kg is not None:
            for name in missing:
                yield FieldError(name, _("Enter scopes 1 and 2, 0 where there is none, or leave all scopes empty."))
    elif any(getattr(request, name) is not None for name in ("scope1_kg", "scope2_kg", "scope3_kg")):
        yield FieldError("scope1_kg", _("Only organisations report by scope."))
    if request.measured_kg is not None:
        if not request.boundary:
            yield FieldError("boundary", _("Say what the figure includes."))
        if not request.method:
            yield FieldError("method", _("Say how it was worked out, and with factors of which year."))


def _target_errors(request: ReportRequest) -> Iterator[FieldError]:
    names = ("base_year", "base_kg", "target_year", "target_kg")
    missing = [name for name in names if getattr(request, name) is None]
    if missing and len(missing) < len(names):
        for name in missing:
            yield FieldError(name, _("A target needs all four: two years, and the emissions of each."))
        return
    for name in ("base_year", "target_year"):
        value = getattr(request, name)
        if value is not None and not _FIRST_YEAR <= value <= _LAST_YEAR:
            years = {"first": _FIRST_YEAR, "last": _LAST_YEAR}
            yield FieldError(name, _("Enter a year from %(first)d to %(last)d.") % years)
    if not missing and request.base_year is not None and request.target_year is not None:
        if request.base_year > request.ended_on.year:
            yield FieldError("base_year", _("The base year cannot come after the year that you report."))
        if request.target_year <= request.base_year:
            yield FieldError("target_year", _("The target's year comes after the base year."))
        if request.base_kg is not None and request.target_kg is not None and request.target_kg >= request.base_kg:
            yield FieldError("target_kg", _("A target is lower than the base year's emissions."))


def _text_errors(request: ReportRequest) -> Iterator[FieldError]:
    for name in (*_LINES, *_BLOCKS):
        if problem := too_long(getattr(request, name), limit=_limit(YearReport, name)):
            yield FieldError(name, problem)
    for name in ("verification_url", "plan_url"):
        if getattr(request, name) and not is_web_address(getattr(request, name)):
            yield FieldError(name, _not_an_address())
    if bool(request.verified_by) != bool(request.verification_url):
        name = "verification_url" if request.verified_by else "verified_by"
        yield FieldError(name, _("A check needs both: who made it, and where everybody can read it."))
    if request.exclusions and request.measured_kg is None:
        yield FieldError("exclusions", _("Enter the emissions that this is left out of."))


def _contribution_errors(request: ReportRequest) -> Iterator[FieldError]:
    if len(request.certificates) + len(request.elsewhere) > MOST_CONTRIBUTIONS:
        yield FieldError(
            "certificates", _("A report names at most %(most)d cancellations.") % {"most": MOST_CONTRIBUTIONS}
        )
    numbers = [one.number for one in request.certificates]
    for number in sorted({number for number in numbers if numbers.count(number) > 1}):
        yield FieldError("certificates", _("%(number)s is named twice.") % {"number": number})
    for own in request.certificates:
        if own.units is not None and not 1 <= own.units <= MOST_UNITS:
            yield FieldError("certificates", _("Enter 1 unit or more for %(number)s.") % {"number": own.number})
    for place, one in enumerate(request.elsewhere):
        at = f"elsewhere.{place}"
        if not 1 <= one.units <= MOST_UNITS:
            yield FieldError(f"{at}.units", _("Enter 1 unit or more."))
        for name in ("registry", "reference"):
            if not getattr(one, name):
                yield FieldError(f"{at}.{name}", _("Say where this cancellation can be found."))
        for name in ("registry", "reference", "url"):
            if problem := too_long(getattr(one, name), limit=_limit(Contribution, name)):
                yield FieldError(f"{at}.{name}", problem)
        if one.url and not is_web_address(one.url):
            yield FieldError(f"{at}.url", _not_an_address())


def _says_something(request: ReportRequest, pledge: Pledge) -> bool:
    said = {
        Step.MEASURE: request.measured_kg is not None,
        Step.REDUCE: request.base_kg is not None or bool(request.plan or request.plan_url),
        Step.CONTRIBUTE: bool(request.certificates or request.elsewhere),
    }
    return bool(request.statement) or any(said[Step(step)] for step in pledge.steps)


def is_web_address(text: str) -> bool:
    """Whether the text is an address of the web, whole, and without a name and password in it."""
    try:
        URLValidator(schemes=["https", "http"])(text)
    except ValidationError:
        return False
    return "@" not in text.partition("://")[2].partition("/")[0]


def _not_an_address() -> str:
    return _("Enter a whole web address, like https://example.org/report.")


def _limit(model: type[YearReport | Contribution], name: str) -> int:
    limit: int = model._meta.get_field(name).max_length  # type: ignore[union-attr, assignment]
    return limit
