"""The explainer “What the CDM is”: text and sources."""

from __future__ import annotations

from typing import Any

from creditstore_content import counted_facts as counted

PAGE: dict[str, Any] = {
    "title": "What the Clean Development Mechanism is",
    "slug": "what-the-cdm-is",
    "lead": (
        "Every unit in this store comes from the Clean Development Mechanism, the CDM. "
        "This page says who made it, how a project gets its units, and what has been said against it."
    ),
    "search_description": (
        "What the Clean Development Mechanism of the Kyoto Protocol is, how a project is registered, verified and "
        "credited, what a CER stands for, and what critics found."
    ),
}

BODY: list[tuple[str, Any]] = [
    ("heading", {"text": "An agreement between countries", "level": "2", "anchor": "agreement"}),
    (
        "text",
        "<p>In 1997 the Kyoto Protocol set limits on the emissions of industrialised countries. Its Article 12 created "
        "the Clean Development Mechanism. A project in a developing country that avoids emissions can earn units for "
        "it, and a country with a limit may use these units to keep within the limit. The mechanism has two aims, "
        "written into the article: to help the host country develop sustainably, and to help the other country meet "
        "its commitment.</p>"
        "<p>Taking part is voluntary, and each country involved must approve the project. The article asks for "
        "reductions that are real, measurable and long-term, and for reductions that would not have happened without "
        "the project. This last condition is called additionality.</p>"
        "<p>An Executive Board, elected by the Parties to the Protocol, supervises the mechanism. The secretariat of "
        "the United Nations climate convention (UNFCCC) works for the Board and runs the CDM registry. More than 8,000 "
        "projects and programmes have been registered.</p>",
    ),
    ("heading", {"text": "From an idea to a unit", "level": "2", "anchor": "cycle"}),
    (
        "text",
        "<p>A project passes the same stations everywhere. What it hands in, and what the checkers find, is published "
        "on the pages of the UNFCCC. Each project in this store links to its own.</p>",
    ),
    (
        "steps",
        {
            "steps": [
                {
                    "title": "Design",
                    "text": "The owners describe the project and choose an approved methodology. It lays down how to "
                    "work out what would have been emitted without the project: the baseline.",
                },
                {
                    "title": "Approval and validation",
                    "text": "The host country approves the project. An accredited third party, the validator, examines "
                    "the design. Anyone may comment in public.",
                },
                {
                    "title": "Registration",
                    "text": "The Executive Board accepts the project. It gets its reference number, the one that "
                    "you see on every page of this store.",
                },
                {
                    "title": "Monitoring",
                    "text": "The owners measure what the methodology asks for: power fed into the grid, gas burnt, "
                    "stoves in use.",
                },
                {
                    "title": "Verification",
                    "text": "An accredited third party checks the measurements and certifies the amount. In large "
                    "projects it may not be the one that validated the design.",
                },
                {
                    "title": "Issuance",
                    "text": "The registry issues the units, each with a serial number. The period in which the "
                    "reductions were measured is their vintage.",
                },
            ]
        },
    ),
    (
        "text",
        "<p>Monitoring, verification and issuance are repeated, often every year or two. They end with the crediting "
        "period: ten years, or seven years that can be renewed twice. For planting forests the periods are longer.</p>",
    ),
    ("heading", {"text": "What a unit stands for", "level": "2", "anchor": "unit"}),
    (
        "text",
        "<p>The unit is the Certified Emission Reduction, the CER. One CER stands for one metric tonne of carbon "
        "dioxide, or for as much of another greenhouse gas as has the same effect. It is a difference: baseline "
        "emissions, less the emissions of the project and less what it causes elsewhere.</p>",
    ),
    (
        "facts",
        {
            "caption": "The CDM in short",
            "facts": [
                {"label": "Legal basis", "value": "Kyoto Protocol, Article 12; rules in decision 3/CMP.1"},
                {"label": "Supervised by", "value": "The CDM Executive Board, under the Parties to the Protocol"},
                {"label": "Unit", "value": "CER: one tonne of carbon dioxide equivalent"},
                {"label": "First commitment period", "value": "2008 to 2012"},
                {"label": "Second commitment period", "value": "2013 to 2020"},
                {
                    "label": "For adaptation",
                    "value": "2 % of the units issued; projects in least developed countries are exempt",
                },
            ],
            "source": "Kyoto Protocol and its Doha Amendment; decision 3/CMP.1",
        },
    ),
    (
        "text",
        "<p>Two per cent of the units go to the Adaptation Fund, which helps developing countries with the damage that "
        "climate change does. Forestry projects receive units that expire (tCER and lCER), because a forest can burn. "
        "This store does not offer them unless its operator has decided so.</p>",
    ),
    ("heading", {"text": "What has been said against it", "level": "2", "anchor": "critics"}),
    (
        "text",
        "<p>Nobody can observe what would have happened without a project. Additionality is a judgement, and it has "
        "been wrong. In 2016 the Öko-Institut studied the mechanism for the European Commission. Of the projects it "
        "covered, it gave 85 % a low likelihood of being additional and not overestimated, and 2 % a high one. It "
        "doubted wind, hydropower and waste heat above all, because the power sold brings in far more than the "
        "units.</p>"
        "<p>Some kinds met with more objections. Factories earned units for destroying industrial gases at little "
        "cost, and the European Union stopped taking these from May 2013. Large dams displace people and change "
        "rivers.</p>",
    ),
    (
        "callout",
        {
            "kind": "caution",
            "title": "A unit is evidence, and evidence can be weak",
            "text": "<p>Known objections to a kind of project stand beside its price in this store, each with its "
            "source. They speak of the kind; the documents of the single project tell more.</p>",
        },
    ),
    ("heading", {"text": "Where it stands now", "level": "2", "anchor": "now"}),
    (
        "text",
        "<p>The Kyoto Protocol's second commitment period ended with 2020. Under the Paris Agreement a new mechanism "
        "follows, that of Article 6.4, with units and a registry of its own. Host countries could ask for CDM "
        "activities to move over. The CDM registry is announced to close on 31 December 2026.</p>"
        "<p>CERs that were issued can still be cancelled until then, for anyone and for any reason of their own. This "
        "is what this store is for. From 2015 to 2023 the United Nations' own store handled "
        f"{counted.grouped(counted.UN_STORE_CANCELLATIONS)} such cancellations, "
        f"{counted.grouped(counted.UN_STORE_UNITS)} units in all. More than half of them were of 20 units or "
        "fewer.</p>",
    ),
    ("heading", {"text": "What a CER does not do", "level": "2", "anchor": "limits"}),
    (
        "text",
        "<ul><li>It does not lower your own emissions. They stay in your footprint, whatever you cancel.</li>"
        "<li>It does not remove carbon from the air, except in forestry. Most projects avoid emissions.</li>"
        "<li>It does not bring about a new project today. The reductions were made in the years of its vintage.</li>"
        "<li>It does not stop the host country from counting the same reduction: there is no corresponding "
        "adjustment.</li></ul>",
    ),
    (
        "call_to_action",
        {
            "text": "Look at the projects",
            "link": {"store_page": "store:catalogue"},
            "note": "Each page shows what was issued, what is cancelled already, and the objections that are known.",
        },
    ),
]

