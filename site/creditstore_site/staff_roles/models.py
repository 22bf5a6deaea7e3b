"""What is remembered about roles."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField
from django.db import models


class RoleRecord(models.Model):
    """Which rights of the table have reached a role's group. So a new right of a later release comes once, and a right
    that an operator took away stays away.
    """

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="role_record")
    rights = ArrayField(models.CharField(max_length=200))

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.group.name
