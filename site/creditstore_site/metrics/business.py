"""How the store stands, counted from the database whenever somebody asks: the same whichever process answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Model, QuerySet, Sum
from procrastinate.contrib.django.models import ProcrastinateJob
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from creditstore.api.health import queue_facts
from creditstore.audit.services import latest
from creditstore.cancellation.models import TRANSACTIONS, RegistryTransaction
from creditstore.core import clock
from creditstore.core.state_table import StateTable
from creditstore.credits.models import OFFERS, RESERVATIONS, Offer, Reservation
from creditstore.orders.attention import AttentionItem, open_by_kind
from creditstore.orders.models import Order, OrderLine
from creditstore.orders.states import LINES, ORDERS
from creditstore.payments.models import PAYMENTS, Payment
from creditstore.reconciliation.models import Kind, OpenItem
from creditstore.reconciliation.summary import public_summary
from creditstore.webhooks.models import WEBHOOKS, InboundWebhook
from creditstore_content.pledge.models import Pledge
from creditstore_content.pledge.states import PLEDGES


def machines() -> list[tuple[str, str, type[Model], StateTable]]:
    """What is counted by state: the metric's name and meaning, the rows, and the table that names all states."""
    return [
        ("orders", "Orders by state.", Order, ORDERS),
        ("order_lines", "Lines of orders by state.", OrderLine, LINES),
        ("payments", "Payments by state.", Payment, PAYMENTS),
        ("registry_transactions", "Transactions with registries by state.", RegistryTransaction, TRANSACTIONS),
        ("reservations", "Reservations by state.", Reservation, RESERVATIONS),
        ("offers", "Offers by state.", Offer, OFFERS),
        ("webhooks", "Deliveries of webhooks that are kept, by state.", InboundWebhook, WEBHOOKS),
        ("pledges", "Pledges by state.", Pledge, PLEDGES),
    ]


def collect() -> Iterator[Metric]:
    """All of it, from one view of the database."""
    for name, text, model, table in machines():
        yield _by("state", f"creditstore_{name}", text, _counted(model._default_manager.all(), "state", table.states))
    yield from _units()
    yield from _attention()
    yield from _queue()
    yield from _audit()
    yield from _reconciliation()


def _units() -> Iterator[Metric]:
    sums = Offer.objects.filter(state="live").aggregate(Sum("offered"), Sum("reserved"), Sum("sold"), Sum("frozen"))
    kinds = {name: int(sums[f"{name}__sum"] or 0) for name in ("offered", "reserved", "sold", "frozen")}
    yield _by("kind", "creditstore_units_on_offer", "Units of live offers.", kinds)


def _attention() -> Iterator[Metric]:
    yield _by("kind", "creditstore_attention_open", "What waits for staff, by kind.", open_by_kind())
    oldest = AttentionItem.objects.filter(closed_at=None).values_list("opened_at", flat=True).first()
    yield _age("creditstore_attention_oldest_seconds", "Age of the oldest of them.", oldest)


def _queue() -> Iterator[Metric]:
    queue = queue_facts()
    yield GaugeMetricFamily("creditstore_jobs_due", "Jobs that are due and have not begun.", value=queue.waiting)
    yield GaugeMetricFamily(
        "creditstore_jobs_oldest_seconds", "How long the oldest of them has been due.", value=queue.oldest_seconds
    )
    failed = ProcrastinateJob.objects.filter(status="failed").count()
    yield GaugeMetricFamily("creditstore_jobs_failed", "Jobs that have given up and are kept.", value=failed)


def _audit() -> Iterator[Metric]:
    """The last audit of the ledger. Before the first one nothing is said: 0 would look like all being well."""
    run = latest()
    if run is None:
        return
    breaches = {str(result["invariant"]): 0 for result in run.results}
    for result in run.results:
        breaches[str(result["invariant"])] += result["breaches"]
    yield _by("invariant", "creditstore_audit_breaches", "What the last audit of the ledger found wrong.", breaches)
    yield _age("creditstore_audit_age_seconds", "How long ago it was.", run.started_at)


def _reconciliation() -> Iterator[Metric]:
    """What does not match, and how old the last run is. Before the first one nothing is said, as above."""
    summary = public_summary()
    if summary.last_run_at is None:
        return
    kinds = _counted(OpenItem.objects.filter(closed_at=None), "kind", Kind.values)
    yield _by("kind", "creditstore_unmatched", "What does not match others' records, by kind.", kinds)
    yield _age("creditstore_unmatched_oldest_seconds", "Age of the oldest of it.", summary.oldest_at)
    text = "How long ago the last reconciliation ended."
    yield _age("creditstore_reconciliation_age_seconds", text, summary.last_run_at)


def _counted(rows: QuerySet[Any], field: str, values: Iterable[str]) -> dict[str, int]:
    """How many rows have each value. 0 is told too: a missing line would look like one that nobody counts."""
    counted = dict(rows.order_by().values_list(field).annotate(Count("pk")))
    return {value: counted.get(value, 0) for value in values}


def _age(name: str, text: str, since: datetime | None) -> Metric:
    """Seconds since then; 0 where there is nothing to be old."""
    seconds = (clock.now() - since).total_seconds() if since else 0
    return GaugeMetricFamily(name, text, value=max(0.0, seconds))


def _by(label: str, name: str, text: str, values: dict[str, int]) -> Metric:
    metric = GaugeMetricFamily(name, text, labels=[label])
    for value, number in values.items():
        metric.add_metric([value], number)
    return metric
