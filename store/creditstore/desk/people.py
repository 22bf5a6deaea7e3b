"""Who may do what at the desk. Services ask, not only pages, so that no way in goes around it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from creditstore.accounts.models import User
from creditstore.core.errors import StoreError

VIEW: Final = "creditstore_desk.view_queue"
ACT: Final = "creditstore_desk.act_on_orders"
REFUND: Final = "creditstore_desk.refund"
APPROVE: Final = "creditstore_desk.approve"
#: What registry officers alone have.
RECONCILE: Final = "creditstore_reconciliation.change_openitem"


def require(user: User, permission: str) -> None:
    """Errors: ``StoreError`` (forbidden) when this person may not do that."""
    if not user.is_active or not user.has_perm(permission):
        raise StoreError(code="forbidden", message=_("Your account may not do this."))
