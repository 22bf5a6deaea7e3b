"""Pictures say what they show and whose they are; the head of a page bears the page's own title."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from wagtail.blocks.struct_block import StructBlockValidationError

from creditstore_content.blocks.hero import TONES, HeroBlock
from creditstore_content.blocks.pictures import FigureBlock
from creditstore_content.pages.models import CampaignPage
from support.library import make_image

pytestmark = pytest.mark.django_db


def messages(caught: pytest.ExceptionInfo[StructBlockValidationError]) -> dict[str, str]:
    return {name: error.messages[0] for name, error in caught.value.block_errors.items()}


class TestFigure:
    """A picture in a text."""

    def value(self, **given: Any) -> Any:
        return FigureBlock().normalize({"image": make_image(), "alt": "", "decorative": False, "caption": "", **given})

    def test_words_are_required(self) -> None:
        with pytest.raises(StructBlockValidationError) as caught:
            FigureBlock().clean(self.value())
        assert messages(caught) == {"alt": "Say what the picture shows, or tick “Only decoration”."}
        assert FigureBlock().clean(self.value(alt="A stove"))

    def test_decoration_needs_none_and_says_none(self) -> None:
        cleaned = FigureBlock().clean(self.value(decorative=True, alt="left over"))
        assert 'alt=""' in FigureBlock().render(cleaned)
        assert FigureBlock().get_api_representation(cleaned)["image"]["alt"] == ""

    def test_whose_it_is_must_be_known_and_is_printed(self) -> None:
        with pytest.raises(StructBlockValidationError) as caught:
            FigureBlock().clean(self.value(alt="A stove", image=make_image(rights=" ")))
        assert "Nobody knows whose this picture is" in messages(caught)["image"]
        assert "Own work" in FigureBlock().render(self.value(alt="A stove"))

    def test_a_draft_may_lack_both(self) -> None:
        block = FigureBlock()
        block.defer_required_validation()
        assert block.clean_deferred(self.value(image=make_image(rights="")))

    def test_a_picture_whose_file_is_lost_harms_nobody(self) -> None:
        image = make_image()
        image.file.storage.delete(image.file.name)
        value = self.value(image=image, alt="A stove")
        assert "A stove" in FigureBlock().render(value)
        assert FigureBlock().get_api_representation(value)["image"] is None


class TestHero:
    """The head of a page."""

    def page(self, campaign: CampaignPage, **given: Any) -> str:
        hero = {"image": None, "alt": "", "text": "", "button": "", "link": {}, "tone": "band", **given}
        campaign.body = [("hero", hero), ("text", "<p>Below.</p>")]
        campaign.save_revision().publish()
        return Client().get(campaign.url).content.decode()

    def test_bears_the_title_of_the_page_once(self, campaign: CampaignPage) -> None:
        html = self.page(campaign)
        assert html.count("<h1") == 1
        assert f"<h1>{campaign.title}</h1>" in html
        assert html.count(f'<p class="lead">{campaign.lead}</p>') == 1
        assert "page-head--band" in html
        assert html.count("page-head__words") == 1

    def test_text_takes_the_place_of_the_lead(self, campaign: CampaignPage) -> None:
        html = self.page(campaign, text="Two sentences.")
        assert '<p class="lead">Two sentences.</p>' in html
        assert f'<p class="lead">{campaign.lead}</p>' not in html

    def test_picture_is_cut_around_its_focal_point(self, campaign: CampaignPage) -> None:
        image = make_image(size=(2000, 1000))
        image.focal_point_x, image.focal_point_y, image.focal_point_width, image.focal_point_height = 1800, 500, 50, 50
        image.save()
        html = self.page(campaign, image=image, alt="A stove")
        assert 'alt="A stove"' in html
        assert "Own work" in html
        assert {rendition.filter_spec for rendition in image.renditions.all()} >= {"fill-960x600", "fill-800x800"}
        assert all(rendition.focal_point_key for rendition in image.renditions.filter(filter_spec="fill-800x800"))

    def test_its_button_replaces_the_upper_action(self, campaign: CampaignPage) -> None:
        action = campaign.action[0].value["text"]
        assert self.page(campaign).count(action) == 2
        html = self.page(campaign, button="See wind projects", link={"store_page": "store:catalogue"})
        assert html.count(action) == 1
        assert html.count("See wind projects") == 1

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"button": "See all"}, "button"),
            ({"link": {"store_page": "store:catalogue"}}, "button"),
            ({"tone": "#ff0000"}, "tone"),
            ({"text": "x" * 301}, "text"),
        ],
    )
    def test_mistakes_are_told_at_the_field(self, given: dict[str, Any], field: str) -> None:
        value = {"image": None, "alt": "", "text": "", "button": "", "link": {}, "tone": "paper", **given}
        with pytest.raises(StructBlockValidationError) as caught:
            HeroBlock().clean(HeroBlock().normalize(value))
        assert field in messages(caught)

    def test_a_picture_without_words_is_refused(self) -> None:
        value = {"image": make_image(), "alt": "", "text": "", "button": "", "link": {}, "tone": "paper"}
        with pytest.raises(StructBlockValidationError) as caught:
            HeroBlock().clean(HeroBlock().normalize(value))
        assert set(messages(caught)) == {"alt"}

    def test_api_tells_action_and_tone(self) -> None:
        value = {"image": None, "text": "", "button": "Go", "link": {"store_page": "store:catalogue"}, "tone": "tint"}
        shown = HeroBlock().get_api_representation(HeroBlock().normalize(value))
        assert shown == {"text": "", "image": None, "tone": "tint", "action": {"text": "Go", "url": "/en/store/"}}
        assert set(TONES) == {"paper", "sunken", "tint", "band"}
