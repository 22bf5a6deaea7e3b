"""What staff change by hand reaches the search at once; whoever writes in bulk calls ``refresh_search`` himself."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save

from creditstore.catalogue.indexing import new_stamp, refresh_search
from creditstore.catalogue.models import Benefit, Methodology, Project, SectoralScope


def connect() -> None:
    """Listen to the models that the search is made from."""
    for signal in (post_save, post_delete):
        signal.connect(_project_changed, sender=Project, dispatch_uid="search_project")
        signal.connect(_benefit_changed, sender=Benefit, dispatch_uid="search_benefit")
        for named in (Methodology, SectoralScope):
            signal.connect(_name_changed, sender=named, dispatch_uid=f"search_{named.__name__}")


def _project_changed(instance: Project, **_rest: Any) -> None:
    refresh_search(refs=[instance.ref])


def _benefit_changed(instance: Benefit, **_rest: Any) -> None:
    refresh_search(refs=list(Project.objects.filter(pk=instance.project_id).values_list("ref", flat=True)))


def _name_changed(**_rest: Any) -> None:
    new_stamp()
