"""Addresses of the store, below its language prefix."""

from __future__ import annotations

from django.urls import path

from creditstore_site.views import basket, catalogue, checkout, compare, confirmation, orders, project, suggestions
from creditstore_site.views.campaign_links import keep_campaign

app_name = "store"
urlpatterns = [
    path("", keep_campaign(catalogue.index), name="catalogue"),
    path("filters/<str:name>/", catalogue.values, name="filter"),
    path("suggestions/", suggestions.listed, name="suggestions"),
    path("compare/", keep_campaign(compare.compare), name="compare"),
    path("projects/<str:ref>/", project.project, name="project"),
    path("projects/<str:ref>/card.png", project.card, name="project-card"),
    path("projects/<str:ref>/units.csv", project.units, name="project-units"),
    path("basket/", basket.show, name="basket"),
    path("basket/add/", basket.add, name="basket-add"),
    path("basket/update/", basket.update, name="basket-update"),
    path("basket/count/", basket.count, name="basket-count"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("confirm-email/<str:token>/", confirmation.confirm_email, name="confirm-email"),
    path("orders/<str:number>/", orders.show, name="order"),
    path("orders/<str:number>/status/", orders.status, name="order-status"),
    path("orders/<str:number>/pay/", orders.pay, name="order-pay"),
    path("orders/<str:number>/confirm-email/", orders.confirm_email, name="order-confirm-email"),
    path("orders/<str:number>/withdraw/", orders.withdraw, name="order-withdraw"),
    path("orders/<str:number>/substitute/accept/", orders.substitute, {"answer": "accept"}, name="order-accept"),
    path("orders/<str:number>/substitute/decline/", orders.substitute, {"answer": "decline"}, name="order-decline"),
    path("orders/<str:number>/<str:token>/", orders.open_link, name="order-link"),
]
