"""The basket's pages. One form holds all lines, so no button loses what was typed beside another one."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from creditstore.campaigns.services import campaign_of, count_towards, open_campaign
from creditstore.checkout.basket import add_to_basket, basket_groups, read_quantity, set_quantity
from creditstore.core.errors import StoreError
from creditstore.credits.models import Offer
from creditstore_site.same_origin import Question, same_origin_form
from creditstore_site.views import project
from creditstore_site.views.answers import error_page, status_of


@never_cache
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """What is in the basket, by seller."""
    return _page(request, typed={}, problems={}, status=200)


def _page(request: HttpRequest, *, typed: dict[int, str], problems: dict[int, str], status: int) -> HttpResponse:
    groups = basket_groups(basket=request.basket)  # type: ignore[attr-defined]
    lines = [line for group in groups for line in group.lines]
    context = {
        "section": "store",
        "groups": [
            (
                group,
                [
                    (line, typed.get(line.id, line.quantity), problems.get(line.id) or line.problem)
                    for line in group.lines
                ],
            )
            for group in groups
        ],
        "problems": [(line, problems[line.id]) for line in lines if line.id in problems],
        "changed": [line for line in lines if line.price_changed],
        "counts_towards": campaign_of(basket=request.basket),  # type: ignore[attr-defined]
    }
    return render(request, "store/basket.html" if groups else "store/basket_empty.html", context, status=status)


def _ask_to_add(request: HttpRequest) -> Question:
    """What the buyer is asked when the form may not have come from a project's page."""
    offer = _offer(request.POST.get("offer", ""))
    if offer is None:
        text = _("The offer does not exist or is no longer for sale.")
    else:
        names = {"title": offer.issuance.project.title, "seller": offer.seller.name}
        try:
            quantity = read_quantity(request.POST.get("quantity", ""))
        except StoreError:
            text = _("Units of “%(title)s”, sold by %(seller)s, will be put into your basket.") % names
        else:
            text = ngettext(
                "%(count)d tonne of “%(title)s”, sold by %(seller)s, will be put into your basket.",
                "%(count)d tonnes of “%(title)s”, sold by %(seller)s, will be put into your basket.",
                quantity,
            ) % {"count": quantity, **names}
    return Question(heading=_("Put this into your basket?"), text=text, button=_("Put it into my basket"))


def _offer(code: str) -> Offer | None:
    offers = Offer.objects.select_related("issuance__project", "seller")
    return offers.filter(code=code.replace("\0", "")).first()


@never_cache
@require_POST
@same_origin_form(ask=_ask_to_add, fields=("offer", "quantity", "campaign"))
def add(request: HttpRequest) -> HttpResponse:
    """Put units of one offer into the basket; with an error the project's page again, with what was typed."""
    code, typed = request.POST.get("offer", ""), request.POST.get("quantity", "")
    try:
        quantity = read_quantity(typed)
        add_to_basket(basket=request.basket, offer_code=code, quantity=quantity)  # type: ignore[attr-defined]
    except StoreError as error:
        offer = _offer(code)
        if offer is None:
            return error_page(request, error, links=((reverse("store:catalogue"), _("See all projects")),))
        return project.project_page(
            request, ref=offer.issuance.project.ref, refused=(code, typed, error.message), status=status_of(error)
        )
    if campaign := open_campaign(key=request.POST.get("campaign", "")):
        count_towards(basket=request.basket, campaign=campaign)  # type: ignore[attr-defined]
    added = ngettext("%(count)d tonne is in your basket.", "%(count)d tonnes were added to your basket.", quantity)
    messages.success(request, added % {"count": quantity})
    return redirect("store:basket")


@never_cache
@require_POST
def update(request: HttpRequest) -> HttpResponse:
    """Change quantities, take lines out, or go on to order one seller's lines."""
    typed, problems, status = _apply(request)
    if problems:
        return _page(request, typed=typed, problems=problems, status=status)
    if "uncount" in request.POST:
        count_towards(basket=request.basket, campaign=None)  # type: ignore[attr-defined]
    if key := request.POST.get("checkout"):
        return redirect(f"{reverse('store:checkout')}?{urlencode({'seller': key})}", permanent=False)
    return redirect("store:basket")


def _apply(request: HttpRequest) -> tuple[dict[int, str], dict[int, str], int]:
    """Save every line that can be saved. Returns what was typed and what was wrong, by line, and the status."""
    typed: dict[int, str] = {}
    problems: dict[int, str] = {}
    status = 200
    for name, value in request.POST.items():
        prefix, _separator, line = name.partition("-")
        if prefix != "quantity" or not line.isdecimal() or len(line) > 15:
            continue
        line_id = int(line)
        typed[line_id] = str(value)
        try:
            quantity = 0 if request.POST.get("remove") == line else read_quantity(str(value))
            found = set_quantity(basket=request.basket, line_id=line_id, quantity=quantity)  # type: ignore[attr-defined]
        except StoreError as error:
            problems[line_id] = error.message
            status = status_of(error)
            continue
        if not found:
            messages.info(request, _("Your basket was changed in another tab. This is what it holds now."))
    return typed, problems, status


@never_cache
@require_GET
def count(request: HttpRequest) -> JsonResponse:
    """How many lines the basket holds; the rest of a page is then the same for everybody and can be kept."""
    cookies = {getattr(settings, "OSCAR_BASKET_COOKIE_OPEN"), settings.SESSION_COOKIE_NAME}  # noqa: B009  (has no type)
    known = cookies & set(request.COOKIES)
    basket = request.basket if known else None  # type: ignore[attr-defined]
    return JsonResponse({"count": basket.lines.count() if basket is not None and basket.pk else 0})
