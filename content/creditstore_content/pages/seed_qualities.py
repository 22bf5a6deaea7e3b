"""The explainer “What makes a CER worth having”: text and sources."""

from __future__ import annotations

from typing import Any

from creditstore_content import counted_facts as counted

PAGE: dict[str, Any] = {
    "title": "Key qualities of a CER",
    "slug": "qualities",
    "lead": (
        "Real, measurable, additional, verified, unique, public: this is what the rules ask of every unit. "
        "Here is what each word means, how it is checked, and where it can fall short."
    ),
    "search_description": (
        "The qualities that the rules of the CDM ask of a certified emission reduction, how each is checked, where it "
        "can fall short, and what a vintage tells you."
    ),
}

BODY: list[tuple[str, Any]] = [
    ("heading", {"text": "What the rules ask for", "level": "2", "anchor": "rules"}),
    (
        "text",
        "<p>Article 12 of the Kyoto Protocol asks for reductions that are real, measurable and long-term, and that "
        "are additional to any that would have come about without the project. Taking part is voluntary, and each "
        "country involved approves it. The rest follows from the rules that the Parties adopted in 2005.</p>",
    ),
    (
        "facts",
        {
            "caption": "Seven qualities in short",
            "facts": [
                {"label": "Real", "value": "It happened before the unit was issued; nothing is issued for promises"},
                {"label": "Measurable", "value": "Worked out by an approved methodology, from data that are monitored"},
                {"label": "Additional", "value": "It would not have happened without the project"},
                {"label": "Verified", "value": "Certified by an accredited third party, for each monitoring period"},
                {"label": "Unique", "value": "One serial number, in one account, of one registry"},
                {"label": "Public", "value": "Design, reports, decisions and cancellations can be read by anyone"},
                {"label": "Final", "value": "Cancelled once, it can never be used again"},
            ],
            "source": "Kyoto Protocol, Article 12; decision 3/CMP.1; the division into seven is this page's",
        },
    ),
    ("heading", {"text": "Where each can fall short", "level": "2", "anchor": "weak"}),
    (
        "text",
        "<ul><li><b>Real and measurable.</b> Some things are metered, such as power fed into a grid. Others are "
        "surveyed and estimated, such as the wood that a stove saves. Read the methodology to know which.</li>"
        "<li><b>Additional.</b> This is the weakest point of all. It compares the project with a world that never "
        "was. A study for the European Commission in 2016 gave 85 % of the projects that it covered a low likelihood "
        "of being additional and not overestimated.</li>"
        "<li><b>Verified.</b> The third party is accredited by the Board, but chosen and paid by the project.</li>"
        "<li><b>Unique.</b> The registry keeps this well. It cannot see whether the same tonne was also sold under "
        "another programme.</li>"
        "<li><b>Long-term.</b> Coal that was not burnt stays in the ground that year. A forest can burn. Therefore "
        "forestry units expire.</li></ul>",
    ),
    (
        "callout",
        {
            "kind": "info",
            "title": "What this store shows you",
            "text": "<p>Type, size, methodology, third party, dates, place, units issued and cancelled, and the known "
            "objections to the kind of project, each with its source. It gives no marks: you decide.</p>",
        },
    ),
    ("heading", {"text": "What a vintage tells you", "level": "2", "anchor": "vintages"}),
    (
        "text",
        "<p>The vintage is the time in which the reduction was measured. It is not the date of issuance, which can "
        "be years later, and not the date of your purchase. An old vintage is not a bad one in itself: the reduction "
        "was made, and it stays made. But the older it is, the less your money can have to do with it.</p>",
    ),
    (
        "diagram",
        {
            "kind": "vintages",
            "note": "UNFCCC, CDM registry: issuances to 27 March 2025, cancellations to 30 November 2023",
        },
    ),
    (
        "text",
        "<p>The first commitment period of the Kyoto Protocol covers 2008 to 2012, the second 2013 to 2020. The "
        "period is printed in every serial number. Units for reductions before 2008 belong to the first. For "
        "reductions after 2020 the CDM's registry has issued none that this store knows of.</p>",
    ),
    ("heading", {"text": "How to choose", "level": "2", "anchor": "choose"}),
    (
        "steps",
        {
            "steps": [
                {
                    "title": "Ask what it would be without the units",
                    "text": "Would the project stop, or never have begun? Where the units are the only income, as "
                    "with landfill gas that is flared, more depends on them than where power is sold.",
                },
                {
                    "title": "Read the objections",
                    "text": "They stand beside the price. They speak of a kind of project, and the single project "
                    "may be better or worse.",
                },
                {
                    "title": "Look at the vintage",
                    "text": "Choose a period that fits what you want to say. If you report on a year, say which "
                    "years your units are from.",
                },
                {
                    "title": "Open the documents",
                    "text": "Design document, monitoring reports and verification reports are linked from the "
                    "project's page. The latest verification report is the best place to begin.",
                },
            ]
        },
    ),
    ("heading", {"text": "What quality cannot change", "level": "2", "anchor": "limits"}),
    (
        "text",
        "<p>Even the best unit does not lower your own footprint. And no unit in this store comes with a "
        "corresponding adjustment: the host country may count the same reduction. No corresponding adjustment is no "
        "flaw of the single project; it holds for all of them.</p>"
        f"<p>Up to the end of November 2023 the registry had recorded the voluntary cancellation of "
        f"{counted.millions(counted.CANCELLED)} units, {counted.share(counted.CANCELLED, counted.ISSUED)} of all that "
        "were issued by March 2025.</p>",
    ),
    (
        "call_to_action",
        {
            "text": "Compare projects",
            "link": {"store_page": "store:catalogue"},
            "note": "Put up to four side by side.",
        },
    ),
]

SOURCES: list[dict[str, str]] = [
    {
        "title": "Kyoto Protocol to the United Nations Framework Convention on Climate Change",
        "publisher": "United Nations",
        "address": "https://unfccc.int/resource/docs/convkp/kpeng.pdf",
        "note": "Article 12, paragraph 5: real, measurable, long-term, additional, voluntary, approved.",
    },
    {
        "title": "Decision 3/CMP.1, Modalities and procedures for a clean development mechanism",
        "publisher": "UNFCCC",
        "address": "https://unfccc.int/resource/docs/2005/cmp1/eng/08a01.pdf",
        "note": "Verification, certification, issuance, serial numbers, what is public.",
    },
    {
        "title": "How additional is the Clean Development Mechanism? Analysis of the application of current tools",
        "publisher": "Öko-Institut, INFRAS and SEI for the European Commission, 2016",
        "address": "https://climate.ec.europa.eu/system/files/2017-04/clean_dev_mechanism_en.pdf",
        "note": "The likelihood that projects are additional, by kind.",
    },
    {
        "title": "CDM registry",
        "publisher": "UNFCCC",
        "address": "https://cdm.unfccc.int/Registry/index.html",
        "note": "Issuances and voluntary cancellations, from which the figures on this page were counted.",
    },
]
