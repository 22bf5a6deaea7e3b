"""Pledges and kept pages: what everybody sees is told to every process, what nobody sees empties nothing."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from django.contrib.auth.models import Group

from creditstore.accounts.models import User
from creditstore_content.pledge.listing import decide
from creditstore_content.pledge.reporting import decide_report, submit_report
from creditstore_content.pledge.services import confirm, sign, withdraw
from creditstore_site.page_cache.triggers import CHANNEL
from support.jobs import run_jobs
from support.pledges import mailed_token, report, request


def test_only_what_shows_is_told(fresh_database: str) -> None:
    moderator = User.objects.create_user(email="pledge-moderator@example.org", password="x")
    moderator.groups.add(Group.objects.get(name="Pledge moderators"))
    with psycopg.connect(fresh_database, autocommit=True) as other:
        other.execute(f"LISTEN {CHANNEL}")

        def told(act: Callable[[], object]) -> tuple[object, int]:
            list(other.notifies(timeout=0.2))
            result = act()
            return result, len(list(other.notifies(timeout=1)))

        assert told(lambda: sign(request=request())) == (None, 0)
        run_jobs()
        pledge, confirmed = told(lambda: confirm(token=mailed_token()))
        assert confirmed == 1
        listing = pledge.listing  # type: ignore[attr-defined]
        shown = told(lambda: decide(listing=listing, show=True, by=moderator, seen_name=listing.name))
        assert shown == (True, 1)
        # Sent as often as the signer likes, and told to nobody; accepted, it shows.
        sent, waits = told(lambda: submit_report(pledge=pledge, request=report()))  # type: ignore[arg-type]
        again = told(lambda: submit_report(pledge=pledge, request=report()))  # type: ignore[arg-type]
        assert (waits, again[1]) == (0, 0)
        accepted = told(lambda: decide_report(report=sent, publish=True, by=moderator, seen_revision=2))  # type: ignore[arg-type]
        assert accepted == (True, 1)
        assert told(lambda: withdraw(pledge=pledge, actor="signer")) == (True, 1)  # type: ignore[arg-type]
