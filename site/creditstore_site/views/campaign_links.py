"""Lists of projects that a campaign's page led to hand the campaign's key on to the projects that they list."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from creditstore.campaigns.services import open_campaign
from creditstore_content.pages.attribution import with_key
from creditstore_site.views.answers import View


def keep_campaign(view: View) -> View:
    """The view's page, with the key of the open campaign that its address names in its links and forms."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        key = request.GET.get("campaign", "")
        campaign = open_campaign(key=key) if key and response.status_code == 200 else None
        if campaign is not None:
            response.content = with_key(response.content, key=campaign.key, in_catalogue=True)
        return response

    return answer
