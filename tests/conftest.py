"""Fixtures for all tests. The mechanics are in ``tests/support``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import dj_database_url
import pytest
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation
from pytest_django import DjangoDbBlocker

from support.browser import chromium, missing_browser
from support.database import COPY_PREFIX, Databases
from support.interleave import interleave as run_interleaved
from support.plugin_host import ScriptedProvider, ScriptedRegistry, scripted_host

if TYPE_CHECKING:
    from support.visitor import Visitor


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    problem = missing_browser(chromium(), os.environ)
    if problem is None:
        return
    reason, is_failure = problem
    for item in items:
        if item.get_closest_marker("browser") and not is_failure:
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_runtest_setup(item: pytest.Item) -> None:
    problem = missing_browser(chromium(), os.environ)
    if problem is not None and item.get_closest_marker("browser"):
        pytest.fail(f"REQUIRE_BROWSER is set, but there is {problem[0]}")


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    """Requests leave their language behind in the thread; the next test begins in the default one."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_test_environment: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A copy of the migrated and filled template for this process; ``--create-db`` makes the template anew."""
    databases = Databases.connect()
    template = databases.ensure_template(anew=request.config.getoption("create_db"))
    name = COPY_PREFIX + str(os.getpid())

    def copy_template() -> None:
        connections.close_all()
        databases.create(name, template=template)

    def after_committing_test(_case: TransactionTestCase) -> None:
        # Django would empty all tables, the migrations' and the demo's rows included; a new copy is also quicker.
        with django_db_blocker.unblock():
            copy_template()

    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        known, found = connections["default"].settings_dict, dj_database_url.parse(databases.url(name))
        options = {**known["OPTIONS"], **found.get("OPTIONS", {})}
        known.update({**found, "ENGINE": known["ENGINE"], "OPTIONS": options})
        patch.setattr(TransactionTestCase, "_fixture_teardown", after_committing_test)
        copy_template()
        yield
        connections.close_all()
        databases.drop(name)


@pytest.fixture
def database_url(django_db_setup: None) -> str:
    """The URL of this process's database, for programs that a test starts."""
    return Databases.connect().url(str(connections["default"].settings_dict["NAME"]))


@pytest.fixture
def fresh_database(transactional_db: None, database_url: str) -> str:
    """A database in which the test really commits, so that other processes and threads see it; its URL.

    The next test gets a new copy of the template.
    """
    return database_url


@pytest.fixture
def interleave() -> Callable[..., list[object]]:
    """Two calls held at the same point before either goes on; see ``support/interleave.py``."""
    return run_interleaved


@pytest.fixture
def outside() -> Iterator[tuple[ScriptedRegistry, ScriptedProvider]]:
    """A registry and a payment provider that answer as the test tells them."""
    with scripted_host() as pair:
        yield pair


@pytest.fixture
def registry(outside: tuple[ScriptedRegistry, ScriptedProvider]) -> ScriptedRegistry:
    return outside[0]


@pytest.fixture
def provider(outside: tuple[ScriptedRegistry, ScriptedProvider]) -> ScriptedProvider:
    return outside[1]


@pytest.fixture
def visitor(db: None) -> Visitor:
    """A reader of the public pages, of a store that has terms of sale."""
    from support.ledger import make_terms
    from support.visitor import Visitor

    make_terms()
    return Visitor()
