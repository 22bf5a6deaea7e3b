"""What is planned follows from the seed alone, and the real history is read whole."""

from __future__ import annotations

from collections import Counter

import pytest
from creditstore_torture.history import Cancelled, Issued, read_history
from creditstore_torture.shoppers import _ENDINGS, plan

CODES = [f"offer-{number}" for number in range(12)]


def test_a_seed_is_a_run():
    def run(seed: str) -> list[object]:
        return [plan(number, seed=seed, codes=CODES) for number in range(50)]

    assert run("one") == run("one") != run("two")


def test_buyers_do_everything_that_buyers_do():
    plans = [plan(number, seed="any", codes=CODES) for number in range(500)]
    assert {each.ending for each in plans} == set(_ENDINGS)
    assert {len(each.wish.lines) for each in plans} == {1, 2, 3}
    assert {each.twice for each in plans} == {True, False}
    # One order for each, under a key and from an address of its own.
    assert len({each.wish.key for each in plans}) == len({each.wish.email for each in plans}) == 500


@pytest.fixture(scope="module")
def history():
    return read_history()


def test_the_history_is_the_files(history):
    kinds = Counter(type(event) for event in history)
    assert kinds == {Issued: 12_589, Cancelled: 27_562}
    assert [event.at for event in history] == sorted(event.at for event in history)


def test_every_cancellation_comes_after_its_issuance_and_lies_in_it(history):
    issued = {}
    for event in history:
        if isinstance(event, Issued):
            issued[event.number] = event
            continue
        origin = issued[event.issuance]
        assert origin.sold
        assert origin.row.series == event.row.series
        assert origin.row.start <= event.row.start <= event.row.end <= origin.row.end
        assert origin.row.kind == event.row.kind
