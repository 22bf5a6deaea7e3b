"""What is known about published pages beside their content: findings, other sites' answers, reviews by people."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

#: Longer addresses are not checked; nobody writes them by hand.
LONGEST_ADDRESS = 600


class ExternalAddress(models.Model):
    """An address of another site that some page links to, and what that site last answered."""

    class Outcome(models.TextChoices):
        """What an answer means for a reader who follows the link."""

        UNKNOWN = "unknown", _("not checked yet")
        OK = "ok", _("answers")
        MOVED = "moved", _("moved for good")
        GONE = "gone", _("not found")
        REFUSED = "refused", _("does not answer programs")
        FAILING = "failing", _("answers with an error")
        UNREACHABLE = "unreachable", _("does not answer")
        NOT_PUBLIC = "not_public", _("not an address of the public internet")

    address = models.CharField(max_length=LONGEST_ADDRESS, unique=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.UNKNOWN)
    status = models.PositiveSmallIntegerField(null=True)
    leads_to = models.CharField(max_length=LONGEST_ADDRESS, blank=True)
    checked_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.address


class PageReading(models.Model):
    """When a published page was last read through for findings."""

    page = models.OneToOneField("wagtailcore.Page", on_delete=models.CASCADE, primary_key=True, related_name="+")
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.page_id}: {self.read_at}"


class Finding(models.Model):
    """Something on a published page: a link to another site, or a thing that a reader would stumble over."""

    class Kind(models.TextChoices):
        """What was found."""

        EXTERNAL = "external", _("link to another site")
        NO_TARGET = "no_target", _("link whose page or document is gone")
        UNKNOWN_ADDRESS = "unknown_address", _("link to an address of this site that leads nowhere")
        NO_ANCHOR = "no_anchor", _("link to a place that is not on its page")
        NO_ALT = "no_alt", _("picture without a text in its place")
        NOT_READABLE = "not_readable", _("page that cannot be shown")

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    address = models.TextField(blank=True)
    text = models.CharField(max_length=200, blank=True)
    external = models.ForeignKey(ExternalAddress, null=True, on_delete=models.CASCADE, related_name="findings")

    class Meta:
        indexes = [models.Index(fields=["kind", "page"], name="finding_kind_page")]

    def __str__(self) -> str:
        return f"{self.what}: {self.address or self.text}"

    @property
    def what(self) -> str:
        """What is wrong, in words."""
        return str(self.external.get_outcome_display() if self.external else self.get_kind_display())

    @property
    def page_title(self) -> str:
        """As editors know the page."""
        return str(self.page.get_admin_display_title())

    @property
    def page_address(self) -> str:
        """Where readers find the page."""
        return str(self.page.full_url or "")

    @property
    def answer(self) -> str:
        """The other site's last status; empty where none was asked or none answered."""
        return str(self.external.status or "") if self.external else ""

    @property
    def checked_at(self) -> datetime | None:
        """When the other site was last asked."""
        return self.external.checked_at if self.external else None


class PageReview(models.Model):
    """Somebody read a page and found that it is still right."""

    page = models.OneToOneField("wagtailcore.Page", on_delete=models.CASCADE, primary_key=True, related_name="+")
    reviewed_on = models.DateField(_("reviewed on"))
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(_("note"), max_length=200, blank=True)

    def __str__(self) -> str:
        return str(self.reviewed_on)
