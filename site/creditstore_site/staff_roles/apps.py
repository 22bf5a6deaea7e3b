"""App registration of the roles."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import m2m_changed, post_migrate, pre_save
from django.utils.translation import gettext_lazy as _


class StaffRolesConfig(AppConfig):
    """Roles of staff."""

    name = "creditstore_site.staff_roles"
    label = "creditstore_staff_roles"
    verbose_name = _("Roles of staff")

    def ready(self) -> None:
        """Keep the groups in step with the table, and the dashboard's flag in step with the groups."""
        from django.contrib.auth import get_user_model

        from creditstore_site.staff_roles import dashboard

        post_migrate.connect(_follow_table, sender=self, dispatch_uid="creditstore_staff_roles")
        user = get_user_model()
        m2m_changed.connect(dashboard.follow_groups, sender=user.groups.through)
        pre_save.connect(dashboard.let_administrators_in, sender=settings.AUTH_USER_MODEL)


def _follow_table(*, using: str, **_sent: Any) -> None:
    """After every ``migrate``. Where not everything is migrated (backwards, or one app alone) nothing happens."""
    from django.db import DEFAULT_DB_ALIAS

    from creditstore_site.staff_roles import services

    if using == DEFAULT_DB_ALIAS and services.is_migrated():
        services.follow_table()
