"""What services ask of the database, written down so that others can ask the same: statements, and where they commit.

``Recorder`` listens to one connection. ``by_orm`` asks the recorded queries again through Django's ORM: it compiles
each query, executes it, and makes models of the rows, and does nothing else. ``by_psycopg`` sends the text alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler, SQLInsertCompiler
from django.db.models.sql.constants import MULTI
from django.db.models.sql.query import Query
from django.db.models.sql.subqueries import InsertQuery

BEGIN, COMMIT, ROLLBACK = "BEGIN", "COMMIT", "ROLLBACK"


@dataclass(slots=True)
class Step:
    """One thing asked: a query of the ORM, a statement of its own, or the edge of a transaction.

    ``texts``: the statements as they were sent, with their parameters.
    """

    kind: str
    texts: list[tuple[str, Any]] = field(default_factory=list)
    query: Query | None = None
    options: tuple[Any, ...] = ()
    chunked: bool = False
    makes_models: bool = False


class Recorder:
    """Writes down what passes through a connection, in order."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection
        self._inside: Step | None = None
        self.steps: list[Step] = []

    @contextmanager
    def listening(self) -> Iterator[list[Step]]:
        """Listen during the block."""
        self.steps = []
        execute, insert = SQLCompiler.execute_sql, SQLInsertCompiler.execute_sql
        set_autocommit, commit, rollback = (
            self._connection.set_autocommit,
            self._connection.commit,
            self._connection.rollback,
        )

        def executed(compiler: Any, result_type: Any = MULTI, chunked_fetch: bool = False, **more: Any) -> Any:
            if self._inside is not None:
                return execute(compiler, result_type, chunked_fetch, **more)
            step = Step("orm", query=compiler.query.clone(), options=(result_type,), chunked=chunked_fetch)
            found = self._within(step, lambda: execute(compiler, result_type, chunked_fetch, **more))
            step.makes_models = result_type == MULTI and compiler.klass_info is not None
            return found

        def inserted(compiler: Any, returning_fields: Any = None) -> Any:
            step = Step("insert", query=_kept(compiler.query), options=(returning_fields,))
            return self._within(step, lambda: insert(compiler, returning_fields))

        def edge(kind: str, act: Callable[..., Any]) -> Callable[..., Any]:
            def acted(*arguments: Any, **more: Any) -> Any:
                self.steps.append(Step(kind))
                return act(*arguments, **more)

            return acted

        def switched(autocommit: bool, *arguments: Any, **more: Any) -> None:
            if not autocommit:
                self.steps.append(Step(BEGIN))
            set_autocommit(autocommit, *arguments, **more)

        with (
            mock.patch.object(SQLCompiler, "execute_sql", executed),
            mock.patch.object(SQLInsertCompiler, "execute_sql", inserted),
            mock.patch.object(self._connection, "set_autocommit", switched),
            mock.patch.object(self._connection, "commit", edge(COMMIT, commit)),
            mock.patch.object(self._connection, "rollback", edge(ROLLBACK, rollback)),
            self._connection.execute_wrapper(self._sent),
        ):
            yield self.steps

    def _within(self, step: Step, act: Callable[[], Any]) -> Any:
        self.steps.append(step)
        self._inside = step
        try:
            return act()
        finally:
            self._inside = None

    def _sent(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if self._inside is None:
            self.steps.append(Step("raw", texts=[(sql, params)]))
        else:
            self._inside.texts.append((sql, params))
        return execute(sql, params, many, context)


def _kept(query: InsertQuery) -> InsertQuery:
    """The query with copies of its rows, as they are now: services go on changing theirs."""
    kept = copy(query)
    kept.objs = [_copy(row) for row in query.objs]
    return kept


def _copy(row: Model) -> Model:
    copied = type(row).__new__(type(row))
    copied.__dict__.update(row.__dict__)
    return copied


def by_orm(steps: Sequence[Step], connection: BaseDatabaseWrapper) -> None:
    """Ask the same again through the ORM. ``connection`` must be the one that Django uses as its default."""
    for step in steps:
        match step.kind:
            case "raw":
                with connection.cursor() as cursor:
                    cursor.execute(*step.texts[0])
                    if cursor.description:
                        cursor.fetchall()
            case "orm" if step.makes_models:
                assert step.query is not None  # noqa: S101  (so it was recorded)
                rows: QuerySet[Model] = QuerySet(model=step.query.model, query=step.query.clone())
                list(rows.iterator() if step.chunked else rows)
            case "orm":
                assert step.query is not None  # noqa: S101
                found = step.query.clone().get_compiler(connection=connection).execute_sql(*step.options)
                if step.options == (MULTI,):
                    list(found)
            case "insert":
                assert step.query is not None  # noqa: S101
                step.query.get_compiler(connection=connection).execute_sql(*step.options)
            case _:
                _edge(step.kind, connection)


def _edge(kind: str, connection: BaseDatabaseWrapper) -> None:
    if kind == BEGIN:
        connection.set_autocommit(False)
        return
    if kind == COMMIT:
        connection.commit()
    else:
        connection.rollback()
    connection.set_autocommit(True)


def by_psycopg(steps: Sequence[Step], connection: psycopg.Connection[Any]) -> None:
    """Send the same statements, and read what comes back."""
    for step in steps:
        if step.kind == BEGIN:
            connection.autocommit = False
        elif step.kind in (COMMIT, ROLLBACK):
            (connection.commit if step.kind == COMMIT else connection.rollback)()
            connection.autocommit = True
        else:
            for text, parameters in step.texts:
                cursor = connection.cursor(name="chunks") if step.chunked else connection.cursor()
                with cursor:
                    cursor.execute(text, parameters)
                    if cursor.description:
                        cursor.fetchall()


def statements(steps: Sequence[Step]) -> int:
    """How many statements there are; a commit is one."""
    return sum(len(step.texts) or step.kind in (COMMIT, ROLLBACK) for step in steps)
