"""Projects that a test made by hand, brought into the search as an import would."""

from __future__ import annotations

from creditstore.catalogue.indexing import refresh_search
from creditstore.catalogue.models import Project


def make_findable(*projects: Project) -> None:
    """Let the search know these projects as they are now."""
    refresh_search(refs=[project.ref for project in projects])
