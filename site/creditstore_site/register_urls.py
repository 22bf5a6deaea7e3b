"""Addresses of the public register, below their language prefix."""

from __future__ import annotations

from django.urls import path

from creditstore_site.views import reconciliation, register

app_name = "register"
urlpatterns = [
    path("", register.index, name="index"),
    path("check/", register.verify, name="verify"),
    path("reconciliation/", reconciliation.reconciliation, name="reconciliation"),
]
