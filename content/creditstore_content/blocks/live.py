"""Numbers that the store counts itself. Each part of the store registers what it can count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from creditstore_content.blocks.base import NUMBERS, StoreStructBlock, choice_block


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A number now, and what must be said with it, such as that a part of it is simulated."""

    value: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveNumber:
    """Something that is counted whenever it is shown.

    Parameters: ``key`` names it in stored pages and in the API, for ever; ``name`` is what editors choose it by;
    ``label`` what stands below the number, with the unit; ``count`` reads it, which should cost no query twice in a
    minute.
    """

    key: str
    name: Any
    label: Any
    count: Callable[[], Counted]


_NUMBERS: Final[dict[str, LiveNumber]] = {}


def register_live_number(number: LiveNumber) -> None:
    """Let editors choose a number; call it from ``AppConfig.ready``. Errors: ``ValueError`` for a key twice."""
    known = _NUMBERS.get(number.key)
    if known is not None and known != number:
        message = f"There is a live number {number.key!r} already."
        raise ValueError(message)
    _NUMBERS[number.key] = number


def live_number_choices() -> list[tuple[str, Any]]:
    """What editors choose from, in the order in which it was registered."""
    return [(number.key, number.name) for number in _NUMBERS.values()]


def counted(keys: list[str]) -> Iterator[tuple[LiveNumber, Counted]]:
    """The numbers that are asked for; one whose part of the store has been taken away is left out."""
    for key in keys:
        number = _NUMBERS.get(key)
        if number is not None:
            yield number, number.count()


class LiveStatisticsBlock(StoreStructBlock):
    """One to four numbers that are always current."""

    numbers = blocks.ListBlock(
        choice_block(label=_("Number"), choices=live_number_choices), label=_("Numbers"), min_num=1, max_num=4
    )

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """With the numbers as they are now."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["counted"] = [
            {"label": number.label, "value": now.value, "note": now.note} for number, now in counted(value["numbers"])
        ]
        return context

    def get_api_representation(self, value: Any, context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Key, label, value and note of each number now."""
        return {
            "numbers": [
                {"key": number.key, "label": str(number.label), "value": now.value, "note": now.note}
                for number, now in counted(value["numbers"])
            ]
        }

    class Meta:
        icon = "order"
        group = NUMBERS
        label = _("Live numbers")
        description = _("Units cancelled, projects, countries and more: counted by the store, always current.")
        template = "blocks/live_statistics.html"
        preview_value = {"numbers": ["units_cancelled", "projects", "countries"]}
