"""The process's one host: built once, again after a change, and never because the database is away."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest import mock

import pytest
from django.db import DatabaseError

from creditstore_host import choices
from creditstore_host.host import PluginHost
from creditstore_host.installation import Installation

FIRST, SECOND = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)


class Stored:
    """What is chosen, as a database would have it."""

    def __init__(self) -> None:
        self.version: datetime | None = FIRST
        self.there = True
        self.built = 0

    def build(self) -> tuple[PluginHost, datetime | None]:
        self.built += 1
        return PluginHost.build(plugins=[]), self.version

    def told(self) -> tuple[bool, datetime | None]:
        return (True, self.version) if self.there else (False, None)


def test_it_is_built_again_after_a_change_and_only_then() -> None:
    stored = Stored()
    one = Installation(build=stored.build, version=stored.told, reread_seconds=0.0)
    first = one.host()
    assert one.host() is first
    stored.version = SECOND
    second = one.host()
    assert second is not first
    assert one.host() is second
    stored.there, stored.version = False, None
    assert one.host() is second
    assert stored.built == 2


def test_within_the_moment_it_is_not_asked_for_unless_somebody_says_so() -> None:
    stored = Stored()
    one = Installation(build=stored.build, version=stored.told, reread_seconds=3600.0)
    first = one.host()
    stored.version = SECOND
    assert one.host() is first
    one.look_again()
    assert one.host() is not first


def test_a_store_whose_choices_nobody_keeps_never_asks() -> None:
    stored = Stored()
    one = Installation(build=stored.build, version=stored.told, reread_seconds=None)
    first = one.host()
    stored.version = SECOND
    one.look_again()
    assert one.host() is first


@pytest.mark.django_db(transaction=True)
def test_without_a_database_all_plugins_are_used() -> None:
    choices.set_enabled(plugin_id="pay_x", enabled=False, actor="a test")
    assert choices.read().disabled == {"pay_x"}
    told, version = choices.version()
    assert told
    assert version is not None
    with mock.patch.object(choices.PluginChoice.objects, "all", side_effect=DatabaseError):
        assert choices.read() == choices.Choices()
    with mock.patch.object(choices.PluginChoice.objects, "aggregate", side_effect=DatabaseError):
        assert choices.version() == (False, None)


@pytest.mark.django_db(transaction=True)
def test_faults_are_counted_and_the_last_one_kept() -> None:
    for summary in ("start: RuntimeError", "fetch: no answer within 15 seconds"):
        choices.note_fault(plugin_id="pay_x", kind="payment", summary=summary, at=FIRST)
    fault = choices.PluginFault.objects.get()
    assert (fault.count, fault.summary) == (2, "fetch: no answer within 15 seconds")
    with mock.patch.object(choices.PluginFault.objects, "get_or_create", side_effect=DatabaseError):
        choices.note_fault(plugin_id="pay_x", kind="payment", summary="x", at=FIRST)
    assert choices.PluginFault.objects.get().count == 2
