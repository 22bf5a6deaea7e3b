"""Third parties' plugins, built as wheels, in an environment of their own with the store's wheels: a buyer buys.

The environment has the store's and the plugins' wheels and nothing of this clone; what these need is found in the
environment of the tests, so that nothing is downloaded.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from support.api_buyer import buy
from support.live_store import LiveStore, live_store

pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.xdist_group("third_parties")]
ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(path.parent for path in (ROOT / "plugins" / "examples").glob("*/pyproject.toml"))
SETTINGS = """
from creditstore_site.settings.test import *
CREDITSTORE_REGISTRY_CONNECTOR = "registry_folder"
CREDITSTORE_PLUGIN_SETTINGS = {{
    "registry_folder": {{"folder": {folder!r}}},
    "pay_account": {{"limit": 5000}},
    "registry_cdm": {{"base_url": "http://127.0.0.1:9", "simulated": True}},
}}
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folder and the interpreter of an environment with all wheels installed."""
    place = tmp_path_factory.mktemp("environment")
    wheels = place / "wheels"
    for project in (ROOT, ROOT / "plugins" / "packaging" / "creditstore_plugins", *EXAMPLES):
        subprocess.run(
            [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), str(project)],
            check=True,
            capture_output=True,
        )
    subprocess.run([sys.executable, "-m", "venv", str(place / "env")], check=True)
    python = place / "env" / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", *sorted(wheels.glob("*.whl"))],
        check=True,
        capture_output=True,
    )
    # A path only: the files there that would lead on to this clone are not followed.
    (site,) = (place / "env" / "lib").glob("python*/site-packages")
    (site / "what_they_need.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place, python


@pytest.fixture(scope="module")
def store(
    environment: tuple[Path, Path], django_db_setup: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LiveStore]:
    place, python = environment
    folder, directory = place / "cancellations", tmp_path_factory.mktemp("store")
    folder.mkdir()
    (place / "example_settings.py").write_text(SETTINGS.format(folder=str(folder)))
    surroundings = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(place),
        "PYTHONPATH": str(place),
        "DJANGO_SETTINGS_MODULE": "example_settings",
    }
    with live_store(directory, python=str(python), surroundings=surroundings) as running:
        yield running


def test_there_is_an_example_of_each_kind(environment: tuple[Path, Path]) -> None:
    place, python = environment
    (place / "listing_settings.py").write_text(SETTINGS.format(folder=str(place)))
    listed = subprocess.run(
        [python, "-m", "django", "plugins", "--json"],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(place), "DJANGO_SETTINGS_MODULE": "listing_settings"},
        cwd=place,
        check=True,
        capture_output=True,
        text=True,
    )
    plugins = {item["id"]: item for item in json.loads(listed.stdout)["plugins"]}
    for plugin_id, kind in (
        ("pay_account", "payment"),
        ("registry_folder", "registry"),
        ("certificate_csv", "certificate"),
    ):
        assert plugins[plugin_id]["state"] == "loaded", plugins[plugin_id]["reason"]
        assert plugins[plugin_id]["kinds"] == [kind]
        assert not plugins[plugin_id]["bundled"]


def test_nothing_of_this_clone_is_used(environment: tuple[Path, Path]) -> None:
    place, python = environment
    code = "import creditstore, creditstore_site, creditstore_plugins as p; print(*creditstore.__path__, p.__file__)"
    told = subprocess.run([python, "-c", code], cwd=place, check=True, capture_output=True, text=True).stdout
    assert all(str(place) in path for path in told.split())


def test_a_buyer_buys_through_all_three(store: LiveStore, environment: tuple[Path, Path]) -> None:
    place, _python = environment
    with httpx.Client(base_url=f"{store.url}/api/v1", trust_env=False, timeout=30) as http:
        bought = buy(http, method="pay_account")
        assert bought.outcome["outcome"] == "paid", bought.outcome
        certificate = bought.certified()["certificate"]["number"]
        table = http.get(f"/certificates/{certificate}/csv")
    assert table.headers["content-type"].startswith("text/csv")
    (written,) = (place / "cancellations").glob("TX-*.json")
    document = json.loads(written.read_text())
    assert document["beneficiary"] == "Example School"
    assert document["ranges"][0]["start"] in table.text
    assert written.stem in table.text
