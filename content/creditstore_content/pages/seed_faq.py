"""Frequently asked questions and their answers, in groups: ``(heading, anchor, questions)``.

An answer is rich text. ``<a data-page="double-counting">`` leads to an explainer by its key in ``seed.EXPLAINERS``.
Answers name no number that an operator can set; where the store shows one, they say where.
"""

from __future__ import annotations

from typing import Any, Final

from creditstore_content import counted_facts as counted

PAGE: Final[dict[str, Any]] = {
    "title": "Questions",
    "slug": "faq",
    "lead": "Short answers, with a link to the long ones.",
    "search_description": (
        "What a CER is, how ordering, paying and cancelling work, what the certificate proves, what you may say about "
        "it, and what happens when something goes wrong."
    ),
}

#: Anchor, question, answer.
Question = tuple[str, str, str]

_UNITS: Final[tuple[Question, ...]] = (
    (
        "what-is-a-cer",
        "What is a CER?",
        "<p>A Certified Emission Reduction: the unit of the Clean Development Mechanism under the Kyoto Protocol. It "
        "stands for one tonne of carbon dioxide, or as much of another greenhouse gas as has the same effect, that a "
        'registered project has avoided or removed. <a data-page="what-the-cdm-is">What the mechanism is</a>.</p>',
    ),
    (
        "what-is-cancellation",
        "What does it mean to cancel a unit?",
        "<p>The registry moves it to its account for voluntary cancellation. No transaction leads out of that account: "
        "the unit can never be sold, moved or used again, by anyone.</p>",
    ),
    (
        "cancel-or-retire",
        "Is cancelling the same as retiring?",
        "<p>No. Under the Kyoto Protocol countries retire units when they use them for their own commitment. Companies "
        "and people cancel them. A cancelled unit can never be retired.</p>",
    ),
    (
        "do-i-own-it",
        "Do I own the units?",
        "<p>No. You buy their cancellation and the proof of it. They are never in an account of yours, and you cannot "
        "sell them on.</p>",
    ),
    (
        "vintage",
        "What is a vintage?",
        "<p>The time in which the reduction was measured. It stands beside every offer and on the certificate. "
        '<a data-page="qualities">What it tells you</a>.</p>',
    ),
    (
        "how-many",
        "How many units are there?",
        f"<p>{counted.grouped(counted.ISSUED)} had been issued by 27 March 2025, to "
        f"{counted.grouped(counted.WITH_UNITS)} registered activities and some that are no longer registered. The "
        f"voluntary cancellation of {counted.grouped(counted.CANCELLED)} was on record on 30 November 2023. Most of "
        'the others are not for sale: countries and companies used them. <a data-page="why-now">What is left</a>.</p>',
    ),
    (
        "forest",
        "Why are there no forest units?",
        "<p>The CDM gives forestry projects units that expire, because trees can burn. The store does not offer them "
        'unless its operator decides so. <a data-page="sectors">Sectors and exceptions</a>.</p>',
    ),
    (
        "registry-closes",
        "What happens when the CDM registry closes?",
        "<p>It is announced to close on 31 December 2026. Until then units can be cancelled. A cancellation that is "
        "completed stays what it is. Your certificate carries all facts with it, and it can be checked without the "
        "registry.</p>",
    ),
)

_ORDERING: Final[tuple[Question, ...]] = (
    (
        "how-little",
        "How little can I order?",
        "<p>One unit, which is one tonne. Only whole units exist.</p>",
    ),
    (
        "account",
        "Do I need an account?",
        "<p>No. You get a link to your order by e-mail. It opens the order without a password, so keep it to "
        "yourself.</p>",
    ),
    (
        "who-sells",
        "From whom do I buy?",
        "<p>From the seller named on the offer: somebody who takes part in the project or holds its units. The "
        "operator of the store takes the order, passes the payment on and asks the registry to cancel.</p>",
    ),
    (
        "several-projects",
        "Can I order from several projects at once?",
        "<p>Yes. Units of the same seller in the same currency go into one order. What comes from another seller is an "
        "order of its own, since the money goes elsewhere.</p>",
    ),
    (
        "for-somebody-else",
        "Can I have units cancelled for somebody else?",
        "<p>Yes: a person, an organisation or an event. Their name stands on the certificate, as you write it. Name a "
        "person only with that person's consent.</p>",
    ),
    (
        "price",
        "Who sets the price, and is anything added?",
        "<p>The seller sets it. The total that you see before you order is what you pay. The payment fee is inside "
        "it.</p>",
    ),
    (
        "how-to-pay",
        "How can I pay?",
        "<p>With the methods that the checkout shows. Which they are depends on the operator and on the currency. Your "
        "card's number never reaches this store.</p>",
    ),
    (
        "reserved",
        "How long are my units kept for me?",
        "<p>Until the time shown on your order. If it is not paid by then, the order ends by itself and you owe "
        "nothing.</p>",
    ),
    (
        "change-my-mind",
        "Can I change my mind?",
        "<p>Until you pay, yes: withdraw the order on its page, at no cost. With the order you ask that the "
        "cancellation starts at once after payment. A completed cancellation cannot be undone, so your right to "
        "withdraw ends with it.</p>",
    ),
    (
        "refused",
        "What if the registry refuses?",
        "<p>Then nothing of it is cancelled and your money is not lost. The store tries again, proposes other units "
        "that you can accept or decline, or sends the money back. For what was cancelled you get a certificate.</p>",
    ),
    (
        "charged-twice",
        "Can I be charged twice?",
        "<p>Sending the same page twice makes one order. If a payment of a paid order comes in a second time all the "
        "same, all of it goes back.</p>",
    ),
)

