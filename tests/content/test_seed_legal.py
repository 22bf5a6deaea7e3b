"""Legal texts say what the code does: periods are those of the settings, cookies those that are set."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from types import ModuleType

import pytest
from django.conf import settings
from django.test import Client

from creditstore.api.idempotency import KEPT_FOR
from creditstore_content.blocks.body import BodyBlock
from creditstore_content.pages import seed_accessibility, seed_imprint, seed_privacy
from creditstore_content.pages.models import HomePage
from creditstore_plugins import PaymentRequest
from support.wording import complaints, long_sentences, plain

PAGES = {"privacy": seed_privacy, "imprint": seed_imprint, "accessibility": seed_accessibility}


def _rows(page: ModuleType, caption: str) -> dict[str, str]:
    facts = next(value for name, value in page.BODY if name == "facts" and value["caption"] == caption)
    return {fact["label"]: fact["value"] for fact in facts["facts"]}


@pytest.mark.parametrize("name", PAGES)
def test_text_fits_its_blocks_and_reads_well(name: str) -> None:
    page, body = PAGES[name], BodyBlock()
    rendered = []
    for kind, value in page.BODY:
        block = body.child_blocks[kind]
        rendered.append(str(block.render(block.clean(block.normalize(value)))))
    words = plain(" ".join(rendered))
    assert complaints(f"{words} {page.PAGE['lead']} {page.PAGE['search_description']}") == []
    prose = plain(" ".join(value for kind, value in page.BODY if kind == "text"))
    assert list(long_sentences(prose)) == []
    anchors = [value["anchor"] for kind, value in page.BODY if kind == "heading"]
    assert len(anchors) == len(set(anchors))


def test_periods_are_those_of_the_settings() -> None:
    rows = _rows(seed_privacy, "Deleted by itself")
    days = {label: int(found.group(1)) for label, value in rows.items() if (found := re.search(r"(\d+) days", value))}
    assert days == {
        "That your address was confirmed (as a keyed hash)": settings.CREDITSTORE_CONFIRMED_DAYS,
        "Answers to calls of the API, for repeats": KEPT_FOR // timedelta(days=1),
        "Jobs that are done, such as mails sent": 14,
        "Messages of payment providers that are done with": settings.CREDITSTORE_WEBHOOK_DAYS,
    }
    link = rows["A link that confirms your e-mail address"]
    assert link.startswith(f"{settings.CREDITSTORE_CONFIRM_HOURS} hours")


def test_cookies_are_those_that_can_be_set() -> None:
    rows = _rows(seed_privacy, "All of them are needed for what you asked for")
    assert set(rows) == {
        settings.OSCAR_BASKET_COOKIE_OPEN, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_NAME, "messages"
    }  # fmt: skip
    assert f"{settings.OSCAR_BASKET_COOKIE_LIFETIME // 86_400} days" in rows[settings.OSCAR_BASKET_COOKIE_OPEN]
    assert f"{settings.SESSION_COOKIE_AGE // 86_400} days" in rows[settings.SESSION_COOKIE_NAME]
    assert 360 <= settings.CSRF_COOKIE_AGE // 86_400 <= 366


@pytest.mark.parametrize("address", ["/en/", "/en/store/", "/en/register/", "/en/terms/", "/en/faq/", "/en/privacy/"])
def test_reading_sets_no_cookie(home: HomePage, client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert not response.cookies


@pytest.mark.parametrize("name", ["privacy", "accessibility"])
def test_legal_page_is_public_and_complete(home: HomePage, client: Client, name: str) -> None:
    response = client.get(f"/en/{name}/")
    assert response.status_code == 200
    shown = html.unescape(response.content.decode())
    main = shown[shown.index("<main") : shown.index("</main>")]
    assert all(source["title"] in main for source in PAGES[name].SOURCES)
    assert not re.search(r"\[[a-z]", plain(main))


def test_the_payment_provider_is_told_no_name() -> None:
    assert set(PaymentRequest.__dataclass_fields__) == {
        "idempotency_key", "order_number", "variant", "amount", "description", "payee", "language", "return_url",
        "started_at",
    }  # fmt: skip


def test_the_imprint_has_gaps_and_says_so() -> None:
    values = [fact["value"] for kind, value in seed_imprint.BODY if kind == "facts" for fact in value["facts"]]
    assert all(value.startswith("[") for value in values)
