"""Cursors and texts: whatever comes in is either understood or refused by name."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from creditstore.core.errors import StoreError
from creditstore.core.paging import decode_cursor, encode_cursor
from creditstore.core.text import clean_text

VALUES = st.lists(st.none() | st.integers() | st.text(), min_size=1, max_size=4)


@given(VALUES)
def test_a_cursor_comes_back_as_it_was(position: list[object]) -> None:
    assert decode_cursor(encode_cursor(position), length=len(position)) == position


@given(st.text())
def test_anything_else_is_refused(text: str) -> None:
    assume(not is_cursor(text))
    with pytest.raises(StoreError) as caught:
        decode_cursor(text, length=2)
    assert caught.value.code == "bad-request"


def is_cursor(text: str) -> bool:
    """Whether it is what ``encode_cursor`` makes of some position of two values."""
    try:
        position = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return False
    return isinstance(position, list) and len(position) == 2


@pytest.mark.parametrize("cursor", ["", "x", "W10", "e30", "bnVsbA", "W1sxXSwyXQ"])
def test_malformed_cursors(cursor: str) -> None:
    with pytest.raises(StoreError):
        decode_cursor(cursor, length=2)


@given(st.text())
def test_cleaned_text_has_no_marks_that_turn_it_round(text: str) -> None:
    cleaned = clean_text(text)
    assert not set(cleaned) & set("\u202e\u202d\u2066\u2069\x00\x1b\n\r")
    assert clean_text(cleaned) == cleaned
