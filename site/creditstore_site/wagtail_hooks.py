"""What this site adds to the way Wagtail serves pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail import hooks
from wagtail.models import Page

from creditstore_site import api_keys
from creditstore_site.campaign_report import hooks as campaign_hooks
from creditstore_site.pledge_moderation import hooks as pledge_hooks
from creditstore_site.plugin_admin import hooks as plugin_hooks
from creditstore_site.reconciliation_report import hooks as reconciliation_hooks
from creditstore_site.staff_queue import hooks as staff_queue_hooks
from creditstore_site.two_factor import hooks as two_factor_hooks
from creditstore_site.views.answers import let_anybody_keep
from creditstore_site.webhook_report import hooks as webhook_hooks

#: Wagtail reads this module alone; importing the others registers what they add.
ALSO_REGISTERED = (
    api_keys,
    campaign_hooks,
    pledge_hooks,
    plugin_hooks,
    reconciliation_hooks,
    staff_queue_hooks,
    two_factor_hooks,
    webhook_hooks,
)

Serve = Callable[[Page, HttpRequest, list[Any], dict[str, Any]], HttpResponseBase]

_SECONDS = 60


@hooks.register("on_serve_page", order=-100)  # type: ignore[untyped-decorator]
def let_anybody_keep_pages(serve: Serve) -> Serve:
    """Editors' pages are the same for everybody, except those that Wagtail itself marks: behind a password or log-in.

    The first in order is the outermost, so the answer has passed Wagtail's own check of restrictions.
    """

    def serve_public(page: Page, request: HttpRequest, args: list[Any], kwargs: dict[str, Any]) -> HttpResponseBase:
        return let_anybody_keep(serve(page, request, args, kwargs), seconds=_SECONDS)

    return serve_public
