"""The table in docs/explanation/page-cache.md names every address for readers, and says what it really answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as used
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from creditstore.accounts.models import User
from creditstore.catalogue.models import Project
from creditstore_content.pages.models import CampaignPage
from creditstore_content.pages.seed import seed_pages
from creditstore_content.pledge.links import manage_token
from creditstore_site.page_cache import middleware
from support.page_cache import Told
from support.pledges import shown

pytestmark = pytest.mark.django_db
TABLE = Path(used.BASE_DIR) / "docs/explanation/page-cache.md"
#: Back offices, programs' addresses, files; and what only exists in a demonstration.
ELSEWHERE = ("admin/", "dashboard/", "api/", "documents/", "webhooks/", "media/", "demo/", "_util/")


def table() -> dict[str, tuple[str, bool]]:
    """By the name of an address: what it says in ``Cache-Control``, and whether processes keep it in memory."""
    rows: dict[str, tuple[str, bool]] = {}
    for line in TABLE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 3:
            for name in re.findall(r"`([^`]+)`", cells[0]):
                assert name not in rows
                rows[name] = (cells[1].strip("`"), cells[2] == "yes")
    return rows


def names(patterns: Iterable[Any], prefix: str = "", namespace: str = "") -> Iterable[str]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern).removeprefix("en/").lstrip("^")
        if path.startswith(ELSEWHERE) or "(?:api|" in path:
            continue
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else namespace
            yield from names(pattern.url_patterns, path, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield namespace + pattern.name


@pytest.fixture
def example() -> Callable[[str], str]:
    """An address of each name that can be shown without an order."""
    seed_pages()
    moderator = User.objects.create_user(email="headers-moderator@example.org", password="a password of the tests")
    pledge = shown(moderator=moderator)
    ref = Project.objects.order_by("ref").values_list("ref", flat=True)[0]
    page = CampaignPage.objects.get(slug="clean-cooking")
    given: dict[str, dict[str, Any]] = {
        "wagtail_serve": {"args": ["clean-cooking/"]},
        "store:project": {"args": [ref]},
        "store:project-card": {"args": [ref]},
        "store:project-units": {"args": [ref]},
        "store:filter": {"args": ["country"]},
        "page-card": {"args": [page.pk]},
        "problem": {"args": ["not-found"]},
        "sitemap-section": {"args": ["pages"]},
        **{key: {"args": [pledge.public_id]} for key in ("pledge:record", "pledge:badge")},
        **{key: {"args": [manage_token(pledge)]} for key in ("pledge:mine", "pledge:data", "pledge:withdraw")},
    }

    def address(name: str) -> str:
        query = {"store:compare": f"?ref={ref}", "store:suggestions": "?q=wind", "search": "?q=wind"}.get(name, "")
        return reverse(name, **given.get(name, {})) + query

    return address


def test_every_address_has_a_row() -> None:
    assert set(table()) == set(names(get_resolver().url_patterns))


#: Shown only where there is a certificate; their own tests look at them.
_NEED_SOMETHING = {"certificate", "certificate-file"}


def test_every_address_says_what_its_row_says(
    example: Callable[[str], str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CREDITSTORE_PAGE_CACHE_BYTES = 16_000_000
    monkeypatch.setattr(middleware, "this_process", Told())
    for name, (control, kept) in table().items():
        if "public" not in control or name in _NEED_SOMETHING:
            continue
        reader = Client()
        answer = reader.get(example(name))
        assert answer.status_code == 200, name
        assert answer["Cache-Control"] == control, name
        assert not answer.cookies, name
        varies = {part.strip().lower() for part in answer.get("Vary", "").split(",") if part.strip()}
        assert varies <= {"accept-encoding"}, (name, varies)
        if kept:
            assert answer.has_header("ETag"), name
            assert reader.get(example(name), headers={"if-none-match": answer["ETag"]}).status_code == 304, name


def test_what_is_somebodys_own_is_kept_by_nobody(example: Callable[[str], str]) -> None:
    of_signers = ("pledge:sign", "pledge:links", "pledge:mine", "pledge:data", "pledge:withdraw")
    for name in ("store:basket", "store:basket-count", "store:checkout", *of_signers, "healthz"):
        assert table()[name][0] == "no-store"
        assert "no-store" in Client().get(example(name))["Cache-Control"]
