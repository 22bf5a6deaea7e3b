"""Settings of a plugin: one pydantic model each, with secrets that do not leak.

A plugin subclasses ``PluginSettings`` and names the class in its ``info``. The host validates the operator's
values once, at load; a plugin whose settings are not valid is quarantined with the reason.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from creditstore_plugins.errors import SettingsInvalid


class Secret:
    """A reference to a secret: ``env:NAME`` or ``file:/path``. Its value never appears in ``repr`` or dumps.

    Parameters: ``reference``, the text as the operator wrote it.
    Errors: ``ValueError`` when the text is neither form.
    """

    __slots__ = ("_reference",)

    def __init__(self, reference: str) -> None:
        scheme, _, rest = reference.partition(":")
        if scheme not in ("env", "file") or not rest:
            raise ValueError("a secret is written as env:NAME or file:/path, never as plain text")
        self._reference = reference

    def reveal(self) -> str:
        """The secret itself. Errors: ``SettingsInvalid`` when the variable or file is missing or empty."""
        scheme, _, rest = self._reference.partition(":")
        if scheme == "env":
            value = os.environ.get(rest, "")
        else:
            try:
                value = Path(rest).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError):
                value = ""
        if not value:
            raise SettingsInvalid(f"the secret {self._reference!r} is missing or empty")
        return value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._reference == self._reference

    def __hash__(self) -> int:
        return hash(self._reference)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def build(value: object) -> Secret:
            if isinstance(value, Secret):
                return value
            if isinstance(value, str):
                return cls(value)
            raise ValueError("a secret is written as text: env:NAME or file:/path")

        return core_schema.no_info_plain_validator_function(
            build, serialization=core_schema.plain_serializer_function_ser_schema(lambda _: "***")
        )


class PluginSettings(BaseModel):
    """Base of a plugin's settings. An unknown key is an error; values cannot change after load."""

    model_config = ConfigDict(extra="forbid", frozen=True)
