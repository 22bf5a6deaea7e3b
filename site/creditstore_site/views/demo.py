"""The demo's mailbox: what the store would have sent. Exists in the demo only."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_NAME = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9]{1,30}\.log")
_SHOWN = 100
#: Django's file backend ends each mail of a file with a line of 79 hyphens.
_END = "-" * 79


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMail:
    """One mail in a file."""

    name: str
    to: str
    subject: str
    sent_at: datetime
    text: str


@never_cache
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    """The newest mails."""
    folder = Path(settings.EMAIL_FILE_PATH)
    files = [path for path in folder.glob("*.log") if _NAME.fullmatch(path.name)] if folder.is_dir() else []
    newest = sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name), reverse=True)[:_SHOWN]
    return render(request, "demo/mail.html", {"mails": [found for path in newest for found in _read(path)]})


@never_cache
@require_safe
def mail_file(request: HttpRequest, name: str) -> HttpResponse:
    """One mail, its links to be clicked. Errors: ``Http404``."""
    path = Path(settings.EMAIL_FILE_PATH) / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise Http404
    return render(request, "demo/mail_file.html", {"mails": _read(path)})


def _read(path: Path) -> list[StoredMail]:
    """The mails of a file, newest first. A file that is just being written may hold none yet."""
    sent_at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    mails = []
    for part in path.read_bytes().decode("utf-8", "replace").split(_END):
        if not part.strip():
            continue
        message = email.message_from_bytes(part.lstrip().encode(), policy=email.policy.default)
        body = message.get_body(preferencelist=("plain",))
        mails.append(
            StoredMail(
                name=path.name,
                to=str(message.get("To", "")),
                subject=str(message.get("Subject", "")),
                sent_at=sent_at,
                text=body.get_content() if body else "",
            )
        )
    return list(reversed(mails))
