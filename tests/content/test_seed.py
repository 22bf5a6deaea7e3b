"""A new store begins with three pages; editors' work is never overwritten."""

from __future__ import annotations

from django.conf import settings
from wagtail.models import Locale, Page, Site

from creditstore_content.pages.models import CampaignPage, ExplainerPage, HomePage
from creditstore_content.pages.seed import seed_pages


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
    assert seed_pages() == ["home page", "explainer", "campaign", "site"]
    home = HomePage.objects.get()
    assert home.slug == "home"
    assert home.live
    site = Site.objects.get()
    assert site.root_page_id == home.pk
    assert site.root_url == settings.SITE_URL
    assert list(Page.objects.filter(depth=2)) == [home.page_ptr]
    assert [str(page.specific_class.__name__) for page in home.get_children()] == ["ExplainerPage", "CampaignPage"]
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


def test_explainer_says_what_must_be_said(explainer: ExplainerPage) -> None:
    words = " ".join(str(block.render()) for block in explainer.body).lower()
    for said in ("one tonne of carbon", "serial number", "nothing leaves that account", "no corresponding adjustment",
                 "does not lower your footprint", "2024/825"):  # fmt: skip
        assert said in words
    assert "retire" not in words
    assert {"measure", "reduce"} <= {block.value["anchor"] for block in explainer.body if block.block_type == "heading"}
    publishers = [block.value["publisher"] for block in explainer.sources]
    assert {"UNFCCC", "European Union", "International Organization for Standardization"} <= set(publishers)


def test_campaign_is_marked_as_an_example(campaign: CampaignPage) -> None:
    assert campaign.demonstration
    assert "example" in campaign.lead
