"""The store for a WSGI server such as granian: ``granian --interface wsgi creditstore_site.wsgi:application``."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from creditstore_host.installation import get_host

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "creditstore_site.settings.production")

application = get_wsgi_application()
# Plugins load now, not while the first buyer waits.
get_host()

# What is loaded by now stays until the process ends, and a page makes tens of thousands of objects that are gone when
# it is sent: looking through the former again and again for what the latter left takes a tenth of a page's time.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
