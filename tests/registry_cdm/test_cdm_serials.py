"""The CDM's serial numbers are read and printed exactly, and anything else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from creditstore_registry_cdm.serials import MAX_NUMBER, Block, MalformedSerial, any_overlap, parse_block


def test_a_published_pair_is_read():
    block = parse_block("BR-5-85316059-1-1-0-8", "BR-5-85448545-1-1-0-8")
    assert block.quantity == 132_487
    assert (block.party, block.unit_type, block.project) == ("BR", 5, 8)
    assert (block.start, block.end) == ("BR-5-85316059-1-1-0-8", "BR-5-85448545-1-1-0-8")


def test_field_six_is_printed_as_it_was_read():
    assert parse_block("ID-5-7-1-1-1-526", "ID-5-7-1-1-1-526").start == "ID-5-7-1-1-1-526"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CN-5-1-2-2-0",
        "CN-5-1-2-2-0-1-1",
        "cn-5-1-2-2-0-1",
        "CHN-5-1-2-2-0-1",
        "CN-8-1-2-2-0-1",
        "CN-0-1-2-2-0-1",
        "CN-5-0-2-2-0-1",
        "CN-5-01-2-2-0-1",
        "CN-5--1-2-2-0-1",
        "CN-5-1-2-2-00-1",
        "CN-5-1-2-2-0-0526",
        "CN-5-1-2-2-0-0",
        "CN - 5-1-2-2-0-1",
        " CN-5-1-2-2-0-1",
        "CN-5-1-2-2-0-1\n",
        "CN-5-\u0661-2-2-0-1",
        "CN-5-9223372036854775808-2-2-0-1",
        "CN\u20135\u20131\u20132\u20132\u20130\u20131",
    ],
)
def test_a_malformed_serial_is_refused(text):
    with pytest.raises(MalformedSerial):
        parse_block(text, text)


@pytest.mark.parametrize(
    "end",
    ["IN-5-9-2-2-0-1", "CN-6-9-2-2-0-1", "CN-5-9-1-2-0-1", "CN-5-9-2-1-0-1", "CN-5-9-2-2-1-1", "CN-5-9-2-2-0-2"],
)
def test_two_ends_that_differ_in_more_than_the_number_make_no_block(end):
    with pytest.raises(MalformedSerial, match="more than the number"):
        parse_block("CN-5-1-2-2-0-1", end)


def test_a_block_does_not_run_backwards():
    with pytest.raises(MalformedSerial):
        parse_block("CN-5-2-2-2-0-1", "CN-5-1-2-2-0-1")


@st.composite
def blocks(draw):
    first = draw(st.integers(1, MAX_NUMBER))
    return Block(
        party=draw(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)),
        unit_type=draw(st.integers(1, 7)),
        first=first,
        last=draw(st.integers(first, MAX_NUMBER)),
        original_period=draw(st.integers(1, 99)),
        applicable_period=draw(st.integers(1, 99)),
        field6=draw(st.integers(0, 999)),
        project=draw(st.integers(1, 9_999_999_999)),
    )


@given(blocks())
def test_printing_and_reading_give_the_same_block(block):
    assert parse_block(block.start, block.end) == block


@given(st.lists(st.tuples(st.sampled_from(["CN", "IN"]), st.integers(1, 30), st.integers(0, 9)), max_size=6))
def test_overlap_means_that_a_unit_is_named_twice(runs):
    made = [parse_block(f"{p}-5-{n}-1-1-0-1", f"{p}-5-{n + more}-1-1-0-1") for p, n, more in runs]
    units = [(block.party, number) for block in made for number in range(block.first, block.last + 1)]
    assert any_overlap(made) == (len(units) != len(set(units)))
