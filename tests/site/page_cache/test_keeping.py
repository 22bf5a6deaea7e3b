"""What is kept, for whom, and that nobody can tell the difference."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from creditstore.catalogue.models import Project
from creditstore_content.pages.models import ExplainerPage, HomePage
from creditstore_site.page_cache.encoding import best_encoding
from creditstore_site.page_cache.memory import Entry, Memory
from creditstore_site.page_cache.middleware import PageCacheMiddleware
from support.ledger import make_offer, set_reserved
from support.page_cache import BROWSER, Told
from support.visitor import BASKET

pytestmark = pytest.mark.django_db
CATALOGUE = "/en/store/"
Queries = Callable[[int], Any]


def public_pages() -> list[str]:
    ref = Project.objects.values_list("ref", flat=True)[0]
    explainer = ExplainerPage.objects.live()[0].url
    return [
        "/en/",
        explainer,
        CATALOGUE,
        f"{CATALOGUE}?q=wind&country=IN",
        f"{CATALOGUE}projects/{ref}/",
        "/en/register/",
    ]


@pytest.mark.parametrize("headers", [{}, BROWSER, {"Accept-Encoding": "gzip"}], ids=["plain", "browser", "gzip"])
def test_a_kept_page_is_the_page_byte_by_byte_and_asks_the_database_nothing(
    reader: Client, settings: Any, headers: dict[str, str], django_assert_num_queries: Queries
) -> None:
    settings.CREDITSTORE_PAGE_CACHE_BYTES = 0
    uncached = Client()
    for address in public_pages():
        expected = uncached.get(address, headers=headers)
        first = reader.get(address, headers=headers)
        with django_assert_num_queries(0):
            kept = reader.get(address, headers=headers)
        assert expected.status_code == 200
        assert first.content == kept.content == expected.content
        assert dict(first.items()) == dict(kept.items()) == dict(expected.items())
        assert not kept.cookies
        assert "Content-Security-Policy" in kept
        assert kept["X-Content-Type-Options"] == "nosniff"
        assert int(kept["Content-Length"]) == len(kept.content)


def test_compressed_pages_are_the_same_page(reader: Client) -> None:
    plain = reader.get(CATALOGUE)
    packed = {"br": brotli.decompress, "gzip": gzip.decompress}
    for encoding, unpack in packed.items():
        answer = reader.get(CATALOGUE, headers={"Accept-Encoding": encoding})
        assert answer["Content-Encoding"] == encoding
        assert unpack(answer.content) == plain.content
        assert "Accept-Encoding" in answer["Vary"]
        assert len(answer.content) < len(plain.content) / 3
        assert answer["ETag"] != plain["ETag"]
    assert not plain.has_header("Content-Encoding")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", ""),
        ("identity", ""),
        ("gzip", "gzip"),
        ("GZIP, Br", "br"),
        ("gzip, br;q=0", "gzip"),
        ("br;q=0.000, gzip;q=0", ""),
        ("br; q=0.1, gzip;q=1.0", "br"),
        ("x-gzip, brr", ""),
        (",;q=,;;", ""),
    ],
)
def test_only_what_the_browser_accepts_is_sent(accepted: str, encoding: str) -> None:
    assert best_encoding(accepted) == encoding


def test_a_browser_that_has_the_page_is_told_so(reader: Client, django_assert_num_queries: Queries) -> None:
    page = reader.get(CATALOGUE, headers=BROWSER)
    with django_assert_num_queries(0):
        again = reader.get(CATALOGUE, headers={**BROWSER, "If-None-Match": page["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == page["ETag"]
    assert again["Cache-Control"] == page["Cache-Control"]
    other = reader.get(CATALOGUE, headers={**BROWSER, "If-None-Match": '"another"'})
    assert (other.status_code, other.content) == (200, page.content)


def test_a_change_makes_the_page_anew(reader: Client, told: Told) -> None:
    offer = make_offer(quantity=40)
    address = f"{CATALOGUE}projects/{offer.issuance.project.ref}/"
    assert b"40 t available" in reader.get(address).content
    set_reserved(offer, 5)
    assert b"40 t available" in reader.get(address).content
    told.changes.note()
    assert b"35 t available" in reader.get(address).content


def test_head_is_answered_from_the_page_and_never_kept_itself(
    reader: Client, django_assert_num_queries: Queries
) -> None:
    head = reader.head(CATALOGUE)
    page = reader.get(CATALOGUE)
    assert len(page.content) == int(head["Content-Length"]) > 1000
    with django_assert_num_queries(0):
        kept = reader.head(CATALOGUE)
    assert kept.content == b""
    assert dict(kept.items()) == dict(head.items()) == dict(page.items())


@pytest.mark.parametrize(
    "address", [f"{CATALOGUE}?country=Atlantis", "/en/no-such-page/", BASKET, f"{BASKET}count/", "/", "/healthz"]
)
def test_errors_redirects_and_pages_of_one_reader_are_not_kept(reader: Client, address: str) -> None:
    answer = reader.get(address, headers=BROWSER)
    kept = _memories(reader)
    assert [len(memory) for memory in kept] == [0, 0]
    assert not answer.has_header("Content-Encoding")


def test_each_question_is_a_page_of_its_own(reader: Client) -> None:
    pages = {reader.get(CATALOGUE + query).content for query in ("", "?q=wind", "?q=solar", "?q=solar&q=wind")}
    assert len(pages) == 4
    assert reader.get(f"{CATALOGUE}?q=wind").content in pages


def test_long_addresses_are_answered_and_not_kept(reader: Client) -> None:
    address = f"{CATALOGUE}?q={'wind+' * 300}"
    assert reader.get(address).status_code == 200
    assert [len(memory) for memory in _memories(reader)] == [0, 0]


def test_a_message_is_shown_to_its_reader_alone(reader: Client, web: Callable[..., Client], told: Told) -> None:
    offer, address = make_offer(), "/en/"
    reader.get(address)
    reader.post(f"{BASKET}add/", {"offer": offer.code, "quantity": "2"}, headers={"Sec-Fetch-Site": "same-origin"})
    own = reader.get(address)
    assert b"added to your basket" in own.content
    assert own["Cache-Control"] == "private, no-store"
    assert b"added to your basket" not in reader.get(address).content
    fresh = web(told)
    fresh.cookies.load({"messages": "not one of ours"})
    assert fresh.get(CATALOGUE).status_code == 200
    assert [len(memory) for memory in _memories(fresh)] == [0, 0]


def test_who_has_a_session_is_answered_anew(reader: Client) -> None:
    reader.get(CATALOGUE)
    staff = get_user_model().objects.create_superuser(email="staff@example.org", password="a password of the tests")
    reader.force_login(staff)
    before = [len(memory) for memory in _memories(reader)]
    with CaptureQueriesContext(connection) as queries:
        assert reader.get(CATALOGUE).status_code == 200
    assert len(queries) > 0
    assert [len(memory) for memory in _memories(reader)] == before


def test_an_editors_preview_is_neither_kept_nor_answered_from_memory(reader: Client, told: Told) -> None:
    home = HomePage.objects.live()[0]
    reader.get(home.url)
    home.heading = "A heading nobody has seen"
    original = RequestFactory(headers={"host": "testserver"}).get("/admin/")
    preview = home.make_preview_request(original_request=original)
    assert b"A heading nobody has seen" in preview.content
    assert b"A heading nobody has seen" not in reader.get(home.url).content


def test_a_page_behind_a_password_is_not_kept(reader: Client) -> None:
    page = ExplainerPage.objects.live()[0]
    PageViewRestriction.objects.create(page=page, restriction_type="password", password="secret words")
    answer = reader.get(page.url)
    assert "no-store" in answer["Cache-Control"]
    assert [len(memory) for memory in _memories(reader)] == [0, 0]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "elsewhere.example"},
        {"X-Forwarded-Proto": "https"},
        {"X-Forwarded-Port": "8443"},
        {"X-Forwarded-For": "203.0.113.9"},
        {"X-Original-URL": "/en/register/"},
        {"X-Rewrite-URL": "/en/register/"},
        {"X-HTTP-Method-Override": "POST"},
        {"Accept-Language": "ar-xb"},
        {"Accept": "application/json"},
        {"Origin": "https://elsewhere.example"},
        {"User-Agent": "<script>alert(1)</script>"},
        {"Range": "bytes=0-10"},
        {"Forwarded": "host=elsewhere.example;proto=https"},
        {"Host": "localhost"},
    ],
    ids=str,
)
def test_no_header_of_one_reader_changes_the_page_of_another(
    reader: Client, settings: Any, headers: dict[str, str]
) -> None:
    settings.CREDITSTORE_PAGE_CACHE_BYTES = 0
    uncached = Client()
    for address in (CATALOGUE, "/en/"):
        expected = uncached.get(address)
        assert reader.get(address, headers=headers).status_code == 200
        answer = reader.get(address)
        assert answer.content == expected.content
        assert dict(answer.items()) == dict(expected.items())


def test_a_foreign_host_is_refused_and_not_kept(reader: Client) -> None:
    assert reader.get(CATALOGUE, headers={"Host": "elsewhere.example"}).status_code == 400
    assert [len(memory) for memory in _memories(reader)] == [0, 0]


def _answers(**headers: str) -> Callable[[HttpRequest], HttpResponse]:
    return lambda _request: HttpResponse(b"x" * 2_000, headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cache-Control": "private, max-age=60"},
        {"Cache-Control": "public, max-age=0"},
        {"Cache-Control": "public, max-age=60, no-transform"},
        {"Cache-Control": "public, max-age=60", "Vary": "Accept-Encoding, Cookie"},
        {"Cache-Control": "public, max-age=60", "Content-Encoding": "gzip"},
        {"Cache-Control": "public, max-age=60", "Vary": "Accept-Language"},
        {"Cache-Control": "public, max-age=60", "Vary": "*"},
    ],
    ids=str,
)
def test_an_answer_that_depends_on_more_is_not_kept(settings: Any, told: Told, headers: dict[str, str]) -> None:
    settings.CREDITSTORE_PAGE_CACHE_BYTES = 1_000_000
    cache = PageCacheMiddleware(_answers(**headers), listener=told)
    cache(RequestFactory().get("/en/"))
    assert len(cache.pages) == 0


@pytest.mark.parametrize("header", ["Authorization", "Cookie"])
def test_a_request_that_says_who_asks_is_not_kept(settings: Any, told: Told, header: str) -> None:
    settings.CREDITSTORE_PAGE_CACHE_BYTES = 1_000_000
    cache = PageCacheMiddleware(_answers(**{"Cache-Control": "public, max-age=60"}), listener=told)
    cache(RequestFactory(headers={header: "sessionid=x"}).get("/en/"))
    assert len(cache.pages) == 0
    cache(RequestFactory(headers={"Cookie": "csrftoken=x; oscar_open_basket=y"}).get("/en/"))
    assert len(cache.pages) == 1


def test_time_is_a_second_net(settings: Any, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CREDITSTORE_PAGE_CACHE_BYTES = 1_000_000
    made: list[int] = []

    def view(_request: HttpRequest) -> HttpResponse:
        made.append(1)
        return HttpResponse(b"page", headers={"Cache-Control": "public, max-age=3600"})

    now = [1000.0]
    monkeypatch.setattr("creditstore_site.page_cache.middleware.monotonic", lambda: now[0])
    cache = PageCacheMiddleware(view, listener=told)
    for seconds, pages in ((0, 1), (59, 1), (2, 2), (1, 2)):
        now[0] += seconds
        cache(RequestFactory().get("/en/"))
        assert len(made) == pages


def test_the_room_is_never_overdrawn_and_the_least_wanted_go_first() -> None:
    memory = Memory(room=100_000)

    def entry(size: int) -> Entry:
        return Entry(1, 9.0, (("Content-Type", "text/html"),), b"x" * size)

    for number in range(100):
        memory.put(number, entry(2_000))
        memory.get(0, change=1, now=0.0)
        assert memory.used <= 100_000
    assert memory.get(0, change=1, now=0.0) is not None
    assert memory.get(1, change=1, now=0.0) is None
    assert memory.get(99, change=1, now=0.0) is not None
    memory.put("huge", entry(20_000))
    assert memory.get("huge", change=1, now=0.0) is None
    assert memory.get(99, change=2, now=0.0) is None
    assert memory.get(98, change=1, now=9.0) is None


def test_endless_questions_leave_the_pages_alone(settings: Any, told: Told) -> None:
    settings.CREDITSTORE_PAGE_CACHE_BYTES = 100_000
    cache = PageCacheMiddleware(_answers(**{"Cache-Control": "public, max-age=60"}), listener=told)
    ask = RequestFactory()
    cache(ask.get("/en/"))
    for number in range(200):
        cache(ask.get(f"/en/store/?q={number}"))
    assert len(cache.pages) == 1
    assert cache.queries.used <= 25_000


def _memories(reader: Client) -> tuple[Memory, Memory]:
    """What the reader's web process keeps."""
    layer: Any = reader.handler._middleware_chain
    while layer is not None:
        wrapped = getattr(layer, "__wrapped__", layer)
        if isinstance(wrapped, PageCacheMiddleware):
            return wrapped.pages, wrapped.queries
        layer = getattr(wrapped, "get_response", None)
    raise AssertionError("no page cache in this process")
