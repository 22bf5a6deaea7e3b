"""The explainer “Sectors, and exceptions”: text and sources. Counts come from the shipped facts."""

from __future__ import annotations

from typing import Any

from creditstore_content import counted_facts as counted


def _scope(code: str) -> str:
    activities, units = counted.SCOPES[code]
    return f"{counted.grouped(activities)} activities, {counted.millions(units)} units"


_INDUSTRIAL = counted.TYPES["HFCs"][1] + counted.TYPES["N2O"][1]
_INDUSTRIAL_ACTIVITIES = counted.TYPES["HFCs"][0] + counted.TYPES["N2O"][0]

PAGE: dict[str, Any] = {
    "title": "Sectors, and exceptions",
    "slug": "sectors",
    "lead": (
        "Which kinds of project earn units, which never could, what is held against some of them, and why forests "
        "are a case of their own."
    ),
    "search_description": (
        "The sectoral scopes of the CDM with the number of projects and units, what is excluded, known objections by "
        "kind of project, and temporary units of forests."
    ),
}

BODY: list[tuple[str, Any]] = [
    ("heading", {"text": "What projects do", "level": "2", "anchor": "scopes"}),
    (
        "text",
        f"<p>{counted.grouped(counted.REGISTERED)} activities are registered in {counted.HOSTS} countries. Each "
        "belongs to one or more of the CDM's sectoral scopes. These are the largest; an activity with two scopes "
        "counts in both.</p>",
    ),
    (
        "facts",
        {
            "caption": "Activities and units by sectoral scope",
            "facts": [
                {"label": "Energy industries (scope 1)", "value": _scope("1")},
                {"label": "Waste handling and disposal (13)", "value": _scope("13")},
                {"label": "Manufacturing industries (4)", "value": _scope("4")},
                {"label": "Energy demand (3)", "value": _scope("3")},
                {"label": "Agriculture (15)", "value": _scope("15")},
                {"label": "Fugitive emissions from fuels (10)", "value": _scope("10")},
                {"label": "Chemical industries (5)", "value": _scope("5")},
                {"label": "Mining (8)", "value": _scope("8")},
                {"label": "Afforestation and reforestation (14)", "value": _scope("14")},
                {"label": "Halocarbons and SF6 (11)", "value": _scope("11")},
            ],
            "source": "UNFCCC CDM: projects as of April 2025, issuances to 27 March 2025",
        },
    ),
    (
        "text",
        f"<p>Wind ({counted.grouped(counted.TYPES['Wind'][0])} activities) and hydropower "
        f"({counted.grouped(counted.TYPES['Hydro'][0])}) are more than half of all. Yet "
        f"{_INDUSTRIAL_ACTIVITIES} activities that destroy HFCs or nitrous oxide in factories have "
        f"{counted.share(_INDUSTRIAL, counted.ISSUED)} of all units. {counted.grouped(counted.LEAST_DEVELOPED)} "
        "activities have a host that is a least developed country today.</p>",
    ),
    ("heading", {"text": "What cannot earn units", "level": "2", "anchor": "excluded"}),
    (
        "text",
        "<ul><li><b>Nuclear power.</b> Industrialised countries agreed not to use units from it. None of the "
        "activities registered is one.</li>"
        "<li><b>Protecting a standing forest.</b> Of what land can do, the CDM takes only planting: afforestation and "
        "reforestation.</li>"
        "<li><b>Reservoirs that flood much for little power.</b> At 4 W for each square metre or less, the "
        "methodologies for hydropower may not be used.</li>"
        "<li><b>A law or a standard.</b> A policy as such is no project. What carries it out can be one.</li></ul>",
    ),
    ("heading", {"text": "Known objections", "level": "2", "anchor": "objections"}),
    (
        "text",
        "<p>Some kinds of project are disputed. This store does not hide them, and it does not hide what is held "
        "against them: a label stands beside the price, with the reason and its source.</p>",
    ),
    (
        "facts",
        {
            "caption": "What the labels mean",
            "facts": [
                {
                    "label": "Industrial gas",
                    "value": "Destroying HFC-23, or N2O from adipic acid, costs little. The EU takes no such units "
                    "since May 2013",
                },
                {
                    "label": "Coal power plant",
                    "value": "It burns coal, if more efficiently. A study of 2011 found too many units credited",
                },
                {
                    "label": "Large hydropower",
                    "value": "Above 20 MW the EU asked that the criteria of the World Commission on Dams be respected",
                },
                {
                    "label": "Might have been built anyway",
                    "value": "Wind and hydropower above 15 MW, waste heat, fuel switch, efficient lighting: "
                    "additionality doubted by a study of 2016",
                },
                {
                    "label": "Forest: carbon can be lost again",
                    "value": "Trees can burn or be felled. Their units expire",
                },
                {
                    "label": "Units from before 2013",
                    "value": "The first commitment period. The EU took none of them after March 2015",
                },
            ],
            "source": "Each label names its own source beside the price",
        },
    ),
    (
        "callout",
        {
            "kind": "caution",
            "title": "A label speaks of a kind, not of a project",
            "text": "<p>The single project may be better or worse than its kind. A project without a label is not "
            "thereby good: rules are silent where a fact is not known.</p>",
        },
    ),
    ("heading", {"text": "Temporary units", "level": "2", "anchor": "temporary"}),
    (
        "text",
        f"<p>Projects that plant forests earn units that expire. A temporary CER (tCER) expires at the end of the "
        f"commitment period after the one in which it was issued. A long-term CER (lCER) expires at the end of the "
        f"project's crediting period. {counted.millions(counted.TEMPORARY_ISSUED)} such units have been issued, and "
        f"{counted.millions(counted.TEMPORARY_CANCELLED)} are cancelled.</p>"
        "<p>A country that used such a unit had to replace it when it expired. Who cancels one voluntarily replaces "
        "nothing. This is why the store does not offer them, unless its operator decides so; then the offer and the "
        "certificate name the unit type.</p>",
    ),
    ("heading", {"text": "How to look for a kind", "level": "2", "anchor": "look"}),
    (
        "steps",
        {
            "steps": [
                {
                    "title": "Open the catalogue",
                    "text": "Filter by type of project, sector, methodology, country or region. Counts stand "
                    "beside every value.",
                },
                {
                    "title": "Leave out what you do not want",
                    "text": "Labels of known objections stand on every row. Look at them before you look at the price.",
                },
                {
                    "title": "Compare",
                    "text": "Put up to four projects side by side, and read how each was verified.",
                },
            ]
        },
    ),
    (
        "text",
        "<p>One thing is the same for every sector: there is no corresponding adjustment, and the host country may "
        "count the reduction as well.</p>",
    ),
    (
        "call_to_action",
        {
            "text": "Browse by kind of project",
            "link": {"store_page": "store:catalogue"},
            "note": "Objections are shown on every row.",
        },
    ),
]

