"""Which addresses are for machines and permanent: no language prefix, never a redirect, errors as problem+json."""

from __future__ import annotations

#: Without the language prefix and never redirected by the locale middleware (a test walks them and unknown children).
MACHINE_PREFIXES = (
    "/api/",
    "/webhooks/",
    "/.well-known/",
    "/problems/",
    "/certificates/",
    "/sitemap.xml",
    "/sitemap-",
    "/robots.txt",
    "/healthz",
    "/readyz",
    "/metrics",
    "/static/",
    "/media/",
)
#: Of these, the ones whose errors are problem+json.
PROBLEM_PREFIXES = ("/api/", "/webhooks/", "/.well-known/")
#: The two back offices: Wagtail's and Oscar's.
STAFF_PREFIXES = ("/admin/", "/dashboard/")


def is_machine_path(path: str) -> bool:
    """Whether the address is outside the language prefixes."""
    return path.startswith(MACHINE_PREFIXES)


def answers_problems(path: str) -> bool:
    """Whether errors at this address are answered as problem+json."""
    return path.startswith(PROBLEM_PREFIXES)
