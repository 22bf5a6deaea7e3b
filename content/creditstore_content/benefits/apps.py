"""App registration of benefits. The model is the catalogue's; this app is its place in the Wagtail admin."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BenefitsConfig(AppConfig):
    """Benefits of projects."""

    name = "creditstore_content.benefits"
    label = "creditstore_benefits"
    verbose_name = _("Benefits of projects")
