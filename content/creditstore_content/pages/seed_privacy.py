"""The page on privacy: what this software stores, where it goes and when it is forgotten.

It says what the code does. A test compares periods with the settings and cookies with what is set. What only the
operator knows is listed in docs/how-to/run-a-store.md.
"""

from __future__ import annotations

from typing import Any, Final

PAGE: Final[dict[str, Any]] = {
    "title": "Privacy",
    "slug": "privacy",
    "lead": (
        "What this store keeps about you, where it comes from, who gets it, and when it is forgotten. "
        "Reading pages leaves nothing."
    ),
    "search_description": "What personal data this store keeps, who receives it, how long it stays, and what you can "
    "ask.",
}

BODY: Final[list[tuple[str, Any]]] = [
    ("heading", {"text": "Who is responsible", "level": "2", "anchor": "responsible"}),
    (
        "text",
        "<p>The operator of this store, named at the foot of this page. The contact page says how to reach it.</p>",
    ),
    ("heading", {"text": "When you only read", "level": "2", "anchor": "reading"}),
    (
        "text",
        "<p>Pages load nothing from other hosts. There is no tracking, no advertising and no statistics about "
        "readers. No cookie is set until you put something into the basket.</p>"
        "<p>The store's log has a line for each request: the kind of page, the answer and how long it took. It holds "
        "no network address, no e-mail address and no link to an order. To slow down abuse of the API, calls are "
        "counted by network address for one minute.</p>",
    ),
    ("heading", {"text": "Cookies", "level": "2", "anchor": "cookies"}),
    (
        "facts",
        {
            "caption": "All of them are needed for what you asked for",
            "facts": [
                {"label": "oscar_open_basket", "value": "Which basket is yours. 7 days"},
                {"label": "csrftoken", "value": "Protects forms against forgery. 1 year"},
                {"label": "sessionid", "value": "Which orders this browser may open. 14 days"},
                {"label": "messages", "value": "One notice, until you have seen it"},
            ],
            "source": "The code of this store",
        },
    ),
    ("heading", {"text": "When you order", "level": "2", "anchor": "order"}),
    (
        "text",
        "<p>The store keeps what you write: your name, e-mail address, country and, if you give them, organisation and "
        "VAT number; for whom the units are cancelled and why; what the public register may show; your language; and "
        "when you accepted which version of the terms. It keeps what you ordered, each step with its time, and "
        "payments with their amounts and the provider's reference.</p>"
        "<p>Card numbers never reach this store: you give them to the payment provider. The store tells the provider "
        "the amount, the order's number, the seller's name and your language, not your name or e-mail address.</p>",
    ),
    ("heading", {"text": "Who receives what", "level": "2", "anchor": "recipients"}),
    (
        "facts",
        {
            "caption": "Outside the store",
            "facts": [
                {
                    "label": "The registry",
                    "value": "Serial numbers and quantity. The name of the beneficiary and the reason only if you "
                    "chose that the public register shows them",
                },
                {"label": "The payment provider", "value": "Amount, order number, seller, language"},
                {
                    "label": "Order checks",
                    "value": "If the operator uses one, against sanctions for example: names and countries of buyer "
                    "and beneficiary",
                },
                {"label": "Mail servers", "value": "The mails to you: order, certificate, refunds, questions"},
                {"label": "Everyone", "value": "What you chose for the public register"},
            ],
            "source": "The code of this store",
        },
    ),
    ("heading", {"text": "What is public", "level": "2", "anchor": "public"}),
    (
        "text",
        "<p>You decide when you order: name, reason and serial numbers; serial numbers only; or nothing. Whatever you "
        "choose, anyone who looks up a serial number sees whether it is cancelled, and when. The certificate has a "
        "secret code in its address. Whoever has the code can read the whole certificate, so pass it on with care.</p>"
        "<p>You can ask the operator to take a published name out of the register. Certificates that were given to "
        "others, and what the registry has published, cannot be called back.</p>",
    ),
    ("heading", {"text": "How long it stays", "level": "2", "anchor": "retention"}),
    (
        "facts",
        {
            "caption": "Deleted by itself",
            "facts": [
                {"label": "Whose an unpaid order is (as a keyed hash)", "value": "Until it is paid or ends"},
                {
                    "label": "A link that confirms your e-mail address",
                    "value": "24 hours; the address is forgotten once used",
                },
                {"label": "That your address was confirmed (as a keyed hash)", "value": "365 days"},
                {"label": "Answers to calls of the API, for repeats", "value": "8 days"},
                {"label": "Jobs that are done, such as mails sent", "value": "14 days; they hold no names"},
                {"label": "Messages of payment providers that are done with", "value": "90 days"},
            ],
            "source": "The settings that this store comes with; its operator may choose shorter or longer ones",
        },
    ),
    (
        "text",
        "<p>Orders, payments, cancellations and certificates are not deleted by themselves. A certificate is a proof, "
        "and it is checked years later; what it says is fixed when it is issued.</p>",
    ),
    ("heading", {"text": "Other people's names", "level": "2", "anchor": "others"}),
    (
        "text",
        "<p>If units are cancelled for another person, their name is on the certificate and, if you choose so, in "
        "public. Ask them first.</p>",
    ),
    ("heading", {"text": "What you can ask for", "level": "2", "anchor": "rights"}),
    (
        "text",
        "<p>Write to the operator, with your order's number. Ask what is kept "
        "about you, have mistakes mended, or object. Where the General Data Protection Regulation applies, its "
        "Articles 15 to 22 say what you can demand, and you can complain to a supervisory authority.</p>",
    ),
]

SOURCES: Final[list[dict[str, str]]] = [
    {
        "title": "The code of this store, and its settings",
        "publisher": "Climate Credit Store, open source",
        "note": "What is stored, who receives it, when it is deleted.",
    },
    {
        "title": "Regulation (EU) 2016/679, General Data Protection Regulation",
        "publisher": "European Union",
        "address": "https://eur-lex.europa.eu/eli/reg/2016/679/oj",
        "note": "Article 13 (what you are told), Articles 15 to 22 (what you can demand).",
    },
]
