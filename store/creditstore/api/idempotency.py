"""One effect per key: a repeated call gets the first answer, two calls at once never both act.

Only answers of calls that succeeded are kept. A call that was refused changed nothing: its key is free again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from creditstore.core import clock
from creditstore.core.errors import FieldError, StoreError
from creditstore.core.models import IdempotencyRecord

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
#: The contract says at least 7 days.
KEPT_FOR = timedelta(days=8)
#: No call takes this long: providers are cut off far earlier. A record that is older belongs to a process that died.
ABANDONED_AFTER = timedelta(seconds=60)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer as plain JSON values, and whether it is the repetition of an earlier one."""

    status: int
    body: dict[str, Any]
    replayed: bool

    def response(self, **more: Any) -> JsonResponse:
        """The HTTP answer. ``more``: members that are never kept, such as a token."""
        response = JsonResponse({**self.body, **more}, status=self.status)
        if self.replayed:
            response[REPLAYED] = "true"
        return response


def required_key(request: HttpRequest) -> str:
    """The caller's key. Errors: ``StoreError``: idempotency-key-required, bad-request (malformed)."""
    key = optional_key(request)
    if key is None:
        message = _("Send a header Idempotency-Key, new for each new action, the same when you repeat a call.")
        raise StoreError(code="idempotency-key-required", message=message, errors=[FieldError(HEADER, message)])
    return key


def optional_key(request: HttpRequest) -> str | None:
    """The caller's key, ``None`` without one. Errors: ``StoreError`` (bad-request) for a malformed one."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        message = _("An Idempotency-Key has 1 to 200 visible ASCII characters.")
        raise StoreError(code="bad-request", message=message, errors=[FieldError(HEADER, message)])
    return key


def fingerprint_of(body: Mapping[str, Any]) -> str:
    """SHA-256 of what is asked; the order of keys does not matter."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def once(*, scope: str, key: str, fingerprint: str, act: Callable[[], tuple[int, dict[str, Any]]]) -> KeptAnswer:
    """Act, or repeat what was answered to this key before.

    Parameters: ``scope``, endpoint and caller, at most 200 characters; ``act`` returns status and body (JSON values).
    Must be called outside a transaction: what it notes must be seen by others at once.
    Errors: ``StoreError``: idempotency-key-reused, idempotency-key-in-use; whatever ``act`` raises, and then the key
    is free again.
    """
    claimed_at = clock.now()
    record = _claim(scope=scope, key=key, fingerprint=fingerprint, at=claimed_at)
    if record.status is not None:
        return KeptAnswer(status=record.status, body=record.answer or {}, replayed=True)
    # Whoever took an abandoned record over has another time in it: then this call's answer is not the one to keep.
    mine = IdempotencyRecord.objects.filter(pk=record.pk, status=None, created_at=claimed_at)
    try:
        status, body = act()
    except BaseException:
        mine.delete()
        raise
    mine.update(status=status, answer=body)
    return KeptAnswer(status=status, body=body, replayed=False)


def _claim(*, scope: str, key: str, fingerprint: str, at: datetime) -> IdempotencyRecord:
    """A record of this call's own, or one that holds an answer. ``created_at`` is when it was last claimed."""
    try:
        with transaction.atomic():
            record = IdempotencyRecord.objects.create(scope=scope, key=key, fingerprint=fingerprint)
            IdempotencyRecord.objects.filter(pk=record.pk).update(created_at=at)
            return record
    except IntegrityError:
        found = IdempotencyRecord.objects.filter(scope=scope, key=key).first()
    if found is None:
        # Refused and removed between the two statements.
        raise _in_use()
    if found.fingerprint != fingerprint:
        message = _("This Idempotency-Key was used with another body. Use a new key for a new action.")
        raise StoreError(code="idempotency-key-reused", message=message, errors=[FieldError(HEADER, message)])
    if found.status is not None:
        return found
    taken = found.created_at < at - ABANDONED_AFTER and IdempotencyRecord.objects.filter(
        pk=found.pk, status=None, created_at=found.created_at
    ).update(created_at=at)
    if not taken:
        raise _in_use()
    return found


def _in_use() -> StoreError:
    message = _("A call with this Idempotency-Key is still running. Repeat it in a moment to get its answer.")
    return StoreError(code="idempotency-key-in-use", message=message, errors=[FieldError(HEADER, message)])


def forget_old(*, now: datetime | None = None) -> int:
    """Remove records whose time is over. Returns how many."""
    removed, _by_model = IdempotencyRecord.objects.filter(created_at__lt=(now or clock.now()) - KEPT_FOR).delete()
    return removed
