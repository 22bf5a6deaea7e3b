"""Where the queue stands in the admin: its addresses and its menu."""

from __future__ import annotations

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, SubmenuMenuItem

from creditstore.desk.people import ACT, APPROVE, REFUND, VIEW
from creditstore_site.admin_pages import PermittedItem, permissions_named
from creditstore_site.staff_queue import line_actions, order_actions
from creditstore_site.staff_queue.deciding import DecideView
from creditstore_site.staff_queue.order import OrderView
from creditstore_site.staff_queue.queue import QueueView
from creditstore_site.staff_queue.trail import TrailView

#: Entries are added through the hook ``register_orders_menu_item``.
orders_menu = Menu(register_hook_name="register_orders_menu_item")


@hooks.register("register_admin_menu_item")  # type: ignore[untyped-decorator]
def menu_of_orders() -> SubmenuMenuItem:
    """After pages, before settings."""
    return SubmenuMenuItem(_("Orders"), orders_menu, name="orders", icon_name="clipboard-list", order=150)


@hooks.register("register_orders_menu_item")  # type: ignore[untyped-decorator]
def queue_item() -> PermittedItem:
    """The list."""
    return PermittedItem(
        _("Waiting for somebody"),
        "creditstore_queue",
        permission=VIEW,
        name="order-queue",
        icon_name="tasks",
        order=100,
    )


@hooks.register("register_orders_menu_item")  # type: ignore[untyped-decorator]
def trail_item() -> PermittedItem:
    """The audit trail."""
    return PermittedItem(
        _("Audit trail"), "creditstore_trail", permission=VIEW, name="order-trail", icon_name="history", order=200
    )


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]
def urls() -> list[URLPattern]:
    """Below ``/admin/orders/``."""
    at = "orders/<str:number>/"
    line = f"{at}lines/<int:position>/"
    return [
        path("orders/", QueueView.as_view(), name="creditstore_queue"),
        path("orders/results/", QueueView.as_view(results_only=True), name="creditstore_queue_results"),
        path("orders/trail/", TrailView.as_view(), name="creditstore_trail"),
        path("orders/trail/results/", TrailView.as_view(results_only=True), name="creditstore_trail_results"),
        path(at, OrderView.as_view(), name="creditstore_queue_order"),
        path(f"{line}retry/", line_actions.RetryView.as_view(), name="creditstore_queue_retry"),
        path(f"{line}substitute/", line_actions.SubstituteView.as_view(), name="creditstore_queue_substitute"),
        path(f"{line}take-back/", line_actions.TakeBackView.as_view(), name="creditstore_queue_take_back"),
        path(f"{line}refund/", line_actions.RefundLineView.as_view(), name="creditstore_queue_refund"),
        path(f"{line}ask/", line_actions.AskRegistryView.as_view(), name="creditstore_queue_ask"),
        path(f"{line}release/", line_actions.ReleaseView.as_view(), name="creditstore_queue_release"),
        path(f"{line}release-units/", line_actions.ReleaseUnitsView.as_view(), name="creditstore_queue_release_units"),
        path(f"{line}go-on/", line_actions.CancelAnywayView.as_view(), name="creditstore_queue_go_on"),
        path(
            f"{at}payments/<int:pk>/",
            order_actions.RefundPaymentView.as_view(),
            name="creditstore_queue_refund_payment",
        ),
        path(f"{at}certificate/", order_actions.CorrectView.as_view(), name="creditstore_queue_correct"),
        path(f"{at}refunds/<int:pk>/", order_actions.PaidView.as_view(), name="creditstore_queue_paid"),
        path(f"{at}items/<int:pk>/", order_actions.CloseView.as_view(), name="creditstore_queue_close"),
        path(f"{at}approvals/<int:question>/", DecideView.as_view(), name="creditstore_queue_decide"),
    ]


@hooks.register("register_permissions")  # type: ignore[untyped-decorator]
def permissions() -> QuerySet[Permission]:
    """What a group of staff can be given."""
    return permissions_named(VIEW, ACT, REFUND, APPROVE)
