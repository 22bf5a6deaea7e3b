"""The tutorial's plugin works as written."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from creditstore_host.discovery import found
from creditstore_host.host import PluginHost
from creditstore_plugins import ENTRY_POINT_GROUP, CertificateDocument
from host.host_support import Install, NoHttp, StillClock

ROOT = Path(__file__).resolve().parents[2]
TUTORIAL = (ROOT / "docs/tutorial/first-plugin.md").read_text(encoding="utf-8")


def block(kind: str, number: int = 0) -> str:
    blocks: list[str] = re.findall(rf"^```{kind}\n(.*?)^```", TUTORIAL, re.MULTILINE | re.DOTALL)
    return blocks[number]


@pytest.fixture
def tutorial_plugin(library: Path, install: Install) -> Path:
    """The plugin as the reader has it after the second step; its module."""
    project = tomllib.loads(block("toml"))["project"]
    lines = [f"{name} = {value}" for name, value in project["entry-points"][ENTRY_POINT_GROUP].items()]
    install(project["name"], f"[{ENTRY_POINT_GROUP}]\n" + "\n".join(lines), version=project["version"])
    module = library / "certificate_text.py"
    module.write_text(block("python"), encoding="utf-8")
    return module


def build(**options: object) -> PluginHost:
    plugins = [plugin for plugin in found() if plugin.distribution == "certificate-text"]
    return PluginHost.build(plugins=plugins, http=NoHttp(), clock=StillClock(), **options)  # type: ignore[arg-type]


def test_the_tutorials_plugin_renders(tutorial_plugin: Path, certificate: CertificateDocument) -> None:
    values: dict[str, object] = {}
    exec(block("python", 1), values)
    host = build(settings=values["CREDITSTORE_PLUGIN_SETTINGS"], strict=True)
    assert [(record.id, record.state, record.kinds) for record in host.plugins()] == [
        ("certificate_text", "loaded", ("certificate",))
    ]
    text = host.render_certificate("text", certificate, "ab").decode()
    assert text.splitlines()[:3] == ["Proof of cancellation", "C-1", "9 CER for Someone"]
    assert "SIMULATED: no real unit was cancelled" in text


def test_the_tutorials_mistake_is_explained_as_it_says(tutorial_plugin: Path) -> None:
    source = tutorial_plugin.read_text(encoding="utf-8")
    tutorial_plugin.write_text(source.replace("def certificate_formats", "def certificate_format"), encoding="utf-8")
    (record,) = build().plugins()
    assert record.state == "quarantined"
    assert "did you mean certificate_formats?" in record.reason
