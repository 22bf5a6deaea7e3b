"""App registration of campaigns."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    """Campaigns."""

    name = "creditstore.campaigns"
    label = "creditstore_campaigns"
    verbose_name = _("Campaigns")
