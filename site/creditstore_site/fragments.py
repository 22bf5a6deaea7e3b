"""Pieces of pages that follow from facts alone: a process remembers them, and they can never be out of date.

The database is asked for the facts each time; the same facts in the same language are the same text. Facts are frozen,
hashable, and all that a piece shows: nothing of a reader, a request or the hour belongs into one. Equal facts must look
alike: a field of a class of facts always holds one type, and decimals of one scale. For facts that are no class of ours
the type is part of the question, so that ``1`` is not ``True``, and a text is not markup.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from functools import update_wrapper
from typing import Any, Final, Generic, ParamSpec, TypeVar

from django.core.signals import setting_changed
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.autoreload import file_changed
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

P = ParamSpec("P")
R = TypeVar("R")
#: Stands for a hole while a template is shown. No text of ours holds private characters of Unicode.
_HOLE: Final = "\ue000{}\ue001"
_HOLES: Final = re.compile("\ue000([a-z_]+)\ue001")
#: What a process remembers at most: characters of text, about.
ROOM: Final = 24_000_000
#: What anything remembered costs beside its text, its facts above all.
OVERHEAD: Final = 1_000


class Memory:
    """Results by key, in two generations: what nobody asks for while the young one fills up goes with the old one.

    Looking something up takes one look into a dictionary and no lock. Threads that come between each other make
    something twice, or forget something; neither is wrong.
    """

    def __init__(self, room: int) -> None:
        self._room = room // 2
        self.forget()

    def forget(self, **_signal: object) -> None:
        """Start anew."""
        self._young: dict[Hashable, Any] = {}
        self._old: dict[Hashable, Any] = {}
        self._used = 0

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What is remembered, else what ``make`` returns, which is never ``None``."""
        found = self._young.get(key)
        if found is not None:
            return found
        found = self._old.get(key)
        if found is None:
            found = make()
        self._used += OVERHEAD + (len(found) if isinstance(found, str) else 0)
        if self._used > self._room:
            self._old, self._young, self._used = self._young, {}, 0
        self._young[key] = found
        return found

    def __len__(self) -> int:
        return len(self._young.keys() | self._old.keys())


_memory = Memory(ROOM)
forget = _memory.forget
# Tests change settings; who works on templates changes files.
setting_changed.connect(forget, dispatch_uid="creditstore_site.fragments")
file_changed.connect(forget, dispatch_uid="creditstore_site.fragments")


class remembered(Generic[P, R]):
    """A function of facts and the language alone, whose results are remembered. It never returns ``None``."""

    def __init__(self, function: Callable[P, R]) -> None:
        self._function = function
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """In the reader's language."""
        return self.in_language(get_language(), *args, **kwargs)

    def in_language(self, language: str | None, /, *args: P.args, **kwargs: P.kwargs) -> R:
        """The same where the reader's language is at hand: to ask for it takes as long as all the rest."""
        function = self._function
        key = (function, language, args, *kwargs.items(), *map(type, args), *map(type, kwargs.values()))
        found: R = _memory.get(key, lambda: function(*args, **kwargs))
        return found


@remembered
def fragment(template: str, /, **facts: Hashable) -> SafeString:
    """The template with nothing but these facts in its context. Times are written in the store's time zone."""
    with timezone.override(None):
        return get_template(template).template.render(Context(facts))  # type: ignore[attr-defined,no-any-return]


def filled(template: str, holes: Mapping[str, str], /, **facts: Hashable) -> SafeString:
    """The template with these facts and with ``holes``: texts that only stand in it, and are seldom the same twice.

    What stands around the holes is remembered, so that other texts cost no more than putting them in. The template
    sees whether a hole is empty; any filter but ``escape`` would see the hole and not its text.
    """
    empty = dict.fromkeys((name for name, text in holes.items() if not text), "")
    around = list(_around(template, tuple(name for name in holes if name not in empty), **empty, **facts))
    around[1::2] = [conditional_escape(holes[name]) for name in around[1::2]]
    return mark_safe("".join(around))  # noqa: S308  (escaped here, and by the template)


@remembered
def _around(template: str, names: tuple[str, ...], **facts: Hashable) -> tuple[str, ...]:
    """The texts around the holes, each but the last followed by the name of a hole."""
    marks = {name: mark_safe(_HOLE.format(name)) for name in names}  # noqa: S308  (nothing to escape)
    with timezone.override(None):
        shown = get_template(template).template.render(Context({**facts, **marks}))  # type: ignore[attr-defined]
    return tuple(_HOLES.split(shown))
