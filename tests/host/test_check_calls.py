"""Order checks: everyone is asked, and no answer that can be trusted is a review, never a pass."""

from __future__ import annotations

import logging
import time

import pytest

from creditstore_host import breaker
from creditstore_host.host import PluginHost
from creditstore_host.isolation.limits import Isolation
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


def test_a_check_that_never_answers_is_given_up_and_then_left_alone(
    write_plugin: WritePlugin, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    endless, good = order_check(decide="while True: pass"), order_check(decide="return Allow()")
    host = PluginHost.build(
        plugins=[write_plugin(endless, id="endless"), write_plugin(good, id="good")], isolation=Isolation(), strict=True
    )
    for _time in range(breaker.FAULTS):
        hanging, fine = host.check_order(FACTS, seconds=0.2)
        assert isinstance(hanging.outcome, Review)
        assert fine.outcome == Allow()
    assert "no answer within 0.2 seconds" in caplog.text
    began = time.monotonic()
    hanging, fine = host.check_order(FACTS, seconds=5)
    assert time.monotonic() - began < 4
    assert isinstance(hanging.outcome, Review)
    assert "left alone for a while" in hanging.outcome.reason
    assert fine.outcome == Allow()


def test_names_stay_out_of_what_is_printed() -> None:
    assert "Jane" not in repr(FACTS)


def test_a_store_without_checks_asks_nobody() -> None:
    host = PluginHost.build(plugins=[], http=NoHttp(), clock=StillClock())
    assert not host.checks_orders
    assert host.check_order(FACTS, seconds=5) == ()
