"""What Prometheus is told, and who may ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from creditstore.audit.services import record_audit
from creditstore.orders.attention import AttentionKind, open_item
from creditstore_site.metrics import requests
from support.ledger import make_offer, make_order
from support.reconciled import make_item, make_run


def samples(client: Client, **headers: str) -> dict[tuple[str, ...], float]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.content
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.mark.django_db
def test_orders_units_and_what_waits_for_staff(client: Client) -> None:
    before = samples(client)
    order = make_order((make_offer(quantity=9), 2)).order
    open_item(order=order, kind=AttentionKind.LATE_MONEY, actor="test", reason="for this test")
    told = samples(client)
    more = {name: value - before[name] for name, value in told.items()}
    assert told["creditstore_up",] == 1
    assert more["creditstore_orders", "placed"] == 1
    assert more["creditstore_orders", "certified"] == 0
    assert more["creditstore_reservations", "active"] == 1
    assert more["creditstore_units_on_offer", "offered"] == 9
    assert more["creditstore_units_on_offer", "reserved"] == 2
    assert more["creditstore_attention_open", "late_money"] == 1
    assert told["creditstore_attention_oldest_seconds",] >= 0
    assert told["creditstore_jobs_due",] >= 1


@pytest.mark.django_db
def test_the_last_audit_of_the_ledger(client: Client) -> None:
    assert not [name for name, *_labels in samples(client) if name.startswith("creditstore_audit")]
    record_audit()
    told = samples(client)
    for invariant in range(1, 14):
        assert told["creditstore_audit_breaches", str(invariant)] == 0
    assert told["creditstore_audit_age_seconds",] >= 0


@pytest.mark.django_db
def test_the_last_reconciliation(client: Client) -> None:
    assert not [name for name, *_labels in samples(client) if "reconciliation" in name or "unmatched" in name]
    make_item(make_run(days_ago=1))
    told = samples(client)
    assert told["creditstore_unmatched", "other_range"] == 1
    assert told["creditstore_unmatched", "duplicate"] == 0
    day = 24 * 3600
    assert day <= told["creditstore_unmatched_oldest_seconds",] < 2 * day
    assert day <= told["creditstore_reconciliation_age_seconds",] < 2 * day


@pytest.mark.django_db
def test_it_says_so_when_the_database_does_not_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr("creditstore_site.metrics.business.machines", gone)
    assert samples(client) == {("creditstore_up",): 0}


@pytest.mark.django_db
def test_who_may_ask(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.7").status_code == 401
    # Through a proxy on the same machine everybody comes from there.
    assert client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"}).status_code == 401
    settings.CREDITSTORE_METRICS_TOKEN = "for this test"
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer another"}).status_code == 401
    assert samples(client, Authorization="Bearer for this test")["creditstore_up",] == 1


@pytest.mark.django_db
def test_requests_of_all_processes_are_added_up(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(requests.DIRECTORY, str(tmp_path))
    requests._answers.cache_clear()
    # Which kind of value prometheus_client keeps is decided when it is imported.
    from prometheus_client import metrics, values

    monkeypatch.setattr(metrics, "values", values)
    monkeypatch.setattr(values, "ValueClass", values.MultiProcessValue(process_identifier=lambda: 1))
    client.get("/healthz")
    requests._answers.cache_clear()
    monkeypatch.setattr(values, "ValueClass", values.MultiProcessValue(process_identifier=lambda: 2))
    client.get("/healthz")
    told = samples(client)
    requests._answers.cache_clear()
    assert told["creditstore_http_requests_total", "GET", "healthz", "200"] == 2
