"""``startplugin`` writes a project that passes the conformance kit as it is, and refuses what cannot be a plugin."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from conformance.test_examples import passed
from creditstore_host.discovery import FoundPlugin
from creditstore_host.host import PluginHost
from creditstore_host.isolation.limits import Isolation
from creditstore_host.scaffolding import KINDS

ROOT = Path(__file__).resolve().parents[2]
LEAST = {"payment": 25, "registry": 25, "certificate": 12}


def start(name: str, kind: str, directory: Path) -> Path:
    call_command("startplugin", name, kind=kind, directory=directory, stdout=io.StringIO())
    return directory / name


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_writes_passes_from_the_first_run(kind: str, tmp_path: Path) -> None:
    project = start(f"my-{kind}", kind, tmp_path)
    assert passed(project) >= LEAST[kind]
    about = tomllib.loads((project / "pyproject.toml").read_text())
    assert about["project"]["name"] == f"my-{kind}"
    assert about["project"]["entry-points"]["creditstore.plugins.v1"] == {f"my_{kind}": f"my_{kind}.plugin"}
    for name in ("README.md", ".gitignore", ".github/workflows/tests.yml", f"my_{kind}/py.typed"):
        assert (project / name).is_file()


@pytest.mark.parametrize("kind", KINDS)
def test_no_placeholder_is_left(kind: str, tmp_path: Path) -> None:
    project = start("good-name-2", kind, tmp_path)
    texts = [path.read_text(encoding="utf-8") for path in project.rglob("*") if path.is_file()]
    assert [text for text in texts if "scaffold" in text.lower()] == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_writes_is_typed_and_in_style(kind: str, tmp_path: Path) -> None:
    project = start("typed-plugin", kind, tmp_path)
    environment = {**os.environ, "MYPYPATH": str(ROOT / "plugins")}
    typed = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--config-file=/dev/null",
            "--cache-dir",
            str(tmp_path / "cache"),
            "typed_plugin",
        ],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert typed.returncode == 0, typed.stdout
    styled = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length=120", "--select=E,F,B,UP", "."],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert styled.returncode == 0, styled.stdout


def test_a_store_loads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = []
    for kind in KINDS:
        project = start(f"third-{kind}", kind, tmp_path)
        monkeypatch.syspath_prepend(str(project))
        plugins.append(
            FoundPlugin(
                id=f"third_{kind}",
                value=f"third_{kind}.plugin",
                distribution=f"third-{kind}",
                version="1",
                bundled=False,
            )
        )
    host = PluginHost.build(plugins=plugins, isolation=Isolation())
    assert [(record.state, record.kinds) for record in host.plugins()] == [("loaded", (kind,)) for kind in KINDS]
    assert "api_key" in host.plugins()[0].schema
    host.close()


@pytest.mark.parametrize(
    "name",
    ["", "Upper", "under_score", "-x", "x-", "a--b", "1st", "ä", "x" * 51, "json", "class", "tests", "pytest", "../x"],
)
def test_a_name_that_cannot_be_used_is_refused_before_anything_is_written(name: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="name"):
        start(name, "payment", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    project = start("mine", "payment", tmp_path)
    (project / "README.md").write_text("mine")
    with pytest.raises(CommandError, match="is there already"):
        start("mine", "certificate", tmp_path)
    assert (project / "README.md").read_text() == "mine"
