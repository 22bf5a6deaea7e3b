"""The arithmetic with runs of serials, held against plain sets of numbers."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from creditstore.credits.spans import Span, SpanSet, joined

SPANS = st.builds(
    lambda series, start, length: Span(series, start, start + length),
    st.sampled_from(["CL", "IN"]),
    st.integers(1, 40),
    st.integers(0, 9),
)


def units(spans: list[Span]) -> set[tuple[str, int]]:
    return {(span.series, number) for span in spans for number in range(span.start, span.end + 1)}


@given(st.lists(SPANS))
def test_joining_keeps_the_units_and_leaves_no_neighbours(spans: list[Span]) -> None:
    result = joined(spans, overlapping=True)
    assert units(result) == units(spans)
    assert sum(span.quantity for span in result) == len(units(spans))
    for one, two in pairwise(result):
        assert one.series < two.series or one.end + 1 < two.start


@given(st.lists(SPANS), SPANS)
def test_what_is_missing_is_exactly_what_is_not_there(spans: list[Span], asked: Span) -> None:
    missing = list(SpanSet(spans).missing(asked))
    assert units(missing) == units([asked]) - units(spans)
    assert missing == joined(missing, overlapping=True)


@given(st.lists(SPANS))
def test_units_that_are_told_twice_stay_told_twice_unless_asked_otherwise(spans: list[Span]) -> None:
    result = joined(spans)
    assert units(result) == units(spans)
    assert sum(span.quantity for span in result) == sum(span.quantity for span in spans)
