"""``manage.py`` by itself: the demo's settings, and a database only where one is needed."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def manage():
    spec = importlib.util.spec_from_file_location("manage", ROOT / "manage.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    "line", ["", "help", "help migrate", "plugins --json", "migrate --help", "--version", "makemessages -l ar"]
)
def test_these_need_no_database(manage, line):
    assert not manage.needs_database(line.split())


@pytest.mark.parametrize("line", ["migrate", "shell", "runserver 8123", "load_demo", "check", "procrastinate worker"])
def test_these_may_use_the_database(manage, line):
    assert manage.needs_database(line.split())


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("migrate", "creditstore_site.settings"),
        ("migrate --settings=creditstore_site.settings.test", "creditstore_site.settings.test"),
        ("migrate --settings creditstore_site.settings.production", "creditstore_site.settings.production"),
    ],
)
def test_settings_are_the_demos_unless_named(manage, monkeypatch, line, expected):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "")
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    assert manage.settings_module(line.split()) == expected


def run(var: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**inherited, "CREDITSTORE_VAR_DIR": str(var), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_listing_plugins_starts_no_server(tmp_path):
    done = run(tmp_path, "plugins", "--json")
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "postgres").exists()


def test_a_command_starts_the_server_and_leaves_none_behind(tmp_path):
    done = run(tmp_path, "shell", "--no-imports", "-c", "from django.db import connection as c; c.ensure_connection()")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "postgres" / "PG_VERSION").exists()
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


def test_an_operators_settings_never_fall_back_to_a_local_server(tmp_path):
    done = run(tmp_path, "migrate", DJANGO_SETTINGS_MODULE="creditstore_site.settings.production")
    assert done.returncode != 0
    assert "DATABASE_URL" in done.stderr
    assert not (tmp_path / "postgres").exists()
