"""Projects beside one another."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from creditstore.catalogue.facts_of import project_facts, several_project_facts
from support.ledger import make_issuance, make_offer
from support.visitor import Visitor, words

pytestmark = pytest.mark.django_db
COMPARE = "/en/store/compare/"


def sold(count: int) -> list[str]:
    """References of projects with something for sale."""
    return [make_offer(quantity=10 + number, price_minor=200 + number).issuance.project.ref for number in range(count)]


def test_four_projects_stand_beside_one_another_in_the_order_asked_for(visitor: Visitor) -> None:
    refs = sold(4)[::-1]
    answer = visitor.get(COMPARE, {"ref": refs})
    assert answer.status_code == 200
    assert [column.facts.ref for column in answer.context["columns"]] == refs
    text = words(answer)
    for figure in ("2.00 USD", "2.03 USD", "10 t", "13 t", "Vintages for sale 2018", "inferred from the type"):
        assert figure in text
    assert answer["Cache-Control"] == "public, max-age=60"
    assert b"csrf" not in answer.content


def test_the_facts_are_those_of_the_project_page() -> None:
    refs = sold(2)
    make_issuance()
    assert several_project_facts(refs=[*refs, "no such ref", "\0"]) == [project_facts(ref=ref) for ref in refs]


def test_more_than_four_are_said_and_none_is_lost(visitor: Visitor) -> None:
    refs = sold(6)
    answer = visitor.get(COMPARE, {"ref": refs})
    assert [column.facts.ref for column in answer.context["columns"]] == refs[:4]
    assert "4 projects fit beside each other" in words(answer)
    body = answer.content.decode()
    for ref in refs:
        assert f"/en/store/projects/{ref}/" in body
    # Taking one away lets the next one in and keeps the last one.
    without = answer.context["columns"][0].without_url
    assert [column.facts.ref for column in visitor.get(without).context["columns"]] == refs[1:5]
    assert [column.facts.ref for column in visitor.get(without).context["waiting"]] == refs[5:]


def test_a_reference_that_no_project_has_is_said(visitor: Visitor) -> None:
    ref = sold(1)[0]
    answer = visitor.get(COMPARE, {"ref": [ref, "nowhere", "\0", "x" * 300, ref]})
    assert answer.status_code == 200
    assert "There is no project nowhere." in words(answer)
    assert [column.facts.ref for column in answer.context["columns"]] == [ref]
    assert visitor.get(COMPARE, {"ref": "nowhere"}).status_code == 404


def test_without_any_project_the_page_says_how_to_choose(visitor: Visitor) -> None:
    answer = visitor.get(COMPARE)
    assert answer.status_code == 200
    assert "Tick “Compare” at up to 4 projects" in words(answer)


def test_what_is_chosen_comes_along_to_the_catalogue_and_back(visitor: Visitor) -> None:
    refs = sold(2)
    more = visitor.get(COMPARE, {"ref": refs}).context["more_url"]
    answer = visitor.get(more)
    body = answer.content.decode()
    for ref in refs:
        assert re.search(rf'name="ref" value="{ref}"( form="compare" checked)?', body) or (
            f'form="compare" name="ref" value="{ref}"' in body
        )
    assert "Compare 2 projects" in words(answer)


def test_a_comparison_needs_few_queries(visitor: Visitor) -> None:
    refs = sold(4)
    visitor.get(COMPARE, {"ref": refs[:1]})
    with CaptureQueriesContext(connection) as asked:
        visitor.get(COMPARE, {"ref": refs})
    assert len(asked) <= 8, [query["sql"][:80] for query in asked]
