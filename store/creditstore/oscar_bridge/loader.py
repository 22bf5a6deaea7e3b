"""Which of Oscar's classes are ours. Oscar asks for its classes by name; this table answers first.

So no Oscar app is copied and none of its migrations change. A test resolves every key and every value.
"""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string
from oscar.core.loading import default_class_loader

#: Oscar's "<module label>.<class>" to the dotted path of ours.
REPLACEMENTS: dict[str, str] = {
    "partner.strategy.Selector": "creditstore.oscar_bridge.strategy.Selector",
    "order.utils.OrderCreator": "creditstore.oscar_bridge.orders.NoOrderCreator",
}


def load_classes(module_label: str, classnames: list[str], module_prefix: str) -> list[Any]:
    """What ``OSCAR_DYNAMIC_CLASS_LOADER`` names: ours where the table has one, else Oscar's own."""
    wanted: dict[str, Any] = {}
    oscars = [name for name in classnames if f"{module_label}.{name}" not in REPLACEMENTS]
    if oscars:
        wanted.update(zip(oscars, default_class_loader(module_label, oscars, module_prefix), strict=True))
    for name in classnames:
        if name not in wanted:
            wanted[name] = import_string(REPLACEMENTS[f"{module_label}.{name}"])
    return [wanted[name] for name in classnames]
