"""The pages a new store begins with. They are made once: what editors change or delete later stays as they left it."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Revision, Site

from creditstore_content.pages import (
    seed_cdm,
    seed_companies,
    seed_double_counting,
    seed_faq,
    seed_further,
    seed_host_country,
    seed_measure_reduce_offset,
    seed_mechanism,
    seed_qualities,
    seed_sectors,
    seed_sellers,
    seed_store,
    seed_texts,
    seed_why_now,
)
from creditstore_content.pages.models import CampaignPage, ContentIndexPage, ExplainerPage, HomePage, SeededPage

HOME, INDEX, CAMPAIGN = "home", "how-it-works", "campaign"
#: Explainers below the list of explainers, in this order, by the key that is kept when they have been made.
EXPLAINERS: Final[dict[str, ModuleType]] = {
    "how-the-store-works": seed_store,
    "what-the-cdm-is": seed_cdm,
    "the-mechanism": seed_mechanism,
    "qualities": seed_qualities,
    "sectors": seed_sectors,
    "double-counting": seed_double_counting,
    "host-country": seed_host_country,
    "why-now": seed_why_now,
    "measure-reduce-offset": seed_measure_reduce_offset,
    "for-companies": seed_companies,
    "for-sellers": seed_sellers,
}
#: What stores had that were seeded before it was kept which pages have been made.
_BEFORE_KEYS: Final = (HOME, "how-the-store-works", CAMPAIGN)


@transaction.atomic
def seed_pages() -> list[str]:
    """Make the pages that have never been made, and keep the site's address equal to ``SITE_URL``.

    Returns a line for each thing done; none when nothing was to do. Call it after the catalogue has been loaded: the
    campaign leads to one of its projects.
    """
    locale = Locale.get_default()
    home = HomePage.objects.filter(locale=locale).first()
    made = set(SeededPage.objects.values_list("key", flat=True))
    if home is not None and not made:
        made = _remember(*_BEFORE_KEYS)
    new_home = home is None
    if home is None:
        home = _home(locale)
        made, done = _remember(HOME), ["home page"]
    else:
        done = []
    done += _explainers(home, made)
    done += _further(home, made)
    if CAMPAIGN not in made:
        campaign = _campaign(home)
        _remember(CAMPAIGN)
        done.append("campaign")
        if new_home:
            home.featured_campaign = campaign
    if new_home:
        measuring = ExplainerPage.objects.descendant_of(home).get(slug=seed_measure_reduce_offset.PAGE["slug"])
        home.doors = [("door", _door(measuring, *door)) for door in seed_texts.DOORS]
        home.save_revision().publish()
    done += _site(home)
    if seed_further.FOOTER not in made:
        _remember(seed_further.FOOTER)
        site = Site.objects.get(is_default_site=True)
        done += ["footer"] if seed_further.make_footer(site=site, pages=_seeded(home)) else []
    return done


def _remember(*keys: str) -> set[str]:
    for key in keys:
        SeededPage.objects.get_or_create(key=key)
    return set(keys)


def _home(locale: Locale) -> HomePage:
    # A store whose home page was thrown away begins anew.
    SeededPage.objects.all().delete()
    root = Page.get_first_root_node()
    # Wagtail's own welcome page, and no other, gives way. A site may not be without a root page, so the welcome page
    # frees its slug first and goes when the sites have their new root.
    welcome = Page.objects.filter(depth=2, slug="home", content_type__model="page").first()
    if welcome is not None:
        welcome.slug = "welcome-to-wagtail"
        welcome.save()
        root.refresh_from_db()
    home = HomePage(
        **seed_texts.HOME,
        locale=locale,
        steps=[("step", {"title": title, "text": text}) for title, text in seed_texts.HOME_STEPS],
        # Where they lead is known when the explainers are there.
        doors=[("door", _door(None, title, text, None)) for title, text, _anchor in seed_texts.DOORS],
    )
    root.add_child(instance=home)
    if welcome is not None:
        for site in Site.objects.filter(root_page=welcome):
            site.root_page = home
            site.save()
        welcome.delete()
        home.refresh_from_db()
    return home


def _explainers(home: HomePage, made: set[str]) -> list[str]:
    """The list of explainers and what is missing below it. Without the list (an editor removed it) nothing."""
    missing = [key for key in EXPLAINERS if key not in made]
    done: list[str] = []
    if INDEX not in made:
        index = _index(home)
        _remember(INDEX)
        done.append("list of explainers")
    else:
        index = ContentIndexPage.objects.child_of(home).filter(slug=seed_texts.INDEX["slug"]).first()
    if index is None:
        return done
    for key in missing:
        text = EXPLAINERS[key]
        _remember(key)
        if _taken(text, below=index):
            continue
        page = ExplainerPage(
            **text.PAGE,
            locale=home.locale,
            body=text.BODY,
            sources=[("source", source) for source in text.SOURCES],
        )
        index.add_child(instance=page)
        page.save_revision().publish()
        done.append(f"explainer {page.slug}")
    return done


def _further(home: HomePage, made: set[str]) -> list[str]:
    """Questions and answers, and legal pages."""
    done = []
    if seed_further.QUESTIONS not in made:
        _remember(seed_further.QUESTIONS)
        if not _taken(seed_faq, below=home):
            seed_further.make_questions(home=home, pages={key: page.pk for key, page in _seeded(home).items()})
            done.append("questions and answers")
    for key, text in seed_further.LEGAL.items():
        if key not in made:
            _remember(key)
            if not _taken(text, below=home):
                seed_further.make_legal(key, home=home)
                done.append(f"legal page {key}")
    return done


def _taken(text: ModuleType, *, below: Page) -> bool:
    """Whether a page of the editors' own has the address already: it stands."""
    return bool(Page.objects.child_of(below).filter(slug=text.PAGE["slug"]).exists())


