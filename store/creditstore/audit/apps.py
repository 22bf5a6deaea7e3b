"""App registration of the audit of the ledger."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """Audit of the ledger."""

    name = "creditstore.audit"
    label = "creditstore_audit"
    verbose_name = _("Audit of the ledger")
