"""What an offer repeats of its issuance can neither be written wrongly nor be overtaken by a correction."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, connections, transaction

from creditstore.audit.services import run_audit
from creditstore.catalogue.models import Issuance, Project
from creditstore.credits.models import Offer
from support.guards import unguarded
from support.ledger import breaches, make_issuance, make_offer

#: What the audit looks at it with.
CHECK = "offers-repeat-their-issuance"


@pytest.mark.django_db
def test_a_difference_is_found_where_the_triggers_did_not_run() -> None:
    offer, _other = make_offer(), make_offer()
    assert breaches(CHECK) == []
    with unguarded():
        Offer.objects.filter(pk=offer.pk).update(monitoring_end=None)
    assert [pk for pk, _detail in breaches(CHECK)] == [offer.pk]
    (found,) = (result for result in run_audit().results if result.breaches)
    assert (found.name, found.invariant, found.shown[0].id) == (CHECK, 7, offer.pk)
    assert found.shown[0].detail.startswith(f"says ({offer.project_id}, {offer.project_ref}, 2, 2018-01-01), its")


@pytest.mark.django_db
def test_an_offer_knows_its_facts_as_soon_as_it_is_open() -> None:
    issuance = make_issuance()
    offer = make_offer(issuance=issuance)
    for _look in range(2):
        assert (offer.project, offer.project_ref) == (issuance.project, issuance.project.ref)
        assert (offer.commitment_period, offer.monitoring_start) == (2, date(2018, 1, 1))
        assert offer.monitoring_end == date(2018, 12, 31)
        offer.refresh_from_db()


def _waits() -> bool:
    """Whether some other connection to this database waits for a lock that this one holds."""
    with connection.cursor() as cursor:
        # Within a transaction the first look is remembered, and the other may have connected since.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE datname = current_database() AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        (found,) = cursor.fetchone()
    return bool(found)


def _one_waits_for_the_other(first: Callable[[], object], second: Callable[[], object]) -> None:
    """``second`` begins while ``first`` is done but not committed; it has to wait, and goes on after the commit."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            second()
        except BaseException as error:  # noqa: BLE001  (raised again below)
            errors.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        while thread.is_alive() and not _waits():
            thread.join(0.01)
        assert thread.is_alive(), "the second did not wait"
    thread.join(20)
    assert not errors
    assert not thread.is_alive()


def _corrects_issuance(issuance: Issuance) -> Callable[[], object]:
    return lambda: Issuance.objects.filter(pk=issuance.pk).update(monitoring_start=date(2011, 5, 1))


def _changes_reference(issuance: Issuance) -> Callable[[], object]:
    return lambda: Project.objects.filter(pk=issuance.project_id).update(ref="80808")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("correction", [_corrects_issuance, _changes_reference])
@pytest.mark.parametrize("opened_first", [True, False])
def test_an_offer_that_is_being_opened_does_not_miss_a_correction(
    opened_first: bool, correction: Callable[[Issuance], Callable[[], object]]
) -> None:
    issuance = make_issuance()
    calls = [lambda: make_offer(issuance=issuance), correction(issuance)]
    _one_waits_for_the_other(*(calls if opened_first else reversed(calls)))
    assert Offer.objects.filter(issuance=issuance).count() == 1
    assert breaches(CHECK) == []
