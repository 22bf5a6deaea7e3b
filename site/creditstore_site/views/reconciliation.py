"""The public page of reconciliation: when our records were last held against others', and what does not match."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from creditstore.cancellation.services import registry_is_simulated
from creditstore.reconciliation.summary import public_summary
from creditstore_site.views.answers import public_for


@require_safe
@public_for(60)
def reconciliation(request: HttpRequest) -> HttpResponse:
    """Numbers and times only: no names, no orders, no serial numbers."""
    context = {"section": "register", "summary": public_summary(), "simulated": registry_is_simulated()}
    return render(request, "register/reconciliation.html", context)
