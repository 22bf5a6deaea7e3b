"""What every template may say of the store itself. Neither basket nor session: pages stay cacheable."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from creditstore.cancellation.services import registry_is_simulated


def store(request: HttpRequest) -> dict[str, Any]:
    """Name, operator, demonstration mark, language and the home page's address."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "store_name": settings.CREDITSTORE_NAME,
        "operator_name": settings.CREDITSTORE_OPERATOR,
        "contact_email": settings.CREDITSTORE_CONTACT_EMAIL,
        "demo_mode": settings.CREDITSTORE_DEMO,
        "simulated": registry_is_simulated(),
        "site_url": settings.SITE_URL,
        "home_url": f"/{language}/",
    }
