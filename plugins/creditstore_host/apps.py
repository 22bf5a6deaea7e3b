"""App registration of the plugin host: plugins are loaded when Django is ready, never at settings time."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CreditstoreHostConfig(AppConfig):
    """Plugin host."""

    name = "creditstore_host"
    label = "creditstore_host"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Plugins")

    def ready(self) -> None:
        """Prepare the store's one host. A broken plugin is quarantined; only strict mode lets it stop the start."""
        from creditstore_host.installation import install_from_settings

        install_from_settings()
