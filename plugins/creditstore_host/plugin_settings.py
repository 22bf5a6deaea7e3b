"""The operator's settings of one plugin: read through its own model, and kept out of every text about a failure."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from creditstore_host.faults import Fault, attempt
from creditstore_plugins import PluginError, PluginSettings, Secret, SettingsInvalid

#: Shorter values would be found by accident inside ordinary words.
_SHORTEST_HIDDEN = 4
#: What a reference to a secret begins with.
REFERENCES = ("env:", "file:")


def validated(model: type[PluginSettings], values: object) -> PluginSettings:
    """The settings object of a plugin.

    Parameters: ``model``, the class its ``info`` names; ``values``, what the operator set for this plugin's id.
    Errors: ``SettingsInvalid``; its text names the settings and what is wrong, and holds none of the values.
    """
    if not isinstance(values, Mapping):
        raise SettingsInvalid("the settings are not a table of names and values")
    result = attempt(lambda: model.model_validate(dict(values)))
    if not isinstance(result, Fault):
        return result
    if isinstance(result.error, ValidationError):
        details = result.error.errors(include_url=False, include_context=False, include_input=False)
        text = "; ".join(_one(detail) for detail in details)
    elif isinstance(result.error, PluginError):
        text = str(result.error)
    else:
        text = f"the settings model failed with {result.summary}"
    # Not chained: pydantic's own text repeats the values.
    raise SettingsInvalid(hidden(f"settings: {text}", values)) from None


def _one(detail: ErrorDetails) -> str:
    name = ".".join(str(part) for part in detail["loc"])
    return f"{name}: {detail['msg']}" if name else detail["msg"]


def hidden(text: str, values: object) -> str:
    """``text`` with every value of the settings, and every secret they refer to, replaced by ``***``."""
    # Longest first, so that a value inside another does not leave the rest of it behind.
    for value in sorted(set(_secrets(values)), key=len, reverse=True):
        text = text.replace(value, "***")
    return text


def referred(values: object) -> dict[str, str]:
    """The environment's variables that settings refer to as ``env:NAME``, at any depth."""
    names = [leaf.removeprefix("env:") for leaf in _leaves(values) if isinstance(leaf, str) and leaf.startswith("env:")]
    return {name: os.environ[name] for name in names if name in os.environ}


def _secrets(values: object) -> Iterator[str]:
    for leaf in _leaves(values):
        secret = attempt(partial(_secret_in, leaf))
        if isinstance(secret, str) and len(secret) >= _SHORTEST_HIDDEN:
            yield secret


def _secret_in(leaf: object) -> str:
    """What is to be hidden of one value; nothing of one that is no text or number. Errors: those of ``Secret``."""
    if isinstance(leaf, str | int | float) and not isinstance(leaf, bool):
        text = str(leaf)
        if not text.startswith(REFERENCES):
            return text
        # A reference says only where a secret is kept, which staff need to read; what it stands for is hidden.
        leaf = Secret(text)
    return leaf.reveal() if isinstance(leaf, Secret) else ""


def _leaves(values: Any) -> Iterator[object]:
    """The single values of settings, at any depth."""
    if isinstance(values, Mapping):
        values = values.values()
    elif not isinstance(values, list | tuple | set | frozenset):
        yield values
        return
    for item in values:
        yield from _leaves(item)
