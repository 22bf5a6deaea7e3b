"""Versions of legal texts, kept as they were published."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import pgtrigger
from django.db import models
from django.utils.html import strip_tags

if TYPE_CHECKING:
    from creditstore_content.pages.legal import LegalPage

#: What the store numbers blocks by; no reader sees it.
_UNSEEN: Final = frozenset({"id"})
_SPACES: Final = re.compile(r"\s+")


class LegalVersion(models.Model):
    """The words of one version. They are written once; with the page, they go."""

    page = models.ForeignKey("creditstore_pages.LegalPage", on_delete=models.CASCADE, related_name="versions")
    version = models.CharField(max_length=20)
    valid_from = models.DateField()
    changes = models.TextField(max_length=1_000, blank=True)
    words = models.JSONField()
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["page", "version"], name="legal_version_once")]
        triggers = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.version}"

    @property
    def slug(self) -> str:
        """The version as it stands in an address."""
        return slug_of(self.version)


def slug_of(version: str) -> str:
    """A version as it stands in an address: Wagtail's have no full stops."""
    return version.lower().replace(".", "-")


def keep_version(instance: LegalPage, **_signal: Any) -> None:
    """Keep the words that have just been published; the receiver of Wagtail's signal.

    A text without a version or a day is kept by neither: only a program can publish one.
    """
    if instance.version and instance.valid_from:
        LegalVersion.objects.get_or_create(
            page_id=instance.pk,
            version=instance.version,
            defaults={"valid_from": instance.valid_from, "changes": instance.changes, "words": instance.words()},
        )


def same_words(one: Any, other: Any) -> bool:
    """Whether a reader reads the same in two stored texts. The editor's form rewrites markup that changes no word."""
    return list(_words(one)) == list(_words(other))


def _words(stored: Any) -> Iterator[str]:
    if isinstance(stored, dict):
        for key in sorted(stored.keys() - _UNSEEN):
            yield from _words(stored[key])
    elif isinstance(stored, list):
        for each in stored:
            yield from _words(each)
    elif stored not in (None, ""):
        yield _SPACES.sub(" ", html.unescape(strip_tags(re.sub(r"<(/p|/li|br)", r" <\1", str(stored))))).strip()
