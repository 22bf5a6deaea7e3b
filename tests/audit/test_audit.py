"""The audit as whoever runs it sees it: clean when all is well, named rows and exit code 1 when it is not."""

from __future__ import annotations

import json
import logging

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from creditstore.audit import services
from creditstore.audit.checks import CHECKS
from creditstore.audit.models import AuditRun
from creditstore.audit.services import latest, record_audit, run_audit
from creditstore.certificates.services import issue_certificate
from creditstore.credits.models import Offer
from creditstore.payments.refunds import request_refund, send_refund
from support.desk import make_staff
from support.guards import take_away
from support.journeys import cancelled_order, paid_order
from support.ledger import make_offer, make_order, make_seller
from support.plugin_host import scripted_host

pytestmark = pytest.mark.django_db


def some_orders() -> None:
    seller = make_seller()
    first, second = make_offer(seller=seller), make_offer(seller=seller)
    make_order((first, 2))
    paid_order((first, 3))
    order = cancelled_order((first, 4), (second, 5))
    with scripted_host():
        issue_certificate(order_id=order.pk)


def break_an_offer() -> Offer:
    """Only this test's transaction sees it."""
    offer = make_offer()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    take_away("offer.counts_its_promises")
    Offer.objects.filter(pk=offer.pk).update(reserved=F("reserved") + 1)
    return offer


def test_all_is_well_after_orders_of_every_kind() -> None:
    some_orders()
    audit = run_audit()
    assert [(result.name, result.shown) for result in audit.results if result.breaches] == []
    assert {result.invariant for result in audit.results} == set(range(1, 14))
    looked_at = {result.name: result.rows for result in audit.results}
    assert looked_at["certificates-show-the-blocks"] >= 1
    assert looked_at["digests-are-of-the-facts"] >= 2
    assert looked_at["leaves-never-overlap"] > 1000
    assert audit.rows == sum(looked_at.values())


def test_what_two_people_send_back_for_cancelled_units_is_no_breach() -> None:
    order = cancelled_order((make_offer(), 4))
    payment = order.payments.get()
    with scripted_host():
        issue_certificate(order_id=order.pk)
        refund = request_refund(
            payment=payment,
            amount_minor=payment.captured_minor,
            actor="test",
            reason="test",
            approved_by=[make_staff(), make_staff()],
        )
        send_refund(refund_id=refund.pk)
    assert [(result.name, result.shown) for result in run_audit().results if result.breaches] == []


def test_the_command_prints_a_table_of_all_checks(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("audit_ledger")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines[1:-1]] == [
        result.name for result in sorted(run_audit().results, key=lambda result: result.invariant)
    ]
    assert lines[-1].split()[0] == "all"


def test_the_command_names_what_is_wrong_and_exits_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    offer = break_an_offer()
    with pytest.raises(SystemExit) as caught:
        call_command("audit_ledger")
    assert caught.value.code == 1
    assert f"offer {offer.pk}: offered 100, reserved 1" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        call_command("audit_ledger", "--json")
    told = json.loads(capsys.readouterr().out)
    (wrong,) = (result for result in told["results"] if result["breaches"])
    assert (told["breaches"], wrong["name"], wrong["shown"][0]["id"]) == (
        1,
        "offers-have-what-they-promise",
        offer.pk,
    )


def test_a_nightly_audit_is_kept_and_tells_the_log(caplog: pytest.LogCaptureFixture) -> None:
    assert latest() is None
    assert record_audit().breaches == 0
    assert not caplog.records
    offer = break_an_offer()
    with caplog.at_level(logging.ERROR, logger=services.__name__):
        run = record_audit()
    assert latest() == run
    assert (run.breaches, AuditRun.objects.count()) == (1, 2)
    assert f"offer {offer.pk}" in caplog.text
    assert [result["breaches"] for result in run.results if result["name"] == "offers-have-what-they-promise"] == [1]


def test_so_many_are_named_and_all_are_counted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(services, "SHOWN", 2)
    make_offer()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    take_away("offer.counts_its_promises")
    wrong = Offer.objects.filter(offered__gt=F("reserved") + F("sold")).update(reserved=F("reserved") + 1)
    assert wrong > 3
    (result,) = (result for result in run_audit().results if result.breaches)
    assert (result.breaches, len(result.shown)) == (wrong, 2)
    with pytest.raises(SystemExit):
        call_command("audit_ledger")
    assert f"and {wrong - 2} more" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_it_sees_one_moment_and_can_change_nothing(fresh_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str]] = []

    def look() -> tuple[int, list[tuple[int, str]]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
            seen.append(cursor.fetchone())
        return 0, []

    monkeypatch.setattr(services, "check_digests", look)
    assert run_audit().breaches == 0
    assert seen == [("repeatable read", "on")]


def test_every_invariant_has_a_check_and_every_check_a_name_of_its_own() -> None:
    assert {check.invariant for check in CHECKS} == set(range(1, 14))
    assert len({check.name for check in CHECKS}) == len(CHECKS)
