"""Addresses that only the demo has."""

from __future__ import annotations

from django.urls import path

from creditstore_site.views import demo, demo_components

app_name = "demo"
urlpatterns = [
    path("components/", demo_components.components, name="components"),
    path("mail/", demo.mail, name="mail"),
    path("mail/<str:name>/", demo.mail_file, name="mail-file"),
]
