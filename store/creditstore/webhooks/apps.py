"""App registration of webhooks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    """Webhooks."""

    name = "creditstore.webhooks"
    label = "creditstore_webhooks"
    verbose_name = _("Webhooks")
