"""The store's image: with a caption and its rights, from the first migration on."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.api import APIField
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class StoreImage(AbstractImage):  # type: ignore[misc]
    """A picture an editor may use. Whose it is must be known before it is shown."""

    caption = models.CharField(_("caption"), max_length=255, blank=True)
    rights = models.CharField(_("rights"), max_length=255, blank=True, help_text=_("Who made it, and the licence."))

    admin_form_fields = (*Image.admin_form_fields, "caption", "rights")
    api_fields = [APIField("caption"), APIField("rights")]

    class Meta(AbstractImage.Meta):  # type: ignore[misc]
        verbose_name = _("image")
        verbose_name_plural = _("images")


class StoreRendition(AbstractRendition):  # type: ignore[misc]
    """A picture in one size."""

    image = models.ForeignKey(StoreImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="rendition_once"),
        ]
