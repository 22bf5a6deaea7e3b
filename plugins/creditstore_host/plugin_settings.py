"""The operator's settings of one plugin: read through its own model, and kept out of every text about a failure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from creditstore_host.faults import Fault, attempt
from creditstore_plugins import PluginError, PluginSettings, Secret, SettingsInvalid

#: Shorter values would be found by accident inside ordinary words.
_SHORTEST_HIDDEN = 4


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
    for value in sorted(set(_texts(values)), key=len, reverse=True):
        text = text.replace(value, "***")
    return text


def _texts(values: Any) -> Iterator[str]:
    if isinstance(values, Mapping):
        for item in values.values():
            yield from _texts(item)
    elif isinstance(values, list | tuple | set | frozenset):
        for item in values:
            yield from _texts(item)
    elif isinstance(values, Secret):
        secret = attempt(values.reveal)
        if isinstance(secret, str) and len(secret) >= _SHORTEST_HIDDEN:
            yield secret
    elif isinstance(values, str | int | float) and not isinstance(values, bool):
        text = str(values)
        secret = attempt(lambda: Secret(text).reveal()) if text.startswith(("env:", "file:")) else text
        # A reference says only where a secret is kept, which staff need to read; what it stands for is hidden.
        if isinstance(secret, str) and len(secret) >= _SHORTEST_HIDDEN:
            yield secret
