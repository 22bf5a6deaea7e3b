"""The API as one object: ninja's, with our errors, our reading of bodies, our guard around every address."""

from __future__ import annotations

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, re_path, reverse
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.docs import DocsBase
from ninja.openapi.schema import OpenAPISchema

from creditstore.api.errors import handle
from creditstore.api.guard import PLAIN_READ, OperationFacts, guarded, unknown
from creditstore.api.parsing import StrictParser
from creditstore.api.schemas.problems import describe_problems

NAMESPACE = "api-v1"
DESCRIPTION = (
    "Buy emission reductions for voluntary cancellation: find a project, order units of an offer, pay, and hold a "
    "certificate that names the serial numbers cancelled. Errors are RFC 9457 problems: match on `type`."
)


class ApiRouter(Router):
    """A router whose answers use the names of the contract where Python reserves a word (``from``)."""

    def add_api_operation(self, path: str, methods: list[str], view_func: Any, **options: Any) -> None:
        """As ninja's, always with aliases."""
        super().add_api_operation(path, methods, view_func, **{**options, "by_alias": True})


class ApiDocs(DocsBase):
    """The documentation page, from ninja's bundled files: no other host, no inline script."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """The page for people; the same is told to programs by ``openapi.json``."""
        url = self.get_openapi_url(api, kwargs)
        # The validator badge would be asked of another host.
        options = {"url": url, "layout": "BaseLayout", "deepLinking": True, "validatorUrl": "none"}
        return render(request, "api/docs.html", {"api": api, "openapi_url": url, "options": options})


class StoreAPI(NinjaAPI):
    """The API under ``/api/v1/``. Add routers first; ``urls`` then covers every address below its prefix."""

    def __init__(self) -> None:
        super().__init__(
            title="Climate Credit Store API",
            version="1",
            description=DESCRIPTION,
            urls_namespace=NAMESPACE,
            docs=ApiDocs(),
            parser=StrictParser(),
        )
        for kind in (Exception, Http404, HttpError, AuthenticationError, ValidationError):
            self.add_exception_handler(kind, handle)

    @property
    def urls(self) -> tuple[list[URLResolver | URLPattern], str, str]:
        """Every address, guarded, and a last one for all that do not exist."""
        patterns, app_name, namespace = super().urls
        facts = self._operations()
        guarded_patterns: list[URLResolver | URLPattern] = []
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                view = self._index if pattern.name == "api-root" else pattern.callback
                operations = facts.get(_described(str(pattern.pattern)), PLAIN_READ)
                checked = guarded(view, operations)
                guarded_patterns.append(URLPattern(pattern.pattern, checked, pattern.default_args, pattern.name))
        guarded_patterns.append(re_path(r"^.*$", guarded(unknown, None), name="unknown"))
        return guarded_patterns, app_name, namespace

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """ninja's, with the problems that every operation may answer."""
        description = super().get_openapi_schema(**options)
        describe_problems(description)
        return description

    def _operations(self) -> dict[str, dict[str, OperationFacts]]:
        """By address and method, from the API's own description: what is not described is not accepted."""
        found: dict[str, dict[str, OperationFacts]] = {}
        for path, methods in self.get_openapi_schema(path_prefix="")["paths"].items():
            found[path] = {
                method.upper(): OperationFacts(
                    name=operation["operationId"],
                    parameters={
                        parameter["name"]: _is_list(parameter["schema"])
                        for parameter in operation["parameters"]
                        if parameter["in"] == "query"
                    },
                )
                for method, operation in methods.items()
            }
        return found

    def _index(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse(
            {
                "title": self.title,
                "version": self.version,
                "openapi": reverse(f"{NAMESPACE}:openapi-json"),
                "docs": reverse(f"{NAMESPACE}:openapi-view"),
                "status": reverse(f"{NAMESPACE}:get_status"),
            }
        )


def _described(route: str) -> str:
    """A Django route as OpenAPI writes it."""
    return "/" + re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", route)


def _is_list(schema: dict[str, Any]) -> bool:
    return any(part.get("type") == "array" for part in (schema, *schema.get("anyOf", ())))
