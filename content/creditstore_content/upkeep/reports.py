"""Reports for editors: links that are broken, pictures without a text in their place, pages nobody has looked at."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import HeaderButton
from wagtail.models import Page

from creditstore.core.jobs import defer_once
from creditstore_content.upkeep.checking import BROKEN, FAILURES_SHOWN
from creditstore_content.upkeep.for_editors import ForEditors, edited_pages, works_on_pages
from creditstore_content.upkeep.models import Finding, PageReading
from creditstore_content.upkeep.reviews import stale_pages
from creditstore_content.upkeep.tasks import READ_NOW


class FindingsView(ForEditors, ReportView):  # type: ignore[misc]
    """Findings on the pages that this member of staff works on, page by page."""

    model = Finding
    template_name = "upkeep/report.html"
    verbose_name = gettext_lazy("place")
    verbose_name_plural = gettext_lazy("places")
    default_ordering = "page"
    #: What is shown, as a condition on findings.
    wanted = Q()
    list_export = ["page_title", "page_address", "what", "address", "text", "answer", "checked_at"]
    export_headings = {
        "page_title": gettext_lazy("Page"),
        "page_address": gettext_lazy("Address of the page"),
        "what": gettext_lazy("What is wrong"),
        "address": gettext_lazy("Leads to"),
        "text": gettext_lazy("Text"),
        "answer": gettext_lazy("Last answer"),
        "checked_at": gettext_lazy("Last checked"),
    }

    def get_queryset(self) -> QuerySet[Finding]:
        """With what is said of each."""
        found = Finding.objects.filter(self.wanted, page__in=edited_pages(self.request.user).values("pk"))
        return found.select_related("page", "external").order_by("page__title", "page", "pk")

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Whoever has just mended something need not wait for the night."""
        return [HeaderButton(label=_("Look at all pages now"), url=reverse("creditstore_read_now"), icon_name="rotate")]

    def said_above(self) -> list[str]:
        """What the reader of the report must know."""
        read_at = PageReading.objects.aggregate(last=Max("read_at"))["last"]
        if read_at is None:
            return [_("No page has been looked at yet. The worker does it within five minutes.")]
        when = date_format(timezone.localtime(read_at), "DATETIME_FORMAT")
        return [
            _(
                "Published pages are looked at within five minutes of publishing and every night; drafts are not. "
                "Last looked at: %(when)s"
            )
            % {"when": when}
        ]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With what is said above the list."""
        return {**super().get_context_data(*args, **kwargs), "said_above": self.said_above()}


def _edit_url(finding: Finding) -> str:
    return reverse("wagtailadmin_pages:edit", args=[finding.page_id])


class BrokenLinksView(FindingsView):
    """Links that lead nowhere, on this site and on others."""

    page_title = gettext_lazy("Broken links")
    header_icon = "link"
    index_url_name = "creditstore_broken_links"
    index_results_url_name = "creditstore_broken_links_results"
    export_filename = "broken-links"
    wanted = Q(
        kind__in=[
            Finding.Kind.NO_TARGET,
            Finding.Kind.UNKNOWN_ADDRESS,
            Finding.Kind.NO_ANCHOR,
            Finding.Kind.NOT_READABLE,
        ]
    ) | Q(external__outcome__in=BROKEN, external__failures__gte=FAILURES_SHOWN)

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """Where, what is wrong, and since when that is known."""
        return [
            TitleColumn("page", label=_("Page"), accessor="page_title", get_url=_edit_url),
            Column("what", label=_("What is wrong")),
            Column("text", label=_("Text of the link")),
            Column("address", label=_("Leads to")),
            Column("answer", label=_("Last answer")),
            DateColumn("checked_at", label=_("Last checked")),
        ]

    def said_above(self) -> list[str]:
        """Also how other sites are asked."""
        if not settings.CREDITSTORE_CHECK_EXTERNAL_LINKS:
            return [*super().said_above(), _("Links to other sites are not checked: the operator has turned it off.")]
        return [
            *super().said_above(),
            _(
                "Other sites are asked once a week. One that fails is asked again, and stands here from the second "
                "failure on."
            ),
        ]


class MissingAltView(FindingsView):
    """Pictures that say nothing to those who cannot see them."""

    page_title = gettext_lazy("Missing alt text")
    header_icon = "image"
    index_url_name = "creditstore_missing_alt"
    index_results_url_name = "creditstore_missing_alt_results"
    export_filename = "missing-alt-text"
    wanted = Q(kind=Finding.Kind.NO_ALT)
    list_export = ["page_title", "page_address", "address", "text"]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """Where, and which picture."""
        return [
            TitleColumn("page", label=_("Page"), accessor="page_title", get_url=_edit_url),
            Column("address", label=_("Picture")),
            Column("text", label=_("Text now"), accessor=lambda finding: finding.text or _("(none)")),
        ]


class StalePagesView(ForEditors, ReportView):  # type: ignore[misc]
    """Live pages that nobody published or reviewed for some months; ``?months=`` for another number of them."""

    page_title = gettext_lazy("Stale pages")
    header_icon = "time"
    index_url_name = "creditstore_stale_pages"
    index_results_url_name = "creditstore_stale_pages_results"
    model = Page
    template_name = "upkeep/report.html"
    verbose_name = gettext_lazy("page")
    verbose_name_plural = gettext_lazy("pages")
    default_ordering = "looked_at"
    export_filename = "stale-pages"
    list_export = ["title", "full_url", "last_published_at", "reviewed_on", "looked_at"]
    export_headings = {
        "full_url": gettext_lazy("Address of the page"),
        "last_published_at": gettext_lazy("Last published"),
        "reviewed_on": gettext_lazy("Reviewed on"),
        "looked_at": gettext_lazy("Last looked at"),
    }

    @cached_property
    def months(self) -> int:
        """From one month to ten years; else as the store is set."""
        wanted = self.request.GET.get("months", "")
        given = int(wanted) if wanted.isdecimal() and len(wanted) < 4 else 0
        return given if 1 <= given <= 120 else int(settings.CREDITSTORE_REVIEW_MONTHS)

    def get_queryset(self) -> QuerySet[Page]:
        """Those of the pages that this member of staff works on."""
        pages = Page.objects.filter(pk__in=edited_pages(self.request.user).values("pk"), depth__gt=1)
        return stale_pages(pages, months=self.months, today=timezone.localdate())

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Other lengths of time."""
        address = reverse(self.index_url_name)
        choices = [3, 6, 12, 24]
        return [
            HeaderButton(label=_("%(months)d months") % {"months": months}, url=f"{address}?months={months}")
            for months in choices
            if months != self.months
        ]

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """When somebody last looked, and the way to say that it is still right."""
        return [
            TitleColumn(
                "title",
                label=_("Page"),
                accessor="get_admin_display_title",
                get_url=lambda page: reverse("wagtailadmin_pages:edit", args=[page.pk]),
            ),
            DateColumn("last_published_at", label=_("Last published")),
            Column("reviewed_on", label=_("Reviewed on"), accessor=lambda page: page.reviewed_on or _("never")),
            TitleColumn(
                "review",
                label=_("Still right?"),
                accessor=lambda _page: _("Mark as reviewed"),
                get_url=lambda page: reverse("creditstore_review_page", args=[page.pk]),
            ),
        ]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """With what the list means."""
        said = _("Published pages that nobody published again or marked as reviewed for %(months)d months or longer.")
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        context["said_above"] = [said % {"months": self.months}]
        return context


class ReadNowView(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]
    """Has the worker look at all pages, once somebody confirms: following a link changes nothing."""

    template_name = "upkeep/read_now.html"
    page_title = gettext_lazy("Look at all pages now")
    header_icon = "rotate"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """For those who work on pages."""
        if not works_on_pages(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Ask the worker; asked twice it does it once."""
        defer_once(READ_NOW, waiting="")
        messages.success(request, _("The worker looks at all pages now. Come back in a minute."))
        return redirect("creditstore_broken_links")
