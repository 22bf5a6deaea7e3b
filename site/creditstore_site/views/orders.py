"""The order's page and what its buyer can do there. Who has the link has the order; the session remembers it."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from creditstore.accounts.confirmation import is_confirmed, send_confirmation
from creditstore.certificates.services import certificate_view
from creditstore.checkout.summary import OrderSummary, order_summary
from creditstore.core.errors import StoreError
from creditstore.orders import services
from creditstore.orders.models import Order
from creditstore.orders.substitution import accept_substitute, decline_substitute
from creditstore.payments.services import offered_methods, start_payment
from creditstore_plugins import Redirect, SubmitForm
from creditstore_site.forms import MethodForm
from creditstore_site.views.answers import allow_payment_origins, message_page, status_of

_SESSION_KEY = "order_tokens"
#: A session holds the links of its newest orders only.
_REMEMBERED = 20


def _tokens(request: HttpRequest) -> dict[str, str]:
    found: dict[str, str] = request.session.get(_SESSION_KEY, {})
    return found


def remember_order(request: HttpRequest, *, number: str, token: str) -> None:
    """Let this browser open the order without the secret in the address."""
    tokens = {key: value for key, value in _tokens(request).items() if key != number}
    tokens[number] = token
    request.session[_SESSION_KEY] = dict(list(tokens.items())[-_REMEMBERED:])


def known_orders(request: HttpRequest) -> list[str]:
    """Numbers of the orders that this browser may open, newest first."""
    return list(reversed(_tokens(request)))


@never_cache
@require_GET
def open_link(request: HttpRequest, number: str, token: str) -> HttpResponse:
    """The address in the e-mail: remember its secret and show the order at its clean address."""
    try:
        order = services.order_by_token(number=number.replace("\0", ""), token=token)
    except StoreError as error:
        return message_page(
            request,
            heading=_("This link does not open an order"),
            text=error.message,
            action=_("Copy the whole link from your e-mail: mail programs sometimes break it at the end of a line."),
            status=404,
            links=((reverse("register:verify"), _("Check a certificate")),),
        )
    remember_order(request, number=order.number, token=token)
    return redirect("store:order", number=order.number)


def _granted(request: HttpRequest, number: str) -> Order | None:
    token = _tokens(request).get(number)
    if token is None:
        return None
    try:
        return services.order_by_token(number=number, token=token)
    except StoreError:
        return None


def _refused(request: HttpRequest) -> HttpResponse:
    """Alike for orders that exist and orders that do not."""
    return message_page(
        request,
        heading=_("Open this order from your e-mail"),
        text=_("An order can be seen by whoever has its link. This browser has not opened it yet."),
        action=_("Use the link in the e-mail that we sent when you ordered."),
        status=403,
        links=((reverse("register:verify"), _("Check a certificate")),),
    )


@never_cache
@require_GET
def show(request: HttpRequest, number: str) -> HttpResponse:
    """What was done, what happens next, by when, and whom to ask."""
    order = _granted(request, number)
    if order is None:
        return _refused(request)
    return allow_payment_origins(render(request, "store/order.html", _context(order)))


@never_cache
@require_GET
def status(request: HttpRequest, number: str) -> HttpResponse:
    """The parts of the page that change, for its own script."""
    order = _granted(request, number)
    if order is None:
        return _refused(request)
    return render(request, "store/order_status.html", _context(order))


def _context(order: Order) -> dict[str, object]:
    summary = order_summary(order=order)
    return {
        "section": "store",
        "order": order,
        "summary": summary,
        "heading": _heading(summary),
        "method_form": _method_form(summary) if summary.payable else None,
        "may_confirm": summary.payable and not is_confirmed(order.buyer_email),
        "last_payment": summary.payments[-1] if summary.payments else None,
        "certificate_files": _certificate_files(order, summary),
        "prices_invented": order.lines.filter(offer__price_invented=True).exists(),
    }


def _certificate_files(order: Order, summary: OrderSummary) -> list[tuple[str, str]]:
    """Title and address of each file of the order's certificate."""
    if summary.certificate is None:
        return []
    certificate = order.certificates.get(number=summary.certificate.number)
    view = certificate_view(number=certificate.number, code=certificate.code)
    return [
        (file.title, f"{reverse('certificate-file', args=[certificate.number, file.name])}?code={certificate.code}")
        for file in view.files
    ]


def _method_form(summary: OrderSummary) -> MethodForm:
    """The ways to pay. The choices belong to a form outside the part that a script replaces."""
    methods = offered_methods(currency=summary.total.currency)
    return MethodForm(
        initial={"method": methods[0].id} if len(methods) == 1 else {},
        currency=summary.total.currency,
        form_id="pay-form",
        auto_id="pay_%s",
    )


