"""The APIs that the store serves: its own, assembled from all packages' routers, and the editors' content."""

from __future__ import annotations

from creditstore.api.application import StoreAPI
from creditstore.api.routes import add_routes
from creditstore_content.api import urls as content_urls
from creditstore_content.pledge import routes as pledge

__all__ = ["content_urls", "store_api"]

store_api = StoreAPI()
add_routes(store_api)
store_api.add_router("", pledge.router)
