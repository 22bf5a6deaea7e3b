"""The explainer “For companies”: text and sources."""

from __future__ import annotations

from typing import Any

PAGE: dict[str, Any] = {
    "title": "For companies",
    "slug": "for-companies",
    "lead": (
        "Measure, reduce, contribute, and say it so that it holds: "
        "what a company needs to know before it has units cancelled, and before it talks about it."
    ),
    "search_description": (
        "How companies use cancelled units beside measuring and reducing, what an auditor needs, and what Directive "
        "(EU) 2024/825, ISO 14068-1 and California's AB 1305 say about claims."
    ),
}

BODY: list[tuple[str, Any]] = [
    ("heading", {"text": "Three steps, every year", "level": "2", "anchor": "steps"}),
    (
        "steps",
        {
            "steps": [
                {
                    "title": "Measure",
                    "text": "Draw up an inventory by the GHG Protocol or ISO 14064-1: scopes 1, 2 and the parts of "
                    "scope 3 that count. State it before any units.",
                },
                {
                    "title": "Reduce",
                    "text": "Set a target with a year, make a plan with names and dates, and report how far you came. "
                    "Reductions in your own chain come before units.",
                },
                {
                    "title": "Contribute",
                    "text": "For what is left, pay for reductions elsewhere if you want to. Report the units apart: "
                    "how many, of which project, of which vintage.",
                },
            ]
        },
    ),
    (
        "text",
        "<p>ISO 14068-1 puts the steps in the same order: reductions within the value chain take priority over "
        "units. Units never go into the inventory. They do not make a footprint smaller.</p>",
    ),
    ("heading", {"text": "What an auditor will ask for", "level": "2", "anchor": "audit"}),
    (
        "facts",
        {
            "caption": "Where to find it",
            "facts": [
                {"label": "Project and host country", "value": "On the certificate, and on the project's page"},
                {
                    "label": "Vintage",
                    "value": "On the certificate: the monitoring period of each run of serial numbers",
                },
                {
                    "label": "Serial numbers and quantity",
                    "value": "On the certificate, first and last number of each run",
                },
                {"label": "Registry, transaction, time", "value": "On the certificate, in the registry's own time"},
                {"label": "For whom and why", "value": "On the certificate, in your words"},
                {"label": "That it is real", "value": "The certificate's public page, and the public register"},
                {"label": "Adjustment", "value": "On the certificate: no corresponding adjustment"},
            ],
            "source": "Certificates of this store",
        },
    ),
    ("heading", {"text": "The European Union: Directive 2024/825", "level": "2", "anchor": "eu"}),
    (
        "text",
        "<p>Since 27 September 2026 one kind of claim is unfair in every case: that a product has a neutral, reduced "
        "or positive impact on the environment in terms of greenhouse gas emissions, if the claim rests on offsetting. "
        "Services are products, too. The directive names examples, among them "
        "“climate net zero” and “climate compensated”.</p>"
        "<p>The directive also says what is not banned. Companies may advertise that they invest in environmental "
        "initiatives, projects with credits among them, as long as they do so in a way that is not misleading. A "
        "claim about future environmental performance needs clear, public commitments, a detailed plan, and an "
        "independent expert who checks it regularly.</p>",
    ),
    ("heading", {"text": "California: Assembly Bill 1305", "level": "2", "anchor": "california"}),
    (
        "text",
        "<p>In force since 1 January 2024. Whoever uses voluntary units, operates in California and claims net zero, "
        "neutrality or significant reductions there must publish, for each project:</p>"
        "<ul><li>who sold the units, and the registry or programme;</li>"
        "<li>the project's number and name;</li>"
        "<li>its type, whether it removes or avoids, and its place;</li>"
        "<li>the protocol used for the estimate;</li>"
        "<li>whether an independent third party verified the company's data and claims.</li></ul>"
        "<p>The first four are on the certificate or the project's page. Sellers have duties of their own. Fines go up "
        "to 2,500 US dollars a day for each violation, and 500,000 in all.</p>",
    ),
    ("heading", {"text": "What you may say", "level": "2", "anchor": "say"}),
    (
        "facts",
        {
            "caption": "The same purchase, in words that hold and words that do not",
            "facts": [
                {"label": "Holds", "value": "“In 2026 we emitted 1,200 t of CO2e, 8 % less than in 2025.”"},
                {
                    "label": "Holds",
                    "value": "“Beside this we had 1,200 CERs of project 9933 cancelled, vintage 2014 to 2017.”",
                },
                {"label": "Holds", "value": "“The certificate, with its serial numbers, is public.”"},
                {"label": "Does not hold", "value": "“Our emissions are zero.” The units do not change them"},
                {
                    "label": "Does not hold",
                    "value": "“This parcel has no effect on the climate.” Banned in the EU if it rests on units",
                },
                {
                    "label": "Does not hold",
                    "value": "“Supported by the United Nations.” They run the registry, not your claim",
                },
            ],
            "source": "Directive (EU) 2024/825; ISO 14068-1; the examples are this page's",
        },
    ),
    (
        "callout",
        {
            "kind": "caution",
            "title": "This is no legal advice",
            "text": "<p>Laws differ and change. ISO 14068-1 lets organisations make a claim of its own kind under many "
            "conditions; the law of your country may still forbid it. Ask a lawyer before you advertise.</p>",
        },
    ),
    ("heading", {"text": "Ordering for a company", "level": "2", "anchor": "order"}),
    (
        "text",
        "<p>Give the company as beneficiary, and as organisation if it is the one that pays. One order goes to one "
        "seller and may hold several projects. For many cancellations, such as one for each of your customers, use "
        "the API: it places orders, and gives you certificates and proofs that a program can read. Ask the operator "
        "for a key.</p>"
        "<p>How tax is treated depends on the country of seller and buyer. The total that you see before you order is "
        "what you pay.</p>",
    ),
    (
        "call_to_action",
        {
            "text": "See all projects",
            "link": {"store_page": "store:catalogue"},
            "note": "When you have measured and reduced.",
        },
    ),
]

