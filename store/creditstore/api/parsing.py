"""Reading a request's JSON strictly: what could be understood in two ways is refused, never guessed at."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from creditstore.core.errors import FieldError, StoreError

#: Deeper than any body of this API by far; what lies deeper is refused before it can exhaust anything.
MAX_DEPTH = 20


class StrictParser(Parser):
    """JSON in UTF-8, as RFC 8259 has it: no repeated keys, no NaN or Infinity, no text that is not Unicode."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body. Errors: ``StoreError``: unsupported-media-type, bad-request, invalid (unstorable text)."""
        _check_media_type(request)
        try:
            value = json.loads(
                request.body.decode("utf-8"),
                object_pairs_hook=_unrepeated,
                parse_constant=_no_constant,
                parse_float=_finite,
            )
        except UnicodeDecodeError as error:
            raise _bad(_("The body is not valid UTF-8.")) from error
        except RecursionError as error:
            raise _bad(_("The body is nested too deeply.")) from error
        except ValueError as error:
            raise _bad(_("The body is not valid JSON: %(problem)s") % {"problem": str(error)[:200]}) from error
        _check_texts(value)
        return value


def _check_media_type(request: HttpRequest) -> None:
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if request.content_type != "application/json" or charset not in ("utf-8", "utf8"):
        message = _("Send the body as application/json in UTF-8.")
        raise StoreError(code="unsupported-media-type", message=message)


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number is too large")
    return value


def _check_texts(value: Any) -> None:
    """No text may hold what no database or file can keep: NUL, or half of a surrogate pair."""
    for path, depth, item in _walk(value):
        if depth > MAX_DEPTH:
            raise _bad(_("The body is nested too deeply."))
        texts = list(item) if isinstance(item, dict) else [item] if isinstance(item, str) else []
        if not all(map(storable, texts)):
            message = _("This text contains characters that cannot be stored.")
            raise StoreError(code="invalid", message=message, errors=[FieldError(path, message)])


def _walk(value: Any) -> Iterator[tuple[str, int, Any]]:
    """Every value with its dotted path and depth. Paths hold only keys that were found storable."""
    waiting: list[tuple[str, int, Any]] = [("", 0, value)]
    while waiting:
        path, depth, item = waiting.pop()
        yield path, depth, item
        inner = item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
        waiting.extend((f"{path}.{key}".lstrip(".")[:200], depth + 1, child) for key, child in inner)


def storable(text: str) -> bool:
    """Whether the text is Unicode without NUL."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _bad(message: str) -> StoreError:
    return StoreError(code="bad-request", message=message)
