"""Changes reach every process, wherever they are made; and who cannot hear of them keeps nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from creditstore.catalogue.models import Project
from creditstore.credits.models import Offer
from creditstore_content.pages.models import HomePage
from creditstore_site.page_cache import listener as listener_module
from creditstore_site.page_cache.listener import Listener
from creditstore_site.page_cache.middleware import PageCacheMiddleware
from creditstore_site.page_cache.triggers import CHANNEL, install, missing_triggers, watched_models
from support.ledger import make_offer, reserve_by_hand
from support.page_cache import Told, wait_until

Listening = Callable[[], Listener]


def test_a_page_made_while_data_changed_is_not_kept(settings: Any, told: Told) -> None:
    settings.CREDITSTORE_PAGE_CACHE_BYTES = 1_000_000
    stock = [10]

    def view(_request: HttpRequest) -> HttpResponse:
        page = HttpResponse(f"{stock[0]} left".encode(), headers={"Cache-Control": "public, max-age=60"})
        if stock[0] == 10:
            # Sold after the page was made from the old number, and before it could be kept.
            stock[0] = 9
            told.changes.note()
        return page

    cache = PageCacheMiddleware(view, listener=told)
    answers = [cache(RequestFactory().get("/en/")).content for _ in range(3)]  # type: ignore[attr-defined]
    assert answers == [b"10 left", b"9 left", b"9 left"]


def test_a_page_begun_while_nobody_listened_is_not_kept(settings: Any, told: Told) -> None:
    settings.CREDITSTORE_PAGE_CACHE_BYTES = 1_000_000

    def view(_request: HttpRequest) -> HttpResponse:
        told.changes.hear_until(float("inf"))
        return HttpResponse(b"page", headers={"Cache-Control": "public, max-age=60"})

    told.changes.lose()
    cache = PageCacheMiddleware(view, listener=told)
    cache(RequestFactory().get("/en/"))
    assert len(cache.pages) == 0


def test_a_sale_shows_in_all_processes_at_once(listening: Listening, web: Callable[..., Client], settings: Any) -> None:
    offer = Offer.objects.filter(state="live", reserved=0).order_by("code")[0]
    ref = offer.issuance.project.ref
    pages = [f"/en/store/projects/{ref}/", f"/en/store/?q={ref}"]
    readers = [web(listening()) for _process in range(2)]
    settings.CREDITSTORE_PAGE_CACHE_BYTES = 0
    uncached = Client()
    for reader in readers:
        for page in pages:
            wait_until(lambda reader=reader, page=page: _is_kept(reader, page))
            assert reader.get(page).content == uncached.get(page).content
    old = {page: uncached.get(page).content for page in pages}
    # Raw SQL, as another machine or a person at a console would.
    reserve_by_hand(offer, 5)
    for reader in readers:
        for page in pages:
            wanted = uncached.get(page).content
            wait_until(lambda reader=reader, page=page, wanted=wanted: reader.get(page).content == wanted, seconds=2)
            assert old[page] != wanted


def test_what_is_rolled_back_is_not_told_and_a_transaction_tells_once(
    fresh_database: str, listening: Listening
) -> None:
    make_offer()
    with psycopg.connect(fresh_database, autocommit=True) as other:
        other.execute(f"LISTEN {CHANNEL}")
        with transaction.atomic():
            Offer.objects.update(reserved=0)
            transaction.set_rollback(True)
        with transaction.atomic():
            for project in Project.objects.all()[:200]:
                project.save()
            Offer.objects.update(reserved=0)
        heard = list(other.notifies(timeout=1.0))
    assert len(heard) == 1


def test_drafts_are_not_told_and_publishing_is(fresh_database: str) -> None:
    home = HomePage.objects.live()[0]
    home.title = "Another title"
    with psycopg.connect(fresh_database, autocommit=True) as other:
        other.execute(f"LISTEN {CHANNEL}")
        revision = home.save_revision()
        assert list(other.notifies(timeout=0.5)) == []
        revision.publish()
        assert list(other.notifies(timeout=1.0))


def test_every_table_that_pages_show_tells_of_every_kind_of_change(fresh_database: str) -> None:
    with psycopg.connect(fresh_database, autocommit=True) as other:
        other.execute(f"LISTEN {CHANNEL}")
        for model in watched_models():
            table, pk = model._meta.db_table, model._meta.pk.column
            columns = ", ".join(
                f'"{field.column}"' for field in model._meta.local_concrete_fields if not field.generated
            )
            # Of a pledge only some changes show: ``test_pledges`` tells which.
            statements = {
                "creditstore_pledge_pledge": ["UPDATE"],
                "creditstore_pledge_publiclisting": ["UPDATE", "DELETE"],
                "creditstore_pledge_yearreport": ["UPDATE", "DELETE"],
            }.get(table, ["INSERT", "UPDATE", "DELETE"])
            column = pk if "INSERT" in statements else "state"
            for statement in (
                f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM "{table}" WHERE false',
                f'UPDATE "{table}" SET "{column}" = "{column}" WHERE false',
                f'DELETE FROM "{table}" WHERE false',
            ):
                if statement.partition(" ")[0] in statements:
                    other.execute(statement)
                    assert len(list(other.notifies(timeout=0.2, stop_after=1))) == 1, statement


def test_without_its_connection_a_process_keeps_nothing_until_it_hears_again(
    listening: Listening, web: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener_module, "RETRY_SECONDS", (0.3,))
    offer = make_offer(quantity=40)
    page = f"/en/store/projects/{offer.issuance.project.ref}/"
    listener = listening()
    reader = web(listener)
    wait_until(lambda: _is_kept(reader, page))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'creditstore page cache' AND datname = current_database()"
        )
        assert cursor.fetchall() == [(True,)]
        wait_until(lambda: listener.changes.current() is None)
        assert not _is_kept(reader, page)
        reserve_by_hand(offer, 5)
    assert b"35 t available" in reader.get(page).content
    wait_until(lambda: listener.changes.current() is not None)
    assert b"35 t available" in reader.get(page).content


def test_a_server_that_falls_silent_ends_the_lease(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("creditstore_site.page_cache.changes.monotonic", lambda: now[0])
    listener = Listener()
    listener.changes.hear_until(110.0)
    number = listener.changes.current()
    assert number is not None
    now[0] = 110.0
    assert listener.changes.current() is None


def test_a_database_that_does_not_tell_of_everything_turns_keeping_off(
    fresh_database: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listener_module, "RETRY_SECONDS", (0.1,))
    with psycopg.connect(fresh_database, autocommit=True) as other:
        other.execute("DROP TRIGGER creditstore_tells_pages ON creditstore_credits_offer")
        assert missing_triggers(other) == {"creditstore_credits_offer"}
    listener = Listener()
    listener.ensure_running()
    try:
        wait_until(lambda: "creditstore_credits_offer" in caplog.text)
        assert listener.changes.current() is None
        install()
        wait_until(lambda: listener.changes.current() is not None)
    finally:
        listener.stop()


def test_a_table_that_no_page_shows_any_more_tells_nothing(fresh_database: str) -> None:
    with psycopg.connect(fresh_database, autocommit=True) as other:
        other.execute("CREATE TABLE no_longer_shown (id int)")
        other.execute(
            "CREATE TRIGGER creditstore_tells_pages AFTER INSERT ON no_longer_shown "
            "FOR EACH STATEMENT EXECUTE FUNCTION creditstore_tell_pages()"
        )
        install()
        triggers = other.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'no_longer_shown'::regclass"
        ).fetchone()
        assert triggers == (0,)
        assert missing_triggers(other) == set()


def test_a_database_that_is_not_there_turns_keeping_off_and_harms_nobody(
    db: None, web: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listener_module, "_parameters", lambda: {"host": "127.0.0.1", "port": 1, "connect_timeout": 1})
    listener = Listener()
    try:
        reader = web(listener)
        assert reader.get("/en/store/").status_code == 200
        wait_until(lambda: "Pages are not kept" in caplog.text)
        assert not _is_kept(reader, "/en/store/")
    finally:
        listener.stop()


def _is_kept(reader: Client, page: str) -> bool:
    """Whether the page is answered without the database, after it was asked for once."""
    from django.test.utils import CaptureQueriesContext

    reader.get(page)
    with CaptureQueriesContext(connection) as queries:
        assert reader.get(page).status_code == 200
    return len(queries) == 0
