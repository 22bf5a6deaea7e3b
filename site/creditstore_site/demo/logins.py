"""The demo's staff accounts. Addresses and roles are fixed; passwords are made once per clone and never in the code."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass

from creditstore_site.demo.places import LOGINS

ACCOUNTS = {
    "admin@example.org": "everything",
    "editor@example.org": "writes pages and submits them, at /admin/",
    "translator@example.org": "pages in other languages, at /admin/",
    "moderator@example.org": "approves and publishes pages, at /admin/",
    "shop@example.org": "refunds and decisions, at /admin/orders/; orders and offers, at /dashboard/",
    "registry@example.org": "cancellations and decisions, at /admin/orders/; reconciliation",
    "support@example.org": "orders that need somebody, at /admin/orders/; moves no money",
}


@dataclass(frozen=True)
class Login:
    """One account: ``purpose`` says in words what it may do."""

    email: str
    purpose: str
    password: str


def demo_logins() -> list[Login]:
    """The accounts with this clone's passwords: made at first use, and kept in a file that only its owner can read."""
    kept: dict[str, str] = json.loads(LOGINS.read_text(encoding="utf-8")) if LOGINS.exists() else {}
    passwords = {email: kept.get(email) or secrets.token_urlsafe(12) for email in ACCOUNTS}
    if passwords != kept:
        LOGINS.parent.mkdir(parents=True, exist_ok=True)
        unfinished = LOGINS.with_suffix(".new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(passwords, file, indent=2)
        unfinished.rename(LOGINS)
    return [Login(email=email, purpose=purpose, password=passwords[email]) for email, purpose in ACCOUNTS.items()]
