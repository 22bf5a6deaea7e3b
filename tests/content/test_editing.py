"""What editors rely on while they write: nothing is lost, nobody overwrites somebody else, moved pages are found."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, Workflow, WorkflowState
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from creditstore_content.pages.models import CampaignPage, HomePage

JSON = {"headers": {"Accept": "application/json"}}


def member(email: str, group: str) -> Client:
    user = get_user_model().objects.create_user(email=email, password="long enough 123", first_name=email[:3])
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor(home: HomePage) -> Client:
    return member("writer@example.org", "Editors")


@pytest.fixture
def moderator(home: HomePage) -> Client:
    return member("checker@example.org", "Moderators")


def form(page: Page, text: str = "Words", *, blocks: int = 1, **values: Any) -> dict[str, Any]:
    """The campaign's form as the browser sends it."""
    heading = {"level": "2", "anchor": ""}
    body = [
        ("heading", {"text": f"{text} {number}", **heading})
        if number % 2
        else ("text", rich_text(f"<p>{text} {number}</p>", features=["bold"]))
        for number in range(blocks)
    ]
    data = {
        "title": page.title, "slug": page.slug, "lead": page.specific.lead, "body": streamfield(body),
        "action": streamfield([]),
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": ""}, **values,
    }  # fmt: skip
    return dict(nested_form_data(data))


def edit_url(page: Page) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def loaded(client: Client, page: Page) -> dict[str, str]:
    """The hidden fields that tell which version the form was opened with."""
    soup = BeautifulSoup(client.get(edit_url(page)).content, "html.parser")
    names = ("loaded_revision_id", "loaded_revision_created_at")
    return {name: str(soup.find("input", attrs={"name": name})["value"]) for name in names}


class TestAutosave:
    """What is typed is kept without a button, and never over a colleague's words."""

    def test_the_form_saves_by_itself(self, editor: Client, campaign: CampaignPage) -> None:
        soup = BeautifulSoup(editor.get(edit_url(campaign)).content, "html.parser")
        element = soup.find("form", attrs={"data-edit-form": True})
        assert "w-autosave" in element["data-controller"].split()
        answer = editor.post(edit_url(campaign), {**form(campaign, "Typed"), **loaded(editor, campaign)}, **JSON)
        assert answer.json()["success"] is True
        campaign.refresh_from_db()
        assert "Typed 0" in str(campaign.get_latest_revision_as_object().body)
        # A draft: readers see nothing of it, and a form that is not complete yet is kept as well.
        assert "Typed 0" not in Client().get("/en/clean-cooking/").content.decode()
        again = {"overwrite_revision_id": answer.json()["revision_id"]}
        answer = editor.post(edit_url(campaign), {**form(campaign, "Typed", lead=""), **again}, **JSON)
        assert answer.json()["success"] is True

    def test_it_stops_where_a_colleague_has_saved_meanwhile(
        self, editor: Client, moderator: Client, campaign: CampaignPage
    ) -> None:
        opened = loaded(editor, campaign)
        moderator.post(edit_url(campaign), form(campaign, "Theirs"))
        answer = editor.post(edit_url(campaign), {**form(campaign, "Mine"), **opened}, **JSON)
        assert answer.json()["success"] is False
        assert answer.json()["error_code"] == "invalid_revision"
        assert "newer version" in answer.json()["error_message"]
        campaign.refresh_from_db()
        assert "Theirs 0" in str(campaign.get_latest_revision_as_object().body)

    def test_both_are_told_that_they_are_not_alone(
        self, editor: Client, moderator: Client, campaign: CampaignPage
    ) -> None:
        def ping(client: Client) -> dict[str, Any]:
            html = BeautifulSoup(client.get(edit_url(campaign)).content, "html.parser")
            address = html.find(class_="w-editing-sessions")["data-w-swap-src-value"]
            return dict(client.post(str(address)).json())

        ping(editor)
        seen = ping(moderator)
        assert [session["user"] for session in seen["other_sessions"]] == ["wri"]


