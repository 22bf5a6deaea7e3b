"""Settings of plugins: validated at load, handed over once, and never repeated in a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from creditstore_host.host import PluginHost
from creditstore_host.plugin_settings import hidden, validated
from creditstore_host.records import PluginRecord
from creditstore_plugins import NoSettings, PluginSettings, Secret, SettingsInvalid
from host.host_support import NoHttp, StillClock, WritePlugin
from host.plugin_sources import FORMAT

SOURCE = (
    FORMAT.replace(
        "class Text:",
        """
from pydantic import field_validator

class TextSettings(PluginSettings):
    heading: str
    copies: int = 1
    key: Secret | None = None

    @field_validator("heading")
    def fits(cls, value):
        if value.startswith("crash"):
            raise KeyError(value)
        if value.startswith("bad"):
            raise ValueError(f"cannot use {value}")
        return value

class Text:
""",
    )
    .replace('extension="txt"', 'extension="txt", settings_model=TextSettings')
    .replace('return f"{document.number} {digest}".encode()', "return self.context.settings.heading.encode()")
)


def load(write_plugin: WritePlugin, settings: object, source: str = SOURCE) -> tuple[PluginHost, PluginRecord]:
    host = PluginHost.build(
        plugins=[write_plugin(source)], settings={"example": settings}, http=NoHttp(), clock=StillClock()
    )
    return host, host.plugins()[0]


def test_valid_settings_reach_the_plugin(write_plugin: WritePlugin, certificate: object) -> None:
    host, record = load(write_plugin, {"heading": "Proof", "copies": 2})
    assert record.state == "loaded"
    assert host.render_certificate("text", certificate, "d" * 64) == b"Proof"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "heading: Field required"),
        ({"heading": "Proof", "copies": "hunter2-secret"}, "copies: Input should be a valid integer"),
        ({"heading": "Proof", "colour": "hunter2-secret"}, "colour: Extra inputs are not permitted"),
        ({"heading": "Proof", "key": "hunter2-secret"}, "key: Value error, a secret is written as env:NAME"),
        ({"heading": "bad hunter2-secret"}, "heading: Value error, cannot use ***"),
        ({"heading": "crash hunter2-secret"}, "the settings model failed with KeyError"),
        ("hunter2-secret", "not a table of names and values"),
        (None, "not a table of names and values"),
    ],
)
def test_invalid_settings_quarantine_and_are_not_repeated(
    write_plugin: WritePlugin, settings: object, named: str
) -> None:
    _, record = load(write_plugin, settings)
    assert record.state == "quarantined"
    assert named in record.reason
    assert "hunter2" not in record.reason + record.traceback


def test_a_constructor_that_tells_a_secret_is_hushed(
    write_plugin: WritePlugin, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("EXAMPLE_KEY", "hunter2-secret")
    source = SOURCE.replace("self.context = context", "raise RuntimeError(context.settings.key.reveal())")
    _, record = load(write_plugin, {"heading": "Proof", "key": "env:EXAMPLE_KEY"}, source)
    assert record.reason == "RuntimeError: ***"
    assert "hunter2" not in record.traceback + caplog.text


def test_settings_for_a_plugin_that_has_none_are_an_error(write_plugin: WritePlugin) -> None:
    _, record = load(write_plugin, {"heading": "Proof"}, FORMAT)
    assert "heading: Extra inputs are not permitted" in record.reason


def test_settings_without_a_plugin_are_mentioned(caplog: pytest.LogCaptureFixture) -> None:
    PluginHost.build(plugins=[], settings={"pay_gone": {"key": "hunter2-secret"}}, http=NoHttp(), clock=StillClock())
    assert "pay_gone, which is not installed" in caplog.text
    assert "hunter2" not in caplog.text


def test_a_secret_in_a_file_is_hidden_and_its_reference_is_not(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text("hunter2-secret\n")
    values = {"nested": [{"key": f"file:{path}"}], "pin": 123456}
    assert hidden(f"hunter2-secret from file:{path}, 123456", values) == f"*** from file:{path}, ***"


def test_validated_gives_the_models_own_object() -> None:
    class Mine(PluginSettings):
        key: Secret

    settings = validated(Mine, {"key": "env:NAME"})
    assert isinstance(settings, Mine)
    assert "NAME" not in repr(settings)
    with pytest.raises(SettingsInvalid) as caught:
        validated(NoSettings, {"key": "x"})
    assert caught.value.__cause__ is None
