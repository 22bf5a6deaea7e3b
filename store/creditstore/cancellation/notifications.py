"""What a registry sends by itself is only ever a reason to ask it: nothing in a notification is believed."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from creditstore.cancellation.models import RegistryTransaction
from creditstore.core.jobs import defer_once
from creditstore.core.text import as_uuid

#: Whoever can reach the door can send anything: no more than this of one notification is looked at.
MOST_KEYS = 100


def note(*, connector: str, keys: Sequence[str]) -> int:
    """Have the registry asked at once about the transactions named. Returns about how many.

    Parameters: ``connector``, a plugin's id; ``keys``, keys or the registry's own ids, as the connector read them out
    of the notification. What is unknown or completed is passed over, and a transaction that is about to be asked for
    is not asked for twice.
    """
    keys = keys[:MOST_KEYS]
    own = [key for text in keys if (key := as_uuid(text))]
    named = RegistryTransaction.objects.filter(connector=connector).exclude(state="completed")
    known = named.filter(Q(key__in=own) | Q(transaction_id__in=[key for key in keys if key]))
    noted = 0
    for pk in known.values_list("pk", flat=True):
        noted += defer_once("creditstore.cancellation.ask", waiting=str(pk), transaction_id=pk)
    return noted
