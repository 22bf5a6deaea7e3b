"""The wheels hold everything that is needed at run time, and no package twice."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
API = ROOT / "plugins" / "packaging" / "creditstore_plugins"
SOURCE_ROOTS = ("site", "store", "content", "plugins")


def build(project: Path, into: Path) -> zipfile.ZipFile:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(into), str(project)],
        check=True,
        capture_output=True,
        text=True,
    )
    (wheel,) = into.glob("*.whl")
    return zipfile.ZipFile(wheel)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with build(ROOT, tmp_path_factory.mktemp("store")) as wheel:
        yield wheel


@pytest.fixture(scope="module")
def plugin_api(tmp_path_factory):
    with build(API, tmp_path_factory.mktemp("api")) as wheel:
        yield wheel


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    (path,) = [entry for entry in wheel.namelist() if entry.endswith(f".dist-info/{name}")]
    return wheel.read(path).decode()


def packages(wheel: zipfile.ZipFile) -> set[str]:
    return {name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" not in name}


def packages_in_the_tree() -> set[str]:
    return {path.parent.name for root in SOURCE_ROOTS for path in (ROOT / root).glob("creditstore*/__init__.py")}


def files_in_the_tree(pattern: str) -> set[str]:
    return {
        path.relative_to(ROOT / root).as_posix()
        for root in SOURCE_ROOTS
        for path in (ROOT / root).glob(pattern)
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_each_package_is_in_exactly_one_wheel(store, plugin_api):
    assert packages(plugin_api) == {"creditstore_plugins"}
    assert packages(store) == packages_in_the_tree() - {"creditstore_plugins"}


@pytest.mark.parametrize(
    "pattern",
    [
        "creditstore*/**/templates/**/*",
        "creditstore*/**/static/**/*",
        "creditstore*/**/facts/*",
        "creditstore_certificate_pdf/**/*",
        "creditstore*/**/migrations/*.py",
        "creditstore*/**/py.typed",
    ],
)
def test_files_beside_the_code_travel_with_it(store, plugin_api, pattern):
    expected = files_in_the_tree(pattern)
    assert expected
    assert expected - set(store.namelist()) - set(plugin_api.namelist()) == set()


def test_translations_travel_with_the_code(store):
    assert files_in_the_tree("creditstore*/**/locale/**/*") - set(store.namelist()) == set()


def test_certificates_bring_their_fonts(store):
    fonts = [name for name in store.namelist() if name.startswith("creditstore_certificate_pdf/")]
    declared = {name for name in files_in_the_tree("creditstore_certificate_pdf/**/*") if "/fonts/" in name}
    assert declared <= set(fonts)


def test_the_plugin_api_is_typed_and_knows_no_store(plugin_api):
    assert "creditstore_plugins/py.typed" in plugin_api.namelist()
    about = Parser().parsestr(metadata(plugin_api, "METADATA"))
    assert (about["Name"], about["Version"]) == ("climate-credit-store-plugins", "1.0.0")
    needs = {re.match(r"[\w-]+", line).group(): "extra ==" in line for line in about.get_all("Requires-Dist")}
    assert needs == {"pluggy": False, "pydantic": False, "pytest": True}
    entries = configparser.ConfigParser()
    entries.read_string(metadata(plugin_api, "entry_points.txt"))
    assert dict(entries["pytest11"]) == {"creditstore_plugins": "creditstore_plugins.testing.pytest_plugin"}


def test_bundled_plugins_come_in_through_entry_points(store):
    entries = configparser.ConfigParser()
    entries.read_string(metadata(store, "entry_points.txt"))
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["creditstore.plugins.v1"]
    assert dict(entries["creditstore.plugins.v1"]) == declared
    for module in declared.values():
        assert module.replace(".", "/") + ".py" in store.namelist()


def test_the_store_needs_the_plugin_api(store):
    needs = Parser().parsestr(metadata(store, "METADATA")).get_all("Requires-Dist")
    assert any(line.startswith("climate-credit-store-plugins") for line in needs)


def test_wheels_hold_nothing_that_was_made_on_the_way(store, plugin_api):
    names = [*store.namelist(), *plugin_api.namelist()]
    assert [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".sqlite3", ".log"))] == []
    assert [name for name in names if name.startswith(("tests/", "var/", "docs/"))] == []


def test_both_wheels_carry_the_same_licence(store, plugin_api):
    assert metadata(store, "licenses/LICENSE") == metadata(plugin_api, "licenses/LICENSE")
    assert (ROOT / "LICENSE").read_text() == metadata(store, "licenses/LICENSE")
