"""The engine: when a connection is taken to be alive, and statements that are planned once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import ProgrammingError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from creditstore.core.database import base, prepared_cursor
from creditstore.core.database.base import TRUSTED_SECONDS, DatabaseWrapper

pytestmark = pytest.mark.django_db


@pytest.fixture
def other() -> Iterator[DatabaseWrapper]:
    """A connection of its own to the same database."""
    found = connections.create_connection("default")
    assert isinstance(found, DatabaseWrapper)
    found.ensure_connection()
    yield found
    found.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One entry for each time that a server is asked whether it is there."""
    times: list[str] = []
    ask = base.base.DatabaseWrapper.is_usable

    def counting(self: Any) -> bool:
        times.append(self.alias)
        found: bool = ask(self)
        return found

    monkeypatch.setattr(base.base.DatabaseWrapper, "is_usable", counting)
    return times


def test_a_connection_that_answered_is_not_asked_again_for_a_while(
    other: DatabaseWrapper, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = 1_000.0
    monkeypatch.setattr(base, "monotonic", lambda: moment)
    assert [other.is_usable() for _request in range(5)] == [True] * 5
    assert len(asked) == 1
    moment += TRUSTED_SECONDS
    assert other.is_usable()
    assert len(asked) == 2


def test_a_connection_that_the_server_ended_is_noticed_at_once(other: DatabaseWrapper) -> None:
    assert other.is_usable()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [other.connection.info.backend_pid])
        assert cursor.fetchone() == (True,)
    assert not other.is_usable()


def test_a_request_after_that_opens_another(other: DatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [other.connection.info.backend_pid])
    # What the beginning of a request does.
    other.health_check_enabled, other.health_check_done = True, False
    with other.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_another_connection_is_not_trusted_for_the_first(other: DatabaseWrapper, asked: list[str]) -> None:
    assert other.is_usable()
    other.close()
    assert not other.is_usable()
    other.ensure_connection()
    assert other.is_usable()
    assert len(asked) == 3


def test_a_prepared_statement_is_planned_once_and_counted_as_any_other() -> None:
    query = "SELECT upper(%s) AS only_in_this_test"
    with CaptureQueriesContext(connection) as seen:
        for word in ("wind", "sun", "it's"):
            with prepared_cursor() as cursor:
                cursor.execute(query, [word])
                assert cursor.fetchone() == (word.upper(),)
    assert len(seen) == 3
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
            ["SELECT upper($1)%only_in_this_test"],
        )
        assert cursor.fetchall() == [(3,)]


def test_other_statements_are_not_prepared() -> None:
    with connection.cursor() as cursor:
        for _time in range(8):
            cursor.execute("SELECT 'not prepared'")
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s", ["SELECT 'not prepared%"])
        assert cursor.fetchone() == (0,)


def test_errors_are_djangos() -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), prepared_cursor() as cursor:
        cursor.execute("SELECT no_such_column")
