"""An issuance and cancellations go through the services of live orders, and end at the ranges that were told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from creditstore_torture import registry
from creditstore_torture.checks import breaches
from creditstore_torture.history import Cancelled, Issued
from creditstore_torture.replay import Replayer

from creditstore.catalogue.models import Project
from creditstore.catalogue.rows import CancellationRow, IssuanceRow
from creditstore.credits.models import CancellationKind, UnitBlock
from creditstore.orders.models import Order
from creditstore_host.discovery import found
from creditstore_host.host import PluginHost
from creditstore_host.installation import installed
from support.ledger import FIRST_NUMBER, make_seller, make_terms

pytestmark = pytest.mark.django_db
ISSUED, CANCELLED = datetime(2013, 5, 1, tzinfo=UTC), datetime(2016, 7, 1, tzinfo=UTC)


def test_every_range_is_cancelled_as_it_was_told(settings):
    settings.CREDITSTORE_REGISTRY_CONNECTOR = registry.ID
    make_seller()
    make_terms()
    project = Project.objects.filter(status="registered").order_by("ref")[0]
    start = FIRST_NUMBER + 3_000_000_000
    block = {"ref": project.ref, "series": project.country_codes[0], "unit_type": 5, "period": 1}
    issued = IssuanceRow(
        **block, start=start, end=start + 99, issued_at=ISSUED, monitoring_start=None, monitoring_end=None
    )
    # From the middle, from the front, the rest of the front, up to the end: never what lies in front comes first.
    spans = [(40, 49), (0, 9), (10, 39), (60, 99)]
    events: list[Issued | Cancelled] = [Issued(at=ISSUED, number=0, row=issued, sold=True)]
    for number, (first, last) in enumerate(spans):
        row = CancellationRow(
            **block,
            start=start + first,
            end=start + last,
            cancelled_at=CANCELLED,
            cancellation_kind=CancellationKind.RECORDED,
        )
        events.append(Cancelled(at=CANCELLED, number=number, row=row, issuance=0))

    host = PluginHost.build(
        plugins=[*found(), registry.found()], settings=settings.CREDITSTORE_PLUGIN_SETTINGS, strict=True
    )
    with installed(host):
        replayer = Replayer()
        for event in events:
            replayer.take(event)

    leaves = UnitBlock.objects.filter(is_leaf=True, start__gte=start, end__lt=start + 100, series=block["series"])
    cancelled = leaves.filter(state="cancelled").values_list("start", "end")
    assert sorted(cancelled) == sorted((start + first, start + last) for first, last in spans)
    assert list(leaves.exclude(state="cancelled").values_list("start", "end", "state")) == [
        (start + 50, start + 59, "held")
    ]
    assert set(Order.objects.filter(placement_key__startswith="replay:").values_list("state", flat=True)) == {
        "cancelled"
    }
    assert breaches(at_the_end=False) == {}
