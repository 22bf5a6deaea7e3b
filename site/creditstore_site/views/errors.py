"""Pages for what went wrong: each says what happened, that nothing was lost, and what to do next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A stale or foreign form (403). ``reason`` is Django's and not shown."""
    return render(
        request,
        "errors/message.html",
        {
            "heading": _("This form is no longer valid"),
            "text": _("The page was open for too long, or cookies are blocked. Nothing was ordered or paid."),
            "action": _("Go back, reload the page and send the form again."),
        },
        status=403,
    )


def body_too_large(request: HttpRequest, *, limit: int) -> HttpResponse:
    """More than the store accepts (413). ``limit`` in bytes."""
    return render(
        request,
        "errors/message.html",
        {
            "heading": _("That was too large"),
            "text": _("The store accepts at most %(limit)d bytes at once. Nothing was saved.") % {"limit": limit},
            "action": _("Go back and send less."),
        },
        status=413,
    )
