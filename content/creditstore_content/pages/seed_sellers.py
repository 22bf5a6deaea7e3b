"""The explainer “For sellers”: text and sources."""

from __future__ import annotations

from typing import Any

PAGE: dict[str, Any] = {
    "title": "For sellers",
    "slug": "for-sellers",
    "lead": (
        "You take part in a CDM project and hold units that nobody has used. "
        "Here is who may offer them, what you need, and what happens when somebody buys."
    ),
    "search_description": (
        "How participants of a CDM project offer certified emission reductions in this store: who may cancel, the "
        "focal point, the proof of holding, prices, and what happens after a purchase."
    ),
}

BODY: list[tuple[str, Any]] = [
    ("heading", {"text": "Who may offer", "level": "2", "anchor": "who"}),
    (
        "text",
        "<p>You can offer units that you can have cancelled. In the CDM registry that is a project participant, for "
        "units in the pending account or in a holding account of the CDM registry. The request goes through the "
        "focal point: the entity that the participants named to speak for them. If this is not you, you need its "
        "consent before you offer.</p>"
        "<p>Participants may have units cancelled for themselves or for somebody else. This second right is what the "
        "store rests on.</p>",
    ),
    (
        "facts",
        {
            "caption": "What can be offered",
            "facts": [
                {
                    "label": "Yes",
                    "value": "CERs of a registered project, first or second commitment period, that you hold",
                },
                {"label": "Only if the operator agrees", "value": "tCERs and lCERs: they expire"},
                {"label": "No", "value": "Units of projects that are no longer registered"},
                {"label": "No", "value": "Units that you expect: only issued units are sold"},
                {
                    "label": "No",
                    "value": "Units in a national registry: since 31 March 2026 they cannot be moved to the CDM "
                    "registry",
                },
            ],
            "source": "CDM Executive Board, 69th meeting, annex 2; rules of this store",
        },
    ),
    ("heading", {"text": "What you need", "level": "2", "anchor": "need"}),
    (
        "text",
        "<ul><li>The project's CDM reference, and the serial numbers of the block that you want to offer.</li>"
        "<li>Proof that you hold them: a statement of the account that is not older than the operator asks.</li>"
        "<li>The focal point's agreement that units are cancelled for buyers on request.</li>"
        "<li>A price for one tonne, in one currency, and where the money shall go.</li>"
        "<li>The name that stands beside your offer and on the certificates.</li></ul>",
    ),
    ("heading", {"text": "From offer to cancellation", "level": "2", "anchor": "way"}),
    (
        "steps",
        {
            "steps": [
                {
                    "title": "You write to the operator",
                    "text": "The contact is at the foot of every page. The operator checks who you are and what you "
                    "hold, and opens your offer.",
                },
                {
                    "title": "Your offer goes live",
                    "text": "It is a price and a quantity for part of one issuance. Offers can never add up to more "
                    "than you are proved to hold.",
                },
                {
                    "title": "Somebody orders",
                    "text": "The units are taken out of your offer at once. If nobody pays in time, they return to it.",
                },
                {
                    "title": "The money comes",
                    "text": "A run of serial numbers is fixed for the order, in the order of your block. They cannot "
                    "be sold again.",
                },
                {
                    "title": "The registry cancels",
                    "text": "The store asks for the cancellation, and says for whom if the buyer wants that to be "
                    "public. If the registry refuses, the operator's staff look into it.",
                },
                {
                    "title": "The certificate is issued",
                    "text": "It names you as the seller, the serial numbers, and the registry's own time.",
                },
            ]
        },
    ),
    ("heading", {"text": "Price and fees", "level": "2", "anchor": "price"}),
    (
        "text",
        "<p>You set the price. Buyers see it for one tonne, beside the offers of others. A price may change at any "
        "time, but never for an order that was placed. The payment fee is taken out of what the buyer pays; it is not "
        "added on top. Whether the operator asks a fee of you, and how much, is agreed before your offer goes live.</p>"
        "<p>Money goes back to the buyer when units cannot be cancelled. It does not go back for units that are "
        "cancelled, unless two members of the operator's staff agree.</p>",
    ),
    ("heading", {"text": "What buyers will read about your project", "level": "2", "anchor": "facts"}),
    (
        "text",
        "<p>The facts of the project come from the UNFCCC, not from you, and the same facts are shown for everyone. "
        "Known objections to its kind stand beside your price, and the page says that there is no corresponding "
        "adjustment. You cannot have this taken off. The operator's editors can add benefits beside the reductions, "
        "each with a source that readers can look up.</p>",
    ),
    (
        "callout",
        {
            "kind": "caution",
            "title": "The registry is about to close",
            "text": "<p>The CDM registry is announced to close on 31 December 2026. An offer ends well before: a "
            "cancellation needs time to be completed.</p>",
        },
    ),
    ("heading", {"text": "If neither purpose nor name is given", "level": "2", "anchor": "attestation"}),
    (
        "text",
        "<p>The registry issues an attestation for each cancellation. If a request states neither a purpose nor for "
        "whom, the attestation says that the units were cancelled for the project that they came from. A buyer who "
        "does not want to be named in public is not named to the registry either; then the attestation says this.</p>",
    ),
    (
        "call_to_action",
        {
            "text": "See how offers are shown",
            "link": {"store_page": "store:catalogue"},
            "note": "Then write to the operator: the contact is below.",
        },
    ),
]

SOURCES: list[dict[str, str]] = [
    {
        "title": "Procedure for implementing voluntary cancellation in the CDM registry (EB 69, annex 2)",
        "publisher": "CDM Executive Board",
        "address": "https://cdm.unfccc.int/Registry/guidance/index.html",
        "note": "Who may cancel, for whom, from which accounts; the attestation; focal points.",
    },
    {
        "title": "Voluntary cancellation",
        "publisher": "CDM Rulebook",
        "note": "The procedure in short, at cdmrulebook.org/5273.html.",
    },
    {
        "title": "Decision 3/CMP.1, Modalities and procedures for a clean development mechanism, Appendix D",
        "publisher": "UNFCCC",
        "address": "https://unfccc.int/resource/docs/2005/cmp1/eng/08a01.pdf",
        "note": "Accounts of the CDM registry.",
    },
    {
        "title": "CDM registry",
        "publisher": "UNFCCC",
        "address": "https://cdm.unfccc.int/Registry/index.html",
        "note": "Issuances, accounts, public list of cancellations.",
    },
    {
        "title": "Data exchange standards for registry systems under the Kyoto Protocol",
        "publisher": "UNFCCC",
        "note": "Account type 230, voluntary cancellation.",
    },
]
