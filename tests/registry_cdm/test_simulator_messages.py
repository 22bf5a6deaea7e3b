"""The registry's first layer: what it takes, and what it refuses at once and why."""

from __future__ import annotations

import json
import socket

import httpx
import pytest

from registry_cdm.registry_support import HTTP, block, holding, message, serial


def codes(answer: httpx.Response) -> list[int]:
    return [response["code"] for response in answer.json()["responses"]]


def raw_post(registry, body: bytes, **headers: str) -> httpx.Response:
    headers = {"Content-Type": "application/json", **headers}
    return HTTP.post(f"{registry.url}/v1/transactions", content=body, headers=headers)


def test_a_proposal_is_taken_and_marked_as_simulated(registry):
    answer = registry.propose("k-1", block(1, 10), block(21, 25))
    told = answer.json()
    assert answer.status_code == 202
    assert told["transaction"] == "CDM-000000001"
    assert (told["state"], told["key"], told["quantity"]) == (1, "k-1", 15)
    assert told["blocks"] == [block(1, 10), block(21, 25)]
    assert told["simulated"] is True


def test_the_same_message_again_is_the_same_transaction(registry):
    first = registry.propose("k-1", block(1, 10))
    again = registry.propose("k-1", block(1, 10))
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json()["transaction"] == first.json()["transaction"]


@pytest.mark.parametrize(
    "changes",
    [{"blocks": [block(1, 11)]}, {"account": "HOLD-2"}, {"beneficiary": "Another"}, {"reason": ""}],
)
def test_the_same_key_with_other_content_is_refused_and_changes_nothing(registry, changes):
    registry.propose("k-1", block(1, 10))
    before = registry.ended("k-1")
    answer = registry.post("/v1/transactions", message("k-1", [block(1, 10)]) | changes)
    assert (answer.status_code, codes(answer)) == (409, [10006])
    assert registry.ended("k-1") == before


def test_a_malformed_message_under_a_used_key_is_not_told_that_nothing_happened(registry):
    registry.propose("k-1", block(1, 10))
    answer = registry.propose("k-1", {"start": "nonsense", "end": "nonsense"})
    assert (answer.status_code, codes(answer)) == (409, [10006])


def test_three_thousand_blocks_are_taken_and_one_more_is_refused(registry):
    registry.hold(holding(1001, 8000))
    blocks = [block(number, number) for number in range(1001, 7003, 2)]
    assert len(blocks) == 3001
    refused = registry.propose("too-many", *blocks)
    assert (refused.status_code, codes(refused)) == (422, [3004])
    assert registry.propose("just-right", *blocks[:3000]).status_code == 202
    assert registry.ended("just-right")["state"] == 4


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 901),
        (b"{", 901),
        (b"[]", 901),
        (b'"text"', 901),
        (b"\xff\xfe", 901),
        (b'{"key": "k-1", "key": "k-2"}', 901),
        (b'{"quantity": NaN}', 901),
        (b"[" * 100_000, 901),
        (b'{"key": ' + b"9" * 5000 + b"}", 901),
        (b"{}", 902),
    ],
)
def test_what_is_not_a_message_is_refused(counter, body, code):
    answer = raw_post(counter, body)
    assert 400 <= answer.status_code < 500
    assert codes(answer) == [code]
    assert answer.json()["accepted"] is False


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"surprise": 1}, 902),
        ({"type": 5}, 902),
        ({"type": "4"}, 902),
        ({"type": True}, 902),
        ({"destination_account_type": 100}, 902),
        ({"key": ""}, 902),
        ({"key": "with space"}, 902),
        ({"key": "k" * 201}, 902),
        ({"key": "k\n"}, 902),
        ({"key": 7}, 902),
        ({"account": ""}, 902),
        ({"account": "a b"}, 902),
        ({"blocks": []}, 902),
        ({"blocks": {}}, 902),
        ({"blocks": [serial(1)]}, 902),
        ({"blocks": [{"start": serial(1)}]}, 902),
        ({"blocks": [{**block(1, 2), "quantity": 2}]}, 902),
        ({"beneficiary": "x" * 1001}, 902),
        ({"beneficiary": None}, 902),
        ({"beneficiary": "nul \x00"}, 902),
        ({"beneficiary": "half a pair \ud83d"}, 902),
        ({"blocks": [{"start": serial(5), "end": serial(4)}]}, 903),
        ({"blocks": [{"start": serial(5), "end": serial(6, party="IN")}]}, 903),
        ({"blocks": [{"start": "CN-5-01-2-2-0-1947", "end": serial(6)}]}, 903),
        ({"blocks": [block(1, 5), block(5, 6)]}, 904),
    ],
)
def test_a_message_with_a_wrong_field_is_refused_and_not_kept(counter, changes, code):
    answer = counter.post("/v1/transactions", message("k-1", [block(1, 10)]) | changes)
    assert 400 <= answer.status_code < 500
    assert codes(answer) == [code]
    assert counter.get("/v1/transactions/by-key/k-1").status_code == 404


