"""Addresses of the pledge, below its language prefix."""

from __future__ import annotations

from django.urls import path

from creditstore_site.views import own_pledge, pledge, pledge_report

app_name = "pledge"
urlpatterns = [
    path("", pledge.sign, name="sign"),
    path("sent/", pledge.sent, name="sent"),
    path("wall/", pledge.wall, name="wall"),
    path("links/", pledge.links, name="links"),
    path("levels/", pledge_report.levels, name="levels"),
    path("confirm/<str:token>/", own_pledge.confirm, name="confirm"),
    path("confirm/<str:token>/not-me/", own_pledge.disown, name="disown"),
    path("mine/<str:token>/", own_pledge.mine, name="mine"),
    path("mine/<str:token>/withdraw/", own_pledge.withdraw, name="withdraw"),
    path("mine/<str:token>/invitation/", own_pledge.invitation, name="invitation"),
    path("mine/<str:token>/report/", pledge_report.report, name="report"),
    path("mine/<str:token>/certificate.pdf", own_pledge.certificate, name="certificate"),
    path("mine/<str:token>/data.json", own_pledge.data, name="data"),
    path("<uuid:public_id>/", pledge.record, name="record"),
    path("<uuid:public_id>/badge.svg", pledge.badge, name="badge"),
]
