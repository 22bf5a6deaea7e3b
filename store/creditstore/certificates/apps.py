"""App registration of certificates."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    """Certificates."""

    name = "creditstore.certificates"
    label = "creditstore_certificates"
    verbose_name = _("Certificates")
