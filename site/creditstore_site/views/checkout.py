"""The checkout: one page. First the order, then the payment, then the order's own page whatever came of it."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from creditstore.accounts.confirmation import send_confirmation
from creditstore.api.limits import network_of
from creditstore.campaigns.services import campaign_of
from creditstore.checkout.basket import BasketGroup, basket_groups, take_out_ordered
from creditstore.core.errors import StoreError
from creditstore.orders.limits import CODE as TOO_MANY
from creditstore.orders.limits import Client
from creditstore.orders.models import Order, Terms
from creditstore.orders.services import PlacedOrder, current_terms, place_order
from creditstore_site.forms import CheckoutForm, fresh_hidden, lines_as_text
from creditstore_site.views.answers import allow_payment_origins, error_page, message_page, status_of
from creditstore_site.views.orders import begin_payment, known_orders, remember_order, see


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """Show the form, or place the order. The order's lines are those that the page showed."""
    try:
        terms = current_terms()
    except StoreError as error:
        return error_page(request, error)
    groups = basket_groups(basket=request.basket)  # type: ignore[attr-defined]
    group = _chosen(groups, key=request.GET.get("seller", ""))
    if request.method == "POST":
        return _order(request, group=group, terms=terms)
    if not groups:
        return redirect("store:basket")
    if group is None:
        return message_page(
            request,
            heading=_("One order has one seller"),
            text=_("Your basket holds offers of several sellers. Order from each seller apart; nothing is lost."),
            status=status_of(StoreError(code="several-sellers", message="")),
            links=((reverse("store:basket"), _("Go to your basket")),),
        )
    if not group.orderable:
        return redirect("store:basket")
    form = CheckoutForm(current_terms=terms, currency=group.currency)
    return _page(request, form=form, group=group, terms=terms, token="", status=200)


def _chosen(groups: tuple[BasketGroup, ...], *, key: str) -> BasketGroup | None:
    """The group to order: the named one, or the only one."""
    named = [group for group in groups if group.key == key]
    return named[0] if named else groups[0] if len(groups) == 1 else None


def _order(request: HttpRequest, *, group: BasketGroup | None, terms: Terms) -> HttpResponse:
    currency = group.currency if group else ""
    form = CheckoutForm(request.POST, current_terms=terms, currency=currency)
    if not form.is_valid():
        return _again(request, form=form, group=group, terms=terms, status=422)
    placement_key = f"web:{form.cleaned_data['token']}"
    lines = form.cleaned_data["lines"]
    shown = {(line.offer_code, line.quantity) for line in lines}
    now = {(line.offer, line.quantity) for line in group.lines} if group else set()
    # An order that was placed with this page took its lines out of the basket: then this is the second click.
    if shown != now and not Order.objects.filter(placement_key=placement_key).exists():
        form.add_error(None, _("Your basket was changed in another tab. Check the order below and send it again."))
        return _again(request, form=form, group=group, terms=terms, status=409)
    try:
        placed = _place(request, form=form, placement_key=placement_key)
    except StoreError as error:
        if error.code == TOO_MANY:
            # After the order's own transaction, which is rolled back.
            asked = form.order_request()
            send_confirmation(email=asked.buyer.email, language=asked.language)
        form.add_store_error(error)
        return _again(request, form=form, group=group, terms=terms, status=status_of(error))
    remember_order(request, number=placed.order.number, token=placed.token)
    if placed.replayed and placed.order.payments.exists():
        # The first click already went to pay: its outcome is told on the order's page, and a second try is not made.
        return see(reverse("store:order", args=[placed.order.number]))
    return begin_payment(request, order=placed.order, method_id=form.cleaned_data["method"])


def _place(request: HttpRequest, *, form: CheckoutForm, placement_key: str) -> PlacedOrder:
    """The order and the emptied basket, both or neither."""
    with transaction.atomic():
        client = Client(prefix=network_of(request))
        placed = place_order(request=form.order_request(), placement_key=placement_key, client=client)
        if not placed.replayed:
            take_out_ordered(basket=request.basket, lines=form.cleaned_data["lines"])  # type: ignore[attr-defined]
    return placed


def _again(
    request: HttpRequest, *, form: CheckoutForm, group: BasketGroup | None, terms: Terms, status: int
) -> HttpResponse:
    """The page once more, with what was typed, and with the basket as it is now."""
    if group is None:
        numbers = known_orders(request)
        links = [
            (reverse("store:order", args=[number]), _("Order %(number)s") % {"number": number}) for number in numbers
        ]
        return message_page(
            request,
            heading=_("There is nothing left to order here"),
            text=_("The basket is empty or was changed in another tab. Nothing was ordered just now."),
            action=_("You may have ordered already. Look at your orders, or at your basket."),
            status=409,
            links=(*links, (reverse("store:basket"), _("Go to your basket"))),
        )
    # A page that was sent with other lines is a new order, and needs a new key.
    token = request.POST.get("token", "")
    kept = ""
    if (
        request.POST.get("lines") == lines_as_text([line.request for line in group.lines])
        and "token" not in form.errors
    ):
        used = Order.objects.filter(placement_key=f"web:{token}").exists()
        kept = "" if used else token
    return _page(request, form=form, group=group, terms=terms, token=kept, status=status)


def _page(
    request: HttpRequest, *, form: CheckoutForm, group: BasketGroup, terms: Terms, token: str, status: int
) -> HttpResponse:
    """The page. ``token`` is the placement key that it keeps; a new one without it."""
    campaign = campaign_of(basket=request.basket)  # type: ignore[attr-defined]
    hidden = fresh_hidden(group, terms, campaign)
    if token:
        hidden["token"] = token
    context = {
        "section": "store",
        "form": form,
        "group": group,
        "terms": terms,
        "hidden": hidden,
        "counts_towards": campaign,
    }
    return allow_payment_origins(render(request, "store/checkout.html", context, status=status))
