"""What stands around every page of one site in one language, read once and remembered for a minute.

All of it is frozen, so that pieces of pages can be remembered by it (``creditstore_site.fragments``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final, cast

from django.conf import settings
from django.core.cache import cache
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, QuerySet, Value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from wagtail.images.models import SourceImageIOError
from wagtail.models import Page, PageViewRestriction, Site

from creditstore_content.blocks.base import public_html
from creditstore_content.blocks.links import LinkValue
from creditstore_content.blocks.loading import in_this_language, load_targets
from creditstore_content.navigation.blocks import PLACES

_SECONDS = 60
_GENERATION_KEY = "creditstore_navigation.generation"
#: Picture for shared links: what the sites that show it ask for.
_PICTURE_FILTER: Final = "fill-1200x630|format-jpeg"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A link to a page or another site: what it says, and where it leads."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Column:
    """Links below a heading."""

    heading: str
    links: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True)
class Banner:
    """A notice. ``html`` is safe: it is what Wagtail makes of an editor's rich text. ``None``: without an end."""

    html: str
    kind: str
    where: str
    shown_from: datetime | None
    shown_until: datetime | None

    @property
    def where_in_words(self) -> str:
        """The place, as editors chose it."""
        return str(dict(PLACES).get(self.where, self.where))

    def is_shown(self, *, now: datetime, places: frozenset[str]) -> bool:
        """Whether it is shown now on a page that counts as one of ``places``."""
        begun = self.shown_from is None or self.shown_from <= now
        over = self.shown_until is not None and self.shown_until <= now
        return begun and not over and self.where in places


@dataclass(frozen=True, slots=True)
class Hours:
    """When an office is open on a run of days; days as in ISO 8601, 1 is Monday."""

    first_day: int
    last_day: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Office:
    """Where people can be reached. ``hours`` are in ``time_zone``, a name of the tz database."""

    name: str
    responsible_for: str
    address: tuple[str, ...]
    time_zone: str
    hours: tuple[Hours, ...]
    telephone: str
    email: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture for shared links; width and height in pixels."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFrame:
    """All of it; empty where no site is known."""

    menu: tuple[MenuItem, ...] = ()
    columns: tuple[Column, ...] = ()
    note: str = ""
    intro: str = ""
    offices: tuple[Office, ...] = ()
    banners: tuple[Banner, ...] = ()
    profiles: tuple[MenuItem, ...] = ()
    picture: Picture | None = None


def frame_for(request: HttpRequest) -> SiteFrame:
    """The frame of the site that the request's host belongs to.

    A change made in this process shows at once, in others within a minute or when they hear of it. In a preview the
    setting that is being edited stands in for the one that is kept, and nothing is remembered.
    """
    if getattr(request, "is_preview", False):
        return _read_for(request)
    language = get_language() or settings.LANGUAGE_CODE
    generation = cache.get_or_set(_GENERATION_KEY, 1, None)
    # Which site it is costs a query with more to put together than to answer: the host stands in for it.
    key = f"creditstore_navigation.{generation}.{request.get_host()}.{language}"
    return cache.get_or_set(key, lambda: _read_for(request), _SECONDS)  # type: ignore[return-value]


def forget(**_signal: object) -> None:
    """Read everything anew; the receiver of every signal that may change it."""
    cache.set(_GENERATION_KEY, (cache.get(_GENERATION_KEY) or 1) + 1, None)


def places_of(request: HttpRequest) -> frozenset[str]:
    """As which places of ``blocks.PLACES`` the page at this address counts."""
    match = request.resolver_match
    places = {"everywhere"}
    if match is not None and match.namespace == "store":
        places.add("store")
    if match is None or match.url_name == "wagtail_serve":
        places.add("pages")
        if request.path.strip("/").count("/") == 0:
            places.add("home")
    return frozenset(places)


def banners_for(request: HttpRequest, frame: SiteFrame) -> tuple[Banner, ...]:
    """The banners that this page shows now; in a preview of the banners all of them."""
    from creditstore_content.navigation.models import Banners

    if getattr(request, "is_preview", False) and hasattr(request, Banners.get_cache_attr_name()):
        return frame.banners
    if not frame.banners:
        return ()
    now, places = timezone.now(), places_of(request)
    return tuple(banner for banner in frame.banners if banner.is_shown(now=now, places=places))


