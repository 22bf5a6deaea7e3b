"""Whether an address of this site leads somewhere, as a reader's request would find out, without making one."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import translation
from django.utils.translation import get_language_from_path
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import Page, Site

from creditstore.catalogue.models import Project


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads. ``page`` only for editors' pages; ``exists`` is false where nothing answers."""

    exists: bool
    page: Page | None = None


NOWHERE = Place(exists=False)


def own_hosts() -> frozenset[str]:
    """Hosts, with their ports where they have one, at which this store answers."""
    sites = {urlsplit(site.root_url).netloc for site in Site.objects.all()}
    return frozenset({urlsplit(settings.SITE_URL).netloc, *sites})


def reader_request(path: str) -> HttpRequest:
    """A reader's request for an address of this site, with no cookie and nobody logged in."""
    own = urlsplit(settings.SITE_URL)
    request = HttpRequest()
    request.method = "GET"
    request.path = request.path_info = path
    request.META = {
        "REQUEST_METHOD": "GET",
        "SERVER_NAME": own.hostname or "localhost",
        "SERVER_PORT": str(own.port or (443 if own.scheme == "https" else 80)),
        "HTTP_HOST": own.netloc,
    }
    request.user = AnonymousUser()
    return request


def place_at(path: str) -> Place:
    """Where a path of this site leads. Parameters: ``path`` without query and fragment."""
    if path.startswith((settings.STATIC_URL, settings.MEDIA_URL)):
        return Place(exists=True)
    language = get_language_from_path(path) or settings.LANGUAGE_CODE
    with translation.override(language):
        try:
            match = resolve(path)
        except Resolver404:
            # Readers are sent on to the language's own address.
            try:
                match = resolve(f"/{language}{path}")
            except Resolver404:
                return _redirected(path)
        if match.url_name == "wagtail_serve":
            route = Page.route_for_request(reader_request(path), str(match.args[0] if match.args else ""))
            return Place(exists=True, page=route.page) if route else _redirected(path)
        return Place(exists=_exists(match))


def _redirected(path: str) -> Place:
    return Place(exists=Redirect.objects.filter(old_path=Redirect.normalise_path(path)).exists())


def _exists(match: ResolverMatch) -> bool:
    if match.view_name == "store:project":
        return Project.objects.filter(ref=match.kwargs.get("ref")).exists()
    if match.view_name == "wagtaildocs_serve":
        return bool(get_document_model().objects.filter(pk=match.args[0] if match.args else None).exists())
    return True
