"""App registration of cancellations."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CancellationConfig(AppConfig):
    """Cancellations."""

    name = "creditstore.cancellation"
    label = "creditstore_cancellation"
    verbose_name = _("Cancellations")

    def ready(self) -> None:
        """Have the settings checked at start."""
        from creditstore.cancellation import holds  # noqa: F401  (registers the check)
