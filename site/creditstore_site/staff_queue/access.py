"""Who may open which page of the queue. Wagtail's door is before it; the services behind ask once more."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from creditstore.desk.people import VIEW


class StaffOnly:
    """A view for those who hold ``permission``; everybody else gets Wagtail's own refusal."""

    permission = VIEW

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Checked before anything is read."""
        if not request.user.has_perm(VIEW) or not request.user.has_perm(self.permission):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc, no-any-return]