_PROOF: Final[tuple[Question, ...]] = (
    (
        "when-certificate",
        "When do I get the certificate?",
        "<p>When the registry has reported the cancellation as completed, never before. You get a mail, and your "
        "order's page shows each step with its time.</p>",
    ),
    (
        "what-it-shows",
        "What does the certificate show?",
        "<p>How many units, the first and last serial number of each run, the project, its host country, the "
        "methodology, the monitoring period, the registry, the transaction and the registry's own time; for whom and "
        "why, in your words; and that there is no corresponding adjustment.</p>",
    ),
    (
        "check",
        "How can somebody check it?",
        "<p>By the code or the address on it, or by typing a serial number into the public register. Without this "
        "store: compare with the registry's own list of voluntary cancellations. "
        '<a data-page="double-counting">How to check a unit yourself</a>.</p>',
    ),
    (
        "what-is-public",
        "What can the public see?",
        "<p>What you choose when you order: name, reason and serial numbers; serial numbers only; or nothing. Then "
        "whoever looks up a serial number learns only that it is cancelled, and when.</p>",
    ),
    (
        "typing-error",
        "There is a typing error in the name. Can it be mended?",
        "<p>Yes. Write to the operator with your order's number. You get a new certificate with the same serial "
        "numbers, and the old one says that it was replaced.</p>",
    ),
    (
        "sold-twice",
        "How do I know that my units were not sold twice?",
        "<p>Each has a serial number that exists once. The store fixes yours when you pay, and its database refuses a "
        'second use of any of them. <a data-page="double-counting">How double counting is prevented</a>.</p>',
    ),
    (
        "simulated",
        "What does “simulated” mean?",
        "<p>That a store runs as a demonstration. Its registry is a program beside it, and no real unit is cancelled. "
        "Pages, files and answers of the API say so wherever it matters.</p>",
    ),
)

_MEANING: Final[tuple[Question, ...]] = (
    (
        "footprint",
        "Does it lower my footprint?",
        "<p>No. Your emissions stay what they are. Under ISO 14064-1 and ISO 14068-1 cancelled units are reported "
        'apart. <a data-page="measure-reduce-offset">Measure and reduce first</a>.</p>',
    ),
    (
        "neutral",
        "Can I call my product neutral?",
        "<p>Not on the strength of cancelled units. In the European Union this claim has been banned since 27 "
        'September 2026. State the fact instead. <a data-page="for-companies">What companies may say</a>.</p>',
    ),
    (
        "host-country",
        "Does the host country count the same reduction?",
        "<p>It may. There is no corresponding adjustment for these units. "
        '<a data-page="host-country">What the host country counts</a>.</p>',
    ),
    (
        "would-it-have-happened",
        "Would the reduction have happened anyway?",
        "<p>Nobody can know for certain. Each project had to argue that it would not, and third parties examined it. "
        "Studies found that many arguments were weak. Known objections stand beside the price.</p>",
    ),
    (
        "where-does-the-money-go",
        "Where does my money go?",
        "<p>To the seller, less the payment fee and the operator's fee if there is one. What a seller does with it is "
        "the seller's affair. The reduction itself was made in the years of its vintage.</p>",
    ),
    (
        "united-nations",
        "Is this store run by the United Nations?",
        "<p>No. Its operator is named at the foot of every page and is not affiliated with the United Nations. The "
        "CDM and its registry are theirs. They ran a store of their own until 2023, which handled "
        f"{counted.grouped(counted.UN_STORE_CANCELLATIONS)} cancellations of "
        f"{counted.grouped(counted.UN_STORE_UNITS)} units.</p>",
    ),
)

_OTHER: Final[tuple[Question, ...]] = (
    (
        "api",
        "Can a program order?",
        "<p>Yes. The API offers what the pages offer. Its description is linked at the foot of every page. With a key "
        "from the operator you can have many orders open at once.</p>",
    ),
    (
        "sell",
        "I have units. Can I offer them?",
        '<p>Yes, if you can have them cancelled. <a data-page="for-sellers">For sellers</a>.</p>',
    ),
    (
        "data",
        "What do you know about me?",
        "<p>What you write into an order, and nothing about how you read these pages. The page on privacy lists it "
        "all.</p>",
    ),
    (
        "help",
        "Whom can I ask?",
        "<p>The operator: the contact page is linked at the foot of every page. Give your order's number. Your "
        "order's page also says what happens next.</p>",
    ),
)

#: Heading, anchor, questions.
GROUPS: Final[tuple[tuple[str, str, tuple[Question, ...]], ...]] = (
    ("Units", "units", _UNITS),
    ("Ordering and paying", "ordering", _ORDERING),
    ("Certificate and proof", "proof", _PROOF),
    ("What it means", "meaning", _MEANING),
    ("Other questions", "other", _OTHER),
)
