"""The tables of lines and orders. An order's state is derived from its lines, its payment and its certificate."""

from __future__ import annotations

from creditstore.core.state_table import state_table

LINES = state_table(
    "line",
    {
        "reserved": ["paid", "released"],
        "paid": ["cancelling", "refused", "refunding"],
        "cancelling": ["cancelled", "refused"],
        "refused": ["cancelling", "refunding"],
        # From here on the money goes back: the line is never tried again.
        "refunding": ["refunded"],
        "cancelled": [],
        # Money that arrives late reserves again.
        "released": ["reserved"],
        "refunded": [],
    },
)

SUBSTITUTIONS = state_table(
    "substitution",
    {
        "proposed": ["accepted", "declined", "expired", "withdrawn"],
        "accepted": [],
        "declined": [],
        "expired": [],
        "withdrawn": [],
    },
)

ORDERS = state_table(
    "order",
    {
        "placed": ["awaiting_payment", "paid", "withdrawn", "expired", "needs_attention"],
        "awaiting_payment": ["placed", "paid", "withdrawn", "expired", "needs_attention"],
        "paid": ["cancelling", "needs_attention", "refunding"],
        "cancelling": ["cancelled", "partly_cancelled", "needs_attention", "refunding"],
        "cancelled": ["certified", "needs_attention"],
        "partly_cancelled": ["certified", "needs_attention", "cancelling"],
        "needs_attention": ["paid", "cancelling", "cancelled", "partly_cancelled", "refunding", "refunded", "expired"],
        "certified": [],
        # Money may arrive late: then an expired order is paid after all, or the money is sent back.
        "expired": ["paid", "needs_attention", "refunding", "refunded"],
        "withdrawn": ["needs_attention", "refunding", "refunded"],
        # All that was paid goes back, and nothing of the order is cancelled.
        "refunding": ["refunded", "needs_attention"],
        "refunded": [],
    },
)

#: States in which a payment may still be started.
PAYABLE = frozenset({"placed", "awaiting_payment"})
#: States after which nothing happens by itself any more.
SETTLED = frozenset({"certified", "expired", "withdrawn", "refunded"})


def oscar_status_pipeline() -> dict[str, tuple[str, ...]]:
    """``OSCAR_ORDER_STATUS_PIPELINE``, made from the table so that the two cannot differ."""
    return {state: tuple(sorted(following)) for state, following in ORDERS.edges.items()}
