"""The explainer “How double counting is prevented”: text and sources."""

from __future__ import annotations

from typing import Any

PAGE: dict[str, Any] = {
    "title": "How double counting is prevented, and where it is not",
    "slug": "double-counting",
    "lead": (
        "A unit can be sold twice, issued twice or counted twice. The first two are prevented by serial numbers and "
        "registries. The third is not, and this page says so plainly."
    ),
    "search_description": (
        "How serial numbers, registries and the transaction log keep a CER from being used twice, what this store "
        "adds, and why the host country may still count the reduction."
    ),
}

BODY: list[tuple[str, Any]] = [
    ("heading", {"text": "Three ways to count twice", "level": "2", "anchor": "three-ways"}),
    (
        "facts",
        {
            "caption": "What can go wrong",
            "facts": [
                {"label": "Double issuance", "value": "Two units exist for the same tonne"},
                {"label": "Double use", "value": "One unit is sold to, or cancelled for, two buyers"},
                {"label": "Double claiming", "value": "The buyer and the host country both count the reduction"},
            ],
            "source": "Paris Agreement, Article 6, asks that double counting be avoided; the division is this page's",
        },
    ),
    ("heading", {"text": "One serial number, once", "level": "2", "anchor": "serials"}),
    (
        "text",
        "<p>The rules of the CDM ask for a serial number on every unit. It has seven parts, for example "
        "<b>ID-5-11657456-1-1-0-526</b>: the host Party, the type of unit (5 for a CER), a running number, two "
        "commitment periods, a field for land use, and the project's number. Running numbers never repeat within a "
        "Party. So two units can never bear the same serial number, and each leads back to one project.</p>"
        "<p>Units are issued for a monitoring period of a project, and each period is issued once. A project can "
        "still sell the same tonne under another programme's label. The CDM's rules do not allow this; whoever "
        "verifies has to look for it, and outside the CDM's registry no system enforces it.</p>",
    ),
    ("heading", {"text": "One account at a time", "level": "2", "anchor": "accounts"}),
    (
        "text",
        "<p>A unit lies in exactly one account of one registry. To move it is to take it out of one account and put "
        "it into another, in one transaction.</p>"
        "<p>From October 2007 to 31 March 2026 a second system looked on: the international transaction log. It did "
        "not belong to any registry. A registry proposed a transaction, the log checked it, and only then could the "
        "registry complete it. It refused units that were cancelled already, units that lay in another registry, and "
        "units that were still in doubt from an earlier transaction. Since the log has stopped, units stay where "
        "they are, and the CDM registry alone keeps its accounts.</p>",
    ),
    (
        "diagram",
        {"kind": "accounts", "note": "Decisions 3/CMP.1 and 13/CMP.1; CDM Executive Board, 69th meeting, annex 2"},
    ),
    ("heading", {"text": "A way without return", "level": "2", "anchor": "cancellation"}),
    (
        "text",
        "<p>Cancelling means moving units to the registry's account for voluntary cancellation. No transaction leads "
        "out of it. A cancelled unit cannot be sold, moved or used for a country's target. The registry publishes what "
        "was cancelled.</p>"
        "<p>Companies and people <b>cancel</b> units. Countries under the Kyoto Protocol could also <b>retire</b> "
        "them, which means: use them to meet their commitment. A unit that is cancelled can never be retired.</p>",
    ),
    ("heading", {"text": "What this store adds", "level": "2", "anchor": "store"}),
    (
        "steps",
        {
            "steps": [
                {
                    "title": "Held while you pay",
                    "text": "Your units are taken out of the offer the moment you order. Two buyers can never order "
                    "the same ones.",
                },
                {
                    "title": "Carved out by number",
                    "text": "When you have paid, a run of serial numbers is fixed for your order. The database refuses "
                    "any run that overlaps another.",
                },
                {
                    "title": "One request, one answer",
                    "text": "The registry is asked once for each order line. If the answer is lost, the store asks "
                    "what became of it. It does not cancel again.",
                },
                {
                    "title": "Certificate last",
                    "text": "The certificate is made only when the registry has reported the cancellation as "
                    "completed, and it shows the registry's time.",
                },
                {
                    "title": "Open to anyone",
                    "text": "The public register lists every cancellation made here. Look up any serial number. You "
                    "need no account.",
                },
            ]
        },
    ),
    (
        "text",
        "<p>For every project the sum holds at any time: units issued are units cancelled plus units outstanding. "
        "Outstanding means that they are not known to be cancelled. They may lie in another country's registry.</p>",
    ),
    ("heading", {"text": "What is not prevented", "level": "2", "anchor": "claiming"}),
    (
        "callout",
        {
            "kind": "caution",
            "title": "No corresponding adjustment",
            "text": "<p>The host country has not deducted these reductions from its own balance. It may count them "
            "towards its own climate target, also when you have cancelled the unit.</p>",
        },
    ),
    (
        "text",
        "<p>Under the Kyoto Protocol developing countries had no limits, so there was nothing to deduct from. Under "
        "the Paris Agreement nearly every country has a target. The Agreement's Article 6 therefore brought a new "
        "rule: when a country lets another use a reduction, it adds the amount back to its own emissions. This is the "
        "corresponding adjustment, laid down in decision 2/CMA.3.</p>"
        "<p>CERs were issued before that rule and without it. Decision 3/CMA.3 does let countries use some of them "
        "for their first targets, and asks for no adjustment. A voluntary cancellation through this store involves no "
        "country's target on the buyer's side. But the reduction remains visible in the host country's inventory, as "
        "lower emissions, and the country may report it as its own progress.</p>"
        "<p>So two statements can be true at once: you had the unit cancelled, and the host country counted the "
        "tonne. State the first as a fact. Do not state that your purchase lowers the world's emissions by a tonne "
        "on top of what the host country has promised: nobody can show that.</p>",
    ),
    ("heading", {"text": "How to check a unit yourself", "level": "2", "anchor": "check"}),
    (
        "text",
        "<ol><li>Take the first and the last serial number from the certificate.</li>"
        "<li>See that the project number in them is the project you were told of.</li>"
        "<li>Look them up in the public register of this store.</li>"
        "<li>Compare with the registry's own list of voluntary cancellations.</li>"
        "<li>Check the date: the certificate shows when the registry completed the transaction. An earlier date would "
        "be wrong.</li></ol>"
        "<p>A registry can close. The certificate therefore carries its facts with it, and what this store publishes "
        "can be copied by anyone and checked without the store.</p>",
    ),
    (
        "call_to_action",
        {
            "text": "Check a certificate or a serial number",
            "link": {"store_page": "register:verify"},
            "note": "It costs nothing and needs no account.",
        },
    ),
]

