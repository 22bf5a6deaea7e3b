"""What the schemas found wrong, in plain words, each with the path of its value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from creditstore.core.errors import FieldError

#: A body can be wrong in a hundred thousand places; nobody reads more than these.
MAX_ERRORS = 50


def field_errors(found: Iterable[Mapping[str, Any]]) -> list[FieldError]:
    """Errors of pydantic as ninja passes them on; their place begins with ``body``, ``query`` or ``path``."""
    errors: list[FieldError] = []
    for error in islice(found, MAX_ERRORS):
        errors.append(
            FieldError(_path(error["loc"]), _message(str(error["type"]), error.get("ctx") or {}, error["msg"]))
        )
    return errors


def _path(place: tuple[Any, ...]) -> str:
    # ninja puts the source and, for a body, the argument's name before the caller's own path.
    inner = place[2:] if place[:1] == ("body",) else place[1:]
    return ".".join(str(part) for part in inner)[:200]


def _message(kind: str, context: Mapping[str, Any], original: str) -> str:
    limit = next((context[name] for name in _LIMITS if name in context), "")
    words = {
        "missing": _("This is required."),
        "extra_forbidden": _("This key is not known here."),
        "int_type": _("Give a whole number, without quotes."),
        "int_from_float": _("Give a whole number."),
        "int_parsing": _("Give a whole number."),
        "string_type": _("Give a text in quotes."),
        "bool_type": _("Give true or false, without quotes."),
        "list_type": _("Give a list."),
        "model_type": _("Give an object."),
        "model_attributes_type": _("Give an object."),
        "string_too_short": _("This must not be empty."),
        "string_too_long": _("Use at most %(limit)s characters."),
        "too_long": _("Give at most %(limit)s entries."),
        "too_short": _("Give at least %(limit)s entries."),
        "greater_than_equal": _("Give %(limit)s or more."),
        "less_than_equal": _("Give %(limit)s or less."),
        "literal_error": _("Choose one of: %(choices)s."),
    }.get(kind)
    return words % {"limit": limit, "choices": context.get("expected", "")} if words else original


_LIMITS = ("max_length", "min_length", "ge", "le")
