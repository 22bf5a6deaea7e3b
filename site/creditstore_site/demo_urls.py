"""Addresses that only the demo has."""

from __future__ import annotations

from django.urls import path

from creditstore_site.views import demo

app_name = "demo"
urlpatterns = [
    path("mail/", demo.mail, name="mail"),
    path("mail/<str:name>/", demo.mail_file, name="mail-file"),
]
