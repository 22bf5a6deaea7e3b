"""The imprint: a template that the operator fills in. It is made as a draft, so that no gap is ever published."""

from __future__ import annotations

from typing import Any, Final

PAGE: Final[dict[str, Any]] = {
    "title": "Imprint",
    "slug": "imprint",
    "lead": "Who runs this store, and how to reach them.",
    "search_description": "Name, address and contact of the operator of this store.",
}

BODY: Final[list[tuple[str, Any]]] = [
    (
        "callout",
        {
            "kind": "caution",
            "title": "A template",
            "text": "<p>Fill in what is in brackets, delete what does not apply, delete this box, then publish.</p>",
        },
    ),
    ("heading", {"text": "Operator", "level": "2", "anchor": "operator"}),
    (
        "facts",
        {
            "caption": "Who runs this store",
            "facts": [
                {"label": "Name and legal form", "value": "[name, legal form]"},
                {
                    "label": "Address",
                    "value": "[street, postcode, town, country: where you are established, no post box]",
                },
                {"label": "Represented by", "value": "[name]"},
                {"label": "E-mail", "value": "[address]"},
                {"label": "Telephone", "value": "[number]"},
                {"label": "Register", "value": "[name of the register, place, number]"},
                {"label": "VAT number", "value": "[number]"},
                {"label": "Supervisory authority", "value": "[only where a licence is needed]"},
            ],
            "source": "Directive 2000/31/EC, Article 5, asks for these in the European Union",
        },
    ),
    ("heading", {"text": "Sellers", "level": "2", "anchor": "sellers"}),
    (
        "text",
        "<p>Units are sold by the sellers named on the offers. The operator takes orders, passes payments on and asks "
        "the registry to cancel.</p>",
    ),
    ("heading", {"text": "Not the United Nations", "level": "2", "anchor": "not-the-un"}),
    (
        "text",
        "<p>The operator is not affiliated with the United Nations or its climate secretariat. Facts about projects, "
        "issuances and past cancellations come from the UNFCCC, CDM.</p>",
    ),
]

SOURCES: Final[list[dict[str, str]]] = [
    {
        "title": "Directive 2000/31/EC on electronic commerce",
        "publisher": "European Union",
        "address": "https://eur-lex.europa.eu/eli/dir/2000/31/oj",
        "note": "Article 5: what every provider must make easy to find.",
    },
]
