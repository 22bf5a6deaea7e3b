"""Where two-factor log-in stands in the admin: one's account, the list of accounts, the site's history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button

from creditstore.accounts.models import User
from creditstore_site.two_factor import services
from creditstore_site.two_factor.account import OwnView, ResetView


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def urls() -> list[URLPattern]:
    """Below ``/admin/``: for those who have passed the door."""
    return [
        path("account/two-factor/", OwnView.as_view(), name="creditstore_two_factor"),
        path("users/<int:pk>/two-factor/", ResetView.as_view(), name="creditstore_two_factor_reset"),
    ]


@hooks.register("register_account_menu_item")  # type: ignore[untyped-decorator]
def account_item(request: HttpRequest) -> dict[str, Any]:
    """On everybody's account page."""
    return {
        "url": reverse("creditstore_two_factor"),
        "label": _("Two-factor log-in"),
        "help_text": _("A code of your telephone besides the password."),
    }


@hooks.register("register_user_listing_buttons")  # type: ignore[untyped-decorator]
def reset_button(user: User, request_user: User) -> Iterator[Button]:
    """In the list of accounts, where there is something to reset."""
    if services.may_reset(user=user, actor=request_user) and services.authenticator_of(user) is not None:
        address = reverse("creditstore_two_factor_reset", args=[user.pk])
        yield Button(_("Reset two-factor log-in"), address, icon_name="key", priority=40)


@hooks.register("register_log_actions")  # type: ignore[untyped-decorator]
def log_actions(actions: Any) -> None:
    """What the site's history tells, and of whom."""
    actions.register_action(services.SET_UP, _("Set up two-factor log-in"), _("Set up two-factor log-in"))
    actions.register_action(services.RESET, _("Reset two-factor log-in"), _("Took the second factor away"))
    actions.register_action(services.NEW_CODES, _("New recovery codes"), _("Made new recovery codes"))
