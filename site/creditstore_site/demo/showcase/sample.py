"""One component with its states, and how it becomes HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.forms.utils import flatatt
from django.http import HttpRequest
from django.template.loader import get_template, render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString

_ABOUT = re.compile(r"{#(?P<line>.*?)#}|{% comment %}(?P<block>.*?){% endcomment %}", re.DOTALL)
_NAME = re.compile(r"[^a-z0-9]+")

Context = Mapping[str, Any]

#: A title longer than most.
LONG = (
    "Efficient fuel wood cooking stoves for households in the districts along the northern and the central shore of "
    "the lake, with a programme for training, repair and monitoring in twelve communities"
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One state: what it is called, and the template's parameters (or a function that makes them when shown)."""

    state: str | Promise
    context: Context | Callable[[], Context] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Component:
    """A template with its samples.

    ``around`` is the element that its author must put around it, as (tag, class), with more ``attributes`` if any;
    ``wide`` lets samples stand one below the other over the whole width.
    """

    template: str
    samples: tuple[Sample, ...]
    around: tuple[str, str] | None = None
    wide: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shown:
    """A component or block as the page shows it: states are pairs of words and HTML."""

    anchor: str
    name: str
    about: str
    states: tuple[tuple[str | Promise, SafeString], ...]
    wide: bool


def show(component: Component, *, request: HttpRequest) -> Shown:
    """Render every state of a component."""
    states = []
    for sample in component.samples:
        context = sample.context() if callable(sample.context) else sample.context
        html = render_to_string(component.template, dict(context), request=request)
        if component.around:
            tag, css = component.around
            attributes = flatatt({"class": css, **component.attributes})
            html = format_html("<{}{}>{}</{}>", tag, attributes, html, tag)
        states.append((sample.state, html))
    return Shown(
        anchor=anchor_of(component.template),
        name=component.template,
        about=about(component.template),
        states=tuple(states),
        wide=component.wide,
    )


def anchor_of(name: str) -> str:
    """A name for links, from a template's or a block's."""
    return _NAME.sub("-", name.removesuffix(".html").lower()).strip("-")


def about(template: str) -> str:
    """What the template's first comment says of it."""
    source: str = get_template(template).template.source  # type: ignore[attr-defined]
    found = _ABOUT.search(source)
    return " ".join((found["line"] or found["block"]).split()) if found else ""
