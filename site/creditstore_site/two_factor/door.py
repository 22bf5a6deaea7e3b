"""The pages between the password and the admin: asking for a code, and setting up the app that shows it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import segno
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as remember_device
from django_otp.models import Device
from wagtail.admin import messages

from creditstore.accounts.models import User
from creditstore.accounts.staff import is_staff
from creditstore.core import clock
from creditstore.core.errors import StoreError
from creditstore_site.two_factor import services
from creditstore_site.two_factor.forms import CodeForm
from creditstore_site.two_factor.middleware import PASSED_AT
from creditstore_site.two_factor.models import Authenticator, RecoveryCodes

Page = Callable[[HttpRequest, User], HttpResponse]
#: Fewer recovery codes than this are told at each log-in with one.
_FEW_CODES = 4


def for_password_user(page: Page) -> Callable[[HttpRequest], HttpResponse]:
    """For staff who have passed the password, and perhaps the second factor; everybody else logs in first."""

    @never_cache
    @csrf_protect
    @sensitive_post_parameters()
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(page)
    def guarded(request: HttpRequest) -> HttpResponse:
        user = request.password_user  # type: ignore[attr-defined]
        if not user.is_authenticated or not is_staff(user):
            return redirect_to_login(request.get_full_path(), reverse("wagtailadmin_login"))
        return page(request, User.objects.get(pk=user.pk))

    return guarded


@for_password_user
def ask(request: HttpRequest, user: User) -> HttpResponse:
    """Ask for a code."""
    onward = _onward(request)
    if request.user.is_authenticated:
        return redirect(onward)
    if services.authenticator_of(user) is None:
        return redirect(f"{reverse('two_factor:set_up')}?{request.GET.urlencode()}")
    form = CodeForm(request.POST or None, recovery=True)
    if request.method == "POST" and form.is_valid():
        try:
            device = services.check(user=user, code=form.cleaned_data["code"])
        except StoreError as error:
            form.add_error("code", error.message)
        else:
            let_in(request, user, device)
            return redirect(onward)
    context = {"form": form, "next": onward, "person": user}
    return render(request, "two_factor/ask.html", context, status=422 if form.errors else 200)


@for_password_user
def set_up(request: HttpRequest, user: User) -> HttpResponse:
    """Show what an authenticator app reads; when it shows a right code, the recovery codes, this once."""
    onward = _onward(request)
    form = CodeForm(request.POST or None, recovery=False)
    try:
        if request.method == "POST" and form.is_valid():
            device, codes = services.confirm(user=user, code=form.cleaned_data["code"])
            let_in(request, user, device)
            return render(request, "two_factor/codes.html", {"codes": codes, "next": onward}, status=201)
        device = services.begin(user=user)
    except StoreError as error:
        if error.code == "conflict":
            # Set up already, perhaps in another window: what is missing is a code of it, or nothing.
            return redirect(f"{reverse('two_factor:ask')}?{request.GET.urlencode()}")
        form.add_error("code", error.message)
        device = services.begin(user=user)
    context = {
        "form": form,
        "next": onward,
        "person": user,
        "picture": picture_of(device),
        "secret": secret_of(device),
        "must": services.must_have(user),
    }
    return render(request, "two_factor/set_up.html", context, status=422 if form.errors else 200)


@require_POST
@csrf_protect
def leave(request: HttpRequest) -> HttpResponse:
    """Log out of a session that is only half logged in."""
    logout(request)
    return redirect("wagtailadmin_login")


def let_in(request: HttpRequest, user: User, device: Device) -> None:
    """From here on the session counts. It gets a new key: whoever knew the old one stays outside."""
    request.user = user
    remember_device(request, device)
    request.session[PASSED_AT] = int(clock.now().timestamp())
    request.session.cycle_key()
    left = services.standing_of(user).codes_left
    if isinstance(device, RecoveryCodes) and left < _FEW_CODES:
        text = ngettext(
            "You have %(count)d recovery code left. Make new ones under Account, Two-factor log-in.",
            "You have %(count)d recovery codes left. Make new ones under Account, Two-factor log-in.",
            left,
        )
        messages.warning(request, text % {"count": left})


def picture_of(device: Authenticator) -> str:
    """The QR code that an authenticator app reads, as a data address: made here, sent to nobody."""
    return str(segno.make(device.config_url, micro=False).svg_data_uri(scale=5, border=4, light="#fff"))


def secret_of(device: Authenticator) -> str:
    """The same to be typed, in groups of four."""
    from base64 import b32encode

    plain = b32encode(device.bin_key).decode()
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def _onward(request: HttpRequest) -> str:
    """Where the way leads to, if it is an address of this store."""
    wanted = str(request.POST.get("next") or request.GET.get("next") or "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else str(settings.LOGIN_REDIRECT_URL)
