"""The API grows by addition only: what ``api_v1.json`` lists is still there, as it was."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from plugin_api_listing import listing

SNAPSHOT = Path(__file__).with_name("api_v1.json")


def breaks(before: Any, now: Any, where: str = "") -> list[str]:
    """What a plugin written for ``before`` does not find any more. New names are no break; new required fields are."""
    if not isinstance(before, dict) or not isinstance(now, dict):
        if isinstance(before, list) and isinstance(now, list):
            return [f"{where}: {item} is gone" for item in before if item not in now]
        return [] if before == now else [f"{where}: {before} became {now}"]
    found = [f"{where}.{name} is gone" for name in before if name not in now]
    for name in before:
        if name in now:
            found += breaks(before[name], now[name], f"{where}.{name}")
    if where.endswith(".fields"):
        found += [f"{where}.{name} is new and required" for name in now if name not in before and now[name]["required"]]
    return found


def test_nothing_that_was_promised_is_gone() -> None:
    assert breaks(json.loads(SNAPSHOT.read_text(encoding="utf-8")), listing()) == []


def test_the_listing_is_up_to_date() -> None:
    """Renew it on purpose, and say in the changelog what is new for plugin authors."""
    assert json.loads(SNAPSHOT.read_text(encoding="utf-8")) == json.loads(json.dumps(listing()))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda now: now["hooks"].pop("order_checks"), ".hooks.order_checks is gone"),
        (lambda now: now["names"].pop("Money"), ".names.Money is gone"),
        (lambda now: now["names"]["Paid"]["fields"].pop("at"), ".names.Paid.fields.at is gone"),
        (
            lambda now: now["names"]["Paid"]["fields"].update(fee={"type": "Money", "required": True}),
            ".names.Paid.fields.fee is new and required",
        ),
        (
            lambda now: now["names"]["PaymentProvider"]["methods"].update(start="(self)"),
            ".names.PaymentProvider.methods.start: ",
        ),
        (lambda now: now["names"]["Severity"]["members"].pop("INFO"), ".names.Severity.members.INFO is gone"),
        (lambda now: now["testing"]["Fault"]["members"].remove("LOST"), ".testing.Fault.members: LOST is gone"),
    ],
)
def test_a_break_is_found(change: Any, told: str) -> None:
    before = json.loads(json.dumps(listing()))
    now = copy.deepcopy(before)
    change(now)
    (found,) = breaks(before, now)
    assert found.startswith(told)


def test_what_is_new_and_optional_is_no_break() -> None:
    before = json.loads(json.dumps(listing()))
    now = copy.deepcopy(before)
    now["names"]["Paid"]["fields"]["fee"] = {"type": "Money | None", "required": False}
    now["names"]["Another"] = {"value": "x"}
    now["hooks"]["on_event"] = "(event)"
    assert breaks(before, now) == []
