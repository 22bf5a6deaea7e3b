"""Pages for those who are inside: one's own second factor, and taking away another one's."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from creditstore.accounts.models import User
from creditstore.core.errors import StoreError
from creditstore_site.admin_pages import staff_member
from creditstore_site.two_factor import services
from creditstore_site.two_factor.forms import CodeForm


@method_decorator([never_cache, sensitive_post_parameters()], name="dispatch")
class OwnView(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]
    """How one's own account stands; new recovery codes, or another app, each for a code."""

    template_name = "two_factor/own.html"
    page_title = gettext_lazy("Two-factor log-in")
    header_icon = "key"

    def get_breadcrumbs_items(self) -> list[dict[str, str]]:
        """Below the account."""
        account = {"url": reverse("wagtailadmin_account"), "label": _("Account")}
        return [*super().get_breadcrumbs_items(), account, {"url": "", "label": str(self.page_title)}]

    def post(self, request: HttpRequest) -> HttpResponse:
        """``wish``: ``codes`` for new recovery codes, ``remove`` to begin anew."""
        user, form = staff_member(request), CodeForm(request.POST, recovery=True)
        if form.is_valid():
            code, wish = form.cleaned_data["code"], request.POST.get("wish")
            try:
                if wish == "remove":
                    services.remove_own(user=user, code=code)
                    messages.success(request, _("Your second factor is taken away."))
                    return redirect("two_factor:set_up" if services.must_have(user) else "creditstore_two_factor")
                codes = services.renew_codes(user=user, code=code)
                context = {"codes": codes, "next": reverse("creditstore_two_factor")}
                return render(request, "two_factor/codes.html", context, status=201)
            except StoreError as error:
                form.add_error("code", error.message)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The standing, and the form."""
        user = staff_member(self.request)
        return {
            "form": CodeForm(recovery=True),
            **super().get_context_data(**kwargs),
            "standing": services.standing_of(user),
            "must": services.must_have(user),
        }


@method_decorator(never_cache, name="dispatch")
class ResetView(WagtailAdminTemplateMixin, TemplateView):  # type: ignore[misc]
    """Take another one's second factor away: a telephone was lost, and the recovery codes, too."""

    template_name = "two_factor/reset.html"
    page_title = gettext_lazy("Reset two-factor log-in")
    header_icon = "key"

    @cached_property
    def person(self) -> User:
        """Whose. Errors: ``PermissionDenied`` for whoever may not."""
        person = get_object_or_404(User, pk=self.kwargs["pk"])
        if not services.may_reset(user=person, actor=staff_member(self.request)):
            raise PermissionDenied
        return person

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Say what will happen."""
        context = self.get_context_data(person=self.person, standing=services.standing_of(self.person))
        return self.render_to_response(context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do it."""
        if services.reset(user=self.person, actor=staff_member(request)):
            messages.success(request, _("The second factor is taken away. Whoever logs in next sets up a new one."))
        else:
            messages.warning(request, _("This account has no second factor. Nothing was changed."))
        return redirect("wagtailusers_users:edit", pk)
