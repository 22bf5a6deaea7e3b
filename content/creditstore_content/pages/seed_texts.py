"""What the home page, the list of explainers and the example campaign say. Explainers have files of their own."""

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

INDEX = {
    "title": "How it works",
    "slug": "how-it-works",
    "lead": "What is sold here, where it comes from, what keeps it from being counted twice, and what comes before it.",
    "search_description": (
        "What the store does, what the Clean Development Mechanism is, how double counting is prevented, and why "
        "measuring and reducing come first."
    ),
    "order": "tree",
}

HOME_STEPS = [
    ("Choose a project", "Compare what it does, where, what was verified and what a tonne costs."),
    ("Order and pay", "Say for whom and why. The units are held for you until you have paid."),
    ("The registry cancels", "The units move to the cancellation account. Nothing ever leaves it."),
    ("Keep the certificate", "It names every serial number. A public page confirms it to anyone."),
]

#: Title, text, and the anchor in the explainer “Measure, reduce, offset”; without one the door leads to the store.
DOORS = [
    ("Measure", "Find out what you emit in a year, and where most of it comes from.", "measure"),
    ("Reduce", "Cut what you can, beginning with the largest part. Nothing replaces this.", "reduce"),
    ("Cancel", "For what remains, have verified units cancelled and report them apart.", None),
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
