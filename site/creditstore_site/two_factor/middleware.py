"""The door: a session that has passed only the password counts for nothing, anywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import LazyObject, SimpleLazyObject
from django.utils.http import urlencode

from creditstore.core import clock
from creditstore_site.paths import STAFF_PREFIXES
from creditstore_site.two_factor.services import is_asked_of

#: When the second factor was given, in the session: seconds since 1970.
PASSED_AT: Final = "two_factor_at"
#: Behind the door of staff, but open to whoever has passed the password or nothing: to come in, and to look right.
_OPEN: Final = frozenset(
    {
        *("wagtailadmin_login", "wagtailadmin_sprite", "wagtailadmin_javascript_catalog", "dashboard:login"),
        *("wagtailadmin_password_reset", "wagtailadmin_password_reset_done", "wagtailadmin_password_reset_confirm"),
        "wagtailadmin_password_reset_complete",
    }
)
_OWN: Final = "two_factor:"


class TwoFactorMiddleware:
    """After django-otp's. ``request.user`` is nobody until the second factor was given where it is asked for.

    The person behind the password is ``request.password_user``: for the pages that ask for the second factor.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Nothing is read from the session until somebody asks who it is: public pages stay the same for everybody."""
        known = request.user
        request.password_user = known  # type: ignore[attr-defined]
        request.user = SimpleLazyObject(lambda: _counted(request, known))  # type: ignore[assignment]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponseBase | None:
        """Whoever has passed the password only is led to the second factor instead of to the log-in once more."""
        match = request.resolver_match
        if match is None or not request.path.startswith(STAFF_PREFIXES):
            return None
        if match.view_name in _OPEN or match.view_name.startswith(_OWN):
            return None
        if not request.password_user.is_authenticated or request.user.is_authenticated:  # type: ignore[attr-defined]
            return None
        if request.headers.get("x-requested-with") == "XMLHttpRequest":
            raise PermissionDenied
        address = request.get_full_path() if request.method in ("GET", "HEAD") else ""
        query = f"?{urlencode({'next': address})}" if address else ""
        return redirect(f"{reverse('two_factor:ask')}{query}")


def _counted(request: HttpRequest, known: Any) -> Any:
    if not known.is_authenticated or _passed(request, known) or not is_asked_of(known):
        return _itself(known)
    return AnonymousUser()


def _itself(person: Any) -> Any:
    """The account in all its wrappings: Wagtail looks below one, and logs nothing of what lies below two."""
    while isinstance(person, LazyObject):
        person = person._wrapped
    return person


def _passed(request: HttpRequest, known: Any) -> bool:
    """Whether the second factor was given in this session, and not too long ago."""
    since = request.session.get(PASSED_AT, 0)
    age = clock.now().timestamp() - since
    return bool(known.is_verified()) and age < settings.CREDITSTORE_TWO_FACTOR_HOURS * 3600
