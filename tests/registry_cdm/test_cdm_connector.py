"""The connector believes only the registry's own, complete word, and never cancels twice."""

from __future__ import annotations

import json
import socket
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from creditstore_plugins import (
    HttpResponse,
    HttpTimeout,
    HttpUnreachable,
    PluginContext,
    Refused,
    SerialRange,
    Severity,
    StatusUnknown,
    SubmissionUnknown,
    Submitted,
    TransactionNotFound,
    TransactionState,
    TransactionStatus,
)
from creditstore_registry_cdm.plugin import RegistryCdmConnector, RegistryCdmSettings, registry_connectors
from creditstore_registry_cdm.simulator.database import CANCELLATION_ACCOUNT
from registry_cdm.registry_support import (
    Client,
    WallClock,
    block,
    completed,
    holding,
    instruction,
    serial,
    serial_range,
    where_units_lie,
)


def cancelled_units(registry) -> int:
    units = where_units_lie(registry.simulator.database)
    return sum(account == CANCELLATION_ACCOUNT for account in units.values())


class Canned:
    """Answers every request with the same thing."""

    def __init__(self, answer: HttpResponse | Exception) -> None:
        self.answer = answer
        self.requests: list[tuple[str, str]] = []

    def request(self, method, url, *, headers=None, body=None):
        self.requests.append((method, url))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def answer(status: int, document: object) -> HttpResponse:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return HttpResponse(status=status, headers={"content-type": "application/json"}, body=body)


def connected(reply: HttpResponse | Exception, **settings) -> tuple[RegistryCdmConnector, Canned]:
    http = Canned(reply)
    values = {"base_url": "https://registry.example", "account": "HOLD-1", **settings}
    context = PluginContext(settings=RegistryCdmSettings(**values), http=http, clock=WallClock())
    return RegistryCdmConnector(context), http


def told(**changes) -> dict:
    """A good answer about the transaction k-1, with changes."""
    return {
        "registry": "Test registry",
        "simulated": True,
        "transaction": "CDM-000000001",
        "key": "k-1",
        "type": 4,
        "account": "HOLD-1",
        "destination_account_type": 230,
        "blocks": [block(1, 10)],
        "quantity": 10,
        "beneficiary": "Ada Lovelace",
        "reason": "The journey of 2026",
        "state": 1,
        "completed_at": None,
        "responses": [],
        **changes,
    }


REFUSAL = {
    "registry": "Test registry",
    "simulated": True,
    "accepted": False,
    "key": "k-1",
    "responses": [{"code": 1004, "message": "The account is suspended.", "blocks": []}],
}
ASKED = instruction("k-1", serial_range(1, 10))


def test_a_cancellation_from_proposal_to_completion(registry):
    connector = registry.connector()
    before = datetime.now(UTC)
    outcome = connector.submit(instruction("k-1", serial_range(1, 10), serial_range(21, 25)))
    assert outcome == Submitted(transaction="CDM-000000001")
    status = completed(connector, "k-1")
    assert status.transaction == outcome.transaction
    assert status.ranges == (serial_range(1, 10), serial_range(21, 25))
    assert status.responses == ()
    assert status.completed_at.utcoffset() == timedelta(0)
    assert before < status.completed_at < datetime.now(UTC)
    assert cancelled_units(registry) == 15


def test_a_discrepancy_is_told_with_codes_and_ranges(registry):
    connector = registry.connector()
    connector.submit(instruction("k-1", serial_range(1, 5), serial_range(99, 105)))
    registry.ended("k-1")
    status = connector.status("k-1")
    assert status.state is TransactionState.TERMINATED
    assert status.completed_at is None
    assert [(response.code, response.ranges) for response in status.responses] == [(10005, (serial_range(99, 105),))]
    assert cancelled_units(registry) == 0


def test_a_dropped_answer_is_unknown_and_asking_again_never_cancels_twice(registry):
    connector = registry.connector()
    registry.post("/v1/faults", {"kind": "drop_next_response"})
    assert isinstance(connector.submit(ASKED), SubmissionUnknown)
    found = connector.status("k-1")
    assert isinstance(found, TransactionStatus)
    assert connector.submit(ASKED) == Submitted(transaction=found.transaction)
    completed(connector, "k-1")
    assert connector.submit(ASKED) == Submitted(transaction=found.transaction)
    assert cancelled_units(registry) == 10


def test_an_answer_that_comes_too_late_is_unknown(registry):
    registry.post("/v1/faults", {"kind": "delay", "seconds": 5})
    assert isinstance(registry.connector(timeout=0.1).submit(ASKED), SubmissionUnknown)
    assert completed(registry.connector(), "k-1").ranges == ASKED.ranges


