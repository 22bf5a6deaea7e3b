"""Pieces of pages that a process remembers: the same facts give the same, and nothing but the facts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

import creditstore_site
from creditstore.catalogue.models import Project
from creditstore.credits.models import Offer
from creditstore_site import fragments
from creditstore_site.fragments import OVERHEAD, Memory, filled, fragment, remembered
from support.ledger import make_offer, set_reserved
from support.visitor import Visitor, words

TEMPLATES = Path(creditstore_site.__file__).parent / "templates"
TAG = re.compile(r'{% fragment "([^"]+)"')
FILLED = re.compile(r'filled\(\s*"([^"]+)"')
#: Tags that look at something else than what they are given.
IMPURE = re.compile(r"{%-? *(csrf_token|now|site_frame|query_with|query_without|cache|lorem|get_messages)\b")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    fragments.forget()
    yield
    fragments.forget()


def named() -> set[str]:
    """Every template that is shown as a fragment, or with holes."""
    found = {name for path in TEMPLATES.rglob("*.html") for name in TAG.findall(path.read_text(encoding="utf-8"))}
    code = TEMPLATES.parent.rglob("*.py")
    return found | {name for path in code for name in FILLED.findall(path.read_text(encoding="utf-8"))}


def test_fragments_use_no_tag_that_looks_elsewhere() -> None:
    names = named()
    assert {"frame/header.html", "store/project_body.html", "store/catalogue_filter_group.html"} <= names
    for name in names:
        source = (TEMPLATES / name).read_text(encoding="utf-8")
        included = re.findall(r'{% include "([^"]+)"', source)
        for text in (source, *((TEMPLATES / each).read_text(encoding="utf-8") for each in included)):
            assert not IMPURE.search(text), name


@pytest.mark.django_db
def test_a_fragment_asks_for_nothing_that_it_was_not_given(monkeypatch: pytest.MonkeyPatch, visitor: Visitor) -> None:
    unknown: set[tuple[str, str]] = set()

    class Strict(Context):
        def __getitem__(self, key: str) -> Any:
            if key not in self:
                template = self.render_context.template.name
                unknown.add((template, key))
            return super().__getitem__(key)

    monkeypatch.setattr(fragments, "Context", Strict)
    offer = make_offer()
    pages = ["/en/", "/en/store/", "/en/store/?country=IN&q=wind&compare=0009", "/en/store/?view=map", "/en/register/"]
    pages += [f"/en/store/projects/{ref}/" for ref in Project.objects.values_list("ref", flat=True)[:20]]
    for page in (*pages, f"/en/store/projects/{offer.issuance.project.ref}/"):
        assert visitor.get(page).status_code == 200
    # Components have parameters that may be left out, and say so.
    assert {(name, key) for name, key in unknown if not name.startswith("components/")} == set()


@pytest.mark.django_db
def test_fragments_ask_the_database_nothing(visitor: Visitor) -> None:
    offer = make_offer()
    for page in ("/en/", "/en/store/?country=IN&q=wind", f"/en/store/projects/{offer.issuance.project.ref}/"):
        visitor.get(page)
        counts = []
        for forget in (fragments.forget, lambda: None):
            forget()
            with CaptureQueriesContext(connection) as asked:
                visitor.get(page)
            counts.append(len(asked))
        assert counts[0] == counts[1], page


@pytest.mark.django_db
def test_pages_show_a_change_at_once(visitor: Visitor) -> None:
    offer = make_offer(quantity=60, price_minor=320)
    project = offer.issuance.project
    page, search = f"/en/store/projects/{project.ref}/", {"q": project.ref}
    for available, price in ((60, 320), (41, 320), (41, 777)):
        set_reserved(offer, 60 - available)
        Offer.objects.filter(pk=offer.pk).update(price_minor=price)
        for answer in (visitor.get(page), visitor.get("/en/store/", search)):
            assert f"{available} t available" in words(answer)
            assert f"{price / 100:.2f} USD" in words(answer)
    Project.objects.filter(pk=project.pk).update(title="A Title <of> its own")
    assert b"A Title &lt;of&gt; its own</h1>" in visitor.get(page).content


def test_the_same_facts_are_the_same_text_and_others_are_not() -> None:
    first = fragment("components/tag.html", text="A & B", kind="caution")
    assert "A &amp; B" in first
    assert fragment("components/tag.html", text="A & B", kind="caution") is first
    assert "tag--error" in fragment("components/tag.html", text="A & B", kind="error")
    fragments.forget()
    assert fragment("components/tag.html", text="A & B", kind="caution") == first


def test_a_text_is_never_taken_for_markup_nor_a_number_for_another() -> None:
    markup = "<b>x</b>"
    assert markup in fragment("components/tag.html", text=mark_safe(markup))
    assert "&lt;b&gt;" in fragment("components/tag.html", text=markup)
    shown = [fragment("components/tag.html", text=one) for one in (1, True, 1.0, "1")]
    assert [re.findall(">([^<]*)<", text) for text in shown] == [["1"], ["True"], ["1.0"], ["1"]]


def test_holes_take_any_text_and_only_what_stands_around_them_is_remembered() -> None:
    holes = {"url": "?q=%3Ca%3E&x=1", "label": '<b title="x">&</b>'}
    first = filled("store/catalogue_chosen_one.html", holes)
    assert 'href="?q=%3Ca%3E&amp;x=1"' in first
    assert "&lt;b title=&quot;x&quot;&gt;&amp;&lt;/b&gt;" in first
    remembered_now = len(fragments._memory)
    assert "<i>x</i>" in filled("store/catalogue_chosen_one.html", {"url": "?", "label": mark_safe("<i>x</i>")})
    assert len(fragments._memory) == remembered_now
    pages = {url: filled("components/pagination.html", {"next_url": url, "first_url": ""}) for url in ("", "?cursor=1")}
    assert "pagination" not in pages[""]
    assert 'href="?cursor=1"' in pages["?cursor=1"]


def test_each_language_has_its_own() -> None:
    plain = fragment("frame/basket_link.html")
    with override("en-xa"):
        other = fragment("frame/basket_link.html")
    assert "Basket" in plain
    assert other != plain
    assert fragment("frame/basket_link.html") is plain


def test_times_do_not_depend_on_who_asks() -> None:
    moment = datetime(2026, 1, 1, 23, 30, tzinfo=UTC)
    with timezone.override("Asia/Tokyo"):
        assert Template("{{ text }}").render(Context({"text": moment})).startswith("Jan. 2")
        assert "Jan. 1, 2026" in fragment("components/tag.html", text=moment)


def test_what_a_reader_sends_cannot_be_a_fact() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        fragment("components/tag.html", text=["a list"])  # type: ignore[arg-type]


def test_a_changed_setting_begins_anew() -> None:
    before = fragment("frame/head.html")
    with override_settings(STATIC_URL="/elsewhere/"):
        assert "/elsewhere/" in fragment("frame/head.html")
    assert fragment("frame/head.html") == before


@given(
    asked=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), max_size=300),
    room=st.integers(2, 20),
)
def test_what_is_remembered_is_right_and_bounded(asked: list[tuple[int, int]], room: int) -> None:
    memory = Memory(room * OVERHEAD)
    for key in asked:
        assert memory.get(key, lambda key=key: f"{key}") == f"{key}"  # type: ignore[misc]
        assert len(memory) <= room + 1


def test_what_is_asked_for_again_and_again_stays() -> None:
    memory = Memory(20 * OVERHEAD)
    made = []

    def make() -> str:
        made.append("")
        return "the frame"

    for other in range(200):
        assert memory.get("frame", make) == "the frame"
        memory.get(other, lambda: "once")
    assert len(made) == 1


def test_a_remembered_function_is_asked_once_for_each_argument() -> None:
    asked = []

    @remembered
    def doubled(number: int, *, times: int = 2) -> int:
        asked.append(number)
        return number * times

    assert [doubled(2), doubled(2), doubled(3), doubled(2, times=3)] == [4, 4, 6, 6]
    assert asked == [2, 3, 2]
