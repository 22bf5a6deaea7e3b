"""How long an editor waits among few pages and among 10,000: ``python -m creditstore_bench.editing`` prints JSON.

The same page of 200 blocks is opened, saved as a draft and published through the admin, with the few pages that a new
store has and among 10,000. Everything happens in one transaction that is rolled back: the database stays as it was.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any, Final

import django

BLOCKS: Final = 200
PAGES: Final = 10_000
#: Lists of pages that the many pages lie below.
_LISTS: Final = 20
_TIMES: Final = 7
ACTIONS: Final = ("open", "save", "publish")


def main() -> None:
    """Measure twice, and print milliseconds by action: the middle one of some."""
    django.setup()
    from django.db import transaction

    with transaction.atomic():
        few = _measure()
        made = _grow()
        many = _measure()
        transaction.set_rollback(True)
    json.dump({"pages": made, "few": few, "many": many}, sys.stdout)


def _measure() -> dict[str, float]:
    """An editor's three actions on a page of its own, which is removed in the end."""
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.urls import reverse

    from creditstore_content.pages.models import CampaignPage, HomePage

    user = get_user_model().objects.create_superuser(email="bench@example.org", password=None)
    editor = Client(headers={"host": "127.0.0.1"})
    editor.force_login(user)
    home = HomePage.objects.first()
    if home is None:
        raise SystemExit("the store has no home page")
    page = CampaignPage(title="Long", slug="bench-long", lead="A long page.", body=[])
    home.add_child(instance=page)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    form = _form(page)
    asks: dict[str, Callable[[], Any]] = {
        "open": lambda: editor.get(address),
        "save": lambda: editor.post(address, form),
        "publish": lambda: editor.post(address, {**form, "action-publish": "1"}),
    }
    # First with all that is in the form, so that the form that is opened has it.
    found: dict[str, list[float]] = {name: [] for name in ACTIONS}
    _timed("publish", asks["publish"])
    for _time in range(_TIMES):
        for name, ask in asks.items():
            found[name].append(_timed(name, ask))
    page.refresh_from_db()
    if len(page.body) != BLOCKS:
        raise SystemExit(f"{len(page.body)} blocks were kept")
    page.delete()
    user.delete()
    return {name: round(median(times), 1) for name, times in found.items()}


def _timed(name: str, ask: Callable[[], Any]) -> float:
    started = perf_counter()
    answer = ask()
    taken = (perf_counter() - started) * 1000
    if answer.status_code != (200 if name == "open" else 302):
        errors = answer.context["form"].errors if answer.context and "form" in answer.context else ""
        raise SystemExit(f"{name}: {answer.status_code} {errors}")
    return taken


def _form(page: Any) -> dict[str, str]:
    """What a browser sends for the page: a heading and three texts in turn."""
    from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

    def block(number: int) -> tuple[str, Any]:
        if number % 4 == 0:
            return "heading", {"text": f"Part {number // 4 + 1}", "level": "2", "anchor": f"part-{number // 4 + 1}"}
        return "text", rich_text(f"<p>Sentence <b>{number}</b> of a long page.</p>" * 3, features=["bold"])

    data = {
        "title": page.title, "slug": page.slug, "lead": page.lead, "action": streamfield([]),
        "body": streamfield([block(number) for number in range(BLOCKS)]),
        "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": ""},
    }  # fmt: skip
    return {name: str(value) for name, value in nested_form_data(data).items()}


def _grow() -> int:
    """Campaigns below lists of pages, until there are so many pages; how many there are."""
    from django.db import connection
    from wagtail.models import Page

    from creditstore_content.pages.models import CampaignPage, ContentIndexPage, HomePage

    lists = []
    for number in range(_LISTS):
        home = HomePage.objects.first()
        assert home is not None  # noqa: S101  (looked at before)
        lists.append(ContentIndexPage(title=f"List {number}", slug=f"bench-list-{number}"))
        home.add_child(instance=lists[-1])
    missing = PAGES - Page.objects.count()
    each = -(-missing // _LISTS)
    for parent in lists:
        first = CampaignPage(title="Page 0", slug="page-0", lead="One of many.", body=[("text", "<p>Words</p>")])
        parent.add_child(instance=first)
        _copy(first, each - 1)
        Page.objects.filter(pk=parent.pk).update(numchild=each)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return int(Page.objects.count())


def _copy(page: Any, times: int) -> None:
    """Siblings of a page by two statements: making each through the tree would take minutes and change nothing."""
    from django.db import connection
    from wagtail.models import Page

    own = {
        "path": "left(o.path, -4) || lpad(upper(k.code), 4, '0')",
        "slug": "'page-' || k.n",
        "title": "'Page ' || k.n",
        "url_path": "regexp_replace(o.url_path, '[^/]+/$', 'page-' || k.n || '/')",
        "translation_key": "gen_random_uuid()",
        "latest_revision_id": "NULL",
        "live_revision_id": "NULL",
    }
    columns = [field.column for field in Page._meta.local_concrete_fields if field.column != "id"]
    child = page._meta
    more = [field.column for field in child.local_concrete_fields if not field.primary_key]
    with connection.cursor() as cursor:
        codes = [Page._int2str(number + 1) for number in range(1, times + 1)]
        cursor.execute(
            f"""
            WITH k AS (SELECT code, n FROM unnest(%s::text[]) WITH ORDINALITY AS numbered(code, n)),
            made AS (
                INSERT INTO wagtailcore_page ({", ".join(columns)})
                SELECT {", ".join(own.get(column, f"o.{column}") for column in columns)}
                FROM wagtailcore_page o, k WHERE o.id = %s RETURNING id
            )
            INSERT INTO {child.db_table} ({", ".join(["page_ptr_id", *more])})
            SELECT made.id, {", ".join(f"o.{column}" for column in more)}
            FROM {child.db_table} o, made WHERE o.page_ptr_id = %s
            """,  # noqa: S608  (names of our own tables)
            [codes, page.pk, page.pk],
        )


if __name__ == "__main__":
    main()
