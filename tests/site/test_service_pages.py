"""Health, robots, sitemap, problems, errors, terms, the demo's mailbox, the dashboard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend
from django.db import connection
from django.test import Client, RequestFactory
from oscar.core.loading import get_model

from creditstore.api.problems import CATALOGUE
from creditstore_site.views import errors
from creditstore_site.views.pages import blocks
from support.ledger import make_offer, make_order, make_terms
from support.visitor import Visitor, words


def test_liveness_asks_no_database(client: Client) -> None:
    # Without the fixture that opens it, a query would be an error here.
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_readiness_says_what_is_missing(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "ok"
    assert answer.json()["checks"]["migrations"] == "ok"
    assert "no worker" in answer.json()["checks"]["worker"]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES")
    assert client.get("/readyz").json()["ready"] is True


@pytest.mark.django_db
def test_robots_and_sitemap_name_this_store(client: Client, settings: Any) -> None:
    robots = client.get("/robots.txt").content.decode()
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in robots
    assert "Disallow: /*/store/orders/" in robots
    offer = make_offer()
    index = client.get("/sitemap.xml").content.decode()
    parts = re.findall(r"<loc>([^<]*)</loc>", index)
    assert all(part.startswith(f"{settings.SITE_URL}/sitemap-") for part in parts)
    sitemap = "".join(client.get(part.removeprefix(settings.SITE_URL)).content.decode() for part in parts)
    for path in ("/en/store/", "/en/register/", "/en/", f"/en/store/projects/{offer.issuance.project.ref}/"):
        assert f"<loc>{settings.SITE_URL}{path}</loc>" in sitemap


def test_every_problem_has_a_page(client: Client) -> None:
    listed = client.get("/.well-known/errors.json").json()["items"]
    assert [item["code"] for item in listed] == list(CATALOGUE)
    for item in listed:
        page = client.get(item["type"])
        assert page.status_code == 200
        assert item["title"] in words(page)
    assert client.get("/problems/no-such").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/nothing", "/webhooks/nobody/", "/.well-known/nothing"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_unknown_addresses_of_interfaces_answer_problems(client: Client, path: str, method: str) -> None:
    answer = getattr(client, method)(path)
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/not-found"


@pytest.mark.parametrize("view", [errors.bad_request, errors.server_error])
def test_the_last_pages_need_nothing_that_may_be_broken(view: object) -> None:
    # No database, no session, no user: only a path.
    page = view(RequestFactory().get("/en/store/"))  # type: ignore[operator]
    assert page.status_code in (400, 500)
    assert b"<h1>" in page.content
    problem = view(RequestFactory().get("/api/v1/orders"))  # type: ignore[operator]
    assert problem["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_forbidden_is_a_page_or_a_problem(rf: RequestFactory) -> None:
    assert errors.forbidden(rf.get("/en/store/")).status_code == 403
    assert errors.forbidden(rf.get("/api/v1/x"))["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_the_terms_in_force_are_shown(client: Client) -> None:
    terms = make_terms()
    text = words(client.get("/en/terms/"))
    assert f"Version {terms.version}" in text
    assert blocks(terms.body)[0][1] in text


def test_terms_are_plain_text_with_headings() -> None:
    assert blocks("# One\n\nTwo\nlines.\n\n## Three\nfour") == [
        ("heading", "One"),
        ("paragraph", "Two lines."),
        ("heading", "Three"),
        ("paragraph", "four"),
    ]


@pytest.mark.django_db
def test_the_demos_mailbox_lists_mails_and_their_links(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_FILE_PATH = tmp_path
    assert "Nothing was sent yet" in words(client.get("/en/demo/mail/"))
    body = "Привет <b>\n\nhttps://store.example/x?code=1\n"
    EmailMessage("Your order", body, to=["a@example.org"], connection=EmailBackend(file_path=str(tmp_path))).send()
    (file,) = tmp_path.iterdir()
    assert "Your order" in words(client.get("/en/demo/mail/"))
    page = client.get(f"/en/demo/mail/{file.name}/").content.decode()
    assert 'href="https://store.example/x?code=1"' in page
    assert "Привет &lt;b&gt;" in page


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["..%2fsecret_key", "x.log", "20260101-000000-1.log"])
def test_the_mailbox_shows_nothing_else(client: Client, settings: Any, tmp_path: Path, name: str) -> None:
    settings.EMAIL_FILE_PATH = tmp_path
    (tmp_path / "x.log").write_text("not a mail")
    assert client.get(f"/en/demo/mail/{name}/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["no-such.png", "documents/secret.pdf", "../settings.py", "%00", "a/../../b"])
def test_media_serves_files_of_the_storage_only(client: Client, path: str) -> None:
    assert client.get(f"/media/{path}").status_code == 404


@pytest.mark.django_db
def test_the_dashboard_works_without_oscars_shop_or_another_host(client: Client) -> None:
    offer = make_offer()
    order = make_order((offer, 2)).order
    client.force_login(get_user_model().objects.create_superuser("manager@example.org", "a long password"))
    product = get_model("catalogue", "Product").objects.get(pk=offer.product_id)
    paths = (
        "",
        "catalogue/",
        f"catalogue/products/{product.parent_id}/",
        f"catalogue/products/{product.pk}/",
        "catalogue/categories/",
        "orders/",
        f"orders/{order.number}/",
        "partners/",
        "users/",
        "reports/",
    )
    for path in paths:
        answer = client.get(f"/dashboard/{path}")
        assert answer.status_code == 200, path
        assert b'src="http' not in answer.content
        assert b"https://ajax" not in answer.content
    assert product.get_absolute_url() == f"/en/store/projects/{offer.issuance.project.ref}/"
    assert b"dashboard/pages/" not in client.get("/dashboard/").content


@pytest.mark.django_db
def test_strangers_do_not_see_the_dashboard(client: Client) -> None:
    assert client.get("/dashboard/orders/").status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en-xa", "ar-xb"])
def test_pages_are_there_in_every_language(visitor: Visitor, language: str) -> None:
    for path in ("store/", "store/basket/", "register/", "register/check/", "terms/", "demo/mail/"):
        answer = visitor.get(f"/{language}/{path}")
        assert answer.status_code == 200
        assert f'lang="{language}"'.encode() in answer.content