SOURCES: list[dict[str, str]] = [
    {
        "title": "Kyoto Protocol to the United Nations Framework Convention on Climate Change",
        "publisher": "United Nations",
        "address": "https://unfccc.int/resource/docs/convkp/kpeng.pdf",
        "note": "Article 12: aims, approval, additionality, adaptation.",
    },
    {
        "title": "Decision 3/CMP.1, Modalities and procedures for a clean development mechanism",
        "publisher": "UNFCCC",
        "address": "https://unfccc.int/resource/docs/2005/cmp1/eng/08a01.pdf",
        "note": "Board, validation, registration, verification, issuance, crediting periods.",
    },
    {
        "title": "CDM project cycle",
        "publisher": "UNFCCC",
        "address": "https://cdm.unfccc.int/Projects/pac/index.html",
        "note": "The stations of a project activity.",
    },
    {
        "title": "CDM registry",
        "publisher": "UNFCCC",
        "address": "https://cdm.unfccc.int/Registry/index.html",
        "note": "Issuances and voluntary cancellations, from which the figures on this page were counted; its closing.",
    },
    {
        "title": "How additional is the Clean Development Mechanism? Analysis of the application of current tools",
        "publisher": "Öko-Institut, INFRAS and SEI for the European Commission, 2016",
        "address": "https://climate.ec.europa.eu/system/files/2017-04/clean_dev_mechanism_en.pdf",
        "note": "The likelihood that projects are additional, by kind.",
    },
    {
        "title": "Commission Regulation (EU) No 550/2011",
        "publisher": "European Union",
        "address": "https://eur-lex.europa.eu/eli/reg/2011/550/oj",
        "note": "Units from industrial gas projects.",
    },
    {
        "title": "Decision 3/CMA.3, Rules, modalities and procedures for the mechanism established by Article 6.4",
        "publisher": "UNFCCC",
        "note": "Annex, chapter XI: transition of CDM activities.",
    },
]