def _heading(summary: OrderSummary) -> str:
    """The number that matters first, in one line."""
    if any(line.substitute for line in summary.lines):
        return _("May we cancel other units instead?")
    if summary.payment_open:
        return _("Your payment is being checked")
    if summary.state in ("placed", "awaiting_payment") and summary.payments:
        return _("Your order is not paid yet")
    return {
        "placed": _("Your units are reserved"),
        "awaiting_payment": _("Your units are reserved"),
        "paid": _("Paid. The registry is being asked"),
        "cancelling": _("The registry is cancelling your units"),
        "cancelled": _("Your units are cancelled"),
        "partly_cancelled": _("Part of your units are cancelled"),
        "certified": _("Your units are cancelled"),
        "expired": _("This order has expired"),
        "withdrawn": _("You withdrew this order"),
        "needs_attention": _("We are looking at your order"),
        "refunding": _("Your money is on its way back"),
        "refunded": _("Your money was sent back"),
    }[summary.state]


def begin_payment(request: HttpRequest, *, order: Order, method_id: str) -> HttpResponse:
    """Start to pay and go where the outcome leads: mostly the order's page, which tells every outcome."""
    address = reverse("store:order", args=[order.number])
    try:
        started = start_payment(order=order, method_id=method_id, return_url=f"{settings.SITE_URL}{address}")
    except StoreError as error:
        # The order stands; a payment that is under way is told on its page.
        if error.code != "payment-in-progress":
            messages.error(request, error.message)
        return see(address)
    match started.outcome:
        case Redirect(url=url):
            return allow_payment_origins(see(url))
        case SubmitForm(action=action, fields=fields):
            context = {"order": order, "action": action, "fields": fields.items(), "payment": started.payment}
            return allow_payment_origins(render(request, "store/pay_form.html", context))
        case _:
            return see(address)


def see(address: str) -> HttpResponse:
    """303: whatever was sent, look there with GET."""
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response


@never_cache
@require_POST
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Pay an order that is not paid yet."""
    order = _granted(request, number)
    if order is None:
        return _refused(request)
    form = MethodForm(request.POST, currency=order.currency)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors.get("method", []))))
        return see(reverse("store:order", args=[order.number]))
    return begin_payment(request, order=order, method_id=form.cleaned_data["method"])


@never_cache
@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Give up an order that is not paid."""
    order = _granted(request, number)
    if order is None:
        return _refused(request)
    try:
        services.withdraw(order=order)
    except StoreError as error:
        return _not_done(request, error, number=order.number, heading=_("This order cannot be withdrawn"))
    return see(reverse("store:order", args=[order.number]))


@never_cache
@require_POST
def confirm_email(request: HttpRequest, number: str) -> HttpResponse:
    """Send the buyer the link that confirms the address, before an order has to be refused for want of it."""
    order = _granted(request, number)
    if order is None:
        return _refused(request)
    told = {"email": order.buyer_email}
    if is_confirmed(order.buyer_email):
        messages.info(request, _("%(email)s is confirmed already.") % told)
    elif send_confirmation(email=order.buyer_email, language=order.language):
        messages.success(request, _("We have sent a link to %(email)s. Open it and press its button.") % told)
    else:
        # One link at a time, however often this is asked: nobody's mailbox is filled.
        text = _("A link was sent to %(email)s before and still works. Look among your unwanted mail, too.")
        messages.info(request, text % told)
    return see(reverse("store:order", args=[order.number]))


@never_cache
@require_POST
def substitute(request: HttpRequest, number: str, answer: str) -> HttpResponse:
    """The buyer's word on other units that staff propose: take them, or have the money back."""
    if _granted(request, number) is None:
        return _refused(request)
    decide = accept_substitute if answer == "accept" else decline_substitute
    proposal = _whole_number(request.POST.get("proposal", ""))
    try:
        decide(number=number, token=_tokens(request)[number], proposal_id=proposal)
    except StoreError as error:
        return _not_done(request, error, number=number, heading=_("Your choice could not be taken"))
    return see(reverse("store:order", args=[number]))


def _not_done(request: HttpRequest, error: StoreError, *, number: str, heading: str) -> HttpResponse:
    """What the buyer asked for was not done: why, and the way back to the order."""
    back = (reverse("store:order", args=[number]), _("Back to the order"))
    return message_page(request, heading=heading, text=error.message, status=status_of(error), links=(back,))


def _whole_number(text: str) -> int:
    """The number, or 0, which is nobody's: a bad one is answered like an unknown one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
