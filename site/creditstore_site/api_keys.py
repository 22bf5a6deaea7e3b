"""Keys of programs, in the Wagtail admin: a list, a form that shows a new key once, and a button that ends one."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import AdminDateTimeInput

from creditstore.accounts.api_keys import create_key, revoke
from creditstore.accounts.models import ApiKey, User
from creditstore.core.errors import StoreError

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
        help_text=gettext_lazy("UTC; empty: until somebody ends it."),
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """All keys and the form. A new key is in this one answer and nowhere else: no redirect, no message."""
    user = _allowed(request)
    form, new, status = KeyForm(request.POST or None), None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                new = create_key(created_by=user, **form.cleaned_data)
                form, status = KeyForm(), 201
            except StoreError as error:
                for item in error.errors:
                    form.add_error(item.field, item.message)
    context = {"form": form, "new": new, "keys": ApiKey.objects.select_related("created_by"), "title": _("API keys")}
    return render(request, "api_keys/keys.html", context, status=status)


@require_POST
def end(request: HttpRequest, key_id: int) -> HttpResponse:
    """End a key at once."""
    _allowed(request)
    key = get_object_or_404(ApiKey, pk=key_id)
    if revoke(key=key):
        messages.success(request, _("The key %(name)s is ended.") % {"name": key.name})
    return redirect(reverse("creditstore_api_keys"))


def _allowed(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User) or not user.has_perm(PERMISSION):
        raise PermissionDenied
    return user


class KeysMenuItem(MenuItem):  # type: ignore[misc]
    """An entry for those who may make keys."""

    def is_shown(self, request: HttpRequest) -> bool:
        """As the page behind it asks."""
        return bool(request.user.has_perm(PERMISSION))


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def keys_item() -> KeysMenuItem:
    """Among the settings."""
    return KeysMenuItem(_("API keys"), reverse_lazy("creditstore_api_keys"), name="api-keys", icon_name="key")


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
    return Permission.objects.filter(content_type__app_label="creditstore_accounts", codename="add_apikey")
