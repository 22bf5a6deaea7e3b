"""A report for editors: which projects and offers stand on which pages, and whether they can still be bought."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.models import Page, ReferenceIndex

from creditstore.catalogue.models import Project
from creditstore.credits.models import Offer
from creditstore_content.blocks.choosers import offer_title
from creditstore_content.blocks.usage import references
from creditstore_content.upkeep.for_editors import ForEditors

#: States of offers that cannot be bought, in words.
_OFFER_STATES: Final = {
    "paused": gettext_lazy("paused by the seller"),
    "sold_out": gettext_lazy("sold out"),
    "withdrawn": gettext_lazy("withdrawn by the seller"),
}


class UsageReportView(ForEditors, ReportView):  # type: ignore[misc]
    """One row for each page and project or offer. ``?project=`` shows one project, its offers included."""

    page_title = gettext_lazy("Projects on pages")
    header_icon = "globe"
    index_url_name = "creditstore_usage"
    index_results_url_name = "creditstore_usage_results"
    model = ReferenceIndex
    verbose_name = gettext_lazy("place")
    verbose_name_plural = gettext_lazy("places")
    default_ordering = "pk"
    is_export = False

    def get_queryset(self) -> QuerySet[ReferenceIndex]:
        """Each pair once, however often a page shows it."""
        found = references(Project, Offer)
        wanted = self.request.GET.get("project", "")
        if wanted.isdecimal() and len(wanted) < 19:
            offers = Offer.objects.filter(issuance__project=wanted).values_list("pk", flat=True)
            found = references(Project).filter(to_object_id=wanted) | references(Offer).filter(
                to_object_id__in=[str(key) for key in offers]
            )
        pairs = ("object_id", "to_content_type", "to_object_id")
        return found.filter(pk__in=found.order_by(*pairs, "pk").distinct(*pairs).values("pk")).order_by("pk")

    @cached_property
    def columns(self) -> list[Column]:
        """Page, what stands on it, and its state."""
        return [
            TitleColumn("page", label=_("Page"), accessor=self._page_title, get_url=self._edit_url),
            Column("what", label=_("Shows"), accessor=self._what),
            Column("state", label=_("At present"), accessor=self._state),
        ]

    @cached_property
    def _pages(self) -> dict[str, Page]:
        return {str(page.pk): page for page in Page.objects.in_bulk(self._keys("object_id")).values()}

    @cached_property
    def _projects(self) -> dict[str, Project]:
        found = Project.objects.in_bulk(self._keys("to_object_id", Project))
        return {str(key): project for key, project in found.items()}

    @cached_property
    def _offers(self) -> dict[str, Offer]:
        found = Offer.objects.select_related("issuance__project").in_bulk(self._keys("to_object_id", Offer))
        return {str(key): offer for key, offer in found.items()}

    @cached_property
    def _for_sale(self) -> set[int]:
        live = Offer.objects.filter(state="live", issuance__project__in=self._projects.values())
        return {offer.issuance.project_id for offer in live.select_related("issuance") if offer.available}

    @cached_property
    def _kinds(self) -> dict[int, type]:
        return {ContentType.objects.get_for_model(model).pk: model for model in (Project, Offer)}

    def _keys(self, column: str, model: type | None = None) -> list[int]:
        rows = self.object_list
        return [int(getattr(row, column)) for row in rows if model in (None, self._kinds[row.to_content_type_id])]

    def _page_title(self, row: ReferenceIndex) -> str:
        page = self._pages.get(row.object_id)
        return str(page.get_admin_display_title()) if page else _("(deleted)")

    def _edit_url(self, row: ReferenceIndex) -> str | None:
        return reverse("wagtailadmin_pages:edit", args=[row.object_id]) if row.object_id in self._pages else None

    def _target(self, row: ReferenceIndex) -> Project | Offer | None:
        found = self._projects if self._kinds[row.to_content_type_id] is Project else self._offers
        return found.get(row.to_object_id)

    def _what(self, row: ReferenceIndex) -> str:
        target = self._target(row)
        if target is None:
            return _("(deleted)")
        return offer_title(target) if isinstance(target, Offer) else str(target)

    def _state(self, row: ReferenceIndex) -> str:
        target = self._target(row)
        if target is None:
            return _("no longer in the store: the page shows other ways on")
        if isinstance(target, Offer):
            return (
                _("for sale")
                if target.available and target.issuance.project.status == "registered"
                else str(_OFFER_STATES.get(target.state, _("not for sale")))
            )
        if target.status != "registered":
            return str(target.get_status_display())
        return _("for sale") if target.pk in self._for_sale else _("nothing for sale")
