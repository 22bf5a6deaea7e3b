"""A new store begins with some pages; editors' work is never overwritten."""

from __future__ import annotations

import csv
import gzip
from datetime import date

from django.conf import settings
from django.test import Client
from django.urls import reverse
from wagtail.models import Locale, Page, Site

from creditstore.catalogue.importing import ISSUANCES, PROJECTS
from creditstore.catalogue.models import Project
from creditstore_content.navigation.models import Footer
from creditstore_content.pages.models import CampaignPage, ExplainerPage, HomePage, SeededPage
from creditstore_content.pages.seed import seed_pages
from creditstore_content.pages.seed_texts import CAMPAIGN_PROJECT
from support.ledger import make_project

SLUGS = [
    "the-store", "what-the-cdm-is", "the-mechanism", "qualities", "sectors", "double-counting", "host-country",
    "why-now", "measure-reduce-offset", "for-companies", "for-sellers",
]  # fmt: skip
FURTHER = ["questions and answers", "legal page privacy", "legal page accessibility", "legal page imprint"]
EVERYTHING = [
    "home page", "list of explainers", *(f"explainer {slug}" for slug in SLUGS), *FURTHER, "campaign", "site", "footer",
]  # fmt: skip


def _as_wagtail_leaves_it() -> None:
    """Only the root, its welcome page and the site."""
    for home in HomePage.objects.all():
        home.delete()
    Page.objects.filter(depth__gt=1).delete()
    root = Page.get_first_root_node()
    welcome = root.add_child(instance=Page(title="Welcome to your new Wagtail site!", slug="home"))
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", port=80, root_page=welcome, is_default_site=True)


def test_welcome_page_gives_way(db: None) -> None:
    _as_wagtail_leaves_it()
    assert seed_pages() == EVERYTHING
    home = HomePage.objects.get()
    assert home.slug == "home"
    assert home.live
    site = Site.objects.get()
    assert site.root_page_id == home.pk
    assert site.root_url == settings.SITE_URL
    assert list(Page.objects.filter(depth=2)) == [home.page_ptr]
    assert [page.slug for page in home.get_children()] == [
        "how-it-works", "faq", "privacy", "accessibility", "imprint", "clean-cooking",
    ]  # fmt: skip
    assert [page.slug for page in home.get_children().first().get_children()] == SLUGS
    assert list(Locale.objects.values_list("language_code", flat=True)) == ["en"]
    assert not Page.find_problems()[0]


def test_second_run_changes_nothing(home: HomePage) -> None:
    def state() -> list[tuple[object, ...]]:
        return list(Page.objects.order_by("pk").values_list("pk", "path", "title", "latest_revision", "numchild"))

    before = state()
    assert seed_pages() == []
    assert state() == before


def test_editors_changes_stay(home: HomePage, explainer: ExplainerPage, campaign: CampaignPage) -> None:
    home.heading = "Our own words"
    home.save_revision().publish()
    campaign.delete()
    assert seed_pages() == []
    home.refresh_from_db()
    assert home.heading == "Our own words"
    assert home.featured_campaign is None
    assert not CampaignPage.objects.exists()


def test_site_follows_the_operators_address(home: HomePage, settings: object) -> None:
    settings.SITE_URL = "https://credits.example.org"  # type: ignore[attr-defined]
    assert seed_pages() == ["site"]
    site = Site.objects.get(is_default_site=True)
    assert (site.hostname, site.port, site.root_url) == ("credits.example.org", 443, "https://credits.example.org")
    assert site.root_page_id == home.pk


def _as_before_there_was_a_list() -> ExplainerPage:
    """A store seeded earlier: home page, one explainer at /how-it-works/ that an editor rewrote, no record."""
    home = HomePage.objects.get()
    home.get_children().get(slug="how-it-works").delete()
    home.refresh_from_db()
    old = ExplainerPage(
        title="Our way", slug="how-it-works", lead="Rewritten.", show_in_menus=True,
        body=[("heading", {"text": "Measure", "level": "2", "anchor": "measure"}), ("text", "<p>Ours.</p>")],
        sources=[("source", {"title": "Us", "publisher": "Us"})],
    )  # fmt: skip
    home.add_child(instance=old)
    old.save_revision().publish()
    home.refresh_from_db()
    home.doors = [
        ("door", {"title": "Measure", "text": "Ours.", "link": {"page": old, "anchor": "measure"}}),
        ("door", {"title": "Store", "text": "Ours.", "link": {"store_page": "store:catalogue"}}),
    ]
    home.save_revision().publish()
    SeededPage.objects.all().delete()
    return ExplainerPage.objects.get(pk=old.pk)


def test_store_seeded_earlier_gains_what_is_missing(home: HomePage, client: Client) -> None:
    old = _as_before_there_was_a_list()
    done = seed_pages()
    assert done == ["list of explainers", *(f"explainer {slug}" for slug in SLUGS[1:])]
    old.refresh_from_db()
    assert (old.title, old.lead, old.slug) == ("Our way", "Rewritten.", "the-store")
    assert [page.slug for page in old.get_parent().get_children()] == SLUGS
    assert "Ours." in client.get("/en/how-it-works/the-store/").content.decode()
    assert 'href="/en/how-it-works/the-store/#measure"' in client.get("/en/").content.decode()
    assert client.get("/en/how-it-works/").status_code == 200
    # What an editor publishes next stays at its new address.
    old.save_revision().publish()
    old.get_latest_revision().publish()
    old.refresh_from_db()
    assert old.slug == "the-store"
    assert not Page.find_problems()[0]
    assert seed_pages() == []


