"""What the seeded pages say. Facts with their sources; the campaign is an example and marked as one."""

from __future__ import annotations

from typing import Any

#: The project of the example campaign: a real one, of the Clean Development Mechanism.
CAMPAIGN_PROJECT = "9933"

HOME = {
    "title": "Home",
    "slug": "home",
    "seo_title": "Cancel carbon credits, and prove it",
    "heading": "Cancel carbon credits, and prove it",
    "intro": (
        "Choose a registered climate project, have its credits cancelled for you in the registry, "
        "and hold a certificate with the serial numbers."
    ),
    "steps_heading": "How a cancellation works",
    "search_description": (
        "Buy Certified Emission Reductions for voluntary cancellation, from one tonne. "
        "A certificate with serial numbers that anyone can check."
    ),
}

HOME_STEPS = [
    ("Choose a project", "Compare what it does, where, what was verified and what a tonne costs."),
    ("Order and pay", "Say for whom and why. The units are held for you until you have paid."),
    ("The registry cancels", "The units move to the cancellation account. Nothing ever leaves it."),
    ("Keep the certificate", "It names every serial number. A public page confirms it to anyone."),
]

#: Title, text, and the anchor in the explainer; without an anchor the door leads to the store.
DOORS = [
    ("Measure", "Find out what you emit in a year, and where most of it comes from.", "measure"),
    ("Reduce", "Cut what you can, beginning with the largest part. Nothing replaces this.", "reduce"),
    ("Cancel", "For what remains, have verified units cancelled and report them apart.", None),
]

EXPLAINER = {
    "title": "How the store works",
    "slug": "how-it-works",
    "lead": "What a credit is, what it means to cancel one, how you can check it, and what it does not do.",
    "search_description": (
        "What a Certified Emission Reduction is, what cancellation means, how serial numbers prevent a second sale, "
        "and what a credit does not do."
    ),
}

EXPLAINER_BODY: list[tuple[str, Any]] = [
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
        "its account for voluntary cancellation, in your name or in the name you give. This is one way: nothing leaves "
        "that account, so the units cannot be sold, moved or used again.</p>"
        "<p>Your certificate is made after the registry reports the cancellation as completed, never before, and it "
        "shows the registry's own time.</p>",
    ),
    (
        "steps",
        {"steps": [{"title": title, "text": text} for title, text in HOME_STEPS]},
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
    ("heading", {"text": "Measure, reduce, cancel", "level": "2", "anchor": "measure-reduce-cancel"}),
    ("text", "<p>The order matters. Cancelling comes last.</p>"),
    ("heading", {"text": "Measure", "level": "3", "anchor": "measure"}),
    (
        "text",
        "<p>Add up a year: fuel and electricity first, then travel, purchases and what suppliers emit for you. Write "
        "down where each figure and each factor comes from. The GHG Protocol sorts emissions into scopes 1, 2 and 3, "
        "so that others can compare your result.</p>",
    ),
    ("heading", {"text": "Reduce", "level": "3", "anchor": "reduce"}),
    (
        "text",
        "<p>Start with the largest part of your footprint. Set a target with a year, name who is responsible, and "
        "measure again every year. An indicator helps, for example emissions per employee.</p>",
    ),
    ("heading", {"text": "Cancel", "level": "3", "anchor": "cancel"}),
    (
        "text",
        "<p>For what is left this year, you can support reductions elsewhere by having units cancelled. Choose the "
        "project for what it does. Report the units apart from your footprint, with the certificate's number.</p>",
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

SOURCES = [
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
    {
        "title": "GHG Protocol Corporate Standard",
        "publisher": "World Resources Institute and WBCSD",
        "address": "https://ghgprotocol.org/corporate-standard",
        "note": "Scopes 1 and 2; scope 3 has a standard of its own.",
    },
]

CAMPAIGN = {
    "title": "Cancel one tonne for clean cooking",
    "slug": "clean-cooking",
    "lead": (
        "In Nkhata Bay District, Malawi, households cook on stoves that need less wood. "
        "This example campaign asks for one tonne from each reader."
    ),
    "search_description": "An example campaign: cancel one tonne from an improved cook stove project in Malawi.",
}

CAMPAIGN_BODY: list[tuple[str, Any]] = [
    ("heading", {"text": "What the project does", "level": "2", "anchor": ""}),
    (
        "text",
        "<p>An open fire wastes most of its heat. An improved stove cooks the same meal with less wood, and the "
        "project counts the wood that is not burnt: only the part that would not grow back. The method is AMS-II.G., "
        "“Energy efficiency measures in thermal applications of non-renewable biomass”.</p>",
    ),
    (
        "facts",
        {
            "caption": "Improved Cook Stove Project 1, Nkhata Bay District, Malawi",
            "facts": [
                {"label": "CDM reference", "value": "9933"},
                {"label": "Host country", "value": "Malawi"},
                {"label": "Registered", "value": "27 October 2014"},
                {"label": "Methodology", "value": "AMS-II.G."},
                {"label": "Units issued", "value": "126,686 CERs for 27 October 2014 to 27 July 2017"},
            ],
            "source": "UNFCCC, CDM registry and project pages",
        },
    ),
    ("heading", {"text": "What your tonne means", "level": "2", "anchor": ""}),
    (
        "text",
        "<p>One unit of this project is cancelled in the registry and never used again. Your certificate shows its "
        "serial number. The unit does not lower your own emissions, and Malawi may still count the reduction.</p>",
    ),
]

CAMPAIGN_PROJECT_TEXT = "Prices and what is available stand on the project's page, always current."
CAMPAIGN_ACTION_TEXT = "Go to the project"
