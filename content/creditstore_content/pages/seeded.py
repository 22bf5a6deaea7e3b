"""What a new store was begun with."""

from __future__ import annotations

from django.db import models


class SeededPage(models.Model):
    """A page that a new store begins with has been made once. What editors do to it, deleting included, stands."""

    key = models.CharField(max_length=40, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.key
