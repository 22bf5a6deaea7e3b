"""The tests' own tools: copies of the database, and what happens without a browser."""

from __future__ import annotations

import os

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType

from support import database
from support.browser import missing_browser


def test_browser_tests_run_where_there_is_a_browser():
    assert missing_browser("/usr/bin/chromium", {"REQUIRE_BROWSER": "1"}) is None


@pytest.mark.parametrize(("required", "is_failure"), [({}, False), ({"REQUIRE_BROWSER": "0"}, False)])
def test_without_a_browser_they_are_skipped_with_the_reason(required, is_failure):
    assert missing_browser(None, required) == (
        "no chromium on this machine; install Debian's package chromium to run the browser tests",
        is_failure,
    )


def test_without_a_browser_they_fail_where_one_is_required():
    reason, is_failure = missing_browser(None, {"REQUIRE_BROWSER": "1"})
    assert is_failure
    assert "chromium" in reason


@pytest.mark.parametrize("round_", [1, 2])
def test_what_one_test_commits_the_next_does_not_see(fresh_database, round_):
    assert not ContentType.objects.filter(app_label="left_over").exists()
    ContentType.objects.create(app_label="left_over", model=f"round{round_}")
    with psycopg.connect(fresh_database) as another_process:
        found = another_process.execute("SELECT count(*) FROM django_content_type WHERE app_label = 'left_over'")
        assert found.fetchone() == (1,)


@pytest.mark.django_db
def test_a_committing_test_does_not_empty_the_database_for_those_after_it():
    assert ContentType.objects.filter(app_label="creditstore_orders").exists()


def test_a_fingerprint_follows_names_and_contents(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "ROOT", tmp_path)
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1")
    two.write_text("2")
    first = database.fingerprint([one, two])
    assert database.fingerprint([two, one, one]) == first
    two.write_text("3")
    assert database.fingerprint([one, two]) != first
    two.rename(tmp_path / "three")
    assert database.fingerprint([one, tmp_path / "three"]) != first


def test_templates_follow_from_our_own_files():
    assert any("creditstore_site" not in path.parts for path in database.migration_files())
    assert any(path.name == "cer_issuances.csv.gz" for path in database.loader_files())


@pytest.fixture
def templates(django_db_setup, tmp_path, monkeypatch):
    """A server with empty databases that say what they were made from; and the files that there are now."""
    databases = database.Databases.connect()
    monkeypatch.setattr(database, "ROOT", tmp_path)
    files = {name: tmp_path / name for name in ("first", "second", "third")}
    for path in files.values():
        path.write_text(path.name)
    monkeypatch.setattr(database, "unordered_files", files.values)
    built: list[tuple[str, str]] = []
    made: list[str] = []

    def build(name, *, template, command):
        built.append((template, command))
        databases.create(name, template="template0")
        made.append(name)

    monkeypatch.setattr(databases, "_build", build)

    def migrate(name, *, of, among=()):
        monkeypatch.setattr(database, "unordered_files", lambda: [files[each] for each in of])
        databases._migrate(f"{database.COPY_PREFIX}{os.getpid()}_{name}", among=[template_name(each) for each in among])
        return built[-1][0]

    def template_name(name):
        return f"{database.COPY_PREFIX}{os.getpid()}_{name}"

    yield migrate, template_name, files
    for name in made:
        databases.drop(name)


def test_a_new_migration_is_applied_to_a_copy_of_the_closest_template(templates):
    migrate, name, _files = templates
    assert migrate("one", of=["first"]) == "template0"
    assert migrate("two", of=["first", "second"], among=["one"]) == name("one")
    assert migrate("three", of=["first", "second", "third"], among=["one", "two"]) == name("two")
    assert migrate("other", of=["second", "third"], among=["one"]) == "template0"


def test_a_changed_migration_makes_the_template_anew(templates):
    migrate, _name, files = templates
    migrate("one", of=["first"])
    files["first"].write_text("changed")
    assert migrate("two", of=["first", "second"], among=["one"]) == "template0"


def test_a_database_that_does_not_say_what_it_is_made_from_is_no_template(templates):
    migrate, name, _files = templates
    databases = database.Databases.connect()
    databases.create(name("unknown"), template="template0")
    try:
        assert migrate("one", of=["first"], among=["unknown"]) == "template0"
    finally:
        databases.drop(name("unknown"))