def test_a_refusal_carries_the_registrys_codes_and_keeps_nothing(registry):
    connector = registry.connector()
    registry.post("/v1/faults", {"kind": "refuse_next", "code": 1003})
    outcome = connector.submit(ASKED)
    assert isinstance(outcome, Refused)
    assert [response.code for response in outcome.responses] == [1003]
    assert connector.status("k-1") == TransactionNotFound()


def test_a_key_used_for_something_else_is_unknown_and_never_a_refusal(registry):
    connector = registry.connector()
    connector.submit(ASKED)
    assert isinstance(connector.submit(instruction("k-1", serial_range(1, 11))), SubmissionUnknown)
    assert completed(connector, "k-1").ranges == ASKED.ranges


def test_a_registry_that_is_gone_is_unknown_and_reported():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # Bound and not listening: connections to it are refused.
        values = {"base_url": f"http://127.0.0.1:{taken.getsockname()[1]}", "account": "HOLD-1"}
        settings = RegistryCdmSettings(**values)
        connector = RegistryCdmConnector(PluginContext(settings=settings, http=Client(), clock=WallClock()))
        assert isinstance(connector.submit(ASKED), SubmissionUnknown)
        assert isinstance(connector.status("k-1"), StatusUnknown)
        assert [finding.severity for finding in connector.check()] == [Severity.ERROR]


def test_a_key_of_any_printable_characters_finds_its_transaction(registry):
    registry.hold(holding(1001, 1010))
    connector = registry.connector()
    for number, key in enumerate(["a/b", "a%2Fb", "?x=1#y", "line:7/1", "~'\"<>&+"], start=1001):
        assert isinstance(connector.submit(instruction(key, serial_range(number, number))), Submitted)
        assert connector.status(key).ranges == (serial_range(number, number),)


def test_an_instruction_without_account_uses_the_one_that_is_set(registry):
    connector = registry.connector()
    connector.submit(instruction("k-1", serial_range(1, 1), account=""))
    assert registry.ended("k-1")["account"] == "HOLD-1"


def test_empty_texts_are_not_told(registry):
    connector = registry.connector()
    assert isinstance(connector.submit(instruction("k-1", serial_range(1, 1), beneficiary="", reason="")), Submitted)
    assert completed(connector, "k-1").ranges == (serial_range(1, 1),)


@pytest.mark.parametrize(
    ("ranges", "code"),
    [
        ((), 902),
        ((serial_range(1, 5), serial_range(5, 6)), 904),
        (tuple(serial_range(number, number) for number in range(1, 3002)), 3004),
        ((SerialRange(start="X-1", end="X-2", series="CN", start_number=1, end_number=2),), 903),
        ((SerialRange(start=serial(1), end=serial(2), series="CN", start_number=1, end_number=3),), 903),
        ((SerialRange(start=serial(1), end=serial(2), series="IN", start_number=1, end_number=2),), 903),
    ],
)
def test_a_malformed_instruction_is_refused_before_anything_is_sent(ranges, code):
    connector, http = connected(HttpTimeout())
    outcome = connector.submit(instruction("k-1", *ranges))
    assert isinstance(outcome, Refused)
    assert [response.code for response in outcome.responses] == [code]
    assert http.requests == []


def test_a_good_answer_from_another_registry_of_this_language_is_believed():
    connector, _ = connected(answer(202, told(simulated=False, news="later versions may say more")), simulated=False)
    assert connector.submit(ASKED) == Submitted(transaction="CDM-000000001")


@pytest.mark.parametrize(
    "reply",
    [
        HttpTimeout(),
        HttpUnreachable(),
        answer(202, b""),
        answer(202, b"<html>Welcome</html>"),
        answer(202, b"\xff"),
        answer(202, []),
        answer(202, {}),
        answer(201, told()),
        answer(204, b""),
        answer(302, told()),
        answer(500, told()),
        answer(503, REFUSAL),
        answer(202, told(key="k-2")),
        answer(202, told(type=5)),
        answer(202, told(account="HOLD-2")),
        answer(202, told(destination_account_type=100)),
        answer(202, told(blocks=[block(1, 9)], quantity=9)),
        answer(202, told(blocks=[block(1, 10, project=7)])),
        answer(202, told(blocks=[block(1, 5), block(6, 10)])),
        answer(202, told(quantity=11)),
        answer(202, told(beneficiary="Another")),
        answer(202, told(reason="Another")),
        answer(202, told(transaction="")),
        answer(202, told(simulated=False)),
        answer(202, told(simulated="yes")),
        answer(404, b"<html>Not found</html>"),
        answer(422, {"error": "no"}),
        answer(422, {**REFUSAL, "key": "k-2"}),
        answer(422, {**REFUSAL, "key": None}),
        answer(422, {**REFUSAL, "accepted": True}),
        answer(422, {**REFUSAL, "responses": []}),
        answer(422, {**REFUSAL, "simulated": False}),
        answer(422, {**REFUSAL, "responses": [{"code": "1004", "message": ""}]}),
        answer(422, {**REFUSAL, "responses": [{"code": 1004, "message": "", "blocks": [{"start": "x", "end": "y"}]}]}),
        answer(409, {**REFUSAL, "responses": [{"code": 10006, "message": "exists"}]}),
    ],
)
def test_any_doubt_about_a_submission_is_unknown(reply):
    connector, _ = connected(reply)
    assert isinstance(connector.submit(ASKED), SubmissionUnknown)


