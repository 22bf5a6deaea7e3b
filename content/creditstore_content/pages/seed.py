"""The pages a new store begins with. They are made once: what editors change or delete later stays as they left it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, Page, Site

from creditstore_content.pages import seed_texts
from creditstore_content.pages.models import CampaignPage, ExplainerPage, HomePage


@transaction.atomic
def seed_pages() -> list[str]:
    """Make home page, explainer and campaign where no home page is, and keep the site's address equal to ``SITE_URL``.

    Returns a line for each thing done; none when nothing was to do. Call it after the catalogue has been loaded: the
    campaign leads to one of its projects.
    """
    locale = Locale.get_default()
    home = HomePage.objects.filter(locale=locale).first()
    done: list[str] = []
    if home is None:
        home = _home(locale)
        explainer = _explainer(home)
        home.featured_campaign = _campaign(home)
        home.doors = [("door", _door(explainer, *door)) for door in seed_texts.DOORS]
        home.save_revision().publish()
        done += ["home page", "explainer", "campaign"]
    return done + _site(home)


def _home(locale: Locale) -> HomePage:
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
        # Where they lead is known when the explainer is there.
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


def _explainer(home: HomePage) -> ExplainerPage:
    page = ExplainerPage(
        **seed_texts.EXPLAINER,
        locale=home.locale,
        show_in_menus=True,
        body=seed_texts.EXPLAINER_BODY,
        sources=[("source", source) for source in seed_texts.SOURCES],
    )
    home.add_child(instance=page)
    page.save_revision().publish()
    return page


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
