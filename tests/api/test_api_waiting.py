"""What the API says of an order that a check denies, and of one whose cancellation waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pytest_django import Settings

from creditstore_plugins import Deny
from support.jobs import run_jobs
from support.plugin_host import ScriptedChecks, ScriptedProvider, ScriptedRegistry, scripted_host


def test_a_denied_order_is_a_problem_and_costs_nothing(api: Any, placed: dict[str, Any]) -> None:
    checks = ScriptedChecks(outcomes=[Deny(reason="on a list", message="We do not sell there.")])
    path, token = f"/orders/{placed['number']}", placed["token"]
    with scripted_host(checks) as (_registry, provider):
        answer = api.post(f"{path}/payments", {"method": "pay_sandbox"}, token=token)
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert (answer.json()["type"], answer.json()["detail"]) == ("/problems/order-denied", "We do not sell there.")
    assert provider.requests == []
    assert api.get(path, token=token).json()["state"] == "placed"


def test_a_paid_order_says_until_when_it_waits_and_why(
    api: Any, placed: dict[str, Any], outside: tuple[ScriptedRegistry, ScriptedProvider], settings: Settings
) -> None:
    settings.CREDITSTORE_CANCELLATION_HOLD = [{"method": "*", "hours": 2}]
    path, token = f"/orders/{placed['number']}", placed["token"]
    assert api.get(path, token=token).json()["cancel_after"] is None
    paid = api.post(f"{path}/payments", {"method": "pay_sandbox"}, token=token).json()
    run_jobs(within_seconds=0)
    waiting = api.get(path, token=token).json()
    captured = datetime.fromisoformat(paid["payment"]["captured_at"])
    until = datetime.fromisoformat(waiting["cancel_after"])
    assert abs(until - captured - timedelta(hours=2)) < timedelta(seconds=2)
    assert (waiting["state"], f"{until:%H:%M}" in waiting["next"]) == ("paid", True)
    assert "cannot be undone" in waiting["next"]