def test_the_registrys_own_refusal_is_believed():
    connector, _ = connected(answer(422, REFUSAL))
    outcome = connector.submit(ASKED)
    assert isinstance(outcome, Refused)
    assert [(response.code, response.message) for response in outcome.responses] == [
        (1004, "The account is suspended.")
    ]


DONE = {"state": 4, "completed_at": "2026-11-23T10:00:00.5Z"}


def test_a_completion_is_told_in_utc():
    connector, _ = connected(answer(200, told(state=4, completed_at="2026-11-23T12:00:00+02:00")))
    assert connector.status("k-1").completed_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert connector.status("k-1").completed_at.tzinfo is UTC


@pytest.mark.parametrize(
    "reply",
    [
        HttpTimeout(),
        HttpUnreachable(),
        answer(200, b"{"),
        answer(200, told(key="k-2")),
        answer(200, told(state=4)),
        answer(200, told(state=2, completed_at=DONE["completed_at"])),
        answer(200, told(state=4, completed_at="2026-11-23T10:00:00")),
        answer(200, told(state=4, completed_at="yesterday")),
        answer(200, told(state=8)),
        answer(200, told(state=0)),
        answer(200, told(state="4")),
        answer(200, told(**DONE, quantity=9)),
        answer(200, told(**DONE, blocks=[])),
        answer(200, told(**DONE, blocks=[block(1, 5), block(5, 9)])),
        answer(200, told(**DONE, blocks=[{"start": serial(1), "end": "CN-5-010-2-2-0-1947"}])),
        answer(200, told(**DONE, simulated=False)),
        answer(200, {**told(**DONE), "type": 3}),
        answer(404, b"404 page not found"),
        answer(404, {"error": "There is nothing at this address."}),
        answer(404, {"registry": "R", "simulated": True, "error": "There is nothing at this address."}),
        answer(404, {"registry": "R", "simulated": True, "found": False, "key": "k-2"}),
        answer(404, {"registry": "R", "simulated": False, "found": False, "key": "k-1"}),
        answer(410, {"registry": "R", "simulated": True, "found": False, "key": "k-1"}),
        answer(503, told(**DONE)),
    ],
)
def test_any_doubt_about_a_status_is_unknown(reply):
    connector, _ = connected(reply)
    assert isinstance(connector.status("k-1"), StatusUnknown)


def test_only_the_registrys_own_word_means_not_found(registry):
    assert registry.connector().status("never-seen") == TransactionNotFound()


def test_a_healthy_registry_has_no_findings(registry):
    assert list(registry.connector().check()) == []


def test_a_simulator_taken_for_a_real_registry_is_an_error_and_is_not_believed(registry):
    mistaken = registry.connector(simulated=False)
    assert mistaken.simulated is False
    (finding,) = mistaken.check()
    assert finding.severity is Severity.ERROR
    assert "simulated" in finding.message
    registry.propose("k-1", block(1, 10))
    registry.ended("k-1")
    assert isinstance(mistaken.status("k-1"), StatusUnknown)
    assert registry.connector().status("k-1").state is TransactionState.COMPLETED


def test_an_account_that_cannot_be_used_is_an_error(registry):
    (finding,) = registry.connector(account="NOBODY").check()
    assert "NOBODY" in finding.message
    registry.post("/v1/accounts", {"account": "HOLD-1", "state": "suspended"})
    (finding,) = registry.connector().check()
    assert finding.severity is Severity.ERROR
    assert "suspended" in finding.message


def test_the_word_simulated_needs_no_call():
    connector, http = connected(HttpTimeout())
    assert connector.simulated is True
    assert http.requests == []


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "registry.example",
        "ftp://registry.example",
        "http://registry.example",
        "https://user:pass@registry.example",
        "https://registry.example/?a=b",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_cannot_be_right_is_refused_in_the_settings(base_url):
    with pytest.raises(ValidationError):
        RegistryCdmSettings(base_url=base_url)


def test_the_plugin_offers_its_one_connector():
    (connector,) = registry_connectors()
    assert (connector.info.scheme, connector.info.max_blocks) == ("cdm", 3000)
    assert connector.info.settings_model is RegistryCdmSettings