SOURCES: list[dict[str, str]] = [
    {
        "title": "Decision 3/CMP.1, Modalities and procedures for a clean development mechanism, Appendix D",
        "publisher": "UNFCCC",
        "address": "https://unfccc.int/resource/docs/2005/cmp1/eng/08a01.pdf",
        "note": "The CDM registry, its accounts, and the serial number of a CER.",
    },
    {
        "title": "Decision 13/CMP.1, Modalities for the accounting of assigned amounts",
        "publisher": "UNFCCC",
        "address": "https://unfccc.int/resource/docs/2005/cmp1/eng/08a02.pdf",
        "note": "The transaction log and its checks; cancellation and retirement.",
    },
    {
        "title": "Data exchange standards for registry systems under the Kyoto Protocol",
        "publisher": "UNFCCC",
        "note": "The parts of a serial number, types of account and of transaction.",
    },
    {
        "title": "Paris Agreement",
        "publisher": "United Nations",
        "address": "https://unfccc.int/sites/default/files/english_paris_agreement.pdf",
        "note": "Article 6, on cooperation and double counting.",
    },
    {
        "title": "Decision 2/CMA.3, Guidance on cooperative approaches, and decision 3/CMA.3, annex, chapter XI.B",
        "publisher": "UNFCCC",
        "note": "Corresponding adjustments; use of CERs towards first targets.",
    },
    {
        "title": "CDM registry",
        "publisher": "UNFCCC",
        "address": "https://cdm.unfccc.int/Registry/index.html",
        "note": "Voluntary cancellation and its public list.",
    },
]
