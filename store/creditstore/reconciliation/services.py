"""A reconciliation from beginning to end. One at a time; one that was cut off is gone on with where it stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from creditstore.cancellation.models import RegistryTransaction
from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore.credits.models import Offer
from creditstore.reconciliation.found import Comparison
from creditstore.reconciliation.holdings import compare_blocks, compare_totals
from creditstore.reconciliation.items import settle, watched
from creditstore.reconciliation.models import Outcome, Run, Stage, Step
from creditstore.reconciliation.orders import compare_orders
from creditstore.reconciliation.payments import compare_payments, providers
from creditstore.reconciliation.records import compare_records
from creditstore_host.installation import get_host
from creditstore_host.records import ConnectorFacts, UnknownPlugin

#: PostgreSQL's number of the lock that a living run holds; any number that nothing else in this database uses.
_LOCK = 7_301_552_164


def reconcile(*, actor: str, full: bool = False, now: datetime | None = None) -> Run:
    """Compare everything and open, renew and close items. Returns the finished run.

    Parameters: ``actor``, as in the audit trail; ``full``, every stage and from the beginning; ``now``, the time to
    judge by, for each comparison its own present moment when not given. Must not run inside a transaction that
    somebody waits for: providers and registries are asked.
    Errors: ``StoreError`` (conflict) while another run is at work. What breaks off leaves a run that is gone on with.
    """
    with _alone():
        run = _open_run(actor=actor, full=full, at=now or clock.now())
        _Comparing(
            run=run,
            now=now,
            grace=timedelta(minutes=settings.CREDITSTORE_RECONCILIATION_GRACE_MINUTES),
            overdue=timedelta(hours=settings.CREDITSTORE_RECONCILIATION_OVERDUE_HOURS),
        ).everything()
        run.state, run.finished_at = "finished", now or clock.now()
        run.save(update_fields=["state", "finished_at"])
    return run


@contextmanager
def _alone() -> Iterator[None]:
    """A lock of this database session: it ends with the process, however that ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise _at_work()
    try:
        yield
    finally:
        # A connection that was lost has let go of the lock by itself.
        if connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _at_work() -> StoreError:
    return StoreError(code="conflict", message=_("A reconciliation is at work. Wait until it is finished."))


def _open_run(*, actor: str, full: bool, at: datetime) -> Run:
    cut_off = Run.objects.filter(state="running").first()
    if cut_off is not None:
        if full and not cut_off.full:
            Run.objects.filter(pk=cut_off.pk).update(full=True)
            cut_off.full = True
        return cut_off
    try:
        with transaction.atomic():
            return Run.objects.create(actor=actor, full=full, state="running", started_at=at)
    except IntegrityError as error:
        raise _at_work() from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparing:
    """A run at work. ``now`` as in ``reconcile``."""

    run: Run
    now: datetime | None
    grace: timedelta
    overdue: timedelta

    def everything(self) -> None:
        """Each comparison, and its step, once in this run."""
        for provider in providers():
            self._payments(provider)
        self._once(Stage.ORDERS, lambda at: compare_orders(now=at, overdue=self.overdue))
        for connector_id, account in _accounts():
            try:
                connector = get_host().connector_info(connector_id)
            except UnknownPlugin:
                for stage in (Stage.TOTALS, Stage.BLOCKS, Stage.RECORDS):
                    self._not_loaded(stage, connector_id, account)
            else:
                self._account(connector, account)

    def _payments(self, provider: str) -> None:
        self._once(
            Stage.PAYMENTS,
            lambda at: compare_payments(provider=provider, now=at, grace=self.grace, full=self.run.full),
            plugin=provider,
        )

    def _account(self, connector: ConnectorFacts, account: str) -> None:
        """Totals first; blocks only where they differ or items of that stage are open; new cancellations always."""

        def once(stage: Stage, compare: Callable[[datetime], Comparison]) -> Step:
            return self._once(stage, compare, plugin=connector.id, account=account, scheme=connector.scheme)

        totals = once(
            Stage.TOTALS, lambda at: compare_totals(connector=connector, account=account, now=at, grace=self.grace)
        )
        closer = (
            self.run.full or totals.outcome == Outcome.NOT_OFFERED or bool(totals.figures.get("look_closer", False))
        )
        if closer or watched(stage=Stage.BLOCKS, plugin=connector.id, account=account).exists():
            once(Stage.BLOCKS, lambda at: compare_blocks(connector=connector, account=account, now=at))
        else:
            once(Stage.BLOCKS, lambda at: _not_needed(connector, account, at, told=totals.outcome))
        once(
            Stage.RECORDS,
            lambda at: compare_records(connector=connector, account=account, now=at, grace=self.grace, full=closer),
        )

    def _not_loaded(self, stage: Stage, plugin: str, account: str) -> None:
        self._once(
            stage,
            lambda at: Comparison(stage=stage, plugin=plugin, account=account, asked_at=at).not_offered(
                "the plugin is not loaded"
            ),
            plugin=plugin,
            account=account,
        )

    def _once(
        self,
        stage: Stage,
        compare: Callable[[datetime], Comparison],
        *,
        plugin: str = "",
        account: str = "",
        scheme: str = "",
    ) -> Step:
        done = self.run.steps.filter(stage=stage, plugin=plugin, account=account).first()
        return done or settle(run=self.run, comparison=compare(self.now or clock.now()), scheme=scheme)


def _not_needed(connector: ConnectorFacts, account: str, at: datetime, *, told: str) -> Comparison:
    comparison = Comparison(stage=Stage.BLOCKS, plugin=connector.id, account=account, asked_at=at)
    if told == Outcome.NOT_TOLD:
        return comparison.not_told("the totals were not told")
    comparison.outcome = Outcome.NOT_NEEDED
    return comparison


def _accounts() -> list[tuple[str, str]]:
    """Connectors and accounts where units are for sale, or from which any were cancelled through us."""
    selling = {
        (settings.CREDITSTORE_REGISTRY_CONNECTOR, account)
        for account in Offer.objects.order_by().values_list("seller__registry_account", flat=True).distinct()
    }
    used = set(RegistryTransaction.objects.order_by().values_list("connector", "account").distinct())
    return sorted(selling | used)
