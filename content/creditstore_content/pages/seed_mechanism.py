"""The explainer “From project to cancellation”: text and sources. Its pictures are drawn by the diagram block."""

from __future__ import annotations

from typing import Any

PAGE: dict[str, Any] = {
    "title": "From project to cancellation, in pictures",
    "slug": "the-mechanism",
    "lead": (
        "Eight stations lie between an idea and a cancelled unit. "
        "This page shows them in one picture, and says who does what at each."
    ),
    "search_description": (
        "The Clean Development Mechanism in pictures: design document, validation, registration, monitoring, "
        "verification, issuance, the registry and cancellation, and where a unit can lie."
    ),
}

BODY: list[tuple[str, Any]] = [
    ("heading", {"text": "Eight stations", "level": "2", "anchor": "stations"}),
    (
        "text",
        "<p>Four kinds of people take part. Those who run the project write and measure. Accredited third parties, "
        "called designated operational entities, check. The CDM Executive Board decides. The registry keeps the "
        "units. No one of them can make a unit alone.</p>",
    ),
    ("diagram", {"kind": "mechanism", "note": "Decision 3/CMP.1 of the Parties to the Kyoto Protocol"}),
    ("heading", {"text": "What happens at each", "level": "2", "anchor": "each"}),
    (
        "steps",
        {
            "steps": [
                {
                    "title": "Project design document",
                    "text": "The participants describe the project: what it does, where, and by which approved "
                    "methodology its reductions are worked out. The host country must approve it in writing.",
                },
                {
                    "title": "Validation",
                    "text": "A third party examines the document against the rules. The document is published, and "
                    "for 30 days Parties, stakeholders and accredited organisations can comment.",
                },
                {
                    "title": "Registration",
                    "text": "The Board accepts the project. It becomes registered without a vote, unless a Party "
                    "involved or three members of the Board ask for a review.",
                },
                {
                    "title": "Monitoring",
                    "text": "The participants measure what the methodology asks for, and write a report for a period "
                    "of their choice. This period is the vintage of the units to come.",
                },
                {
                    "title": "Verification and certification",
                    "text": "A third party looks at the records and the site, and certifies in writing how many "
                    "tonnes were reduced.",
                },
                {
                    "title": "Issuance",
                    "text": "The Board instructs the registry to issue as many units. Each gets a serial number. "
                    "Two per cent go to the Adaptation Fund; least developed countries are exempt.",
                },
                {
                    "title": "The registry",
                    "text": "The units lie in an account of the registry, at first in its pending account. From "
                    "there the participants have them moved to accounts of their own, or cancelled.",
                },
                {
                    "title": "Cancellation",
                    "text": "On the participants' request the registry moves units to its account for voluntary "
                    "cancellation, for them or for somebody else. That is what you order here.",
                },
            ]
        },
    ),
    (
        "text",
        "<p>Stations four to six come again for each monitoring period, as long as the crediting period lasts. The "
        "third party that verifies a large project may not be the one that validated it, unless the Board allows it. "
        "For small projects it may be the same.</p>",
    ),
    ("heading", {"text": "Where a unit can lie", "level": "2", "anchor": "accounts"}),
    (
        "text",
        "<p>A unit lies in one account of one registry at a time. Most roads lead on. Two lead nowhere: an account "
        "for retirement, where a country has used the unit for its Kyoto target, and an account for cancellation. "
        "What lies there cannot come back.</p>",
    ),
    (
        "diagram",
        {"kind": "accounts", "note": "Decisions 3/CMP.1 and 13/CMP.1; CDM Executive Board, 69th meeting, annex 2"},
    ),
    (
        "facts",
        {
            "caption": "Words that you will meet",
            "facts": [
                {"label": "PDD", "value": "Project design document"},
                {"label": "DOE", "value": "Designated operational entity: the accredited third party"},
                {
                    "label": "Methodology",
                    "value": "The approved way to work out reductions, for example AMS-I.D. or ACM0002",
                },
                {"label": "Monitoring period", "value": "The time in which reductions were measured: the vintage"},
                {"label": "Crediting period", "value": "The years in which a project can earn units at all"},
                {"label": "Focal point", "value": "Who speaks for a project's participants towards the registry"},
                {"label": "Pending account", "value": "Where units lie after issuance, until they are distributed"},
                {"label": "Account type 230", "value": "Voluntary cancellation, in the standards of the registries"},
            ],
            "source": "Decision 3/CMP.1; CDM glossary; data exchange standards for registry systems",
        },
    ),
    ("heading", {"text": "What the picture does not show", "level": "2", "anchor": "limits"}),
    (
        "callout",
        {
            "kind": "caution",
            "title": "Checks are not certainty",
            "text": "<p>Each station can fail. Third parties are chosen and paid by the project. What would have "
            "happened without the project can be judged, but never observed.</p>",
        },
    ),
    (
        "text",
        "<p>The picture ends with your cancellation. The reduction itself stays where it happened, in the host "
        "country's own figures. There is no corresponding adjustment: the country may count it, too.</p>",
    ),
    (
        "call_to_action",
        {
            "text": "Follow a project through the stations",
            "link": {"store_page": "store:catalogue"},
            "note": "Each project's page links to its documents at the UNFCCC.",
        },
    ),
]

SOURCES: list[dict[str, str]] = [
    {
        "title": "Decision 3/CMP.1, Modalities and procedures for a clean development mechanism",
        "publisher": "UNFCCC",
        "address": "https://unfccc.int/resource/docs/2005/cmp1/eng/08a01.pdf",
        "note": "Annex: paragraphs 27 and 37 to 66; appendix D (registry). Small projects: decision 4/CMP.1, annex II.",
    },
    {
        "title": "CDM project cycle",
        "publisher": "UNFCCC",
        "address": "https://cdm.unfccc.int/Projects/pac/index.html",
        "note": "The stations of a project activity.",
    },
    {
        "title": "Decision 13/CMP.1, Modalities for the accounting of assigned amounts",
        "publisher": "UNFCCC",
        "address": "https://unfccc.int/resource/docs/2005/cmp1/eng/08a02.pdf",
        "note": "Accounts for retirement and cancellation.",
    },
    {
        "title": "Procedure for implementing voluntary cancellation in the CDM registry (EB 69, annex 2)",
        "publisher": "CDM Executive Board",
        "address": "https://cdm.unfccc.int/Registry/guidance/index.html",
        "note": "Who can have units cancelled, from which accounts, and for whom.",
    },
    {
        "title": "Data exchange standards for registry systems under the Kyoto Protocol",
        "publisher": "UNFCCC",
        "note": "Types of account.",
    },
]
