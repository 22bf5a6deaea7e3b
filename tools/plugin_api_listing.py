"""Lists the public plugin API: ``python tools/plugin_api_listing.py > tests/plugins_api/api_v1.json``."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import json
import sys
from types import UnionType
from typing import Any

import creditstore_plugins
from creditstore_plugins import hookspecs, testing

Listing = dict[str, dict[str, Any]]


def listing() -> Listing:
    """Every public name with what its users rely on."""
    return {
        "hooks": {
            name: _signature(hook) for name, hook in vars(hookspecs).items() if hasattr(hook, "creditstore_spec")
        },
        "names": {name: _described(getattr(creditstore_plugins, name)) for name in creditstore_plugins.__all__},
        "testing": {name: _kit(getattr(testing, name)) for name in testing.__all__},
    }


def _described(thing: Any) -> Any:
    if isinstance(thing, type) and dataclasses.is_dataclass(thing):
        return {
            "fields": {
                field.name: {"type": str(field.type), "required": _is_required(field)}
                for field in dataclasses.fields(thing)
            },
            "methods": _methods(thing),
        }
    if isinstance(thing, enum.EnumMeta):
        members: dict[str, Any] = dict(thing.__members__)
        return {"members": {name: member.value for name, member in members.items()}}
    if inspect.isclass(thing):
        return {"bases": [base.__name__ for base in thing.__bases__], "methods": _methods(thing)}
    if inspect.isfunction(thing):
        return {"signature": _signature(thing)}
    return {"value": str(thing) if isinstance(thing, str | UnionType) else type(thing).__name__}


def _kit(thing: Any) -> Any:
    """Of the kit: what authors call or override. Its tests are listed in docs/reference/conformance.md."""
    if isinstance(thing, enum.EnumMeta):
        return {"members": sorted(thing.__members__)}
    public = {name for name in dir(thing) if not name.startswith(("_", "test_"))}
    return {"attributes": sorted(public - {"plugin", "name", "value"})}


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _methods(cls: type) -> dict[str, str]:
    own = {name: getattr(value, "__func__", value) for name, value in vars(cls).items()}
    return {
        name: _signature(value)
        for name, value in own.items()
        if inspect.isfunction(value) and (not name.startswith("_") or name == "__init__")
        # What a dataclass makes of its fields is their business.
        if not (name == "__init__" and dataclasses.is_dataclass(cls))
    }


def _signature(function: Any) -> str:
    return str(inspect.signature(function))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(listing(), indent=1, ensure_ascii=False) + "\n")
