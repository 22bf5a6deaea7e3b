"""The picture that other sites show of an editors' page: the editor's own, else a card drawn from its title."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_safe
from wagtail.models import Page

from creditstore_content.navigation.frame import Picture
from creditstore_content.pages.base import StorePage
from creditstore_site import social_card
from creditstore_site.views.answers import card_response


def picture_of(page: StorePage, *, default: Picture | None) -> Picture | None:
    """The picture chosen for the page, else the one chosen for the site (``default``), else the page's card.

    ``None`` for a page that is previewed before it is saved: it has no address yet, and neither has its card.
    """
    chosen = page.shared_picture or default
    if chosen is not None or page.pk is None:
        return chosen
    url = f"{reverse('page-card', args=[page.pk])}?v={_card(page).digest}"
    return Picture(url=url, width=social_card.WIDTH, height=social_card.HEIGHT, alt=page.title)


@require_safe
def card(request: HttpRequest, page_id: int) -> HttpResponse:
    """The card of a page that everybody may read. Errors: ``Http404``."""
    found = Page.objects.live().public().filter(pk=page_id).specific().first() if page_id < 2**31 else None
    if not isinstance(found, StorePage):
        raise Http404(page_id)
    return card_response(_card(found), asked=request.GET.get("v", ""))


def _card(page: StorePage) -> social_card.Card:
    day = page.last_published_at
    return social_card.Card(
        store=settings.CREDITSTORE_NAME,
        title=page.title,
        fallback=settings.CREDITSTORE_NAME,
        place=page.summary,
        numbers=(date_format(day, "j F Y"),) if day else (),
        note=settings.SITE_URL.partition("://")[2],
    )
