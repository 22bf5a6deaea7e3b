"""The endpoints, one module per subject. ``add_routes`` puts the store's part into an API."""

from __future__ import annotations

from ninja import NinjaAPI

from creditstore.api.routes import about, catalogue, orders, quotes, register


def add_routes(api: NinjaAPI) -> None:
    """Every endpoint of the store."""
    for module in (catalogue, quotes, orders, register, about):
        api.add_router("", module.router)
