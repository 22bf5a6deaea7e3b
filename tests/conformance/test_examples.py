"""The examples of third parties' plugins hold the contracts, and nothing is skipped."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = {path.parent.name: path.parent for path in (ROOT / "plugins" / "examples").glob("*/pyproject.toml")}
LEAST = {"pay-account": 25, "registry-folder": 25, "certificate-csv": 12}


def passed(project: Path) -> int:
    """How many tests of a plugin's project pass; all do, and none is skipped."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:django"],
        cwd=project,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT / "plugins"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    summary = re.search(r"^(\d+) passed in ", ran.stdout, re.MULTILINE)
    assert summary, ran.stdout[-2000:]
    return int(summary[1])


def test_there_is_one_of_each_kind() -> None:
    assert set(EXAMPLES) == set(LEAST)


@pytest.mark.parametrize("name", LEAST)
def test_an_example_passes_its_contract(name: str) -> None:
    assert passed(EXAMPLES[name]) >= LEAST[name]