SOURCES: list[dict[str, str]] = [
    {
        "title": "Directive (EU) 2024/825 on empowering consumers for the green transition",
        "publisher": "European Union",
        "address": "https://eur-lex.europa.eu/eli/dir/2024/825/oj",
        "note": "Article 1 and annex (offsetting; future performance); recital 12 (examples; investments).",
    },
    {
        "title": "ISO 14068-1:2023, Climate change management: Transition to net zero, Part 1: Carbon neutrality",
        "publisher": "International Organization for Standardization",
        "address": "https://www.iso.org/standard/43279.html",
        "note": "Order of reductions and units.",
    },
    {
        "title": "ISO 14064-1, Quantification and reporting of greenhouse gas emissions at the organization level",
        "publisher": "International Organization for Standardization",
        "note": "The inventory of an organisation.",
    },
    {
        "title": "California Health and Safety Code, sections 44475 to 44475.3 (Assembly Bill 1305)",
        "publisher": "State of California",
        "address": "https://leginfo.legislature.ca.gov/faces/billTextClient.xhtml?bill_id=202320240AB1305",
        "note": "What sellers and users of voluntary units publish; fines.",
    },
    {
        "title": "GHG Protocol Corporate Standard",
        "publisher": "World Resources Institute and WBCSD",
        "address": "https://ghgprotocol.org/corporate-standard",
        "note": "Boundaries, scopes 1 and 2.",
    },
    {
        "title": "Corporate Value Chain (Scope 3) Standard",
        "publisher": "World Resources Institute and WBCSD",
        "address": "https://ghgprotocol.org/standards/scope-3-standard",
        "note": "Scope 3.",
    },
]
