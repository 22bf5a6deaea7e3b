"""``manage.py openapi``: the API's description as it is now, for the snapshot that the tests compare with."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.http import HttpRequest
from django.urls import resolve, reverse

from creditstore.api.application import NAMESPACE


class Command(BaseCommand):
    """Print the OpenAPI document."""

    help = "Print the OpenAPI document of the API: manage.py openapi > tests/api/openapi.json"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """To standard output, stable from run to run."""
        self.stdout.write(described())


def described() -> str:
    """The description as it is served, with sorted keys."""
    address = reverse(f"{NAMESPACE}:openapi-json")
    request = HttpRequest()
    request.method = "GET"
    match = resolve(address)
    answer = match.func(request, *match.args, **match.kwargs)
    return json.dumps(json.loads(answer.content), indent=2, sort_keys=True, ensure_ascii=False)
