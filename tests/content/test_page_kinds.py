"""Stories, profiles and partners' pages: as readers, programs and search engines get them, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from creditstore_content.pages.models import (
    CampaignPage,
    HomePage,
    PartnerPage,
    ProfilePage,
    StoryPage,
    Topic,
)
from support.ledger import make_project
from support.library import make_image
from support.pages import TEXT, publish
from support.schema_org import schema_of

API = "/api/content/v3/pages/"


def _story(**values: Any) -> StoryPage:
    given: dict[str, Any] = {
        "title": "A bakery in Lyon", "slug": "bakery", "lead": "It measures, and reports apart.",
        "subject_name": "Fournil <Lyon>", "subject_role": "Bakery", "date": date(2024, 5, 3), "body": TEXT,
        "consent_on": date(2024, 5, 1), **values,
    }  # fmt: skip
    return StoryPage(**given)


@pytest.fixture
def story(home: HomePage) -> StoryPage:
    return publish(
        _story(
            project=make_project(),
            picture=make_image(rights="Own work, CC BY 4.0"),
            picture_text="An oven",
            picture_caption="The oven",
        ),
        below=home,
    )


class TestStory:
    """A story names whom it is about, and that they agreed."""

    def test_reader_sees_who_when_and_that_they_agreed(self, client: Client, story: StoryPage) -> None:
        html = client.get("/en/bakery/").content.decode()
        assert "Fournil &lt;Lyon&gt;</strong>, Bakery" in html
        assert '<time datetime="2024-05-03">3 May 2024</time>' in html
        assert "Fournil &lt;Lyon&gt; agreed to this publication on 1 May 2024." in html
        assert 'alt="An oven"' in html
        assert "Own work, CC BY 4.0" in html
        assert reverse("store:project", args=[story.project.ref]) in html

    def test_search_engines_and_programs_read_it(self, client: Client, story: StoryPage) -> None:
        found = schema_of(client.get("/en/bakery/").content.decode())["Article"]
        assert found["about"] == {"@type": "Organization", "name": "Fournil <Lyon>"}
        assert found["datePublished"] == "2024-05-03"
        assert found["image"].startswith("http")
        shown = client.get(f"{API}{story.pk}/").json()
        assert shown["project_for_api"]["ref"] == story.project.ref
        assert shown["picture_for_api"]["rights"] == "Own work, CC BY 4.0"
        assert (shown["subject"], shown["consent_on"]) == ("organisation", "2024-05-01")

    def test_story_outlives_its_project(self, client: Client, story: StoryPage) -> None:
        assert story.project is not None
        story.project.delete()
        answer = client.get("/en/bakery/")
        assert answer.status_code == 200
        assert 'id="project"' not in answer.content.decode()

    def test_a_picture_whose_file_is_gone_breaks_nothing(self, client: Client, story: StoryPage) -> None:
        story.picture.file.storage.delete(story.picture.file.name)
        story.picture.renditions.all().delete()
        answer = client.get("/en/bakery/")
        assert answer.status_code == 200
        assert "image" not in schema_of(answer.content.decode())["Article"]

    def test_not_published_without_consent(self, admin_client: Client, home: HomePage) -> None:
        address = reverse("wagtailadmin_pages:add", args=["creditstore_pages", "storypage", home.pk])
        data = _form(
            title="Bakery", slug="bakery", lead="It bakes.", subject="person", subject_name="Ada", subject_role="",
            date="2024-05-03", consent_on="", picture_text="", picture_caption="", body=_body(),
        )  # fmt: skip
        refused = admin_client.post(address, {**data, "action-publish": "1"})
        assert refused.status_code == 200
        assert "consent_on" in refused.context["form"].errors
        # Nothing is lost: it waits as a draft until they have read it.
        assert admin_client.post(address, data).status_code == 302
        page = StoryPage.objects.get(slug="bakery")
        assert not page.live
        preview = admin_client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
        assert preview.status_code == 200
        assert "agreed to this publication" not in preview.content.decode()

    def test_consent_of_tomorrow_is_refused(self, home: HomePage) -> None:
        with pytest.raises(ValidationError, match="in the future"):
            home.add_child(instance=_story(consent_on=localdate() + timedelta(days=1)))

    def test_picture_needs_rights_and_words(self, home: HomePage) -> None:
        with pytest.raises(ValidationError, match="Say what the picture shows"):
            home.add_child(instance=_story(picture=make_image()))
        with pytest.raises(ValidationError, match="Nobody knows whose this picture is"):
            home.add_child(instance=_story(picture=make_image(rights=""), picture_text="An oven"))


class TestProfile:
    """Who stands behind the store."""

    @pytest.mark.parametrize(("subject", "kind"), [("person", "Person"), ("organisation", "Organization")])
    def test_shown_to_readers_programs_and_search_engines(
        self, client: Client, home: HomePage, subject: str, kind: str
    ) -> None:
        page = publish(
            ProfilePage(
                title="Ada Lovelace", slug="ada", subject=subject, part="council", role="Auditor",
                picture=make_image(), picture_text="Portrait",
                links=[("link", {"text": "Website", "address": "https://ada.example.org/"})],
            ),
            below=home,
        )  # fmt: skip
        html = client.get("/en/ada/").content.decode()
        assert "Auditor · the council" in html
        assert 'href="https://ada.example.org/"' in html
        found = schema_of(html)["ProfilePage"]
        assert found["mainEntity"]["@type"] == kind
        assert found["mainEntity"]["sameAs"] == ["https://ada.example.org/"]
        assert found["description"] == "Auditor"
        shown = client.get(f"{API}{page.pk}/").json()
        assert (shown["role"], shown["part"]) == ("Auditor", "council")
        assert shown["links"][0]["value"] == {"text": "Website", "address": "https://ada.example.org/"}

    def test_from_the_form_to_the_reader(self, admin_client: Client, home: HomePage) -> None:
        address = reverse("wagtailadmin_pages:add", args=["creditstore_pages", "profilepage", home.pk])
        assert admin_client.get(address).status_code == 200
        data = _form(
            title="Ada", slug="ada", subject="person", part="team", role="Registry officer", lead="",
            picture_text="", picture_caption="", body=streamfield([]), links=streamfield([]),
        )  # fmt: skip
        answer = admin_client.post(address, {**data, "action-publish": "1"})
        assert answer.status_code == 302, answer.context["form"].errors
        assert "Registry officer" in Client().get("/en/ada/").content.decode()

    @pytest.mark.parametrize("link", ["http://ada.example.org/", "javascript:alert(1)"])
    def test_links_by_https_only(self, admin_client: Client, home: HomePage, link: str) -> None:
        address = reverse("wagtailadmin_pages:add", args=["creditstore_pages", "profilepage", home.pk])
        data = _form(
            title="Ada", slug="ada", subject="person", part="team", role="Officer", lead="", picture_text="",
            picture_caption="", body=streamfield([]),
            links=streamfield([("link", {"text": "Website", "address": link})]),
        )  # fmt: skip
        answer = admin_client.post(address, {**data, "action-publish": "1"})
        assert answer.status_code == 200
        assert "links" in answer.context["form"].errors


class TestPartner:
    """A partner's page lists its campaigns by itself."""

    @pytest.fixture
    def partner(self, home: HomePage) -> PartnerPage:
        return publish(
            PartnerPage(
                title="Together with Hearth", slug="hearth", organisation="Hearth", lead="What we do together.",
                logo=make_image(rights="Hearth, shown with leave"), website="https://hearth.example.org/",
            ),
            below=home,
        )  # fmt: skip

    def test_campaigns_are_listed_while_they_are_public(
        self, client: Client, home: HomePage, partner: PartnerPage, campaign: CampaignPage
    ) -> None:
        assert "No campaign is running at present." in client.get("/en/hearth/").content.decode()
        campaign.partner = partner
        campaign.save_revision().publish()
        html = client.get("/en/hearth/").content.decode()
        assert f'href="{campaign.url}"' in html
        assert "Demonstration campaign" in html
        assert [shown["title"] for shown in client.get(f"{API}{partner.pk}/").json()["campaigns_for_api"]] == [
            campaign.title
        ]
        there = client.get(campaign.url).content.decode()
        assert 'href="/en/hearth/"' in there
        assert "A campaign with Hearth" in there
        campaign.unpublish()
        assert campaign.title not in client.get("/en/hearth/").content.decode()

    def test_campaign_forgets_a_partner_whose_page_is_gone(
        self, client: Client, partner: PartnerPage, campaign: CampaignPage
    ) -> None:
        campaign.partner = partner
        campaign.save_revision().publish()
        partner.unpublish()
        assert "A campaign with" not in client.get(campaign.url).content.decode()
        partner.delete()
        assert client.get(campaign.url).status_code == 200

    def test_logo_names_the_partner_and_says_whose_it_is(self, client: Client, partner: PartnerPage) -> None:
        html = client.get("/en/hearth/").content.decode()
        assert 'alt="Hearth"' in html
        assert "Logo: Hearth, shown with leave" in html
        assert schema_of(html)["WebPage"]["about"]["url"] == "https://hearth.example.org/"
        partner.logo = make_image(rights="")
        with pytest.raises(ValidationError, match="Nobody knows whose this picture is"):
            partner.full_clean()


