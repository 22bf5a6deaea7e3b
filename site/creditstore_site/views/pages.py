"""Pages with one text each, and what search engines ask for."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sitemaps.views import sitemap
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from creditstore.core.errors import StoreError
from creditstore.orders.services import current_terms
from creditstore_site import sitemaps
from creditstore_site.views.answers import error_page, public_for

#: Personal or endless addresses, and the two back offices.
_NOT_FOR_ROBOTS = (
    "/admin/",
    "/dashboard/",
    "/documents/",
    "/*/store/basket/",
    "/*/store/checkout/",
    "/*/store/orders/",
    "/*/demo/",
    "/*?cursor=",
    "/*&cursor=",
)


@require_safe
@public_for(300)
def terms(request: HttpRequest) -> HttpResponse:
    """The terms of sale in force."""
    try:
        current = current_terms()
    except StoreError as error:
        return error_page(request, error)
    return render(request, "terms.html", {"terms": current, "blocks": blocks(current.body)})


@require_safe
@public_for(300)
def contact(request: HttpRequest) -> HttpResponse:
    """Whom to ask, and where: the editors' offices, else the operator's address for mail."""
    return render(request, "contact.html")


def blocks(body: str) -> list[tuple[str, str]]:
    """The text as ``("heading" or "paragraph", text)``: an empty line ends a block, a line with # is a heading."""
    found: list[tuple[str, str]] = []
    for block in body.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in block.strip().splitlines()]
        text: list[str] = []
        for line in lines:
            if line.startswith("#"):
                if text:
                    found.append(("paragraph", " ".join(text)))
                    text = []
                found.append(("heading", line.lstrip("# ")))
            else:
                text.append(line)
        if text:
            found.append(("paragraph", " ".join(text)))
    return found


@require_safe
@public_for(300)
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """Where the parts of the sitemap are: all projects do not fit into one."""
    parts = [{"location": address} for address in sitemaps.files()]
    return render(request, "sitemap_index.xml", {"sitemaps": parts}, content_type="application/xml")


@require_safe
@public_for(300)
def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    """One part of the sitemap. Errors: ``Http404``."""
    return sitemap(request, sitemaps.SITEMAPS, section=section).render()


@require_safe
@public_for(3600)
def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt: everything public may be read and indexed."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS), "Allow: /"]
    lines += ["", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
