"""What every request passes: content security policy, body limit, language by prefix."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils.translation import gettext as _

from creditstore.api.problems import problem_response
from creditstore.payments.services import payment_form_origins
from creditstore_site.paths import STAFF_PREFIXES, is_machine_path
from creditstore_site.views.errors import body_too_large

#: Wagtail's and Oscar's own pages contain inline code of their makers; still nothing from another host.
_STAFF_DIRECTIVES = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "font-src": [SELF, "data:"],
    "connect-src": [SELF],
    "frame-src": [SELF],
    "frame-ancestors": [SELF],
    "form-action": [SELF],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
}


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The strict policy for public pages, one of its own for the two back offices."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Choose the policy by address. Staff previews of pages are framed by the admin, so those may be framed."""
        if request.path.startswith(STAFF_PREFIXES):
            # Wagtail renders a preview by a request of its own for the page's address: that has passed here already,
            # and was told that nobody may frame it.
            for header in ("Content-Security-Policy", "Content-Security-Policy-Report-Only"):
                del response[header]
            response._csp_config = deepcopy(_STAFF_DIRECTIVES)  # type: ignore[attr-defined]
        else:
            # Payment plugins say where their forms lead to; nothing else may receive one.
            response._csp_update = {"form-action": list(payment_form_origins())}  # type: ignore[attr-defined]
        return super().process_response(request, response)


class BodyLimitMiddleware:
    """Refuse bodies that are too large before anything reads them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """413 as a problem or a page; 400 for a length that is no number."""
        limit = settings.CREDITSTORE_MAX_BODY_BYTES
        if request.path.startswith(STAFF_PREFIXES):
            limit = settings.CREDITSTORE_MAX_UPLOAD_BYTES
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = limit + 1
        if length > limit:
            if is_machine_path(request.path):
                detail = _("The request is larger than %(limit)d bytes.") % {"limit": limit}
                return problem_response(code="body-too-large", detail=detail)
            return body_too_large(request, limit=limit)
        return self.get_response(request)


class PrefixLocaleMiddleware(LocaleMiddleware):
    """Django's, except that addresses for machines are never redirected to a language."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Leave unknown addresses under the machine prefixes as the 404 they are."""
        if is_machine_path(request.path):
            return response
        return super().process_response(request, response)
