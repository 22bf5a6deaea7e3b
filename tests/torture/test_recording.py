"""A recorder writes down all that was asked, and what it wrote down does the same once more."""

from __future__ import annotations

import psycopg
import pytest
from creditstore_torture.recording import BEGIN, COMMIT, Recorder, by_orm, by_psycopg, statements
from django.db import connection, transaction

from creditstore.core.models import TransitionRecord

pytestmark = pytest.mark.django_db(transaction=True)


def business() -> None:
    with transaction.atomic():
        row = TransitionRecord(machine="test", subject_id=1, source="a", target="b", actor="test", data={"n": 1})
        row.save()
        row.reason = "changed after it was written"
        with transaction.atomic():
            list(TransitionRecord.objects.select_for_update().filter(machine="test").iterator())
    TransitionRecord.objects.filter(machine="test").count()
    TransitionRecord.objects.filter(machine="test").first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [1])


@pytest.fixture
def steps():
    recorder = Recorder(connection)
    with recorder.listening() as steps:
        business()
    return steps


def test_it_writes_down_queries_statements_and_edges(steps):
    kinds = [step.kind for step in steps]
    # The savepoint of the inner block, and its release, are statements as well.
    assert kinds == [BEGIN, "insert", "raw", "orm", "raw", COMMIT, "orm", "orm", "raw"]
    assert [step.makes_models for step in steps if step.kind == "orm"] == [True, False, True]
    assert [step.chunked for step in steps if step.kind == "orm"] == [True, False, False]
    assert statements(steps) == 8


def test_by_the_orm_the_same_is_written_again_as_it_was_then(steps):
    by_orm(steps, connection)
    rows = list(TransitionRecord.objects.filter(machine="test").values_list("reason", "data"))
    assert rows == [("", {"n": 1})] * 2
    assert connection.get_autocommit()


def test_by_psycopg_too(steps):
    parameters = connection.get_connection_params()
    bare = {name: parameters[name] for name in ("dbname", "user", "host") if name in parameters}
    with psycopg.connect(**bare, autocommit=True, cursor_factory=psycopg.ClientCursor) as link:
        by_psycopg(steps, link)
    assert TransitionRecord.objects.filter(machine="test", reason="").count() == 2