def sites_with_settings() -> QuerySet[Site]:
    """Sites with the settings of what stands around their pages; ``has_settings`` says so of a site.

    All in one statement. Not by Wagtail's ``for_site``: it writes a row, and reading a page writes nothing.
    """
    from creditstore_content.navigation.models import Banners, ContactDetails, Footer, Sharing

    kept = [model._meta.get_field("site").related_query_name() for model in (Footer, ContactDetails, Sharing, Banners)]
    sites = Site.objects.select_related("root_page__locale", "sharing__picture", *kept)
    return cast("QuerySet[Site]", sites.annotate(has_settings=Value(True)))


def _read_for(request: HttpRequest) -> SiteFrame:
    from creditstore_content.navigation.models import Banners, ContactDetails, Footer, Sharing

    found = Site.find_for_request(request)
    if found is None:
        return SiteFrame()
    site = found if hasattr(found, "has_settings") else sites_with_settings().get(pk=found.pk)

    def setting(model: Any) -> Any:
        edited = getattr(request, model.get_cache_attr_name(), None)
        return edited or getattr(site, model._meta.get_field("site").related_query_name(), None) or model(site=site)

    footer, contact, sharing = setting(Footer), setting(ContactDetails), setting(Sharing)
    menu = load_targets([footer.columns], pages=pages_in_menu(home=in_this_language(site.root_page)))
    return SiteFrame(
        menu=tuple(MenuItem(page.title, page.url) for page in menu if page.url),
        columns=tuple(_columns(_in_this_language(footer.columns))),
        note=footer.note,
        intro=contact.intro,
        offices=tuple(_office(block.value) for block in contact.offices),
        banners=tuple(_banner(value) for value in _in_this_language(setting(Banners).banners)),
        profiles=tuple(MenuItem(block.value["name"], block.value["address"]) for block in sharing.profiles),
        picture=picture_for_links(sharing.picture),
    )


def pages_in_menu(*, home: Page) -> QuerySet[Page]:
    """Live, public pages below a site's home page that are marked for menus, in the editors' order."""
    # Wagtail's own ``public`` asks for all restrictions first.
    restricted = PageViewRestriction.objects.annotate(
        asked=ExpressionWrapper(OuterRef("path"), output_field=CharField())
    ).filter(asked__startswith=F("page__path"))
    pages: QuerySet[Page] = home.get_children().live().in_menu().exclude(Exists(restricted))
    return pages


def _in_this_language(stream: Iterable[Any]) -> Iterable[Any]:
    language = get_language() or settings.LANGUAGE_CODE
    return (block.value for block in stream if block.value.get("language") in (None, "", language))


def _columns(values: Iterable[Any]) -> Iterable[Column]:
    for value in values:
        links = tuple(
            MenuItem(link["text"], address) for link in value["links"] if (address := _address(link["link"])) != ""
        )
        if links:
            yield Column(value["heading"], links)


def _address(link: LinkValue) -> str:
    """Where a link leads for readers of this language; empty when its target is gone."""
    page = link.get("page")
    if page is not None:
        link = LinkValue(link.block, [*link.items(), ("page", in_this_language(page))])
    return link.url


def _banner(value: Any) -> Banner:
    return Banner(
        html=public_html(value["text"].source),
        kind=value["kind"],
        where=value["where"],
        shown_from=value.get("shown_from"),
        shown_until=value.get("shown_until"),
    )


def _office(value: Any) -> Office:
    return Office(
        name=value["name"],
        responsible_for=value.get("responsible_for") or "",
        address=tuple(line.strip() for line in (value.get("address") or "").splitlines() if line.strip()),
        time_zone=value["time_zone"],
        hours=tuple(_hours(value["hours"])),
        telephone=value.get("telephone") or "",
        email=value.get("email") or "",
    )


def _hours(rows: Iterable[Any]) -> Iterable[Hours]:
    for row in rows:
        # While an editor is still filling the form in, a preview may lack some.
        if all(row.get(name) for name in ("first_day", "last_day", "opens", "closes")):
            yield Hours(int(row["first_day"]), int(row["last_day"]), row["opens"], row["closes"])


def picture_for_links(image: Any) -> Picture | None:
    """The picture cut for shared links; None without one, or where its file is gone."""
    if image is None:
        return None
    try:
        rendition = image.get_rendition(_PICTURE_FILTER)
    except SourceImageIOError:
        return None
    return Picture(rendition.url, rendition.width, rendition.height, image.default_alt_text)
