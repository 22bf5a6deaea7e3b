"""The reference says what the API does: every operation, every outcome, every kind of error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

from creditstore.api.problems import CATALOGUE
from creditstore.api.schemas.orders import StartedPayment
from creditstore.orders.states import ORDERS

REFERENCE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "api.md").read_text(encoding="utf-8")


def test_every_operation_is_in_the_table() -> None:
    description = json.loads(Path(__file__).with_name("openapi.json").read_text(encoding="utf-8"))
    rows = {line.split("`")[1] for line in REFERENCE.splitlines() if line.startswith(("| `GET ", "| `POST "))}
    assert rows == {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, methods in description["paths"].items()
        for method in methods
    }


def test_every_problem_is_in_the_table_with_its_status() -> None:
    for kind in CATALOGUE.values():
        assert f"| `/problems/{kind.code}` | {kind.status} |" in REFERENCE


def test_every_outcome_and_state_is_named() -> None:
    outcomes = get_args(StartedPayment.model_fields["outcome"].annotation)
    for word in (*outcomes, *ORDERS.states):
        assert f"`{word}`" in REFERENCE
