"""The form without a token: who may put units into a basket, who is asked first, and that nobody else can."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from creditstore.credits.models import Offer
from support.ledger import make_offer, make_terms
from support.visitor import BASKET, words

pytestmark = pytest.mark.django_db
ADD = f"{BASKET}add/"
OURS, FOREIGN = "http://testserver", "https://elsewhere.example"


@pytest.fixture
def browser() -> Client:
    """A browser held to every check, which says nothing by itself."""
    make_terms()
    return Client(enforce_csrf_checks=True)


def send(browser: Client, offer: Offer, headers: dict[str, str], **extra: Any) -> HttpResponse:
    answer: HttpResponse = browser.post(ADD, {"offer": offer.code, "quantity": "3"}, headers=headers, **extra)
    return answer


def lines(browser: Client) -> int:
    found: int = browser.get(f"{BASKET}count/").json()["count"]
    return found


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "Origin": OURS, "Referer": f"{OURS}/en/store/"},
        # The browser's own word stands above what extensions and proxies do to the other two.
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": OURS},
        {"Origin": "http://testserver:80"},
        {"Origin": "http://TESTSERVER"},
        {"Origin": OURS, "Referer": FOREIGN},
        {"Referer": f"{OURS}/en/store/projects/0001/"},
        {"Referer": OURS},
    ],
    ids=str,
)
def test_a_form_of_our_own_pages_needs_no_token(browser: Client, headers: dict[str, str]) -> None:
    answer = send(browser, make_offer(), headers)
    assert (answer.status_code, answer.headers.get("Location")) == (302, BASKET)
    assert lines(browser) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": ""},
        {"Sec-Fetch-Site": "SAME-ORIGIN"},
        {"Sec-Fetch-Site": "same-origin, cross-site"},
        # Where the browser says that it is foreign, nothing else counts.
        {"Sec-Fetch-Site": "cross-site", "Origin": OURS, "Referer": OURS},
        {"Origin": FOREIGN},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "null", "Referer": f"{OURS}/en/store/"},
        {"Origin": FOREIGN, "Referer": f"{OURS}/en/store/"},
        {"Origin": "https://testserver"},
        {"Origin": "http://testserver:8080"},
        {"Origin": "http://testserver.elsewhere.example"},
        {"Origin": "http://elsewhere.example/testserver"},
        {"Origin": "http://testserver@elsewhere.example"},
        {"Origin": "http://elsewhere.example@testserver"},
        {"Origin": "http://testserver:port"},
        {"Origin": "http://[testserver"},
        {"Origin": "testserver"},
        {"Referer": f"{FOREIGN}/?{OURS}"},
        {"Referer": "https://testserver/en/store/"},
        {"Referer": "/en/store/"},
        {"Referer": ""},
    ],
    ids=str,
)
def test_anything_else_is_asked_first_and_changes_nothing(browser: Client, headers: dict[str, str]) -> None:
    offer = make_offer()
    answer = send(browser, offer, headers)
    assert answer.status_code == 403
    text = words(answer)
    assert f"3 tonnes of “{offer.issuance.project.title}”" in text
    assert offer.seller.name in text
    assert "Nothing has changed yet" in text
    assert "no-store" in answer["Cache-Control"]
    assert lines(browser) == 0


@pytest.mark.parametrize("headers", [{}, {"Referer": f"{FOREIGN}/"}, {"Sec-Fetch-Site": "cross-site"}], ids=str)
def test_a_yes_to_the_question_does_it_once_the_token_is_right(browser: Client, headers: dict[str, str]) -> None:
    offer = make_offer()
    asked = send(browser, offer, headers)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', asked.content.decode()))
    assert {**fields, "csrfmiddlewaretoken": ""} == {"offer": offer.code, "quantity": "3", "csrfmiddlewaretoken": ""}
    forged = browser.post(ADD, {**fields, "csrfmiddlewaretoken": "x" * 64})
    assert forged.status_code == 403
    assert lines(browser) == 0
    answer = browser.post(ADD, fields)
    assert answer.status_code == 302
    assert lines(browser) == 1


def test_a_token_does_not_help_another_site(browser: Client) -> None:
    asked = send(browser, make_offer(), {})
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', asked.content.decode()))
    assert browser.post(ADD, fields, headers={"Origin": FOREIGN}).status_code == 403
    assert Client(enforce_csrf_checks=True).post(ADD, fields).status_code == 403
    assert lines(browser) == 0


def test_what_another_site_sends_is_shown_as_text_and_not_without_end(browser: Client) -> None:
    answer = browser.post(ADD, {"offer": "<script>", "quantity": "9" * 5_000, "other": "of ours"})
    body = answer.content.decode()
    assert answer.status_code == 403
    assert "&lt;script&gt;" in body
    assert "9" * 201 not in body
    assert "of ours" not in body


def test_behind_a_proxy_the_scheme_that_it_passes_on_counts(browser: Client, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    offer, forwarded = make_offer(), {"Host": "testserver", "X-Forwarded-Proto": "https"}
    assert send(browser, offer, {**forwarded, "Origin": OURS}).status_code == 403
    assert send(browser, offer, {**forwarded, "Origin": "https://testserver"}).status_code == 302


def test_behind_a_proxy_that_passes_on_no_scheme_the_public_address_counts(browser: Client, settings: Any) -> None:
    offer = make_offer()
    assert send(browser, offer, {"Origin": "https://store.example.org"}).status_code == 403
    settings.SITE_URL = "https://store.example.org"
    assert send(browser, offer, {"Origin": "https://store.example.org"}).status_code == 302
    # Nobody can make himself ours by a header that only a proxy should send.
    assert send(browser, offer, {"Origin": FOREIGN, "X-Forwarded-Host": "elsewhere.example"}).status_code == 403


def test_the_project_page_holds_nothing_of_its_reader(browser: Client) -> None:
    offer = make_offer()
    answer = browser.get(f"/en/store/projects/{offer.issuance.project.ref}/")
    assert f'value="{offer.code}"' in answer.content.decode()
    assert "csrfmiddlewaretoken" not in answer.content.decode()
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")
    assert answer["Cache-Control"].startswith("public")


def test_a_refused_quantity_is_shown_to_nobody_else(browser: Client) -> None:
    offer = make_offer(quantity=10)
    answer = browser.post(ADD, {"offer": offer.code, "quantity": "11"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 409
    assert "no-store" in answer["Cache-Control"]
