"""Loading holdings: from a file at the start, from an operator later, twice without harm, and never a conflict."""

from __future__ import annotations

import pytest

from creditstore_registry_cdm.simulator.database import CANCELLATION_ACCOUNT
from creditstore_registry_cdm.simulator.holdings import HoldingsRefused
from registry_cdm.registry_support import block, holding

HEADER = "account,party,unit_type,start,end,original_period,applicable_period,field6,project"


@pytest.fixture
def csv_file(tmp_path):
    def write(*lines: str, header: str = HEADER):
        path = tmp_path / "holdings.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
        return path

    return write


def test_a_file_opens_accounts_and_fills_them(run_simulator, csv_file):
    path = csv_file("A-1,CN,5,1,10,2,2,0,1947", "A-2,IN,5,1,5,1,1,0,526")
    registry = run_simulator(holdings=path)
    account = registry.get("/v1/accounts/A-2/blocks").json()
    assert (account["state"], account["quantity"]) == ("open", 5)
    assert account["blocks"][0]["start"] == "IN-5-1-1-1-0-526"


def test_loading_again_after_cancellations_brings_nothing_back(run_simulator, csv_file):
    path = csv_file("HOLD-1,CN,5,1,10,2,2,0,1947")
    first = run_simulator(holdings=path)
    first.propose("k-1", block(4, 6))
    assert first.ended("k-1")["state"] == 4
    again = run_simulator(holdings=path)
    assert again.get("/v1/accounts/HOLD-1").json()["quantity"] == 7
    assert again.post("/v1/holdings", {"holdings": [holding(1, 10)]}).json()["skipped"] == 1


@pytest.mark.parametrize(
    "line",
    [
        "A-1,CN,5,10,11,2,2,0,1947",  # half known
        "A-1,CN,5,1,10,1,1,0,1947",  # known with another period
        "A-1,CN,5,1,10,2,2,0,7",  # known with another project
        "A-1,CN,5,0,10,2,2,0,1947",
        "A-1,CN,5,20,11,2,2,0,1947",
        "A-1,CN,5,011,12,2,2,0,1947",
        "A-1,CN,9,11,12,2,2,0,1947",
        "A-1,China,5,11,12,2,2,0,1947",
        "A 1,CN,5,11,12,2,2,0,1947",
        "A-1,CN,5,11,12,2,2,0",
        "A-1,CN,5,11,12,2,2,0,1947,more",
    ],
)
def test_a_line_that_cannot_be_is_named_and_nothing_of_the_file_is_kept(run_simulator, csv_file, line):
    path = csv_file("A-1,CN,5,1,10,2,2,0,1947", "A-1,CN,5,101,110,2,2,0,1947", line)
    with pytest.raises(HoldingsRefused, match=r"^line 4: "):
        run_simulator(holdings=path)
    assert run_simulator().get("/v1/accounts/A-1").status_code == 404


def test_a_file_with_other_columns_is_refused(run_simulator, csv_file):
    with pytest.raises(HoldingsRefused, match=r"^line 1: "):
        run_simulator(holdings=csv_file(header="account,start,end"))


def test_past_cancellations_can_be_loaded_and_stay(registry):
    registry.hold(holding(101, 110, account=CANCELLATION_ACCOUNT))
    registry.propose("k-1", block(101, 101))
    assert [response["code"] for response in registry.ended("k-1")["responses"]] == [7027]


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"holdings": {}},
        {"holdings": [1]},
        {"holdings": [{}]},
        {"holdings": [], "more": 1},
        {"holdings": [holding(201, 202) | {"start": True}]},
        {"holdings": [holding(201, 202) | {"start": 201.0}]},
        {"holdings": [holding(201, 202), holding(100, 101)]},
    ],
)
def test_an_operators_malformed_or_conflicting_rows_are_refused(counter, document):
    answer = counter.post("/v1/holdings", document)
    assert answer.status_code == 422
    assert counter.get("/v1/accounts/HOLD-1").json()["quantity"] == 100


@pytest.mark.parametrize("document", [{}, {"account": "A", "state": "gone"}, {"account": "", "state": "open"}])
def test_an_accounts_state_is_one_of_three(counter, document):
    assert counter.post("/v1/accounts", document).status_code == 422


def test_an_unknown_account_is_not_found(counter):
    assert counter.get("/v1/accounts/NOBODY/blocks").status_code == 404
