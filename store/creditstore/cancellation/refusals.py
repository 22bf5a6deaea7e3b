"""What a registry's reasons for a refusal mean: which units are in doubt, and whether the same is asked again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from creditstore.cancellation.doubts import spans_of, spans_of_blocks
from creditstore.cancellation.models import RegistryTransaction
from creditstore.credits.models import UnitBlock
from creditstore.credits.spans import Span, joined
from creditstore_plugins import RefusalKind, ResponseCode

#: Seconds after which what was refused for a passing reason is asked again by itself; after the last one staff decide.
RETRY_SECONDS = (600, 3600, 6 * 3600, 24 * 3600)


def kept(responses: Iterable[ResponseCode]) -> list[dict[str, Any]]:
    """The registry's reasons as they are kept with the transaction, and told to staff: plain JSON values."""
    return [
        {
            "code": response.code,
            "kind": response.kind.value,
            "message": response.message,
            "ranges": [{"start": part.start, "end": part.end} for part in response.ranges],
        }
        for response in responses
    ]


def spans_in_doubt(*, blocks: Iterable[UnitBlock], responses: Sequence[ResponseCode]) -> list[Span]:
    """The units of a refused transaction that may not be where they should be.

    Those that the registry names; all of them where it only says that something is wrong with them. What it names and
    was not asked for is none of this transaction's business.
    """
    about_units = [response for response in responses if response.kind is RefusalKind.UNITS]
    if not about_units:
        return []
    asked = spans_of_blocks(blocks)
    named = spans_of(part for response in about_units for part in response.ranges)
    if not named:
        return asked
    return joined(
        Span(series, max(start, other_start), min(end, other_end))
        for series, start, end in asked
        for other, other_start, other_end in named
        if series == other and start <= other_end and other_start <= end
    )


def retry_in(*, attempt: int, failed: Iterable[RegistryTransaction]) -> int | None:
    """Seconds until a line may be asked again by itself; None when a person must look first.

    Parameters: ``failed``, what of this attempt was refused.
    """
    kinds = {response["kind"] for entry in failed for response in entry.responses}
    if kinds != {RefusalKind.TEMPORARY.value} or attempt > len(RETRY_SECONDS):
        return None
    return RETRY_SECONDS[attempt - 1]
