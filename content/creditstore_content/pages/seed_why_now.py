"""The explainer “Why now”: text and sources. The gap is UNEP's, the units are counted from the shipped facts."""

from __future__ import annotations

from typing import Any

from creditstore_content import counted_facts as counted

PAGE: dict[str, Any] = {
    "title": "Why now",
    "slug": "why-now",
    "lead": (
        "The world emits more than it has promised, and it has promised less than is needed. Meanwhile verified units "
        "lie unused, and the registry that holds them is about to close."
    ),
    "search_description": (
        "The emissions gap in figures of the UNEP report of 2025, how many CERs were issued and never cancelled, what "
        "stranded projects are, and when the CDM registry closes."
    ),
}

BODY: list[tuple[str, Any]] = [
    ("heading", {"text": "The gap", "level": "2", "anchor": "gap"}),
    (
        "text",
        "<p>Every year the United Nations Environment Programme compares where emissions are going with where they "
        "would have to be. The difference is the emissions gap. The figures below are those of the sixteenth "
        "edition, published in November 2025. A newer edition may be out when you read this.</p>",
    ),
    (
        "facts",
        {
            "caption": "Emissions fall far less than is needed",
            "facts": [
                {"label": "Emissions in 2024", "value": "57.7 billion tonnes of CO2e, 2.3 % more than the year before"},
                {"label": "If all pledges are kept", "value": "About 15 % less in 2035 than in 2019"},
                {"label": "Needed by 2035 for 2 °C", "value": "35 % less than in 2019"},
                {"label": "Needed by 2035 for 1.5 °C", "value": "55 % less than in 2019"},
                {"label": "Warming if all pledges are kept", "value": "2.3 to 2.5 °C in this century"},
                {"label": "Warming under today's policies", "value": "Up to 2.8 °C"},
            ],
            "source": "UNEP, Emissions Gap Report 2025: Off target",
        },
    ),
    (
        "text",
        "<p>The report also finds that the long-term average will very likely exceed 1.5 °C within the next decade, at "
        "least for a time. What is emitted until then decides by how much, and for how long.</p>"
        "<p>No cancelled unit closes this gap. It closes when emissions fall: yours, your suppliers', your country's. "
        "Begin there.</p>",
    ),
    ("heading", {"text": "Units that nobody asked for", "level": "2", "anchor": "units"}),
    (
        "text",
        f"<p>By March 2025 the CDM registry had issued {counted.grouped(counted.ISSUED)} units. By the end of November "
        f"2023 the voluntary cancellation of {counted.grouped(counted.CANCELLED)} was on record. That leaves "
        f"{counted.grouped(counted.OUTSTANDING)} outstanding: units that are not known to be cancelled "
        "voluntarily.</p>"
        "<p>Outstanding does not mean for sale. Most units went to where countries and companies needed them for their "
        "Kyoto targets. Operators in the European Union's emissions trading alone surrendered 1,058 million CERs and "
        "similar units (ERUs) by the end of its second phase, and exchanged 506 million more by April 2021. Since "
        "then the EU accepts none. A study by the Zurich University of Applied Sciences put the CERs left unused at "
        "0.8 to 0.9 billion, about two fifths of what had been issued at its time. Nearly half of these lay in the CDM "
        "registry.</p>",
    ),
    ("heading", {"text": "Stranded projects", "level": "2", "anchor": "stranded"}),
    (
        "text",
        f"<p>{counted.grouped(counted.REGISTERED)} activities are registered. {counted.grouped(counted.WITHOUT_UNITS)} "
        "of them, more than half, had not been issued a single unit by March 2025. The registry does not "
        "say why.</p>"
        "<p>Did the projects stop? Most did not have to. A wind farm goes on selling its power. A study by the "
        "NewClimate Institute reckoned with up to 4.65 billion units that registered projects could earn for 2013 to "
        "2020. Only 171 million of these, less than four in a hundred, came from projects in great danger of giving "
        "up. These are projects that live on units alone: a landfill that burns its gas has nothing else to "
        "sell.</p>",
    ),
    (
        "callout",
        {
            "kind": "caution",
            "title": "What this means for your money",
            "text": "<p>If you want your payment to matter to a project, look for one that has no other income. Even "
            "then nobody can promise you that it decides. The reduction that you have cancelled was made before.</p>",
        },
    ),
    ("heading", {"text": "The dates", "level": "2", "anchor": "dates"}),
    (
        "steps",
        {
            "steps": [
                {
                    "title": "End of 2020",
                    "text": "The second commitment period of the Kyoto Protocol ended. CERs stand for reductions up to "
                    "then.",
                },
                {
                    "title": "31 March 2026",
                    "text": "The international transaction log stopped. Units can no longer move from one registry to "
                    "another.",
                },
                {
                    "title": "31 December 2026",
                    "text": "The CDM registry is announced to close. What becomes of units that are left in it is not "
                    "known to this store.",
                },
            ]
        },
    ),
    (
        "text",
        "<p>A new mechanism follows, under Article 6.4 of the Paris Agreement, with units and a registry of its own. "
        "This page will change when more is known. Your certificate will not: it carries the serial numbers, the "
        "registry's time and a way to check them that needs neither the registry nor this store.</p>",
    ),
    ("heading", {"text": "What you can do today", "level": "2", "anchor": "today"}),
    (
        "text",
        "<ul><li>Measure what you emit in a year, and reduce the largest part of it. This comes first.</li>"
        "<li>For what is left, have units cancelled if you want to contribute, and report them apart.</li>"
        "<li>Say what you did in plain numbers. Do not say that it makes up for what you emitted.</li>"
        "<li>Remember that there is no corresponding adjustment: the host country may count the same tonne.</li></ul>",
    ),
    (
        "call_to_action",
        {
            "text": "See what is offered",
            "link": {"store_page": "store:catalogue"},
            "note": "You can order from one tonne.",
        },
    ),
]

