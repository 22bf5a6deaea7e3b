"""Cursors and texts: whatever comes in is either understood or refused by name."""

from __future__ import annotations

import pytest
from creditstore.core.errors import StoreError
from creditstore.core.paging import decode_cursor, encode_cursor
from creditstore.core.text import clean_text
from hypothesis import given
from hypothesis import strategies as st

VALUES = st.lists(st.none() | st.integers() | st.text(), min_size=1, max_size=4)


@given(VALUES)
def test_a_cursor_comes_back_as_it_was(position: list[object]) -> None:
    assert decode_cursor(encode_cursor(position), length=len(position)) == position


@given(st.text())
def test_anything_else_is_refused(text: str) -> None:
    try:
        decode_cursor(text, length=2)
    except StoreError as error:
        assert error.code == "bad-request"


@pytest.mark.parametrize("cursor", ["", "x", "W10", "e30", "bnVsbA", "W1sxXSwyXQ"])
def test_malformed_cursors(cursor: str) -> None:
    with pytest.raises(StoreError):
        decode_cursor(cursor, length=2)


@given(st.text())
def test_cleaned_text_has_no_marks_that_turn_it_round(text: str) -> None:
    cleaned = clean_text(text)
    assert not set(cleaned) & set("\u202e\u202d\u2066\u2069\x00\x1b\n\r")
    assert clean_text(cleaned) == cleaned
