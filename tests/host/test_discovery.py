"""Which plugins are found, from metadata alone."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from creditstore_host.discovery import SAFE_VARIABLE, FoundPlugin, django_apps, found
from host.host_support import Install, WriteModule


def own(plugins: list[FoundPlugin]) -> list[FoundPlugin]:
    """Those that the test installed."""
    return [plugin for plugin in plugins if plugin.distribution.startswith("tp-")]


def test_the_bundled_plugins_come_in_through_entry_points() -> None:
    bundled = {plugin.id: plugin.value for plugin in found() if plugin.bundled}
    assert bundled == {
        "pay_sandbox": "creditstore_pay_sandbox.plugin",
        "registry_cdm": "creditstore_registry_cdm.plugin",
        "certificate_pdf": "creditstore_certificate_pdf.plugin",
    }


def test_an_installed_plugin_is_found_and_not_imported(install: Install, write_module: WriteModule) -> None:
    module = write_module("raise RuntimeError('imported')")
    install("tp-Example_plugin", f"[creditstore.plugins.v1]\npay_example = {module}\n", version="2.3")
    assert own(found()) == [
        FoundPlugin(id="pay_example", value=module, distribution="tp-example-plugin", version="2.3", bundled=False)
    ]
    assert module not in sys.modules


def test_bundled_plugins_come_first(install: Install) -> None:
    install("aaa-first", "[creditstore.plugins.v1]\naaa = nowhere\n")
    flags = [plugin.bundled for plugin in found()]
    assert flags == sorted(flags, reverse=True)
    assert "aaa" in {plugin.id for plugin in found()}


def test_another_version_of_the_api_is_found_as_such(install: Install) -> None:
    install("tp-old", "[creditstore.plugins.v0]\nold = old.plugin\n")
    assert [(plugin.id, plugin.api) for plugin in own(found())] == [("old", "v0")]


def test_a_distribution_that_serves_two_versions_is_found_once(install: Install) -> None:
    install("tp-both", "[creditstore.plugins.v1]\nboth = a\n[creditstore.plugins.v2]\nboth = b\n")
    assert [(plugin.value, plugin.api) for plugin in own(found())] == [("a", "v1")]


def test_a_second_copy_on_the_path_is_hidden(install: Install) -> None:
    install("tp-twice", "[creditstore.plugins.v1]\ntwice = a\n", version="1.0")
    install("tp-twice", "[creditstore.plugins.v1]\ntwice = a\n", version="2.0")
    assert len(own(found())) == 1


def test_malformed_metadata_is_shown_and_stops_nothing(install: Install) -> None:
    install("tp-broken", "[creditstore.plugins.v1]\nno equals sign\n")
    install("tp-stranger", "[console_scripts]\nno equals sign\n")
    broken = own(found())
    assert [(plugin.id, plugin.problem) for plugin in broken] == [("tp-broken", "its entry_points.txt cannot be read")]
    assert django_apps() is not None


def test_missing_metadata_is_survived(install: Install) -> None:
    install("tp-bare", "[creditstore.plugins.v1]\nbare = bare\n", metadata="")
    assert [(plugin.distribution, plugin.version) for plugin in found() if plugin.id == "bare"] == [("unnamed", "")]


def test_django_apps_are_listed_as_installed_apps_takes_them(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("tp-app", "[creditstore.django_apps.v1]\na = tp_app.apps:Config\nb = tp_other\nc = tp_other\n")
    monkeypatch.delenv(SAFE_VARIABLE, raising=False)
    assert [app for app in django_apps() if app.startswith("tp_")] == ["tp_app.apps.Config", "tp_other"]
    monkeypatch.setenv(SAFE_VARIABLE, "1")
    assert [app for app in django_apps() if app.startswith("tp_")] == []


def test_discovery_needs_no_django() -> None:
    code = "import sys, creditstore_host.discovery as d; d.found(); d.django_apps(); print('django' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment, timeout=60
    )
    assert answer.stdout.strip() == "False"
