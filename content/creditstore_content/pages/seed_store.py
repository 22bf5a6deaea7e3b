"""The explainer “How the store works”: text and sources."""

from __future__ import annotations

from typing import Any

from creditstore_content.pages import seed_texts

PAGE: dict[str, Any] = {
    "title": "How the store works",
    "slug": "the-store",
    "lead": "What a credit is, what it means to cancel one, how you can check it, and what it does not do.",
    "search_description": (
        "What a Certified Emission Reduction is, what cancellation means, how serial numbers prevent a second sale, "
        "and what a credit does not do."
    ),
}

BODY: list[tuple[str, Any]] = [
    ("heading", {"text": "What a credit is", "level": "2", "anchor": "credit"}),
    (
        "text",
        "<p>This store sells Certified Emission Reductions, CERs for short. One CER stands for one tonne of carbon "
        "dioxide equivalent that a registered project of the Clean Development Mechanism, under the Kyoto Protocol, "
        "has avoided or removed. Accredited third parties first validate the project and later verify what it "
        "achieved. Only then are units issued into the CDM registry.</p>"
        "<p>The period in which a reduction was measured is its vintage. Units of the first commitment period come "
        "from the years 2008 to 2012, those of the second from 2013 to 2020. Each project page shows what was issued, "
        "what is cancelled already, and what a seller offers here.</p>",
    ),
    ("heading", {"text": "What cancellation means", "level": "2", "anchor": "cancellation"}),
    (
        "text",
        "<p>You never hold the units yourself. When you pay, the store asks the registry to move exactly your units to "
        "its account for voluntary cancellation. If you want the name that you give to be public, the registry is told "
        "it, too. This is one way: nothing leaves that account, so the units cannot be sold, moved or used again.</p>"
        "<p>Your certificate is made after the registry reports the cancellation as completed, never before, and it "
        "shows the registry's own time.</p>",
    ),
    (
        "steps",
        {"steps": [{"title": title, "text": text} for title, text in seed_texts.HOME_STEPS]},
    ),
    ("heading", {"text": "Why a unit cannot be sold twice", "level": "2", "anchor": "serials"}),
    (
        "text",
        "<p>Every unit has a serial number that exists once. It names the Party that hosts the project, the type of "
        "unit, a running number, the commitment period and the project. A unit lies in one account at a time.</p>"
        "<p>The store keeps the same rule. Units in an unpaid order are held back from other buyers. When you pay, a "
        "run of serial numbers is carved out for you, and the database refuses any second use of one of them. The "
        "public register lists what was cancelled; you can look up any serial number there.</p>",
    ),
    ("heading", {"text": "What a credit does not do", "level": "2", "anchor": "limits"}),
    (
        "callout",
        {
            "kind": "caution",
            "title": "No corresponding adjustment",
            "text": "<p>The country that hosts the project has not deducted these reductions from its own balance. It "
            "may still count them towards its own climate target. Every certificate says so.</p>",
        },
    ),
    (
        "text",
        "<p>Cancelling credits does not lower your footprint. Under ISO 14068-1 and ISO 14064-1, credits are reported "
        "apart from emissions and never subtracted from them.</p>"
        "<p>It does not give a product a neutral climate effect either. In the European Union, Directive (EU) 2024/825 "
        "bans claims, based on offsetting, that a product has a neutral, reduced or positive effect on the climate. "
        "The ban has applied since 27 September 2026. What you can always state is the fact: how many "
        "units of which project were cancelled, when and for whom.</p>",
    ),
    (
        "call_to_action",
        {
            "text": "See all projects",
            "link": {"store_page": "store:catalogue"},
            "note": "You can order from one tonne.",
        },
    ),
]

SOURCES: list[dict[str, str]] = [
    {
        "title": "CDM registry and its serial numbers",
        "publisher": "UNFCCC",
        "address": "https://cdm.unfccc.int/Registry/index.html",
        "note": "Issuance, accounts, voluntary cancellation.",
    },
    {
        "title": "Directive (EU) 2024/825 on empowering consumers for the green transition",
        "publisher": "European Union",
        "address": "https://eur-lex.europa.eu/eli/dir/2024/825/oj",
        "note": "Claims based on offsetting.",
    },
    {
        "title": "ISO 14068-1, Climate change management: Transition to net zero, Part 1: Carbon neutrality",
        "publisher": "International Organization for Standardization",
        "note": "Credits are reported apart from the footprint.",
    },
    {
        "title": "ISO 14064-1, Quantification and reporting of greenhouse gas emissions at the organization level",
        "publisher": "International Organization for Standardization",
        "note": "The inventory of an organisation.",
    },
]
