"""Order checks: everyone is asked, and no answer that can be trusted is a review, never a pass."""

from __future__ import annotations

import logging
import threading

import pytest

from creditstore_host import deadline
from creditstore_host.faults import BadAnswer
from creditstore_host.host import PluginHost
from creditstore_plugins import Allow, CheckedLine, CheckStage, Deny, Money, OrderFacts, Review
from host.host_support import NoHttp, StillClock, WritePlugin
from host.plugin_sources import order_check
from host.test_calls import FAILING

TOTAL = Money(minor=1250, currency="USD")
FACTS = OrderFacts(
    stage=CheckStage.PAYMENT,
    order_number="2026-000001",
    payment_method="pay_sandbox",
    total=TOTAL,
    quantity=5,
    lines=(CheckedLine(project_ref="0526", country="ID", quantity=5, total=TOTAL),),
    buyer_name="Jane Doe",
    buyer_organisation="",
    buyer_country="CL",
    beneficiary_name="Jane's School",
    beneficiary_country="",
    simulated=True,
)


def build(write_plugin: WritePlugin, *decisions: str) -> PluginHost:
    plugins = [write_plugin(order_check(decide=body), id=f"check_{n}") for n, body in enumerate(decisions)]
    return PluginHost.build(plugins=plugins, http=NoHttp(), clock=StillClock(), strict=True)


def test_every_check_is_asked_and_says_its_own(write_plugin: WritePlugin) -> None:
    host = build(
        write_plugin,
        "return Allow()",
        "return Deny(reason='too many', message='Order less.') if facts.quantity > 4 else Allow()",
        "return Review(reason=facts.stage)",
    )
    assert host.checks_orders
    assert [record.kinds for record in host.plugins()] == [("order_check",)] * 3
    verdicts = host.check_order(FACTS, seconds=5)
    assert [(verdict.plugin_id, verdict.outcome) for verdict in verdicts] == [
        ("check_0", Allow()),
        ("check_1", Deny(reason="too many", message="Order less.")),
        ("check_2", Review(reason="payment")),
    ]


@pytest.mark.parametrize("body", FAILING.values(), ids=FAILING.keys())
def test_a_check_that_fails_asks_for_a_person(
    write_plugin: WritePlugin, caplog: pytest.LogCaptureFixture, body: str
) -> None:
    (verdict,) = build(write_plugin, body).check_order(FACTS, seconds=5)
    assert isinstance(verdict.outcome, Review)
    assert "hunter2" not in verdict.outcome.reason + caplog.text


def test_a_check_that_never_answers_is_given_up_and_not_asked_for_ever(
    write_plugin: WritePlugin, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    host = build(write_plugin, "import threading; threading.Event().wait(); return Allow()", "return Allow()")
    before = threading.active_count()
    for _time in range(deadline.MOST_HANGING + 2):
        hanging, good = host.check_order(FACTS, seconds=0.01)
        assert isinstance(hanging.outcome, Review)
        assert good.outcome == Allow()
    assert "have not ended yet" in hanging.outcome.reason
    assert threading.active_count() - before == deadline.MOST_HANGING
    assert "no answer within 0.01 seconds" in caplog.text


def test_what_a_call_raises_comes_through_and_frees_its_place() -> None:
    def fails() -> None:
        raise KeyError("a")

    for _time in range(deadline.MOST_HANGING + 2):
        with pytest.raises(KeyError):
            deadline.within(5, "raising", fails)
    with pytest.raises(BadAnswer):
        deadline.within(0.01, "waiting", threading.Event().wait)


def test_names_stay_out_of_what_is_printed() -> None:
    assert "Jane" not in repr(FACTS)


def test_a_store_without_checks_asks_nobody() -> None:
    host = PluginHost.build(plugins=[], http=NoHttp(), clock=StillClock())
    assert not host.checks_orders
    assert host.check_order(FACTS, seconds=5) == ()
