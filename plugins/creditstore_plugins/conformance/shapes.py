"""Checks that a value is what a type of the plugin API says, field by field.

Python does not hold a plugin to its annotations: ``Paid(captured="12.50")`` is a ``Paid`` all the same. The host looks
before it believes. Texts name fields and types, never values: values may be secrets or names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


def mismatch(value: object, annotation: Any, where: str = "it") -> str | None:
    """The first way in which ``value`` is not an ``annotation``, or None when it is one.

    Parameters: ``annotation``, one of those that the plugin API uses; ``where``, what the text calls the value.
    """
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        problem = _union(value, inner, where)
    elif origin is tuple:
        problem = _tuple(value, inner, where)
    elif origin is frozenset:
        problem = _items(value, frozenset, inner[0], where)
    elif origin is type:
        fits = isinstance(value, type) and issubclass(value, inner[0])
        problem = None if fits else f"{where} is not a subclass of {inner[0].__name__}"
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        problem = _mapping(value, inner, where)
    elif is_dataclass(annotation) and isinstance(annotation, type):
        problem = _fields(value, annotation, where)
    else:
        problem = _plain(value, annotation, where)
    return problem


def _plain(value: object, annotation: type, where: str) -> str | None:
    fits = isinstance(value, annotation)
    # bool is an int and a datetime is a date to Python, but not to the API.
    if (annotation is int and isinstance(value, bool)) or (annotation is date and isinstance(value, datetime)):
        fits = False
    if not fits:
        return f"{where} is {_called(type(value))} instead of {_called(annotation)}"
    if isinstance(value, datetime) and value.utcoffset() is None:
        return f"{where} is a time without a time zone"
    return None


def _fields(value: object, annotation: type, where: str) -> str | None:
    if not isinstance(value, annotation):
        return f"{where} is {_called(type(value))} instead of {_called(annotation)}"
    for name, hint in _hints(annotation).items():
        problem = mismatch(getattr(value, name), hint, f"{annotation.__name__}.{name}")
        if problem:
            return problem
    return None


def _union(value: object, choices: tuple[Any, ...], where: str) -> str | None:
    problems: list[str] = []
    for choice in choices:
        problem = mismatch(value, choice, where)
        if problem is None:
            return None
        # Of the right class, but wrong inside: that text helps more than a list of classes.
        if isinstance(choice, type) and isinstance(value, choice):
            problems.append(problem)
    if problems:
        return problems[0]
    return f"{where} is {_called(type(value))} instead of {' | '.join(_called(choice) for choice in choices)}"


def _tuple(value: object, inner: tuple[Any, ...], where: str) -> str | None:
    if len(inner) == 2 and inner[1] is Ellipsis:
        return _items(value, tuple, inner[0], where)
    if not isinstance(value, tuple) or len(value) != len(inner):
        return f"{where} is not a tuple of {len(inner)}"
    for index, (item, hint) in enumerate(zip(value, inner, strict=True)):
        problem = mismatch(item, hint, f"{where}[{index}]")
        if problem:
            return problem
    return None


def _items(
    value: object, container: type[tuple[Any, ...]] | type[frozenset[Any]], inner: Any, where: str
) -> str | None:
    if not isinstance(value, container):
        return f"{where} is {_called(type(value))} instead of {container.__name__}"
    for index, item in enumerate(value):
        problem = mismatch(item, inner, f"{where}[{index}]")
        if problem:
            return problem
    return None


def _mapping(value: object, inner: tuple[Any, ...], where: str) -> str | None:
    if not isinstance(value, Mapping):
        return f"{where} is {_called(type(value))} instead of a mapping"
    for key, item in value.items():
        problem = mismatch(key, inner[0], f"a key of {where}") or mismatch(item, inner[1], f"a value of {where}")
        if problem:
            return problem
    return None


@cache
def _hints(annotation: type) -> dict[str, Any]:
    return get_type_hints(annotation)


def _called(annotation: Any) -> str:
    return "None" if annotation in (None, type(None)) else getattr(annotation, "__name__", str(annotation))
