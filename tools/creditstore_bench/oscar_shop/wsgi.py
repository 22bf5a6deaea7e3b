"""Plain Oscar for granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "creditstore_bench.oscar_shop.settings"
application = get_wsgi_application()
