"""The reference is complete: every hook with its arguments, every public name, every field and method."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import re
from pathlib import Path

import pytest

import creditstore_plugins
from creditstore_host.records import PluginRecord
from creditstore_plugins import Clock, HttpClient, hookspecs
from creditstore_plugins.conformance.contracts import CONTRACTS

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = (ROOT / "docs/reference/plugins.md").read_text(encoding="utf-8")
HOOKS = {name: value for name, value in vars(hookspecs).items() if hasattr(value, "creditstore_spec")}
PUBLIC = {name: getattr(creditstore_plugins, name) for name in creditstore_plugins.__all__}
DATA = {name: value for name, value in PUBLIC.items() if dataclasses.is_dataclass(value)}
ENUMS = {name: value for name, value in PUBLIC.items() if isinstance(value, enum.EnumMeta)}
PROTOCOLS = (
    {contract.protocol.__name__: contract.protocol for contract in CONTRACTS}
    | {extra.protocol.__name__: extra.protocol for contract in CONTRACTS for extra in contract.extras}
    | {"HttpClient": HttpClient, "Clock": Clock}
)


def section(heading: str) -> str:
    """The text under a third-level heading."""
    found = re.search(rf"^### `{re.escape(heading)}`\n(.*?)(?=^##|\Z)", REFERENCE, re.MULTILINE | re.DOTALL)
    assert found, f"docs/reference/plugins.md has no section {heading}"
    return found[1]


def arguments(function: object) -> str:
    """The argument list as the reference writes it: without ``self``, types and defaults."""
    parameters = [p for p in inspect.signature(function).parameters.values() if p.name != "self"]  # type: ignore[arg-type]
    names = [p.name for p in parameters]
    keyword_only = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    if keyword_only:
        names.insert(len(names) - len(keyword_only), "*")
    return f"({', '.join(names)})"


def test_there_are_hooks_to_document() -> None:
    assert set(HOOKS) == {contract.hook for contract in CONTRACTS}


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_is_documented_with_its_arguments(name: str) -> None:
    assert len(section(f"{name}{arguments(HOOKS[name])}").split()) > 5


def test_no_hook_is_documented_that_does_not_exist() -> None:
    documented = re.findall(r"^### `(\w+)\(", REFERENCE, re.MULTILINE)
    assert documented == list(HOOKS)


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_documented(name: str) -> None:
    assert re.search(rf"^(### `{name}`|- `{name}[`(])", REFERENCE, re.MULTILINE)


@pytest.mark.parametrize("name", DATA)
def test_every_field_is_documented_in_order(name: str) -> None:
    documented = re.findall(r"^\| `(\w+)` \|", section(name), re.MULTILINE)
    assert documented == [field.name for field in dataclasses.fields(DATA[name])]


@pytest.mark.parametrize("name", ENUMS)
def test_every_member_is_documented(name: str) -> None:
    text = section(name)
    assert [member for member in ENUMS[name].__members__ if f"`{member}`" not in text] == []


@pytest.mark.parametrize("name", PROTOCOLS)
def test_every_method_is_documented_with_its_arguments(name: str) -> None:
    text = section(name)
    methods = {
        method: value
        for method, value in vars(PROTOCOLS[name]).items()
        if inspect.isfunction(value) and not method.startswith("_")
    }
    assert methods
    assert [method for method, value in methods.items() if f"- `{method}{arguments(value)}`" not in text] == []


def test_every_key_of_the_json_is_documented() -> None:
    keys = re.search(r"\| key of a plugin .*?\n\n", REFERENCE, re.DOTALL)
    assert keys
    names = [
        name for row in re.findall(r"^\| (`.*?) \|", keys[0], re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    ]
    assert names == [field.name for field in dataclasses.fields(PluginRecord)]