class TestTopics:
    """Topics are the editors' own."""

    def test_editor_makes_one_and_gives_it_to_a_page(self, editor: Client, campaign: CampaignPage) -> None:
        added = editor.post(
            reverse("wagtailsnippets_creditstore_pages_topic:add"), {"name": "Clean cooking", "slug": "clean-cooking"}
        )
        assert added.status_code == 302
        topic = Topic.objects.get()
        address = reverse("wagtailadmin_pages:edit", args=[campaign.pk])
        assert "Clean cooking" in editor.get(address).content.decode()
        data = _form(
            title=campaign.title, slug=campaign.slug, lead=campaign.lead, body=_body(), action=streamfield([]),
            topics=str(topic.pk),
        )  # fmt: skip
        answer = editor.post(address, data)
        assert answer.status_code == 302, answer.context["form"].errors
        campaign.refresh_from_db()
        campaign.get_latest_revision().publish()
        html = Client().get(campaign.url).content.decode()
        assert "Clean cooking" in html
        assert Client().get(f"{API}{campaign.pk}/").json()["topics"] == [
            {"name": "Clean cooking", "slug": "clean-cooking"}
        ]

    def test_a_slug_stands_once(self, editor: Client) -> None:
        address = reverse("wagtailsnippets_creditstore_pages_topic:add")
        editor.post(address, {"name": "Wind", "slug": "wind"})
        again = editor.post(address, {"name": "Wind power", "slug": "wind"})
        assert again.status_code == 200
        assert "There is a topic with this slug already." in again.content.decode()
        assert Topic.objects.count() == 1


def _body() -> dict[str, Any]:
    return streamfield([("text", rich_text("<p>What happened.</p>", features=["bold"]))])


def _form(**values: Any) -> dict[str, Any]:
    return nested_form_data({**values, "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}})