class TestReview:
    """Submit, comment, send back, approve: Wagtail's own workflow, ready to use."""

    def test_an_editor_submits_and_a_moderator_approves(
        self, editor: Client, moderator: Client, campaign: CampaignPage
    ) -> None:
        assert Workflow.objects.filter(active=True).exists()
        editor.post(edit_url(campaign), {**form(campaign, "Proposed"), "action-submit": "1"})
        campaign.refresh_from_db()
        assert campaign.current_workflow_state.status == WorkflowState.STATUS_IN_PROGRESS
        assert "checker@example.org" in [to for message in mail.outbox for to in message.to]
        # The editor may not approve the own work.
        task = campaign.current_workflow_task_state
        action = "wagtailadmin_pages:workflow_action"
        editor.post(reverse(action, args=[campaign.pk, "approve", task.pk]), {"comment": ""})
        assert "Proposed 0" not in Client().get("/en/clean-cooking/").content.decode()
        moderator.post(reverse(action, args=[campaign.pk, "reject", task.pk]), {"comment": "Name the source."})
        campaign.refresh_from_db()
        assert campaign.current_workflow_state.status == WorkflowState.STATUS_NEEDS_CHANGES
        history = editor.get(reverse("wagtailadmin_pages:history", args=[campaign.pk])).content.decode()
        assert "Name the source." in history
        editor.post(edit_url(campaign), {**form(campaign, "Sourced"), "action-submit": "1"})
        campaign.refresh_from_db()
        task = campaign.current_workflow_task_state
        moderator.post(reverse(action, args=[campaign.pk, "approve", task.pk]), {"comment": ""})
        assert "Sourced 0" in Client().get("/en/clean-cooking/").content.decode()

    def test_comments_stand_beside_the_words(self, editor: Client, moderator: Client, campaign: CampaignPage) -> None:
        comment = {
            "text": "Is that so?", "contentpath": "lead", "position": "", "id": "", "DELETE": "", "resolved": "",
            "replies": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": ""},
        }  # fmt: skip
        comments = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": "", "0": comment}
        answer = moderator.post(edit_url(campaign), form(campaign, comments=comments, comment_notifications="on"))
        assert answer.status_code == 302, answer.context["form"].errors
        assert "Is that so?" in editor.get(edit_url(campaign)).content.decode()


class TestMoving:
    """Old addresses lead to where a page went."""

    def test_a_renamed_page_and_those_below_it(
        self, moderator: Client, home: HomePage, django_capture_on_commit_callbacks: Any
    ) -> None:
        page = Page.objects.get(slug="how-it-works").specific
        data = {"title": page.title, "slug": "explained", "lead": page.lead, "order": page.order}
        comments = nested_form_data({"comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0}})
        with django_capture_on_commit_callbacks(execute=True):
            answer = moderator.post(edit_url(page), {**data, **comments, "action-publish": "1"})
        assert answer.status_code == 302, answer.context["form"].errors
        for old, new in (("", ""), ("the-store/", "the-store/")):
            answer = Client().get(f"/en/how-it-works/{old}")
            assert (answer.status_code, answer["Location"]) == (301, f"/en/explained/{new}")
            assert Client().get(answer["Location"]).status_code == 200

    def test_a_moved_page(self, admin_client: Client, home: HomePage, campaign: CampaignPage) -> None:
        index = Page.objects.get(slug="how-it-works")
        admin_client.post(reverse("wagtailadmin_pages:move_confirm", args=[campaign.pk, index.pk]))
        answer = Client().get("/en/clean-cooking/")
        assert (answer.status_code, answer["Location"]) == (301, "/en/how-it-works/clean-cooking/")
        listed = admin_client.get(reverse("wagtailredirects:index")).content.decode()
        assert "/en/clean-cooking" in listed


class TestPreviews:
    """A preview belongs to its page and its editor."""

    def test_of_another_page_or_another_person_is_not_shown(
        self, editor: Client, moderator: Client, home: HomePage, campaign: CampaignPage
    ) -> None:
        other = CampaignPage(title="Other", slug="other", lead="Another lead.", body=[("text", "<p>Other</p>")])
        home.refresh_from_db()
        home.add_child(instance=other)

        def preview(page: Page) -> str:
            return reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])

        assert editor.post(preview(campaign), form(campaign, "Secret draft")).json()["is_valid"]
        assert "Secret draft" in editor.get(preview(campaign)).content.decode()
        for client, page in ((editor, other), (moderator, campaign), (moderator, other)):
            assert "Secret draft" not in client.get(preview(page)).content.decode()
        stranger = Client().get(preview(campaign))
        assert stranger.status_code == 302
        assert reverse("wagtailadmin_login") in stranger["Location"]

    def test_a_version_of_another_page_is_not_found(
        self, editor: Client, home: HomePage, campaign: CampaignPage
    ) -> None:
        revision = campaign.save_revision()
        address = reverse("wagtailadmin_pages:revisions_view", args=[home.pk, revision.pk])
        assert editor.get(address, follow=True).status_code == 404


class TestLongPages:
    """A page of 200 blocks, and a paste that is too long."""

    def test_two_hundred_blocks_are_saved_and_published(self, moderator: Client, campaign: CampaignPage) -> None:
        data = {**form(campaign, "Block", blocks=200), "action-publish": "1"}
        # More than Django takes by itself.
        assert len(data) > 1000
        answer = moderator.post(edit_url(campaign), data)
        assert answer.status_code == 302, answer.context["form"].errors
        html = Client().get("/en/clean-cooking/").content.decode()
        assert html.count("Block ") == 200
        assert "Block 199" in moderator.get(edit_url(campaign)).content.decode()

    def test_a_huge_paste_is_refused_at_its_field_and_is_still_in_the_form(
        self, moderator: Client, campaign: CampaignPage
    ) -> None:
        lead = "word " * 700_000
        data = {**form(campaign, lead=lead), "action-publish": "1"}
        assert sum(map(len, map(str, data.values()))) > 3_000_000
        answer = moderator.post(edit_url(campaign), data)
        assert answer.status_code == 200
        assert "lead" in answer.context["form"].errors
        assert "400 characters" in json.dumps(answer.context["form"].errors)
        assert lead.strip()[:5000] in answer.content.decode()
