"""Guards of the thirteen invariants, each with something that it alone forbids; and how to take one away.

A case prepares rows through the services and returns statements that go around them. Where two guards forbid the same,
``also`` names the others: they are taken away in both halves of the test.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

#: A statement with its parameters.
Statement = tuple[str, list[Any]]


@dataclass(frozen=True)
class Case:
    """``guard``: a model and the name of its trigger or constraint; ``found_by``: the audit's check."""

    invariant: int
    guard: str
    found_by: str
    prepare: Callable[[], list[Statement]]
    also: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.guard}:{self.prepare.__name__}"


CASES: list[Case] = []


def forbids(
    invariant: int, guard: str, *, found_by: str, also: tuple[str, ...] = ()
) -> Callable[[Callable[[], list[Statement]]], Callable[[], list[Statement]]]:
    def register(prepare: Callable[[], list[Statement]]) -> Callable[[], list[Statement]]:
        CASES.append(Case(invariant=invariant, guard=guard, found_by=found_by, prepare=prepare, also=also))
        return prepare

    return register


def model_of(guard: str) -> type[models.Model]:
    name = guard.partition(".")[0]
    return next(
        model
        for model in apps.get_models()
        if model.__module__.startswith("creditstore.") and name == model._meta.model_name
    )


def take_away(guard: str) -> None:
    """Until the savepoint is rolled back."""
    model, name = model_of(guard), guard.partition(".")[2]
    table = model._meta.db_table
    triggers = {trigger.name: trigger for trigger in getattr(model._meta, "triggers", ())}
    constraints = {constraint.name: constraint for constraint in model._meta.constraints}
    with connection.cursor() as cursor:
        if name in triggers:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {triggers[name].get_pgid(model)}")
            return
        cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = %s", [constraint_name(model, name)])
        if cursor.fetchone():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint_name(model, name)}"')
        else:
            cursor.execute(f'DROP INDEX "{constraints[name].name}"')


def constraint_name(model: type[models.Model], name: str) -> str:
    """A constraint by its name, or that of a unique column."""
    if name in {constraint.name for constraint in model._meta.constraints}:
        return name
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    return next(key for key, facts in found.items() if facts["columns"] == [name] and facts["unique"])


def check_now() -> None:
    """What waits for the commit is checked at once."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def unguarded() -> Iterator[None]:
    """As somebody with a shell who takes the guards off: no trigger fires, and none is left to fire at the commit."""
    check_now()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield
        finally:
            cursor.execute("SET session_replication_role = origin")


def copy_of(table: str, pk: int, **changes: Any) -> Statement:
    """An INSERT of the same row with some columns changed."""
    model = next(model for model in apps.get_models() if model._meta.db_table == table and not model._meta.proxy)
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key and not field.generated]
    shown = ", ".join("%s" if column in changes else f'"{column}"' for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    values = [changes[column] for column in columns if column in changes]
    return f"INSERT INTO {table} ({names}) SELECT {shown} FROM {table} WHERE id = {pk}", values


def update(table: str, pk: int, change: str, *values: Any) -> Statement:
    return f"UPDATE {table} SET {change} WHERE id = {pk}", list(values)


def fresh_key() -> str:
    """A fresh key."""
    return str(uuid.uuid4())
