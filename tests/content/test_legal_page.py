"""Legal texts: what has been published stays readable, word for word."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils.timezone import localdate

from creditstore_content.pages.legal_versions import same_words
from creditstore_content.pages.models import HomePage, LegalPage, LegalVersion
from support.pages import publish
from support.schema_org import schema_of

ADDRESS = "/en/data-protection/"


def _body(words: str) -> list[tuple[str, Any]]:
    return [
        ("heading", {"text": "What we keep", "level": "2", "anchor": ""}),
        ("text", f"<p>{words}</p>"),
        ("heading", {"text": "How long", "level": "2", "anchor": "how-long"}),
        ("text", "<p>One year.</p>"),
    ]


@pytest.fixture
def legal(home: HomePage) -> LegalPage:
    return publish(
        LegalPage(
            title="Privacy", slug="data-protection", lead="What we keep of you.", version="1.0",
            valid_from=date(2025, 1, 1), body=_body("Nothing."),
        ),
        below=home,
    )  # fmt: skip


def _new_version(page: LegalPage, *, version: str = "2.0", words: str = "A name.", **values: Any) -> LegalPage:
    page.version, page.changes, page.body = version, "We keep a name.", _body(words)
    page.valid_from = values.get("valid_from", date(2026, 1, 1))
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def test_reader_sees_version_day_and_sections(client: Client, legal: LegalPage) -> None:
    html = client.get(ADDRESS).content.decode()
    assert "Version 1.0" in html
    assert "valid from 1 January 2025" in html
    contents = html.split('class="explainer__contents')[1].split("</nav>")[0]
    # The first heading's anchor was made from its words.
    assert 'href="#what-we-keep"' in contents
    assert 'href="#how-long"' in contents
    assert 'id="what-we-keep"' in html
    assert "Other versions" not in html
    assert schema_of(html)["WebPage"]["name"] == "Privacy"


def test_earlier_version_stays_as_it_was(client: Client, legal: LegalPage) -> None:
    _new_version(legal)
    html = client.get(ADDRESS).content.decode()
    assert "A name." in html
    assert "We keep a name." in html
    assert f'href="{ADDRESS}versions/1-0/"' in html
    earlier = client.get(f"{ADDRESS}versions/1-0/")
    assert earlier.status_code == 200
    words = earlier.content.decode()
    assert "Nothing." in words
    assert "A name." not in words.split("Other versions</h2>")[0]
    assert "You are reading an earlier version" in words
    assert '<meta name="robots" content="noindex">' in words
    assert f'href="{ADDRESS}"' in words
    assert not earlier.cookies
    assert client.get(f"{ADDRESS}versions/3-0/").status_code == 404
    assert client.get(f"{ADDRESS}versions/").status_code == 404


def test_programs_read_which_versions_there_are(client: Client, legal: LegalPage) -> None:
    _new_version(legal)
    shown = client.get(f"/api/content/v3/pages/{legal.pk}/").json()
    assert shown["version"] == "2.0"
    assert [(each["version"], each["url"]) for each in shown["versions_for_api"]] == [
        ("2.0", ADDRESS),
        ("1.0", f"{ADDRESS}versions/1-0/"),
    ]


def test_changed_words_need_a_new_version(legal: LegalPage) -> None:
    legal.body = _body("Everything.")
    with pytest.raises(ValidationError, match=r"Version 1\.0 is published") as caught:
        legal.save_revision()
    assert list(caught.value.message_dict) == ["version"]
    legal.refresh_from_db()
    legal.valid_from = date(2024, 1, 1)
    with pytest.raises(ValidationError, match="its words and its day stay"):
        legal.save_revision()


def test_what_changes_no_word_needs_none(legal: LegalPage) -> None:
    legal.search_description = "Privacy in this store."
    legal.save_revision().publish()
    assert [kept.version for kept in legal.versions.all()] == ["1.0"]


def test_a_version_does_not_come_back(legal: LegalPage) -> None:
    _new_version(legal)
    for version in ("1.0", "1-0", "2-0"):
        legal.version = version
        with pytest.raises(ValidationError, match="Give this text a version of its own"):
            legal.save_revision()


@pytest.mark.parametrize("version", ["", "2 0", "../x", "2/0", "-1", "é"])
def test_version_can_stand_in_an_address(legal: LegalPage, version: str) -> None:
    legal.version = version
    with pytest.raises(ValidationError) as caught:
        legal.full_clean()
    assert "version" in caught.value.message_dict


def test_drafts_are_no_versions(legal: LegalPage) -> None:
    legal.version, legal.body = "2.0", _body("Not yet.")
    legal.save_revision()
    assert [kept.version for kept in legal.versions.all()] == ["1.0"]


def test_until_a_version_is_valid_the_one_before_is_named(client: Client, legal: LegalPage) -> None:
    tomorrow = localdate() + timedelta(days=1)
    _new_version(legal, valid_from=tomorrow)
    html = client.get(ADDRESS).content.decode()
    assert "This version is valid from" in html
    assert "Until then, version 1.0 applies" in html
    LegalPage.objects.filter(pk=legal.pk).update(valid_from=localdate())
    assert "Until then" not in client.get(ADDRESS).content.decode()


def test_the_database_keeps_the_words(legal: LegalPage) -> None:
    kept = LegalVersion.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        LegalVersion.objects.filter(pk=kept.pk).update(words={})
    legal.delete()
    assert not LegalVersion.objects.exists()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("<p>A &amp; b</p>", '<p data-block-key="x1">A  &amp;\n<b>b</b></p>', True),
        ("<p>A</p><p>b</p>", "<p>A b</p>", True),
        ("<p>A</p>", "<p>B</p>", False),
        ({"id": "1", "value": "A", "anchor": ""}, {"id": "2", "value": "A"}, True),
        ([{"value": "A"}, {"value": "B"}], [{"value": "B"}, {"value": "A"}], False),
    ],
)
def test_words_are_what_a_reader_reads(one: Any, other: Any, same: bool) -> None:
    assert same_words(one, other) is same
