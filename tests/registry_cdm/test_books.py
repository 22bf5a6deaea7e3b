"""The registry's books: what the simulator tells of them, and what the connector believes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from creditstore_plugins import AccountTotals, BlocksPage, HttpTimeout, NotTold, RecordsPage
from creditstore_registry_cdm.simulator import books as simulator_books
from registry_cdm.registry_support import block, holding, instruction, serial_range
from registry_cdm.test_cdm_connector import answer, connected

LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)


def cancel(registry, key: str, first: int, last: int, **changes) -> dict:
    registry.connector().submit(instruction(key, serial_range(first, last), **changes))
    return registry.ended(key)


def test_totals_count_what_is_held_and_what_was_cancelled(registry):
    cancel(registry, "k-1", 1, 7)
    cancel(registry, "k-2", 200, 300)  # not held: terminated, and nothing is cancelled
    assert registry.connector().totals("HOLD-1") == AccountTotals(account="HOLD-1", held=93, cancelled=7)
    assert registry.connector().totals("NOBODY") == AccountTotals(account="NOBODY", held=0, cancelled=0)


def test_blocks_come_in_pages_and_each_unit_once(registry, monkeypatch):
    registry.hold(holding(200, 209, party="IN"), holding(5, 6, party="CL"), holding(1, 9, party="KE", account="OTHER"))
    for number in (10, 30, 50):
        cancel(registry, f"k-{number}", number, number + 4)
    monkeypatch.setattr(simulator_books, "PAGE", 2)
    connector, cursor, pages = registry.connector(), "", []
    while True:
        page = connector.blocks("HOLD-1", cursor)
        pages.append([(part.series, part.start_number, part.end_number) for part in page.ranges])
        cursor = page.next
        if not cursor:
            break
    assert pages == [
        [("CL", 5, 6), ("CN", 1, 9)],
        [("CN", 15, 29), ("CN", 35, 49)],
        [("CN", 55, 100), ("IN", 200, 209)],
    ]
    assert connector.blocks("NOBODY", "") == BlocksPage(ranges=())


def test_cancellations_are_told_in_order_with_all_that_was_asked(registry, monkeypatch):
    first = cancel(registry, "k-1", 1, 2, beneficiary="Ada Lovelace")
    second = cancel(registry, "k-2", 3, 4, beneficiary="")
    monkeypatch.setattr(simulator_books, "PAGE", 1)
    connector = registry.connector()
    page = connector.records("HOLD-1", LONG_AGO, "")
    rest = connector.records("HOLD-1", LONG_AGO, page.next)
    assert rest.next == ""
    told = [*page.records, *rest.records]
    assert [(item.transaction, item.key, item.beneficiary) for item in told] == [
        (first["transaction"], "k-1", "Ada Lovelace"),
        (second["transaction"], "k-2", ""),
    ]
    assert [(part.start_number, part.end_number) for item in told for part in item.ranges] == [(1, 2), (3, 4)]
    assert told[0].completed_at == datetime.fromisoformat(first["completed_at"])

    since = told[1].completed_at
    assert [item.key for item in connector.records("HOLD-1", since, "").records] == ["k-2"]
    assert connector.records("HOLD-1", since + timedelta(seconds=1), "") == RecordsPage(records=())
    assert connector.records("NOBODY", LONG_AGO, "") == RecordsPage(records=())


def test_a_page_ends_early_where_cancellations_name_many_blocks(registry, monkeypatch):
    monkeypatch.setattr(simulator_books, "_BLOCKS_PER_PAGE", 3)
    for key, number in (("k-1", 10), ("k-2", 20), ("k-3", 30)):
        parts = [serial_range(number + step, number + step) for step in (0, 2)]
        registry.connector().submit(instruction(key, *parts))
        registry.ended(key)
    page = registry.connector().records("HOLD-1", LONG_AGO, "")
    assert [item.key for item in page.records] == ["k-1"]
    assert [item.key for item in registry.connector().records("HOLD-1", LONG_AGO, page.next).records] == ["k-2"]


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=x", "cursor=CN", "cursor=CN.99999999999999999999", "limit=-1"],
)
def test_a_question_about_blocks_that_cannot_be_read(counter, query):
    assert counter.get(f"/v1/accounts/HOLD-1/blocks?{query}").status_code == 400


@pytest.mark.parametrize(
    "query", ["since=yesterday", "since=2026-01-01", "cursor=7", f"since={quote('0001-01-01T00:00+10:00')}"]
)
def test_a_question_about_cancellations_that_cannot_be_read(counter, query):
    assert counter.get(f"/v1/accounts/HOLD-1/cancellations?{query}").status_code == 400
    assert counter.get("/v1/accounts/NOBODY/cancellations").status_code == 404


TOTALS = {"registry": "Test registry", "simulated": True, "account": "A", "quantity": 5, "cancelled": 1}
BLOCKS = {"registry": "Test registry", "simulated": True, "account": "A", "blocks": [block(1, 2)], "next": None}
CANCELLATIONS = {
    "registry": "Test registry",
    "simulated": True,
    "account": "A",
    "cancellations": [
        {
            "transaction": "CDM-1",
            "key": "k-1",
            "blocks": [block(1, 2)],
            "beneficiary": "",
            "completed_at": "2026-11-23T12:00:00Z",
        }
    ],
    "next": None,
}


def ask(method: str, reply) -> object:
    connector, _http = connected(reply)
    arguments = {"totals": ("A",), "blocks": ("A", ""), "records": ("A", LONG_AGO, "")}[method]
    return getattr(connector, method)(*arguments)


@pytest.mark.parametrize(("method", "document"), [("totals", TOTALS), ("blocks", BLOCKS), ("records", CANCELLATIONS)])
def test_only_the_registrys_own_complete_word_is_believed(method, document):
    assert not isinstance(ask(method, answer(200, document)), NotTold)
    for broken in (
        answer(200, {**document, "account": "B"}),
        answer(200, {**document, "simulated": False}),
        answer(200, b"<html>"),
        answer(200, {}),
        answer(404, b"not here"),
        answer(404, {"registry": "Test registry", "simulated": True, "found": False, "account": "B"}),
        answer(503, {"registry": "Test registry", "simulated": True, "error": "no"}),
        HttpTimeout("late"),
    ):
        assert isinstance(ask(method, broken), NotTold)


@pytest.mark.parametrize(
    ("method", "document"),
    [
        ("totals", {**TOTALS, "quantity": -1}),
        ("totals", {**TOTALS, "cancelled": "1"}),
        ("blocks", {**BLOCKS, "blocks": [{"start": "CN-5-1-2-2-0-1947", "end": "IN-5-2-2-2-0-1947"}]}),
        ("blocks", {**BLOCKS, "next": ""}),
        ("records", {**CANCELLATIONS, "cancellations": [{**CANCELLATIONS["cancellations"][0], "completed_at": None}]}),
        (
            "records",
            {
                **CANCELLATIONS,
                "cancellations": [{**CANCELLATIONS["cancellations"][0], "blocks": [block(1, 2), block(2, 3)]}],
            },
        ),
    ],
)
def test_what_contradicts_itself_is_not_told(method, document):
    assert isinstance(ask(method, answer(200, document)), NotTold)
