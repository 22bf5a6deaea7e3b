"""The page on which an editor says that a page is still right."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminDateInput
from wagtail.models import Page

from creditstore_content.upkeep.models import PageReview
from creditstore_content.upkeep.reviews import review_page


class ReviewForm(forms.Form):
    """The day, today unless the editor says otherwise, and what the next one should know."""

    reviewed_on = forms.DateField(label=gettext_lazy("Reviewed on"), widget=AdminDateInput)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For colleagues, for example which source you looked up."),
    )


class ReviewPageView(WagtailAdminTemplateMixin, FormView):  # type: ignore[misc,type-arg]
    """For those who may edit the page. The page itself is not changed."""

    template_name = "upkeep/review.html"
    form_class = ReviewForm
    page_title = gettext_lazy("Mark as reviewed")
    header_icon = "check"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Nobody else."""
        if not self.page.permissions_for_user(request.user).can_edit():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def page(self) -> Page:
        """The page of the address."""
        return get_object_or_404(Page, pk=self.kwargs["pk"])

    def get_page_subtitle(self) -> str:
        """Which page."""
        return str(self.page.get_admin_display_title())

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        """From the report."""
        report = {"url": reverse("creditstore_stale_pages"), "label": _("Stale pages")}
        return [*self.breadcrumbs_items, report, {"url": "", "label": str(self.page_title)}]

    def get_initial(self) -> dict[str, Any]:
        """Today."""
        return {"reviewed_on": timezone.localdate()}

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep it, and back to the report; or the form once more, with the reason why not."""
        values = form.cleaned_data
        try:
            review_page(page=self.page, reviewed_on=values["reviewed_on"], by=self.request.user, note=values["note"])
        except ValidationError as error:
            form.add_error(None, error)
            return self.form_invalid(form)
        said = _("“%(title)s” is marked as reviewed.") % {"title": self.get_page_subtitle()}
        messages.success(self.request, said)
        return redirect("creditstore_stale_pages")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The page, and its last review."""
        return {
            **super().get_context_data(**kwargs),
            "page": self.page,
            "review": PageReview.objects.select_related("reviewed_by").filter(page=self.page).first(),
        }
