"""The explainer “What the host country counts”: text and sources."""

from __future__ import annotations

from typing import Any

PAGE: dict[str, Any] = {
    "title": "What the host country counts",
    "slug": "host-country",
    "lead": (
        "You have a unit cancelled. The country where the reduction was made may count it, too. "
        "This page explains why, what a corresponding adjustment would be, and what you can still say."
    ),
    "search_description": (
        "Why the host country of a CDM project may count the same reduction, what a corresponding adjustment is, what "
        "was decided about CERs in Glasgow, and what a buyer can truthfully say."
    ),
}

BODY: list[tuple[str, Any]] = [
    ("heading", {"text": "One tonne, two books", "level": "2", "anchor": "two-books"}),
    (
        "text",
        "<p>A reduction leaves two traces. In the registry it is a unit with a serial number. In the host country's "
        "greenhouse gas inventory it is simply a lower figure: less coal was burnt, so less is reported. Cancelling "
        "the unit changes the first book. Nobody rewrites the second.</p>",
    ),
    ("diagram", {"kind": "two-books", "note": "Drawn after decisions 2/CMA.3 and 3/CMA.3"}),
    ("heading", {"text": "How it came to this", "level": "2", "anchor": "history"}),
    (
        "steps",
        {
            "steps": [
                {
                    "title": "Kyoto Protocol, 2008 to 2020",
                    "text": "Host countries had no limit on their emissions. There was no target of theirs from which "
                    "a unit could have been taken.",
                },
                {
                    "title": "Paris Agreement, from 2021",
                    "text": "Nearly every country has a target of its own. A reduction that another country uses would "
                    "be counted twice.",
                },
                {
                    "title": "Glasgow, 2021",
                    "text": "Decision 2/CMA.3 lays down the corresponding adjustment for reductions from 2021 on that "
                    "a host country authorises for others.",
                },
                {
                    "title": "Glasgow, for CERs",
                    "text": "Decision 3/CMA.3 lets countries use certain CERs for their first targets, and says that "
                    "the host country need not adjust for them.",
                },
            ]
        },
    ),
    ("heading", {"text": "What a corresponding adjustment is", "level": "2", "anchor": "adjustment"}),
    (
        "text",
        "<p>It is a line in a country's account of its target. The host adds the tonnes that it has let go, as if it "
        "had emitted them. The country that uses them subtracts as many. So each tonne counts once. It needs the "
        "host's authorisation, and it is reported to the UNFCCC.</p>"
        "<p>For the CERs in this store there is none. They stand for reductions up to the end of 2020, and the "
        "Parties decided that a host country need not adjust for them, even where another country uses them.</p>",
    ),
    (
        "facts",
        {
            "caption": "Three kinds of unit, and who counts the tonne",
            "facts": [
                {
                    "label": "CER, cancelled voluntarily",
                    "value": "You hold the proof of cancellation. The host counts the reduction. No adjustment",
                },
                {
                    "label": "A6.4ER, authorised",
                    "value": "The host has authorised its use by others and makes a corresponding adjustment",
                },
                {
                    "label": "A6.4ER, mitigation contribution",
                    "value": "Not authorised for use by others: it contributes to the host's own target. No adjustment",
                },
            ],
            "source": "Decisions 2/CMA.3 and 3/CMA.3; decision 7/CMA.4. A6.4ERs are the units of the Paris "
            "Agreement's mechanism; this store does not sell them today",
        },
    ),
    ("heading", {"text": "Does it matter?", "level": "2", "anchor": "matter"}),
    (
        "text",
        "<p>It depends on what you want to say. If you say that your tonne comes on top of what the host country has "
        "promised, it matters: you cannot show that. If you say that you paid for a verified reduction and had its "
        "unit put out of use, it does not: that is true either way.</p>"
        "<p>Some hold that a reduction before 2021 cannot help a country with a target for 2030 in any case, since it "
        "lies in other years. That is right for the year's figures. But a wind farm built under the CDM goes on "
        "running, and its later years count for the host.</p>",
    ),
    (
        "callout",
        {
            "kind": "caution",
            "title": "No corresponding adjustment",
            "text": "<p>Every certificate of this store says that the host country has made no corresponding "
            "adjustment. If somebody shows you a CER with one, ask for the country's own report of it.</p>",
        },
    ),
    ("heading", {"text": "What you can say", "level": "2", "anchor": "say"}),
    (
        "text",
        "<ul><li>True: “120 CERs of project 9933 were cancelled for us in the CDM registry.”</li>"
        "<li>True: “We contributed to climate protection in Malawi. Malawi may count the reduction as its own.”</li>"
        "<li>Not shown: “We have taken 120 tonnes out of the world's emissions.”</li>"
        "<li>Not shown: “Our purchase makes Malawi's emissions lower than its target.”</li></ul>",
    ),
    ("heading", {"text": "Why the store sells them all the same", "level": "2", "anchor": "why"}),
    (
        "text",
        "<p>Because the cancellation is a fact that can be proved, and because people who pay for verified reductions "
        "should know exactly what they get. What would be wrong is to sell them without this page.</p>",
    ),
    (
        "call_to_action",
        {
            "text": "See projects by country",
            "link": {"store_page": "store:catalogue"},
            "note": "Every project names its host.",
        },
    ),
]

SOURCES: list[dict[str, str]] = [
    {
        "title": "Decision 2/CMA.3, Guidance on cooperative approaches referred to in Article 6, paragraph 2",
        "publisher": "UNFCCC",
        "address": "https://unfccc.int/sites/default/files/resource/cma2021_10a01E.pdf",
        "note": "Annex, chapter III: corresponding adjustments.",
    },
    {
        "title": "Decision 3/CMA.3, Rules, modalities and procedures for the mechanism established by Article 6.4",
        "publisher": "UNFCCC",
        "address": "https://unfccc.int/sites/default/files/resource/cma2021_10a01E.pdf",
        "note": "Annex, chapter XI.B: use of CERs towards first targets, without an adjustment of the host.",
    },
    {
        "title": "Technical paper on the use of CERs towards first NDCs",
        "publisher": "ERCST, library",
        "address": "https://ercst.org/document/technical-paper-on-the-use-of-cers-towards-first-ndcs",
        "note": "How chapter XI.B is put into practice.",
    },
    {
        "title": "Paris Agreement",
        "publisher": "United Nations",
        "address": "https://unfccc.int/sites/default/files/english_paris_agreement.pdf",
        "note": "Article 4 (targets), Article 6 (cooperation, double counting).",
    },
    {
        "title": "Kyoto Protocol to the United Nations Framework Convention on Climate Change",
        "publisher": "United Nations",
        "address": "https://unfccc.int/resource/docs/convkp/kpeng.pdf",
        "note": "Articles 3 and 12: who had limits, and who hosted projects.",
    },
    {
        "title": "Decision 7/CMA.4, Guidance on the mechanism established by Article 6, paragraph 4",
        "publisher": "UNFCCC",
        "note": "Mitigation contribution A6.4ERs.",
    },
]