def _seeded(home: HomePage) -> dict[str, Page]:
    """Pages below this home page that still have the slug they were made with, by key."""
    texts = {**EXPLAINERS, seed_further.QUESTIONS: seed_faq, **seed_further.LEGAL}
    below = {page.slug: page for page in home.get_descendants()}
    return {key: below[text.PAGE["slug"]] for key, text in texts.items() if text.PAGE["slug"] in below}


def _index(home: HomePage) -> ContentIndexPage:
    """The list of explainers. The explainer that had its address before there was a list moves below it, unchanged."""
    slug = seed_texts.INDEX["slug"]
    before = ExplainerPage.objects.child_of(home).filter(slug=slug).first()
    if before is not None:
        Page.objects.filter(pk=before.pk).update(slug=f"{slug}-before")
    taken = Page.objects.child_of(home).filter(slug=slug).exists()
    index = ContentIndexPage(**{**seed_texts.INDEX, "slug": "explained" if taken else slug}, locale=home.locale)
    index.show_in_menus = before.show_in_menus if before is not None else True
    home.refresh_from_db()
    home.add_child(instance=index)
    index.save_revision().publish()
    if before is not None:
        moved = ExplainerPage.objects.get(pk=before.pk)
        moved.move(index, pos="last-child")
        moved = ExplainerPage.objects.get(pk=before.pk)
        moved.slug = seed_store.PAGE["slug"]
        # Only the slug, also in what an editor may have in draft.
        moved.save(clean=False, update_fields=["slug", "url_path"])
        draft = moved.latest_revision
        if draft is not None:
            Revision.objects.filter(pk=draft.pk).update(content={**draft.content, "slug": moved.slug})
        index.refresh_from_db()
    return index


def _campaign(home: HomePage) -> CampaignPage:
    from creditstore.catalogue.models import Project

    project = Project.objects.filter(ref=seed_texts.CAMPAIGN_PROJECT).first()
    # Without the catalogue both lead to all projects.
    leads_to = {"project": project} if project is not None else {"store_page": "store:catalogue"}
    card = ("project", {"project": project, "text": seed_texts.CAMPAIGN_PROJECT_TEXT})
    action = {"text": seed_texts.CAMPAIGN_ACTION_TEXT, "link": leads_to, "note": ""}
    page = CampaignPage(
        **seed_texts.CAMPAIGN,
        locale=home.locale,
        demonstration=True,
        body=[*seed_texts.CAMPAIGN_BODY, card],
        action=[("call_to_action", action)],
    )
    home.refresh_from_db()
    home.add_child(instance=page)
    page.save_revision().publish()
    return page


def _door(explainer: ExplainerPage | None, title: str, text: str, anchor: str | None) -> dict[str, Any]:
    link = {"page": explainer, "anchor": anchor} if explainer and anchor else {"store_page": "store:catalogue"}
    return {"title": title, "text": text, "link": link}


def _site(home: HomePage) -> list[str]:
    """The default site bears the operator's name and host; which page it begins with is the operator's own choice."""
    address = urlsplit(settings.SITE_URL)
    wanted: dict[str, Any] = {
        "hostname": address.hostname or "localhost",
        "port": address.port or (443 if address.scheme == "https" else 80),
        "site_name": settings.CREDITSTORE_NAME,
    }
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(is_default_site=True, root_page=home, **wanted)
        return ["site"]
    changed = [name for name, value in wanted.items() if getattr(site, name) != value]
    for name in changed:
        setattr(site, name, wanted[name])
    if changed:
        site.save()
    return ["site"] if changed else []
