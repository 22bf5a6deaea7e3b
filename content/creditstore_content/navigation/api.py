"""The frame of a site for programs that show its pages by themselves: ``GET /api/content/v3/site/``."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _

from creditstore.api.problems import problem_response
from creditstore_content.navigation.frame import Office, SiteFrame, frame_for


def site(request: HttpRequest) -> Any:
    """Menu, footer, banners, offices and profiles of this host's site. ``?language=``: else the first language."""
    codes = [code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES]
    language = request.GET.get("language", settings.LANGUAGE_CODE)
    if language not in codes:
        detail = _("The language is one of: %(codes)s.") % {"codes": ", ".join(codes)}
        return problem_response(code="invalid", detail=detail)
    with translation.override(language):
        return JsonResponse(represent(frame_for(request), language=language))


def represent(frame: SiteFrame, *, language: str) -> dict[str, Any]:
    """The frame as JSON has it. Addresses of pages begin at this site's root; times are UTC."""
    picture = frame.picture
    return {
        "name": settings.CREDITSTORE_NAME,
        "language": language,
        "menu": [{"title": item.title, "url": item.url} for item in frame.menu],
        "footer": {
            "columns": [
                {
                    "heading": column.heading,
                    "links": [{"title": link.title, "url": link.url} for link in column.links],
                }
                for column in frame.columns
            ],
            "note": frame.note,
        },
        "banners": [
            {
                "html": banner.html,
                "kind": banner.kind,
                "where": banner.where,
                "shown_from": banner.shown_from,
                "shown_until": banner.shown_until,
            }
            for banner in frame.banners
        ],
        "contact": {"intro": frame.intro, "offices": [_office(office) for office in frame.offices]},
        "profiles": [{"name": item.title, "url": item.url} for item in frame.profiles],
        "picture": picture
        and {"url": picture.url, "width": picture.width, "height": picture.height, "alt": picture.alt},
    }


def _office(office: Office) -> dict[str, Any]:
    return {
        "name": office.name,
        "responsible_for": office.responsible_for,
        "address": list(office.address),
        "time_zone": office.time_zone,
        "hours": [
            {
                "first_day": hours.first_day,
                "last_day": hours.last_day,
                "opens": hours.opens.isoformat("minutes"),
                "closes": hours.closes.isoformat("minutes"),
            }
            for hours in office.hours
        ],
        "telephone": office.telephone,
        "email": office.email,
    }


#: The address in the OpenAPI description, beside Wagtail's own.
OPERATION = {
    "get": {
        "operationId": "site_frame",
        "summary": "Menu, footer, banners, offices and profiles of the site",
        "tags": ["site"],
        "parameters": [
            {
                "name": "language",
                "in": "query",
                "required": False,
                "schema": {"type": "string"},
                "description": "A language code; else the site's first language.",
            }
        ],
        "responses": {"200": {"description": "The frame of this host's site", "content": {"application/json": {}}}},
    }
}
