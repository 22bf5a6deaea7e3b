"""Settings of a plugin: one pydantic model each, with secrets that do not leak.

A plugin subclasses ``PluginSettings`` and names the class in its ``info``. The host validates the operator's
values once, at load; a plugin whose settings are not valid is quarantined with the reason.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from creditstore_plugins.errors import SettingsInvalid


class Secret:
    """A reference to a secret: ``env:NAME`` or ``file:/path``. Its value never appears in ``repr`` or dumps.

    Parameters: ``reference``, the text as the operator wrote it.
    Errors: ``ValueError`` when the text is neither form.
    """

    __slots__ = ("_reference", "_value")

    def __init__(self, reference: str) -> None:
        scheme, _, rest = reference.partition(":")
        if scheme not in ("env", "file") or not rest:
            raise ValueError("a secret is written as env:NAME or file:/path, never as plain text")
        self._reference = reference
        self._value = ""

    @classmethod
    def holding(cls, value: str) -> Secret:
        """A secret that the host kept encrypted and has opened for this plugin. Errors: ``ValueError`` for none."""
        if not value:
            raise ValueError("the secret is empty")
        secret = cls.__new__(cls)
        secret._reference, secret._value = "", value
        return secret

    def reveal(self) -> str:
        """The secret itself. Errors: ``SettingsInvalid`` when the variable or file is missing or empty."""
        if self._value:
            return self._value
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
        return isinstance(other, Secret) and (other._reference, other._value) == (self._reference, self._value)

    def __hash__(self) -> int:
        return hash((self._reference, self._value))

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

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "pattern": "^(env|file):.+$", "writeOnly": True}


class PluginSettings(BaseModel):
    """Base of a plugin's settings. An unknown key is an error; values cannot change after load.

    A ``ValidationError`` names the fields and what is wrong, never the values: a secret may stand in the wrong place.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="wrap")
    @classmethod
    def _without_values_in_errors(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        # hide_input_in_errors covers the error's text only; errors() and json() would still carry the values.
        try:
            return handler(data)
        except ValidationError as error:
            masked = [
                InitErrorDetails(
                    type=PydanticCustomError(fault["type"], "{why}", {"why": fault["msg"]}),
                    loc=fault["loc"],
                    input="***",
                )
                for fault in error.errors(include_url=False, include_context=False, include_input=False)
            ]
        raise ValidationError.from_exception_data(cls.__name__, masked, hide_input=True)
