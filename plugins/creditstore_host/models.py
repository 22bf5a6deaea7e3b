"""What administrators chose about plugins, and what went wrong in calls, for all processes of the store to see."""

from __future__ import annotations

from django.db import models


class PluginChoice(models.Model):
    """One plugin, by id: whether it is used, and its place in lists. A plugin without a row is used.

    The row outlives the plugin: installed again, it is as it was left. ``position`` is None for one that was never
    moved: those come after the others, in the order of distribution and id. ``settings`` are values by name that take
    the place of the operator's; a secret that was typed in is there as ``{"sealed": "..."}``.
    """

    plugin = models.CharField(max_length=60, primary_key=True)
    enabled = models.BooleanField(default=True)
    settings = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(null=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["position", "plugin"]

    def __str__(self) -> str:
        return self.plugin


class PluginFault(models.Model):
    """The last fault of one part of a plugin, and how many there were. ``summary`` names methods and types only."""

    plugin = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    summary = models.CharField(max_length=300)
    count = models.PositiveIntegerField(default=1)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["plugin", "kind"]
        constraints = [models.UniqueConstraint(fields=["plugin", "kind"], name="plugin_fault_per_part")]

    def __str__(self) -> str:
        return f"{self.plugin} {self.kind}"
