"""The API as HTTP: caching, other sites' scripts, rate limits, languages, the description and its page."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError
from django.test import Client, override_settings

from creditstore.api import limits
from creditstore.api.management.commands.openapi import described
from creditstore.api.problems import CATALOGUE
from creditstore.credits.models import Offer
from creditstore_plugins import RenderFailed

pytestmark = pytest.mark.django_db
SNAPSHOT = Path(__file__).with_name("openapi.json")


def test_the_description_changes_only_when_it_is_meant_to() -> None:
    now = json.loads(described())
    kept = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    assert now == kept, "meant? then renew it: manage.py openapi > tests/api/openapi.json"


def test_the_description_is_complete(api: Any) -> None:
    description = api.get("/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    assert set(description["paths"]) == {
        f"/api/v1{path}"
        for path in (
            "/projects", "/projects/facets", "/projects/suggestions", "/projects/{ref}", "/offers/{id}",
            "/quotes", "/orders",
            "/orders/{number}", "/orders/{number}/payments", "/orders/{number}/substitute", "/orders/{number}/withdraw",
            "/cancellations",
            "/reconciliation", "/serials/{serial}", "/certificates/{number}", "/certificates/{number}/{format}",
            "/pledges", "/pledges/counts", "/pledges/levels", "/pledges/text", "/pledges/{id}", "/plugins", "/status",
        )
    }  # fmt: skip
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), f"{method} {path} is not described"
            headers = [parameter for parameter in operation["parameters"] if parameter["in"] == "header"]
            assert bool(headers) is (method == "post")
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(description)))
    assert references <= set(description["components"]["schemas"])


def test_the_docs_page_needs_no_other_host_and_no_inline_script() -> None:
    answer = Client().get("/api/v1/docs")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "//" not in text.replace("<!-- ", "").replace("http-equiv", "")
    assert [kind for kind in re.findall(r"<script([^>]*)>", text) if "src=" not in kind and "json" not in kind] == []
    assert "style=" not in text
    assert "<style" not in text
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    for address in re.findall(r'(?:src|href)="([^"]+)"', text):
        assert Client().get(address).status_code == 200, address


def test_the_root_says_where_things_are(api: Any) -> None:
    index = api.get("/").json()
    for name in ("openapi", "docs"):
        assert Client().get(index[name]).status_code == 200


@pytest.mark.parametrize("path", ["/projects", "/projects/facets", "/plugins", "/openapi.json", "/cancellations"])
def test_reads_may_be_kept_but_are_checked(api: Any, offer: Offer, path: str) -> None:
    first = api.get(path)
    assert first["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Accept-Language" in first["Vary"]
    again = api.get(path, **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Access-Control-Allow-Origin"] == "*"
    assert not first.cookies


def test_what_is_available_is_never_stale(api: Any, offer: Offer, order_body: dict[str, Any]) -> None:
    before = api.get(f"/offers/{offer.code}")
    api.post("/orders", order_body)
    after = api.get(f"/offers/{offer.code}", **{"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert after.json()["available"] == before.json()["available"] - 12


def test_an_order_is_never_kept(api: Any, placed: dict[str, Any]) -> None:
    answer = api.get(f"/orders/{placed['number']}", token=placed["token"])
    assert answer["Cache-Control"] == "private, no-store"
    assert not answer.has_header("ETag")
    assert placed["token"].encode() not in answer.content
    assert b"secret.buyer" not in answer.content
    assert b"Secretbuyer" not in answer.content
    assert not answer.cookies


def test_head_answers_as_get_without_a_body(offer: Offer) -> None:
    answer = Client().head(f"/api/v1/offers/{offer.code}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.has_header("ETag")


def preflight(path: str, method: str, origin: str = "https://app.example") -> Any:
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    return Client().options(f"/api/v1{path}", headers=headers)


def test_any_site_may_read_and_listed_ones_may_write(offer: Offer) -> None:
    reading = preflight("/orders/2026-000001", "GET")
    assert (reading.status_code, reading["Access-Control-Allow-Origin"]) == (204, "*")
    assert "Authorization" in reading["Access-Control-Allow-Headers"]
    assert not preflight("/orders", "POST").has_header("Access-Control-Allow-Origin")
    with override_settings(CREDITSTORE_API_WRITE_ORIGINS=["https://app.example"]):
        writing = preflight("/orders", "POST")
        assert writing["Access-Control-Allow-Origin"] == "https://app.example"
        assert "Origin" in writing["Vary"]
        assert "Idempotency-Key" in writing["Access-Control-Allow-Headers"]
        assert not preflight("/orders", "POST", "https://evil.example").has_header("Access-Control-Allow-Origin")
        sent = Client().post(
            "/api/v1/orders", b"{}", content_type="application/json", headers={"Origin": "https://app.example"}
        )
        assert sent["Access-Control-Allow-Origin"] == "https://app.example"


def test_too_many_calls_are_told_when_to_go_on(api: Any, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits.time, "time", lambda: 1_000_000_020.0)
    with override_settings(CREDITSTORE_RATE_LIMITS={"orders": (2, 60), "reads": (3, 60)}):
        reads = [api.get("/plugins").status_code for _number in range(4)]
        assert reads == [200, 200, 200, 429]
        answer = api.get("/plugins", **{"X-Forwarded-For": "198.51.100.1"})
        assert (answer.status_code, answer["Retry-After"]) == (429, "60")
        assert answer.json()["type"] == "/problems/rate-limited"
        assert answer.json()["retryable"] is True
        orders = [api.post("/orders", {}).status_code for _number in range(3)]
        assert orders == [422, 422, 429]
        api.client.defaults["REMOTE_ADDR"] = "198.51.100.2"
        assert api.get("/plugins").status_code == 200
        api.client.defaults["REMOTE_ADDR"] = "127.0.0.1"
        monkeypatch.setattr(limits.time, "time", lambda: 1_000_000_080.0)
        assert api.get("/plugins").status_code == 200


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RuntimeError("secret detail"), 500, "internal"),
        (OperationalError("secret detail"), 503, "unavailable"),
        (RenderFailed("secret detail"), 503, "unavailable"),
    ],
)
def test_what_nobody_expected_is_told_without_detail(
    api: Any, offer: Offer, error: Exception, status: int, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    with mock.patch("creditstore.api.routes.catalogue.offer_facts", side_effect=error):
        answer = api.get(f"/offers/{offer.code}")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["type"] == f"/problems/{code}"
    assert b"secret detail" not in answer.content
    assert "secret detail" in caplog.text


def test_every_kind_of_problem_has_a_page(api: Any) -> None:
    for code, kind in CATALOGUE.items():
        assert Client().get(f"/problems/{code}").status_code == 200
        assert kind.status in range(400, 600)


def test_status_tells_trouble_in_public_words(api: Any, offer: Offer) -> None:
    from django.db import connection

    from creditstore.core.jobs import defer
    from creditstore_plugins import Finding, Severity

    defer("creditstore.api.forget_keys", timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '1 hour'")
    finding = Finding(severity=Severity.ERROR, message="http://10.0.0.7:9000 refused: password wrong")
    with mock.patch("creditstore_host.host.PluginHost.findings_of", return_value=(finding,)) as asked:
        first, second = api.get("/status"), api.get("/status")
    assert asked.call_count == 1
    status = second.json()
    assert status["registry"]["state"] == "down"
    assert b"10.0.0.7" not in first.content + second.content
    assert (status["queue"]["state"], status["queue"]["waiting"] >= 1) == ("down", True)
    assert status["queue"]["oldest_seconds"] >= 3600


def test_a_store_without_terms_says_so(api: Any, db: None) -> None:
    from creditstore.core.errors import StoreError

    missing = StoreError(code="unavailable", message="none")
    with mock.patch("creditstore.api.routes.about.current_terms", side_effect=missing):
        assert api.get("/status").json()["terms"] is None
