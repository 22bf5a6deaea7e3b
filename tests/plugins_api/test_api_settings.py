"""Settings keep their secrets: in print, in dumps, in schemas and in error messages."""

from __future__ import annotations

import copy
import json
import logging
import traceback

import pytest
from pydantic import ValidationError

from creditstore_plugins import NoSettings, PluginContext, PluginSettings, Secret, SettingsInvalid

PLAIN = "sk_live_hunter2"


class Account(PluginSettings):
    api_key: Secret
    retries: int = 3


class Settings(PluginSettings):
    account: Account
    labels: dict[str, int] = {}


@pytest.fixture
def settings(monkeypatch):
    monkeypatch.setenv("PAY_KEY", PLAIN)
    return Account(api_key="env:PAY_KEY")


def test_a_secret_is_revealed_only_on_request(settings, tmp_path):
    assert settings.api_key.reveal() == PLAIN
    path = tmp_path / "key"
    path.write_text(f"{PLAIN}\n", encoding="utf-8")
    assert Secret(f"file:{path}").reveal() == PLAIN


@pytest.mark.parametrize("reference", ["env:NOT_SET_ANYWHERE", "file:/nowhere/at/all"])
def test_a_secret_that_is_missing_is_named_when_it_is_needed(reference):
    with pytest.raises(SettingsInvalid, match=reference.partition(":")[2]):
        Secret(reference).reveal()


def test_an_empty_or_unreadable_secret_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("EMPTY", "")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    for reference in ("env:EMPTY", f"file:{binary}", f"file:{tmp_path}"):
        with pytest.raises(SettingsInvalid):
            Secret(reference).reveal()


def test_a_secret_never_appears_in_print_or_dumps(settings, caplog):
    outer = Settings(account=settings)
    context = PluginContext(settings=outer, http=None, clock=None)
    logging.getLogger("test").warning("%s %r", outer, context)
    shown = [
        str(settings.api_key),
        repr(settings.api_key),
        f"{settings.api_key}",
        str(outer),
        repr(outer),
        repr(context),
        repr(outer.model_dump()),
        repr(outer.model_dump(mode="json")),
        outer.model_dump_json(),
        repr(copy.deepcopy(outer)),
        json.dumps(Settings.model_json_schema()),
        caplog.text,
    ]
    assert not [text for text in shown if PLAIN in text or "PAY_KEY" in text]
    assert outer.model_dump()["account"]["api_key"] == "***"


@pytest.mark.parametrize(
    "values",
    [
        {"account": {"api_key": PLAIN}},
        {"account": {"api_key": [PLAIN]}},
        {"account": {"api_key": {"value": PLAIN}}},
        {"account": {"api_key": PLAIN.encode()}},
        {"account": {"api_key": "env:X", "retries": PLAIN}},
        {"account": {"api_key": "env:X", "unknown": PLAIN}},
        {"account": {"apikey": PLAIN}},
        {"account": PLAIN},
        {"labels": {"a": PLAIN}, "account": {"api_key": "env:X"}},
        PLAIN,
    ],
)
def test_a_secret_in_the_wrong_place_is_not_echoed(values):
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(values)
    error = caught.value
    shown = [
        str(error),
        repr(error),
        repr(error.errors()),
        error.json(),
        "".join(traceback.format_exception(error)),
    ]
    assert not [text for text in shown if PLAIN in text]
    assert error.error_count() > 0


def test_an_error_still_says_where_and_what():
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"account": {"api_key": PLAIN, "retries": "many", "unknown": 1}})
    faults = {fault["loc"]: (fault["type"], fault["msg"]) for fault in caught.value.errors()}
    assert set(faults) == {("account", "api_key"), ("account", "retries"), ("account", "unknown")}
    assert "env:NAME or file:/path" in faults["account", "api_key"][1]
    assert faults["account", "retries"][0] == "int_parsing"
    assert faults["account", "unknown"] == ("extra_forbidden", "Extra inputs are not permitted")


def test_settings_given_as_arguments_or_json_are_held_to_the_same():
    with pytest.raises(ValidationError) as caught:
        Account(api_key=PLAIN)
    assert PLAIN not in repr(caught.value.errors())
    with pytest.raises(ValidationError) as caught:
        Account.model_validate_json(json.dumps({"api_key": PLAIN}))
    assert PLAIN not in repr(caught.value.errors())
    assert Account.model_validate_json('{"api_key": "env:X"}').api_key == Secret("env:X")


@pytest.mark.parametrize("reference", ["", "env:", "file:", "plain", "ENV:X", "vault:x"])
def test_a_secret_is_a_reference(reference):
    with pytest.raises(ValueError, match="never as plain text"):
        Secret(reference)


def test_the_schema_tells_a_form_that_a_secret_is_write_only():
    schema = Account.model_json_schema()
    assert schema["properties"]["api_key"]["writeOnly"] is True
    assert schema["properties"]["api_key"]["type"] == "string"
    assert schema["required"] == ["api_key"]


def test_settings_are_strict_and_cannot_change(settings):
    with pytest.raises(ValidationError):
        NoSettings(anything=1)
    with pytest.raises(ValidationError):
        settings.retries = 4
    assert settings == Account(api_key="env:PAY_KEY")
