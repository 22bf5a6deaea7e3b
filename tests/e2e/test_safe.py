"""What every answer must carry, and the back offices in a browser."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable

import pytest

from creditstore_site.paths import MACHINE_PREFIXES, answers_problems
from e2e.conftest import Watched
from support.live_store import STAFF_EMAIL, STAFF_PASSWORD, LiveStore
from support.shopper import Shopper, stations

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
Window = Callable[..., Watched]

INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)(?![^>]*application/(?:ld\+)?json)", re.IGNORECASE
)


def test_every_page_is_strict(window: Window) -> None:
    page = window().page
    wrong: list[tuple[str, str]] = []

    def note(answer: object) -> None:
        headers = answer.headers  # type: ignore[attr-defined]
        if answer.request.resource_type != "document":  # type: ignore[attr-defined]
            return
        url = answer.url  # type: ignore[attr-defined]
        policy = headers.get("content-security-policy", "")
        if "unsafe" in policy or "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy:
            wrong.append((url, f"policy {policy!r}"))
        if headers.get("x-content-type-options") != "nosniff" or headers.get("referrer-policy") != "same-origin":
            wrong.append((url, "headers"))

    page.on("response", note)
    for name in stations(Shopper(page)):
        found = INLINE.search(page.content())
        if found:
            wrong.append((name, found[0]))
    assert wrong == []


def test_reading_needs_no_cookie(window: Window) -> None:
    page = window().page
    for path in (
        "",
        "how-it-works/",
        "clean-cooking/",
        "store/",
        "store/?q=wind",
        "register/",
        "register/check/",
        "terms/",
    ):
        page.goto(f"/en/{path}")
        assert page.context.cookies() == [], path


def fetch(url: str) -> tuple[int, str, str, bytes]:
    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *args: object, **kwargs: object) -> None:
            return None

    opener = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=20) as answer:
            return answer.status, answer.headers["Content-Type"] or "", "", answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"] or "", error.headers["Location"] or "", error.read()


@pytest.mark.parametrize("prefix", MACHINE_PREFIXES)
def test_machine_addresses_never_redirect(store: LiveStore, prefix: str) -> None:
    for child in ("", "no-such-thing", "no-such-thing/", "v1/no/such/thing", "v1", "content/v3/nothing"):
        path = prefix + child
        status, content_type, location, body = fetch(store.url + path)
        # The one redirect there may be adds the closing slash of a permanent address; none leads to a language.
        assert status < 300 or status >= 400 or location == f"{path}/", path
        assert status < 500, path
        if status >= 400 and answers_problems(path):
            assert content_type.startswith("application/problem+json"), path
            assert json.loads(body)["status"] == status


def test_staff_pages_work(window: Window) -> None:
    """Wagtail's admin and Oscar's dashboard, with an order to look at: no script error, nothing from another host."""
    watched = window()
    page = watched.page
    number = Shopper(page).buy(method="pay_sandbox:declined")
    page.goto("/admin/")
    page.locator("[name=username]").fill(STAFF_EMAIL)
    page.locator("[name=password]").fill(STAFF_PASSWORD)
    page.locator("form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/admin/$"))
    page.goto("/admin/pages/")
    assert "Climate Credit Store" in page.content()
    page.goto("/dashboard/")
    page.goto("/dashboard/orders/")
    assert number in page.content()
    page.goto(f"/dashboard/orders/{number}/")
    assert number in page.content()
    page.goto("/dashboard/catalogue/")
    # Oscar 4.2.1's list of orders calls a function that its own script does not have; nothing of ours.
    watched.errors = [text for text in watched.errors if "oscar.dashboard.orders.initTable" not in text]
