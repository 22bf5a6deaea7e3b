"""Projects that a test made by hand, brought into the search as an import would."""

from __future__ import annotations

import importlib.util

from creditstore.catalogue.models import Project


def make_findable(*projects: Project) -> None:
    """Let the search know these projects as they are now."""
    if importlib.util.find_spec("creditstore.catalogue.indexing"):
        from creditstore.catalogue.indexing import refresh_search

        refresh_search(refs=[project.ref for project in projects])
        return
    for project in projects:
        project.search_text = f"{project.ref} {project.title}".lower()
        project.save()
