"""``manage.py plugins``, in this process and as an operator runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from creditstore_host.discovery import SAFE_VARIABLE, STRICT_VARIABLE
from creditstore_host.host import PluginHost
from creditstore_host.installation import get_host, installed
from host.host_support import Install, NoHttp, StillClock, WritePlugin
from host.plugin_sources import FORMAT, payment

BUNDLED = {"pay_sandbox": "payment", "registry_cdm": "registry", "certificate_pdf": "certificate"}


def run(*arguments: str, **options: object) -> str:
    out = StringIO()
    call_command("plugins", *arguments, stdout=out, **options)
    return out.getvalue()


def test_the_bundled_plugins_are_loaded() -> None:
    document = json.loads(run("--json"))
    assert document["group"] == "creditstore.plugins.v1"
    bundled = {plugin["id"]: plugin for plugin in document["plugins"] if plugin["bundled"]}
    assert {id: (plugin["state"], plugin["kinds"]) for id, plugin in bundled.items()} == {
        id: ("loaded", [kind]) for id, kind in BUNDLED.items()
    }
    assert {plugin["distribution"] for plugin in bundled.values()} == {"climate-credit-store"}
    assert [method.id for method in get_host().payment_methods()][:4] == [
        "pay_sandbox",
        "pay_sandbox:declined",
        "pay_sandbox:pending",
        "pay_sandbox:unknown",
    ]


def test_the_table_shows_what_is_loaded_and_why_the_rest_is_not(write_plugin: WritePlugin) -> None:
    plugins = [
        write_plugin(FORMAT, id="text"),
        write_plugin("import no_such_library", id="broken", distribution="broken-plugin"),
    ]
    with installed(PluginHost.build(plugins=plugins, http=NoHttp(), clock=StillClock())):
        text, verbose = run(), run(verbosity=2)
    lines = text.splitlines()
    assert lines[0].split() == ["ID", "STATE", "KIND", "HOOKS", "DISTRIBUTION", "VERSION", "API"]
    assert lines[1].split() == ["text", "loaded", "certificate", "certificate_formats", "example-plugin", "1.2", "v1"]
    assert lines[2].split() == ["broken", "quarantined", "-", "-", "broken-plugin", "1.2", "v1"]
    assert lines[4] == ("broken (broken-plugin) is quarantined: ModuleNotFoundError: No module named 'no_such_library'")
    assert "Traceback" not in text
    assert "Traceback" in verbose


def test_the_doctor_tells_how_each_is_and_fails_when_one_is_ill(write_plugin: WritePlugin) -> None:
    ill = payment(start="pass", check="yield Finding(severity=Severity.ERROR, message='The service is closed.')")
    plugins = [
        write_plugin(FORMAT, id="text"),
        write_plugin(ill, id="pay_ill"),
        write_plugin("import no_such_library", id="broken", distribution="broken-plugin"),
    ]
    out = StringIO()
    host = PluginHost.build(plugins=plugins, http=NoHttp(), clock=StillClock())
    with installed(host), pytest.raises(SystemExit) as ended:
        call_command("plugins", "doctor", stdout=out)
    assert ended.value.code == 1
    assert out.getvalue().splitlines() == [
        "text: well",
        "pay_ill: error: The service is closed.",
        "broken: quarantined: ModuleNotFoundError: No module named 'no_such_library'",
    ]
    with installed(PluginHost.build(plugins=plugins[:2], disabled={"pay_ill"}, http=NoHttp(), clock=StillClock())):
        assert run("doctor").splitlines() == ["text: well", "pay_ill: switched off in the admin"]


def test_requirements_name_what_others_brought(write_plugin: WritePlugin) -> None:
    plugins = [
        write_plugin(FORMAT, id="text"),
        write_plugin("import no_such_library", id="broken", distribution="broken-plugin"),
        write_plugin(FORMAT.replace('"text"', '"own"'), id="own", distribution="climate-credit-store", bundled=True),
    ]
    with installed(PluginHost.build(plugins=plugins, http=NoHttp(), clock=StillClock())):
        assert run("requirements").split() == ["broken-plugin==1.2", "example-plugin==1.2"]


def test_no_plugin_at_all_is_said() -> None:
    with installed(PluginHost.build(plugins=[], http=NoHttp(), clock=StillClock())):
        assert run().strip() == "No plugin is installed in the group creditstore.plugins.v1."
        assert json.loads(run("--json"))["plugins"] == []


def test_another_host_is_installed_for_a_while_only() -> None:
    before = get_host()
    other = PluginHost.build(plugins=[], http=NoHttp(), clock=StillClock())
    with installed(other):
        assert get_host() is other
    assert get_host() is before


def operator(library: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a program, with a database that does not exist."""
    path = os.pathsep.join([str(library), *(item for item in sys.path if item)])
    kept = {name: value for name, value in os.environ.items() if name not in (STRICT_VARIABLE, SAFE_VARIABLE)}
    environment = kept | {"PYTHONPATH": path, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"} | variables
    command = [sys.executable, "-m", "django", "plugins", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture
def broken(library: Path, install: Install) -> Path:
    """An installed plugin that ends the program when it is imported."""
    (library / "broken_plugin.py").write_text("import sys\nsys.exit('broken')\n", encoding="utf-8")
    install("broken-plugin", "[creditstore.plugins.v1]\nbroken = broken_plugin\n")
    return library


def test_an_operator_lists_plugins_without_a_database(broken: Path) -> None:
    answer = operator(broken, "--json")
    assert answer.returncode == 0, answer.stderr
    states = {plugin["id"]: plugin["state"] for plugin in json.loads(answer.stdout)["plugins"]}
    assert states == {**dict.fromkeys(BUNDLED, "loaded"), "broken": "quarantined"}


def test_an_operator_in_safe_mode_is_not_reached_by_a_broken_plugin(broken: Path) -> None:
    answer = operator(broken, "--json", **{SAFE_VARIABLE: "1", STRICT_VARIABLE: "1"})
    assert answer.returncode == 0, answer.stderr
    document = json.loads(answer.stdout)
    assert (document["safe"], document["strict"]) == (True, True)
    (record,) = [plugin for plugin in document["plugins"] if plugin["id"] == "broken"]
    assert record["reason"].startswith("left out: CREDITSTORE_PLUGINS_SAFE")


def test_strict_mode_stops_the_start(broken: Path) -> None:
    answer = operator(broken, **{STRICT_VARIABLE: "1"})
    assert answer.returncode != 0
    assert "plugin broken of broken-plugin: it tried to end the program" in answer.stderr