def test_a_missing_field_is_refused_by_name(counter):
    document = message("k-1", [block(1, 10)])
    del document["account"]
    answer = counter.post("/v1/transactions", document)
    assert codes(answer) == [902]
    assert "account" in answer.json()["responses"][0]["message"]


def test_a_message_that_is_too_large_is_refused_with_an_answer(counter):
    answer = raw_post(counter, json.dumps(message("k-1", [block(1, 1)], reason="x" * 5_000_000)).encode())
    assert (answer.status_code, codes(answer)) == (413, [905])
    assert counter.get("/healthz").status_code == 200


def test_a_message_of_no_stated_length_or_other_type_is_refused(counter):
    assert raw_post(counter, b"{}", **{"Content-Type": "text/plain"}).status_code == 415
    headers = {"Content-Type": "application/json"}
    chunks = HTTP.post(f"{counter.url}/v1/transactions", content=iter([b"{}"]), headers=headers)
    assert chunks.status_code == 411


def test_what_is_not_http_does_not_disturb_the_registry(counter):
    host, port = counter.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"\x16\x03\x01 this is not HTTP\r\n\r\n")
        assert b'"error"' in connection.recv(4096)
    assert counter.get("/healthz").json()["status"] == "ok"


def test_unknown_addresses_and_methods_are_told_apart_from_unknown_keys(counter):
    unknown_key = counter.get("/v1/transactions/by-key/never-seen")
    assert (unknown_key.status_code, unknown_key.json()["found"]) == (404, False)
    nowhere = counter.get("/v1/nothing")
    assert nowhere.status_code == 404
    assert "found" not in nowhere.json()
    assert counter.get("/v1/transactions").status_code == 405
    assert counter.post("/healthz", {}).status_code == 405


@pytest.mark.parametrize(
    "name",
    ["Ada Lovelace " * 19 + "0123456789", "水" * 257, "حق" * 128 + "ق", "🌍" * 257, "Ω\u0301" * 128 + "z", "한" * 257],
)
def test_a_beneficiary_of_257_characters_in_any_script_is_kept_as_given(counter, name):
    assert len(name) == 257
    answer = counter.propose(f"k-{ord(name[0])}", block(1, 1), beneficiary=name, reason="one line\nand another")
    assert (answer.status_code, answer.json()["beneficiary"]) == (202, name)
    told = counter.ended(f"k-{ord(name[0])}")
    assert (told["beneficiary"], told["reason"]) == (name, "one line\nand another")


def test_faults_are_held_to_their_kinds(counter):
    assert counter.post("/v1/faults", {"kind": "explode"}).status_code == 422
    assert counter.post("/v1/faults", {"kind": "refuse_next", "code": 42}).status_code == 422
    assert counter.post("/v1/faults", {"kind": "delay", "seconds": 600}).status_code == 422


def test_a_refusal_that_was_asked_for_strikes_a_new_key_once(registry):
    registry.propose("old", block(1, 1))
    registry.post("/v1/faults", {"kind": "refuse_next", "code": 1004})
    assert registry.propose("old", block(1, 1)).status_code == 200
    assert codes(registry.propose("new", block(2, 2))) == [1004]
    assert registry.propose("new", block(2, 2)).status_code == 202
