"""What somebody asks who signs: plain values, checked before anything is touched."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from creditstore.core.countries import is_country
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.text import EMAIL_LIMIT, clean_text, is_email, too_long
from creditstore_content.pledge.models import NAME_LIMIT, Kind, PledgeText, Step


class Listing(TextChoices):
    """What a signer wants in the public list."""

    NAMED = "named", gettext_lazy("Show it with the name")
    ANONYMOUS = "anonymous", gettext_lazy("Show it without the name, only with the country")
    NONE = "none", gettext_lazy("Do not show it, only count it")


@dataclass(frozen=True, slots=True, kw_only=True)
class PledgeRequest:
    """One signature. ``country`` is ISO 3166-1 alpha-2; ``text_version`` what the signer read and agrees to.

    ``name`` is whom the pledge binds: a person, an organisation or an event. ``signer_name`` and ``signer_role`` say
    who signs for an organisation or an event. ``listing`` is one of ``Listing``. ``invitation`` is the code of an
    invitation; an unknown one changes nothing.
    """

    kind: str
    name: str
    country: str
    email: str
    steps: tuple[str, ...]
    listing: str
    text_version: int
    language: str
    signer_name: str = ""
    signer_role: str = ""
    invitation: str = ""


def cleaned(request: PledgeRequest) -> PledgeRequest:
    """The same request with its texts cleaned, its steps in their order, and no signer beside a person."""
    of_itself = request.kind == Kind.PERSON
    return replace(
        request,
        name=clean_text(request.name),
        email=request.email.strip(),
        signer_name="" if of_itself else clean_text(request.signer_name),
        signer_role="" if of_itself else clean_text(request.signer_role),
        steps=tuple(step for step in Step.values if step in request.steps)
        + tuple(step for step in request.steps if step not in Step.values),
    )


def check_request(*, request: PledgeRequest, text: PledgeText) -> None:
    """Everything that can be said of the values, all at once. Errors: ``StoreError`` (invalid)."""
    errors = [*_choice_errors(request), *_who_errors(request)]
    if request.text_version != text.version:
        message = _("The text of the pledge has changed. Read the new one, then sign.")
        errors.append(FieldError("text_version", message))
    if errors:
        # One thing alone is said as it is: it may stand at no field that the signer sees.
        message = errors[0].message if len(errors) == 1 else _("Some values are missing or not valid.")
        raise StoreError(code="invalid", message=message, errors=errors)


def _choice_errors(request: PledgeRequest) -> list[FieldError]:
    errors = []
    if request.kind not in Kind.values:
        errors.append(FieldError("kind", _("Choose who pledges: a person, an organisation or an event.")))
    if not request.steps or set(request.steps) - set(Step.values):
        errors.append(FieldError("steps", _("Choose at least one step.")))
    if request.listing not in Listing.values:
        errors.append(FieldError("listing", _("Choose what the public list may show.")))
    if request.language not in dict(settings.LANGUAGES):
        choices = ", ".join(dict(settings.LANGUAGES))
        errors.append(FieldError("language", _("Choose one of: %(choices)s.") % {"choices": choices}))
    if not is_country(request.country):
        errors.append(FieldError("country", _("Choose a country.")))
    return errors


def _who_errors(request: PledgeRequest) -> list[FieldError]:
    errors = []
    if not is_email(request.email):
        errors.append(FieldError("email", _("Enter an e-mail address, like name@example.org.")))
    if not request.name:
        errors.append(FieldError("name", _NO_NAME.get(request.kind, _NO_NAME[Kind.PERSON])()))
    if request.kind in (Kind.ORGANISATION, Kind.EVENT) and not request.signer_name:
        errors.append(FieldError("signer.name", _("Enter your own name.")))
    limits = (
        ("email", request.email, EMAIL_LIMIT),
        ("name", request.name, NAME_LIMIT),
        ("signer.name", request.signer_name, NAME_LIMIT),
        ("signer.role", request.signer_role, NAME_LIMIT),
    )
    for field, value, limit in limits:
        if problem := too_long(value, limit=limit):
            errors.append(FieldError(field, problem))
    return errors


_NO_NAME = {
    Kind.PERSON.value: lambda: _("Enter your name."),
    Kind.ORGANISATION.value: lambda: _("Enter the name of the organisation."),
    Kind.EVENT.value: lambda: _("Enter the name of the event."),
}
