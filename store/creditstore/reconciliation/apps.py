"""App registration of reconciliation."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReconciliationConfig(AppConfig):
    """Reconciliation."""

    name = "creditstore.reconciliation"
    label = "creditstore_reconciliation"
    verbose_name = _("Reconciliation")
