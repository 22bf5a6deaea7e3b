"""Where the demo keeps its things, and what it hands to the programs it starts."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from creditstore_site.postgres import var_directory

ROOT = Path(__file__).resolve().parents[3]
DEMO_DIRECTORY = var_directory() / "demo"
ADDRESSES = DEMO_DIRECTORY / "addresses.json"
LOCK = DEMO_DIRECTORY / "lock"
LOGINS = DEMO_DIRECTORY / "logins.json"
STATIC_STAMP = DEMO_DIRECTORY / "static.stamp"
#: What ``make demo-reset`` removes beside the cluster.
MADE_BY_THE_DEMO = ("demo", "media", "static")


@dataclass(frozen=True)
class Addresses:
    """Where the store and the simulated registry answer, as base URLs without a closing slash."""

    store: str
    registry: str

    def environment(self) -> dict[str, str]:
        """The variables that tell the settings."""
        return {"SITE_URL": self.store, "CREDITSTORE_REGISTRY_URL": self.registry}

    def save(self) -> None:
        """Keep them for ``manage.py``, so that its links lead to the demo that runs."""
        ADDRESSES.write_text(json.dumps(asdict(self)), encoding="utf-8")


def saved_environment() -> dict[str, str]:
    """The variables of the demo started last, or none."""
    try:
        return Addresses(**json.loads(ADDRESSES.read_text(encoding="utf-8"))).environment()
    except (FileNotFoundError, ValueError, TypeError):
        return {}


def fill_in_environment() -> None:
    """Make this process talk to the demo started last, where its own environment says nothing else."""
    for name, value in saved_environment().items():
        os.environ.setdefault(name, value)
