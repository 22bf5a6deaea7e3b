"""The store for an ASGI server. WSGI is what the demo runs; nothing in the store needs asynchronous views."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "creditstore_site.settings.production")

application = get_asgi_application()
