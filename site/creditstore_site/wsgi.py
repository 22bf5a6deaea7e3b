"""The store for a WSGI server such as granian: ``granian --interface wsgi creditstore_site.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "creditstore_site.settings.production")

application = get_wsgi_application()
