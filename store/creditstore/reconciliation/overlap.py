"""Which of our blocks a list of spans touches: one query for many spans, by the index that keeps leaves apart."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from creditstore.credits.models import UnitBlock
from creditstore.credits.spans import Span

_TOUCHED = """
    SELECT asked.position, block.id
    FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) WITH ORDINALITY AS asked (series, first, last, position)
    JOIN creditstore_credits_unitblock block
      ON block.is_leaf AND block.scheme = %s AND block.series = asked.series
     AND int8range(block.start, block."end", '[]') && int8range(asked.first, asked.last, '[]')
    WHERE block.state IN ('held', 'assigned')
    ORDER BY block.id, asked.position
"""


def live_leaves(*, scheme: str, spans: Sequence[Span], lock: bool = False) -> list[tuple[Span, UnitBlock]]:
    """The leaves that are for sale or assigned and share a unit with a span, each with the span, by the block's id.

    Parameters: ``lock``: lock the blocks, in the order of their ids.
    """
    if not spans:
        return []
    series, starts, ends = [span.series for span in spans], [span.start for span in spans], [span.end for span in spans]
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, [series, starts, ends, scheme])
        rows = cursor.fetchall()
    blocks = UnitBlock.objects.filter(pk__in={block_id for _position, block_id in rows}).order_by("pk")
    if lock:
        blocks = blocks.select_for_update()
    # A block that was split or sold meanwhile is no longer what was asked for.
    by_id = {block.pk: block for block in blocks if block.is_leaf and block.state in ("held", "assigned")}
    return [(spans[position - 1], by_id[block_id]) for position, block_id in rows if block_id in by_id]
