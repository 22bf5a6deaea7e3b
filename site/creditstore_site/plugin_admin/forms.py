"""The form of a plugin's settings, made from the JSON schema of its settings model.

A secret is never sent to a browser: its field is empty, and stays as it is when it is left so. What begins with
``env:`` or ``file:`` is kept as a reference, anything else is encrypted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from creditstore_host.plugin_settings import REFERENCES
from creditstore_host.sealing import can_seal, seal


class SettingsForm(forms.Form):
    """One field for each setting. ``stored``: what was set here before, as it is kept."""

    def __init__(
        self,
        *arguments: Any,
        schema: Mapping[str, Any],
        shown: Mapping[str, object],
        stored: Mapping[str, object],
        **more: Any,
    ) -> None:
        super().__init__(*arguments, **more)
        self._stored = stored
        self._properties = {name: _plain(told, schema) for name, told in schema.get("properties", {}).items()}
        for name, told in self._properties.items():
            known = name in shown
            self.fields[name] = _field(
                told,
                label=str(told.get("title") or name),
                help_text=_help(told, set_here=name in stored, known=known),
                initial=None if _is_secret(told) else _initial(shown.get(name, told.get("default")), told),
                # What is set already may stay as it is: here, or in the operator's own settings.
                required=name in schema.get("required", ()) and not known and told.get("type") != "boolean",
            )

    def clean(self) -> dict[str, Any]:
        """Secrets sealed."""
        cleaned = super().clean() or {}
        for name, told in self._properties.items():
            secret = cleaned.get(name)
            if not _is_secret(told) or not secret or secret.startswith(REFERENCES):
                continue
            if not can_seal():
                self.add_error(
                    name,
                    _("This store has no key to encrypt it with. Write where the secret is: env:NAME or file:/path."),
                )
                continue
            cleaned[name] = {"sealed": seal(secret)}
        return cleaned

    def values(self) -> dict[str, object]:
        """What is to be stored: what was changed here now or before, and nothing of what is as the operator has it."""
        kept = dict(self._stored)
        for name in self.changed_data:
            value = self.cleaned_data[name]
            if value not in (None, ""):
                kept[name] = value
            elif not _is_secret(self._properties[name]):
                kept.pop(name, None)
        return kept


def _plain(told: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A setting's schema with references followed, and of "this or nothing" the this."""
    found = dict(told)
    for option in told.get("anyOf", told.get("allOf", ())):
        if option.get("type") != "null":
            found = {**option, **found}
            break
    if "$ref" in found:
        found = {**schema.get("$defs", {}).get(found["$ref"].rpartition("/")[2], {}), **found}
    return found


def _is_secret(told: Mapping[str, Any]) -> bool:
    return bool(told.get("writeOnly"))


def _help(told: Mapping[str, Any], *, set_here: bool, known: bool) -> str:
    parts = [str(told.get("description", ""))]
    if _is_secret(told):
        parts.append(_("It is set; leave this empty to keep it.") if known else _("It is not set."))
        parts.append(_("A secret, or where it is: env:NAME or file:/path."))
    elif set_here:
        parts.append(_("Set here; empty it to go back to the operator's or the plugin's own value."))
    return " ".join(part for part in parts if part)


def _initial(value: object, told: Mapping[str, Any]) -> object:
    return json.dumps(value, ensure_ascii=False) if told.get("type") in ("array", "object") else value


def _field(told: Mapping[str, Any], **common: Any) -> forms.Field:
    if _is_secret(told):
        return forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "off"}), max_length=4000, **common)
    if "enum" in told:
        nothing = [] if common["required"] else [("", "---")]
        return forms.ChoiceField(choices=[*nothing, *((value, value) for value in told["enum"])], **common)
    kind = told.get("type")
    if kind == "boolean":
        return forms.BooleanField(**{**common, "required": False})
    if kind in ("integer", "number"):
        number = forms.IntegerField if kind == "integer" else forms.FloatField
        return number(min_value=told.get("minimum"), max_value=told.get("maximum"), **common)
    if kind in ("array", "object"):
        return _JsonField(widget=forms.Textarea(attrs={"rows": 3}), **common)
    return forms.CharField(max_length=told.get("maxLength", 2000), **common)


class _JsonField(forms.CharField):
    """Lists and tables, written as JSON."""

    def to_python(self, value: Any) -> Any:
        if value in (None, ""):
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise ValidationError(_("This is not JSON.")) from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(json.loads(initial or "null") != json.loads(data or "null"))
        except ValueError:
            return True
