"""Keys of programs, in the Wagtail admin: a list, a form that shows a new key once, and a button that ends one."""

from __future__ import annotations

from django import forms
from django.contrib.auth.decorators import permission_required
from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.widgets import AdminDateTimeInput

from creditstore.accounts.api_keys import create_key, revoke
from creditstore.accounts.models import ApiKey
from creditstore.core.errors import StoreError
from creditstore_site.admin_pages import PermittedItem, permissions_named, staff_member

PERMISSION = "creditstore_accounts.add_apikey"


class KeyForm(forms.Form):
    """What a new key is for."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Who or what uses it."))
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("It may"), choices=ApiKey.SCOPES, widget=forms.CheckboxSelectMultiple
    )
    expires_at = forms.DateTimeField(
        label=gettext_lazy("Ends on"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=gettext_lazy("In your own time zone; empty: until somebody ends it."),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PERMISSION, raise_exception=True)
def keys(request: HttpRequest) -> HttpResponse:
    """All keys and the form. A new key is in this one answer and nowhere else: no redirect, no message."""
    form, new, status = KeyForm(request.POST or None), None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                new = create_key(created_by=staff_member(request), **form.cleaned_data)
                form, status = KeyForm(), 201
            except StoreError as error:
                for item in error.errors:
                    form.add_error(item.field, item.message)
    context = {"form": form, "new": new, "keys": ApiKey.objects.select_related("created_by"), "title": _("API keys")}
    return render(request, "api_keys/keys.html", context, status=status)


@require_POST
@permission_required(PERMISSION, raise_exception=True)
def end(request: HttpRequest, key_id: int) -> HttpResponse:
    """End a key at once."""
    key = get_object_or_404(ApiKey, pk=key_id)
    if revoke(key=key):
        messages.success(request, _("The key %(name)s is ended.") % {"name": key.name})
    return redirect("creditstore_api_keys")


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def keys_item() -> PermittedItem:
    """Among the settings."""
    return PermittedItem(
        gettext_lazy("API keys"), "creditstore_api_keys", permission=PERMISSION, name="api-keys", icon_name="key"
    )


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def urls() -> list[URLPattern]:
    """Below ``/admin/api-keys/``."""
    return [
        path("api-keys/", keys, name="creditstore_api_keys"),
        path("api-keys/<int:key_id>/end/", end, name="creditstore_api_key_end"),
    ]


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def permissions() -> QuerySet[Permission]:
    """So that a group can be given it."""
    return permissions_named(PERMISSION)
