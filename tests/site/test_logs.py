"""Lines of the log: ids in them, and neither persons nor secrets, whatever goes wrong."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pgtrigger
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from creditstore.core.log_context import about, context, work
from creditstore.orders.links import order_link
from creditstore.orders.models import Order
from creditstore.orders.services import lock_order
from creditstore_site.logs import Discreet, Readable, Structured, without_persons
from support.ledger import make_offer, make_order


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Everything that is logged meanwhile, as production writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Structured())
    handler.addFilter(Discreet())
    root = logging.getLogger()
    root.addHandler(handler)
    yield stream
    root.removeHandler(handler)


def parsed(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.django_db
def test_a_request_is_told_by_its_route_with_an_id_and_no_secret(client: Client, lines: io.StringIO) -> None:
    order = make_order((make_offer(quantity=9), 2)).order
    link = order_link(order)
    token = link.rstrip("/").rpartition("/")[2]
    answer = client.get(link)
    (line,) = [line for line in parsed(lines) if line["logger"] == "creditstore_site.request_log"]
    assert line["status"] == answer.status_code
    assert "<str:token>" in line["route"]
    assert line["request_id"] == answer["X-Request-ID"]
    assert token not in lines.getvalue()
    assert "buyer@example" not in lines.getvalue()


@pytest.mark.django_db
def test_an_id_that_a_proxy_gave_is_kept_and_nonsense_is_not(client: Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abcdef-123456"})["X-Request-ID"] == "abcdef-123456"
    given = client.get("/healthz", headers={"X-Request-ID": "x" * 900})["X-Request-ID"]
    assert len(given) == 16


@pytest.mark.django_db
def test_whoever_locks_an_order_tells_of_it(lines: io.StringIO) -> None:
    order = make_order((make_offer(quantity=9), 2)).order
    with work(request_id="0123456789"), transaction.atomic():
        lock_order(order_id=order.pk)
        logging.getLogger("anywhere").warning("something about it")
    logging.getLogger("anywhere").warning("something else")
    about_it, afterwards = parsed(lines)[-2:]
    assert about_it["order"] == order.number
    assert "order" not in afterwards


@pytest.mark.django_db
def test_the_row_that_the_database_refused_is_not_told(lines: io.StringIO) -> None:
    order = make_order((make_offer(quantity=9), 2)).order
    unguarded = pgtrigger.ignore("creditstore_orders.Order:what_was_agreed_is_fixed")
    with unguarded, pytest.raises(IntegrityError, match=r"buyer@example") as refused, transaction.atomic():
        Order.objects.filter(pk=order.pk).update(total_minor=-1)
    logging.getLogger("anywhere").error("could not: %s", refused.value, exc_info=refused.value)
    (line,) = parsed(lines)
    assert "order_total_positive" in line["exc_info"]
    assert "test_logs.py" in line["exc_info"]
    assert "buyer@example" not in lines.getvalue()


@pytest.mark.django_db
def test_an_error_of_a_page_is_told_without_its_address(lines: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order((make_offer(quantity=9), 2)).order
    link = order_link(order)
    monkeypatch.setattr("creditstore_site.views.orders.services.order_by_token", lambda **_kwargs: 1 / 0)
    answer = Client(raise_request_exception=False).get(link)
    assert answer.status_code == 500
    assert "ZeroDivisionError" in lines.getvalue()
    assert link.rstrip("/").rpartition("/")[2] not in lines.getvalue()


def test_work_begins_with_nothing_of_other_work() -> None:
    about(order="1")
    assert context() == {}
    with work(request_id="a"):
        about(order="1")
        with work(job_id="2"):
            assert context() == {"job_id": "2"}
        assert context() == {"request_id": "a", "order": "1"}
    assert context() == {}


def test_a_person_reads_the_same_ids() -> None:
    record = logging.LogRecord("name", logging.INFO, "", 0, "to %s", ("a.buyer@example.org",), None)
    with work(job_id="7", task="creditstore.orders.expire"):
        Discreet().filter(record)
        line = Readable().format(record)
    assert line.endswith("to [e-mail] job_id=7 task=creditstore.orders.expire")


@given(st.emails())
def test_no_address_passes(address: str) -> None:
    assert address not in without_persons(f"mail to {address} failed")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("payment 6f1f9f1e-0000-4000-8000-000000000000", True),
        ("order 2026-000123 of 12 units", True),
        ("token " + "a1" * 32, False),
    ],
)
def test_keys_stay_and_secrets_go(text: str, *, kept: bool) -> None:
    assert (without_persons(text) == text) is kept
