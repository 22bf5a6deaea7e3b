"""App registration of images."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImagesConfig(AppConfig):
    """Images."""

    name = "creditstore_content.images"
    label = "creditstore_images"
    verbose_name = _("Images")
