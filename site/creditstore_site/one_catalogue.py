"""Messages of all applications in one table for each language, as Django means to have them.

Django 5.2 keeps a table for each application, because where it looks whether two have the same plural rule it compares
a rule's code with the other rule itself, which are never equal. Each message is then looked for in some 25 tables, and
a page has hundreds of messages. Joined, in the same order of precedence, a lookup takes a quarter of the time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import trans_real

#: Every plural rule in use repeats after 100; rules that agree so far are one rule.
_NUMBERS = range(0, 1_001)

Rule = Callable[[int], int]


def join_all() -> None:
    """Join the tables of every language that the store is offered in."""
    for code, _name in settings.LANGUAGES:
        translation: Any = trans_real.translation(code)
        join(translation._catalog)


def join(catalogue: Any) -> None:
    """Join neighbouring tables with the same plural rule; what stood first still wins."""
    tables: list[dict[Any, str]] = []
    rules: list[Rule] = []
    for table, rule in zip(catalogue._catalogs, catalogue._plurals, strict=True):
        if rules and _same(rules[-1], rule):
            tables[-1] = {**table, **tables[-1]}
        else:
            tables.append(dict(table))
            rules.append(rule)
    catalogue._catalogs, catalogue._plurals = tables, rules


def _same(one: Rule, other: Rule) -> bool:
    return all(one(number) == other(number) for number in _NUMBERS)
