"""The explainer “Measure, reduce, offset”: text and sources. Doors of the home page lead to its anchors."""

from __future__ import annotations

from typing import Any

PAGE: dict[str, Any] = {
    "title": "Measure, reduce, offset: in this order",
    "slug": "measure-reduce-offset",
    "lead": (
        "Cancelling units is the last of three steps. "
        "The first two are yours: find out what you emit, then emit less of it."
    ),
    "search_description": (
        "How to measure a footprint by the GHG Protocol, where to begin with reductions, what offsetting by cancelled "
        "units can and cannot do, and what you may say about it."
    ),
}

BODY: list[tuple[str, Any]] = [
    (
        "text",
        "<p>To keep warming to 1.5 °C, the world's emissions would have to fall by about 43 % between 2019 and 2030: "
        "this is the middle of the pathways that the IPCC assessed in 2022. No purchase takes the place of that "
        "fall. What follows is for a company, a school, an event or a household that wants to do its part and to "
        "show it honestly.</p>",
    ),
    ("heading", {"text": "Measure", "level": "2", "anchor": "measure"}),
    (
        "text",
        "<p>Choose a year and add up what you caused. The GHG Protocol sorts it into three scopes, so that nothing is "
        "forgotten and others can compare.</p>",
    ),
    (
        "facts",
        {
            "caption": "The three scopes",
            "facts": [
                {"label": "Scope 1", "value": "What you burn or leak yourself: heating, vehicles, refrigerants"},
                {"label": "Scope 2", "value": "What is burnt to make the electricity, heat or cooling that you buy"},
                {
                    "label": "Scope 3",
                    "value": "Everything else up and down the chain: purchases, travel, transport, waste, the use of "
                    "what you sell. The standard lists 15 categories",
                },
            ],
            "source": "GHG Protocol, Corporate Standard and Scope 3 Standard",
        },
    ),
    (
        "steps",
        {
            "steps": [
                {
                    "title": "Draw the boundary",
                    "text": "Say which sites, people and activities count, and keep to it every year.",
                },
                {
                    "title": "Collect amounts",
                    "text": "Litres, kilowatt-hours, kilometres, euros: from bills and meters. Estimate what is "
                    "missing, and say that it is estimated.",
                },
                {
                    "title": "Multiply by factors",
                    "text": "An emission factor gives kilograms of CO2e for each unit. Use a published table of the "
                    "same country and year, and note which.",
                },
                {
                    "title": "Look at the largest",
                    "text": "In most footprints a few lines make up most of the sum. They decide what to do first.",
                },
            ]
        },
    ),
    (
        "text",
        "<p>The first footprint is rough. That is no reason to wait: it shows the large parts, and it gets better "
        "each year. Leave cancelled units out of it. Under ISO 14064-1 and ISO 14068-1 a footprint is stated before "
        "any units, and units are reported apart from it.</p>",
    ),
    ("heading", {"text": "Reduce", "level": "2", "anchor": "reduce"}),
    (
        "text",
        "<p>Start where the sum is largest. Set a target with a year, name who is responsible, and write down what "
        "will be done by when.</p>"
        "<ul><li><b>Do without.</b> The flight that a call can replace; the room that need not be heated.</li>"
        "<li><b>Use less.</b> Insulation, efficient motors, full lorries, longer use of what you own.</li>"
        "<li><b>Change the source.</b> Renewable power, heat pumps, electric vehicles, other materials.</li>"
        "<li><b>Ask your suppliers.</b> For many, most of scope 3 lies with a few of them.</li></ul>"
        "<p>Measure again every year, in the same way. Choose one or two indicators that stay comparable when you "
        "grow or shrink: emissions for each employee, or for each million of revenue. Report the sum as well, since "
        "only the sum reaches the air.</p>"
        "<p>How far is far enough? The Corporate Net-Zero Standard of the Science Based Targets initiative asks most "
        "companies for cuts of at least 90 % in the long run. It does not count bought units towards these cuts.</p>",
    ),
    (
        "callout",
        {
            "kind": "info",
            "title": "Money spent on units is not spent on reductions",
            "text": "<p>If you can avoid a tonne yourself for a reasonable price, do that first. It comes back every "
            "year; a cancelled unit is used once.</p>",
        },
    ),
    ("heading", {"text": "Offset", "level": "2", "anchor": "offset"}),
    (
        "text",
        "<p>For what is left this year, you can support reductions elsewhere. In this store you do that by having "
        "Certified Emission Reductions cancelled. The word “offset” promises more than a unit can keep: your emissions "
        "have happened, and they stay in the air for a very long time. It is safer to think of a contribution, "
        "measured in tonnes.</p>",
    ),
    (
        "steps",
        {
            "steps": [
                {
                    "title": "Choose for what it does",
                    "text": "Read the project's page: what it did, when, who verified it, and which objections are "
                    "known. Cheap is no reason by itself.",
                },
                {
                    "title": "Have it cancelled",
                    "text": "The registry moves the units out of use for good, in the name that you give.",
                },
                {
                    "title": "Report it apart",
                    "text": "State the footprint first, then the units: how many, of which project, of which vintage, "
                    "with the certificate's number.",
                },
            ]
        },
    ),
    ("heading", {"text": "What you may say", "level": "2", "anchor": "say"}),
    (
        "text",
        "<p>State facts: “In 2026 we emitted 120 tonnes of CO2e, 8 % less than in 2025. We had 120 CERs of project "
        "9933 cancelled.” Everyone can check both halves.</p>"
        "<p>In the European Union, Directive (EU) 2024/825 bans the claim, based on offsetting, that a product has a "
        "neutral, reduced or positive effect on the climate. It has applied since 27 September 2026. Other countries "
        "have rules of their own; in California a law of 2023 (AB 1305) lays down what sellers and users of voluntary "
        "units must publish. Ask a lawyer before you advertise.</p>",
    ),
    (
        "callout",
        {
            "kind": "caution",
            "title": "What cancelled units do not do",
            "text": "<p>They do not lower your footprint. They do not undo your emissions. The host country may count "
            "the same reduction, since there is no corresponding adjustment. And whether a reduction "
            "would have happened anyway can never be proved, only judged.</p>",
        },
    ),
    ("heading", {"text": "And next year", "level": "2", "anchor": "again"}),
    (
        "text",
        "<p>Begin again. Compare with the year before, say what worked and what did not, and move the target closer if "
        "you can. The three steps are a circle, and each round should leave less for the third.</p>",
    ),
    (
        "call_to_action",
        {
            "text": "See all projects",
            "link": {"store_page": "store:catalogue"},
            "note": "When you have measured and reduced. You can order from one tonne.",
        },
    ),
]

