"""The circuit of one part: open after faults in a row, tried by one caller after a rest, closed when that goes well."""

from __future__ import annotations

import pytest

from creditstore_host.breaker import FAULTS, FIRST_REST, LONGEST_REST, Breaker


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


def opened(seconds: Seconds) -> Breaker:
    breaker = Breaker(seconds)
    assert [breaker.failed() for _time in range(FAULTS)] == [False] * (FAULTS - 1) + [True]
    return breaker


def test_faults_in_a_row_open_it_and_others_do_not(seconds: Seconds) -> None:
    breaker = Breaker(seconds)
    for _time in range(FAULTS * 2):
        for _fault in range(FAULTS - 1):
            assert not breaker.failed()
        breaker.succeeded()
    assert breaker.enter()
    assert not breaker.resting
    breaker = opened(seconds)
    assert breaker.resting
    assert not breaker.enter()


def test_after_the_rest_one_caller_tries_and_the_others_wait(seconds: Seconds) -> None:
    breaker = opened(seconds)
    seconds.now += FIRST_REST
    assert not breaker.resting
    assert breaker.enter()
    assert not breaker.enter()
    assert breaker.resting
    breaker.succeeded()
    assert breaker.enter()
    assert breaker.enter()


def test_a_trial_that_fails_doubles_the_rest_up_to_the_longest(seconds: Seconds) -> None:
    breaker, rest = opened(seconds), FIRST_REST
    for _time in range(8):
        seconds.now += rest - 0.001
        assert not breaker.enter()
        seconds.now += 0.001
        assert breaker.enter()
        assert breaker.failed()
        rest = min(rest * 2, LONGEST_REST)
    assert rest == LONGEST_REST
    seconds.now += rest
    assert breaker.enter()
    breaker.succeeded()
    for _time in range(FAULTS):
        breaker.failed()
    seconds.now += FIRST_REST
    assert breaker.enter()


def test_a_fault_that_was_on_its_way_when_it_opened_changes_nothing(seconds: Seconds) -> None:
    breaker = opened(seconds)
    assert not breaker.failed()
    seconds.now += FIRST_REST
    assert breaker.enter()
