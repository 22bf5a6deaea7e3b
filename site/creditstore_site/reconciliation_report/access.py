"""Who may open the report of reconciliation. Wagtail's door is before it."""

from __future__ import annotations

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

VIEW: Final = "creditstore_reconciliation.view_openitem"
CLOSE: Final = "creditstore_reconciliation.change_openitem"


class ReportOnly:
    """A view for those who may see the report."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Checked before anything is read."""
        if not request.user.has_perm(VIEW):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc, no-any-return]
