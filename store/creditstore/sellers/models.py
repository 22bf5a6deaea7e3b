"""Who sells: a partner of the shop, with what buyers should know of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from creditstore.core.triggers import counts_changed


class Seller(models.Model):
    """A seller's public face. ``invented`` sellers exist in demonstrations only and are marked wherever shown."""

    partner = models.OneToOneField("partner.Partner", on_delete=models.PROTECT, related_name="seller")
    slug = models.SlugField(unique=True)
    name = models.CharField(_("name"), max_length=200)
    country_code = models.CharField(_("country"), max_length=2)
    about = models.TextField(_("about"), blank=True)
    registry_account = models.CharField(_("registry account"), max_length=40)
    invented = models.BooleanField(_("invented for a demonstration"), default=False)

    class Meta:
        triggers = [counts_changed()]

    def __str__(self) -> str:
        return self.name