SOURCES: list[dict[str, str]] = [
    {
        "title": "Emissions Gap Report 2025: Off target",
        "publisher": "United Nations Environment Programme, November 2025",
        "address": "https://www.unep.org/resources/emissions-gap-report-2025",
        "note": "Emissions in 2024, pledges, reductions needed by 2035, warming.",
    },
    {
        "title": "Lacklustre new 2035 climate targets barely make a dent in temperature projections",
        "publisher": "Potsdam Institute for Climate Impact Research, November 2025",
        "address": "https://www.pik-potsdam.de/en/news/latest-news/"
        "lacklustre-new-2035-climate-targets-barely-make-a-dent-in-temperature-projections",
        "note": "The same figures in short.",
    },
    {
        "title": "CDM registry",
        "publisher": "UNFCCC",
        "address": "https://cdm.unfccc.int/Registry/index.html",
        "note": "Issuances and voluntary cancellations, from which the figures on this page were counted; its closing.",
    },
    {
        "title": "Updated information on exchange and international credits' use in the EU ETS",
        "publisher": "European Commission, 2021",
        "address": ""
        "https://ec.europa.eu/clima/news/updated-information-exchange-and-international-credits-use-eu-ets_en",
        "note": "506.3 million exchanged by 30 April 2021; none afterwards.",
    },
    {
        "title": "Number of international credits exchanged totals 132.8 million",
        "publisher": "European Commission, 2014",
        "address": "https://ec.europa.eu/clima/news/articles/news_2014050201_en",
        "note": "1,058 million CERs and ERUs surrendered by the end of phase two.",
    },
    {
        "title": "Volumes and types of unused Certified Emission Reductions (CERs), final report",
        "publisher": "Zurich University of Applied Sciences",
        "address": "https://www.zhaw.ch/de/sml/institute-zentren/cee/newsdetail/event-news/"
        "final-report-volumes-and-types-of-unused-certified-emission-reductions-cers/",
        "note": "0.8 to 0.9 billion unused, about 40 % of issuance to its date; 0.4 billion in the CDM registry.",
    },
    {
        "title": "Supporting vulnerable CDM projects through credit purchase facilities",
        "publisher": "NewClimate Institute",
        "address": "https://newclimate.org/resources/publications/"
        "supporting-vulnerable-cdm-projects-through-credit-purchase-facilities",
        "note": "Potential supply 2013 to 2020, and how much of it is vulnerable.",
    },
]