def test_draft_of_a_moved_explainer_stays_a_draft(home: HomePage) -> None:
    old = _as_before_there_was_a_list()
    old.lead = "Not yet said."
    old.save_revision()
    seed_pages()
    page = ExplainerPage.objects.get(pk=old.pk)
    assert page.lead == "Rewritten."
    draft = page.get_latest_revision_as_object()
    assert (draft.lead, draft.slug) == ("Not yet said.", "the-store")


def test_what_an_editor_deleted_stays_away(home: HomePage) -> None:
    ExplainerPage.objects.get(slug="double-counting").delete()
    assert seed_pages() == []
    home.get_children().get(slug="how-it-works").delete()
    assert seed_pages() == []
    assert not Page.objects.filter(slug__in=SLUGS).exists()


def _words(page: ExplainerPage) -> str:
    return " ".join(str(block.render()) for block in page.body)


def test_explainer_of_the_store_says_what_must_be_said(explainer: ExplainerPage) -> None:
    words = _words(explainer).lower()
    for said in ("one tonne of carbon", "serial number", "nothing leaves that account", "no corresponding adjustment",
                 "does not lower your footprint", "2024/825"):  # fmt: skip
        assert said in words
    assert "retire" not in words
    publishers = [block.value["publisher"] for block in explainer.sources]
    assert {"UNFCCC", "European Union", "International Organization for Standardization"} <= set(publishers)


def test_campaigns_figures_are_those_of_the_facts(campaign: CampaignPage) -> None:
    with gzip.open(ISSUANCES, "rt", encoding="utf-8", newline="") as file:
        issued = [row for row in csv.DictReader(file) if row["ref"] == CAMPAIGN_PROJECT]
    with gzip.open(PROJECTS, "rt", encoding="utf-8", newline="") as file:
        project = next(row for row in csv.DictReader(file) if row["ref"] == CAMPAIGN_PROJECT)
    facts = next(block.value for block in campaign.body if block.block_type == "facts")
    shown = {fact["label"]: fact["value"] for fact in facts["facts"]}
    total = sum(int(row["quantity"]) for row in issued)
    first = date.fromisoformat(min(row["monitoring_start"] for row in issued))
    last = date.fromisoformat(max(row["monitoring_end"] for row in issued))
    assert shown["Units issued"] == f"{total:,} CERs for {first:%-d %B %Y} to {last:%-d %B %Y}"
    assert shown["Registered"] == f"{date.fromisoformat(project['registered_on']):%-d %B %Y}"
    assert shown["Methodology"] == project["methodologies"]
    assert shown["Host country"] == project["host_country"]
    assert facts["caption"] == project["title"]


def test_campaign_leads_to_its_project(client: Client, db: None) -> None:
    _as_wagtail_leaves_it()
    project = Project.objects.filter(ref=CAMPAIGN_PROJECT).first() or make_project(ref=CAMPAIGN_PROJECT)
    seed_pages()
    shown = client.get("/en/clean-cooking/").content.decode()
    assert shown.count(f'href="{reverse("store:project", args=[project.ref])}') >= 2
    assert "Demonstration campaign" in shown


def test_campaign_is_marked_as_an_example(campaign: CampaignPage) -> None:
    assert campaign.demonstration
    assert "example" in campaign.lead


def test_a_page_of_the_editors_own_stands_where_a_seeded_one_would(home: HomePage) -> None:
    for page in (home.get_children().get(slug="privacy"), ExplainerPage.objects.get(slug="why-now")):
        page.title = "Ours"
        page.save()
    SeededPage.objects.filter(key__in=["privacy", "why-now"]).delete()
    assert seed_pages() == []
    assert set(Page.objects.filter(slug__in=["privacy", "why-now"]).values_list("title", flat=True)) == {"Ours"}


def test_the_footer_leads_to_what_is_public(home: HomePage, client: Client) -> None:
    shown = client.get("/en/store/").content.decode()
    footer = shown[shown.index("<footer") :]
    for slug in ("faq", "privacy", "accessibility", "how-it-works/for-companies", "how-it-works/for-sellers"):
        assert f'href="/en/{slug}/"' in footer
    assert "imprint" not in footer
    assert client.get("/en/imprint/").status_code == 404
    imprint = ExplainerPage.objects.get(slug="imprint")
    imprint.get_latest_revision().publish()
    assert 'href="/en/imprint/"' in client.get("/en/store/").content.decode()


def test_editors_columns_of_the_footer_stay(home: HomePage) -> None:
    footer = Footer.for_site(Site.objects.get(is_default_site=True))
    footer.columns = []
    footer.save()
    assert seed_pages() == []
    footer.refresh_from_db()
    assert len(footer.columns) == 0