SOURCES: list[dict[str, str]] = [
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
        "note": "The 15 categories of scope 3.",
    },
    {
        "title": "Climate Change 2022: Mitigation of Climate Change, Summary for Policymakers, C.1",
        "publisher": "IPCC, Working Group III",
        "address": "https://www.ipcc.ch/report/ar6/wg3/",
        "note": "Reductions by 2030 in pathways to 1.5 °C with no or limited overshoot.",
    },
    {
        "title": "Corporate Net-Zero Standard, version 1.2, March 2024",
        "publisher": "Science Based Targets initiative",
        "note": "Long-term targets of at least 90 % for most companies; bought units do not count.",
    },
    {
        "title": "ISO 14064-1, Quantification and reporting of greenhouse gas emissions at the organization level",
        "publisher": "International Organization for Standardization",
        "note": "The inventory of an organisation.",
    },
    {
        "title": "ISO 14068-1, Climate change management: Transition to net zero, Part 1: Carbon neutrality",
        "publisher": "International Organization for Standardization",
        "note": "Units are reported apart from the footprint.",
    },
    {
        "title": "Directive (EU) 2024/825 on empowering consumers for the green transition",
        "publisher": "European Union",
        "address": "https://eur-lex.europa.eu/eli/dir/2024/825/oj",
        "note": "Claims based on offsetting.",
    },
    {
        "title": "Assembly Bill 1305, Voluntary carbon market disclosures (2023)",
        "publisher": "State of California",
        "note": "What sellers and users of units publish.",
    },
]
