"""A typing error on a certificate is mended by two people; the old certificate stays, and says what took its place."""

from __future__ import annotations

import pytest
from django.core import mail

from creditstore.audit.services import run_audit
from creditstore.certificates.models import Certificate
from creditstore.core.errors import StoreError
from creditstore.core.models import TransitionRecord
from creditstore.desk import actions
from creditstore.desk.corrections import correct_certificate
from creditstore.desk.models import Approval
from support.desk import MANAGER, SUPPORT, cancelled_line, make_staff
from support.jobs import run_jobs
from support.plugin_host import ScriptedRegistry

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(registry: ScriptedRegistry) -> Certificate:
    found = cancelled_line().order.certificates.get()
    mail.outbox.clear()
    return found


def ask(certificate: Certificate, **changes: object) -> Approval:
    values = {
        "beneficiary": "Example Schools",
        "purpose": certificate.order.reason,
        "user": make_staff(SUPPORT),
        "reason": "The buyer wrote that a letter is missing.",
    }
    return correct_certificate(certificate=certificate, **{**values, **changes})  # type: ignore[arg-type]


def test_two_people_mend_a_name_and_the_old_certificate_stays(certificate: Certificate) -> None:
    approval, second = ask(certificate), make_staff(MANAGER)
    assert Certificate.objects.filter(order=certificate.order).count() == 1
    actions.decide(approval=approval, user=second, yes=True, note="")
    run_jobs()

    old, new = Certificate.objects.filter(order=certificate.order).order_by("revision")
    assert (old.number, old.state, old.facts) == (certificate.number, "superseded", certificate.facts)
    assert (new.state, new.revision, new.facts["beneficiary"]) == ("issued", 2, "Example Schools")
    assert new.facts["ranges"] == old.facts["ranges"]
    record = TransitionRecord.objects.get(machine="certificate", subject_id=old.pk, target="superseded")
    assert record.actor == f"staff:{second.pk}"
    (message,) = mail.outbox
    assert new.number in message.subject
    assert f"takes the place of {old.number}" in " ".join(message.body.split())
    assert run_audit().breaches == 0


def test_it_is_asked_once_and_not_otherwise(certificate: Certificate) -> None:
    user = make_staff(SUPPORT)
    approval = ask(certificate, user=user)
    assert ask(certificate, user=user) == approval
    with pytest.raises(StoreError, match="waits for a decision"):
        ask(certificate, beneficiary="Another School")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"beneficiary": "  "}, "invalid"),
        ({"beneficiary": "x" * 258}, "invalid"),
        ({"purpose": "x" * 876}, "invalid"),
        ({"reason": " "}, "invalid"),
        ({"beneficiary": "Example School"}, "conflict"),
    ],
)
def test_what_cannot_stand_on_a_certificate_is_not_asked(
    certificate: Certificate, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(StoreError) as caught:
        ask(certificate, **changes)
    assert caught.value.code == code
    assert not Approval.objects.exists()


def test_whoever_only_decides_does_not_ask_and_whoever_asks_does_not_decide(certificate: Certificate) -> None:
    with pytest.raises(StoreError) as caught:
        ask(certificate, user=make_staff(MANAGER))
    assert caught.value.code == "forbidden"
    officer = make_staff()
    approval = ask(certificate, user=officer)
    for user in (officer, make_staff(SUPPORT)):
        with pytest.raises(StoreError) as caught:
            actions.decide(approval=approval, user=user, yes=True, note="")
        assert caught.value.code == "forbidden"


def test_a_certificate_that_was_replaced_meanwhile_is_not_replaced_again(certificate: Certificate) -> None:
    actions.decide(approval=ask(certificate), user=make_staff(), yes=True, note="")
    certificate.refresh_from_db()
    with pytest.raises(StoreError, match="not the valid one"):
        ask(certificate, beneficiary="Another School")
