"""The permanent address of a certificate: what it says, and how to check it without this store."""

from __future__ import annotations

import io

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from creditstore.certificates.document import verification_url
from creditstore.certificates.services import CertificateView, certificate_view, facts_file, file_of
from creditstore.core.errors import StoreError
from creditstore_plugins import RenderFailed
from creditstore_site.views.answers import message_page

#: Long enough to spare the renderer, short enough that a corrected certificate shows the same day.
_FILE_SECONDS = 3600


@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """What the certificate says, as far as its buyer published it or ``?code=`` opens it."""
    language = request.GET.get("lang", "")
    if language not in dict(settings.LANGUAGES):
        language = translation.get_language_from_request(request)
    with translation.override(language):
        response = _certificate(request, number)
    response["Content-Language"] = language
    patch_vary_headers(response, ["Accept-Language", "Cookie"])
    return response


def _certificate(request: HttpRequest, number: str) -> HttpResponse:
    code = request.GET.get("code", "")
    try:
        view = certificate_view(number=number.replace("\0", ""), code=code)
    except StoreError as error:
        return message_page(
            request,
            heading=_("There is no public certificate here"),
            text=error.message,
            action=_("Copy the whole address from the certificate, with its code, or scan its QR code."),
            status=404,
            links=((reverse("register:verify"), _("Check a certificate")),),
        )
    address = verification_url(number=view.certificate.number, code=code if view.disclosed and code else "")
    successor = view.successor
    context = {
        "section": "register",
        "view": view,
        "certificate": view.certificate,
        "facts": view.facts,
        "code": code if view.disclosed else "",
        "successor": successor,
        # Whoever has the code of the old one may read the new one as well.
        "successor_url": successor
        and verification_url(number=successor.number, code=successor.code if code and view.disclosed else ""),
        "address": verification_url(number=view.certificate.number),
        "qr": qr_image(address),
        "published": view.certificate.order.visibility,
    }
    response = render(request, "certificates/certificate.html", context)
    # With a code the page shows what its buyer did not publish: nobody keeps that.
    response["Cache-Control"] = "private, no-store" if code else "public, max-age=60"
    if code:
        response["X-Robots-Tag"] = "noindex"
    return response


def qr_image(text: str) -> SafeString:
    """A QR code as inline SVG, one path, styled by class."""
    target = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        target, kind="svg", xmldecl=False, svgns=False, svgclass="qr", lineclass=None, omitsize=True, border=2
    )
    return mark_safe(target.getvalue().decode())  # noqa: S308  (made of black squares by segno; the text is not in it)


@require_safe
def certificate_file(request: HttpRequest, number: str, format_name: str) -> HttpResponse:
    """A file of the certificate: the same bytes for ever. Errors: ``Http404``."""
    code = request.GET.get("code", "")
    try:
        view = certificate_view(number=number.replace("\0", ""), code=code)
        if not view.disclosed or format_name not in {file.name for file in view.files}:
            raise Http404(_("This certificate has no such file that is public."))
        content, media_type, name, sha256 = _content(view, format_name)
    except StoreError as error:
        raise Http404(error.message) from error
    except RenderFailed:
        return message_page(
            request,
            heading=_("This file cannot be made now"),
            text=_("The certificate stands; only this file is missing. We were told."),
            action=_("Try again in a few minutes, or take another format."),
            status=503,
            links=((verification_url(number=number, code=code), _("Back to the certificate")),),
        )
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["ETag"] = f'"{sha256}"'
    response["Cache-Control"] = "private, no-store" if code else f"public, max-age={_FILE_SECONDS}"
    response["X-Robots-Tag"] = "noindex"
    if request.headers.get("If-None-Match") == response["ETag"] and not code:
        response.status_code = 304
        response.content = b""
    return response


def _content(view: CertificateView, format_name: str) -> tuple[bytes, str, str, str]:
    """Bytes, media type, file name and SHA-256. A plugin's own format of that name comes before the plain facts."""
    certificate = view.certificate
    offered = {file.name: file for file in view.files}
    if format_name == "json" and offered["json"].media_type == "application/json":
        return facts_file(certificate=certificate), "application/json", f"{certificate.number}.json", certificate.digest
    file = file_of(certificate=certificate, format_name=format_name)
    return bytes(file.content), file.media_type, f"{certificate.number}.{file.extension}", file.sha256