SOURCES: list[dict[str, str]] = [
    {
        "title": "CDM project search and CDM registry",
        "publisher": "UNFCCC",
        "address": "https://cdm.unfccc.int/Projects/projsearch.html",
        "note": "Activities, scopes and units, from which the figures on this page were counted.",
    },
    {
        "title": "Decision 17/CP.7, Modalities and procedures for a clean development mechanism",
        "publisher": "UNFCCC",
        "address": "https://unfccc.int/resource/docs/cop7/13a02.pdf",
        "note": "Nuclear facilities; afforestation and reforestation only. Confirmed by decision 3/CMP.1.",
    },
    {
        "title": "Decision 5/CMP.1, Modalities and procedures for afforestation and reforestation",
        "publisher": "UNFCCC",
        "address": "https://unfccc.int/resource/docs/2005/cmp1/eng/08a01.pdf",
        "note": "tCER and lCER, and when they expire.",
    },
    {
        "title": "Thresholds and criteria for hydroelectric power plants with reservoirs (EB 23, annex 5)",
        "publisher": "CDM Executive Board",
        "note": "Power density of reservoirs.",
    },
    {
        "title": "Commission Regulation (EU) No 550/2011",
        "publisher": "European Union",
        "address": "https://eur-lex.europa.eu/eli/reg/2011/550/oj",
        "note": "Units from industrial gas projects.",
    },
    {
        "title": "How additional is the Clean Development Mechanism? Analysis of the application of current tools",
        "publisher": "Öko-Institut, INFRAS and SEI for the European Commission, 2016",
        "address": "https://climate.ec.europa.eu/system/files/2017-04/clean_dev_mechanism_en.pdf",
        "note": "Additionality by kind of project.",
    },
]
