"""The door for what payment providers send by themselves: kept at once, looked at later."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from creditstore.api.errors import RateLimited
from creditstore.api.limits import count_call
from creditstore.api.problems import problem_response
from creditstore.core.errors import StoreError
from creditstore.webhooks.services import keep
from creditstore_host.installation import get_host


@csrf_exempt
def webhook(request: HttpRequest, plugin_id: str) -> HttpResponse:
    """200 when the bytes are kept; says nothing of whether they are believed."""
    if request.method != "POST" and get_host().takes_webhooks(plugin_id):
        return problem_response(
            code="method-not-allowed", detail=_("Webhooks are sent with POST."), headers={"Allow": "POST"}
        )
    try:
        count_call(request, operation=f"webhook:{plugin_id}", writes=True)
        if len(request.body) > settings.CREDITSTORE_MAX_WEBHOOK_BYTES:
            detail = _("The request is larger than %(limit)d bytes.") % {
                "limit": settings.CREDITSTORE_MAX_WEBHOOK_BYTES
            }
            return problem_response(code="body-too-large", detail=detail)
        keep(
            plugin_id=plugin_id,
            headers={name.lower(): value for name, value in request.headers.items()},
            query=request.META.get("QUERY_STRING", ""),
            body=request.body,
        )
    except RateLimited as error:
        return problem_response(
            code="rate-limited",
            detail=_("Too many webhooks at once. Send this one again later."),
            headers={"Retry-After": str(error.retry_after)},
        )
    except StoreError as error:
        return problem_response(code=error.code, detail=error.message)
    return JsonResponse({"kept": True}, headers={"Cache-Control": "no-store"})
