"""Editors say what a project does beside its reductions, never without a source."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.http import HttpResponse
from django.test import Client

from creditstore.accounts.models import User
from creditstore.catalogue.models import Benefit, Project
from support.ledger import make_issuance

pytestmark = pytest.mark.django_db
LIST, NEW = "/admin/benefits/", "/admin/benefits/new/"


def member(group: str) -> Client:
    user = User.objects.create_user(email="member@example.org", password="a password of the tests")
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def editor() -> Client:
    return member("Editors")


def enter(client: Client, of: Project, **changes: str) -> HttpResponse:
    values = {
        "project": str(of.pk),
        "goal": "3",
        "text": "Smoke in 4,000 kitchens is measured to be lower.",
        "source_title": "Monitoring report 3, 2015, page 12",
        "source_url": "https://example.org/report.pdf",
        **changes,
    }
    return client.post(NEW, values)  # type: ignore[return-value]


@pytest.mark.parametrize("group", ["Editors", "Moderators"])
def test_what_an_editor_enters_stands_on_the_projects_page_with_its_source(group: str) -> None:
    project = make_issuance().project
    client = member(group)
    form = client.get(NEW).content
    assert b"4 Quality education" in form
    assert b'data-chooser-url="/admin/creditstore_project_chooser/"' in form
    assert enter(client, project).status_code == 302
    body = Client().get(f"/en/store/projects/{project.ref}/").content.decode()
    assert "Smoke in 4,000 kitchens is measured to be lower." in body
    assert 'href="https://example.org/report.pdf" translate="no">Monitoring report 3, 2015, page 12</a>' in body
    assert "Smoke in 4,000 kitchens" in client.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("source_title", ""),
        ("source_title", "   "),
        ("text", ""),
        ("project", ""),
        ("goal", "18"),
        ("goal", "0"),
        ("source_url", "http://example.org/"),
        ("source_url", "javascript:alert(1)"),
        ("source_url", "ftp://example.org/report"),
    ],
)
def test_what_is_missing_or_wrong_is_not_taken(editor: Client, field: str, value: str) -> None:
    answer = enter(editor, make_issuance().project, **{field: value})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert not Benefit.objects.exists()


def test_each_goal_once_and_any_number_of_cobenefits(editor: Client) -> None:
    project = make_issuance().project
    for _n in range(2):
        assert enter(editor, project, goal="", source_url="").status_code == 302
    assert enter(editor, project).status_code == 302
    assert enter(editor, project).status_code == 200
    assert sorted(str(benefit.goal) for benefit in project.benefits.all()) == ["3", "None", "None"]


def test_a_benefit_is_changed_and_deleted(editor: Client) -> None:
    project = make_issuance().project
    enter(editor, project)
    benefit = Benefit.objects.get()
    other = make_issuance().project
    values = {"project": str(other.pk), "goal": "", "text": "Changed", "source_title": "Report"}
    assert editor.post(f"/admin/benefits/edit/{benefit.pk}/", values).status_code == 302
    benefit.refresh_from_db()
    assert (benefit.project, benefit.goal, benefit.text, benefit.source_url) == (project, None, "Changed", "")
    assert editor.post(f"/admin/benefits/delete/{benefit.pk}/").status_code == 302
    assert not Benefit.objects.exists()


def test_nobody_else_may_enter_any() -> None:
    project = make_issuance().project
    outsider = Client()
    assert enter(outsider, project).status_code == 302
    outsider.force_login(User.objects.create_user(email="buyer@example.org", password="a password of the tests"))
    assert enter(outsider, project).status_code == 302
    assert not Benefit.objects.exists()
