"""An operator's store. What has no safe default must be set, or the store does not start and says what is missing."""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from creditstore_site.settings.base import *  # noqa: F403


def required(name: str) -> str:
    """The environment variable, or an error that names it."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}; see docs/how-to/run-a-store.md.")
    return value


DEBUG = False
required("DATABASE_URL")
SECRET_KEY = required("SECRET_KEY")
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("SECRET_KEY_FALLBACKS", "").split(",") if key]
CREDITSTORE_OPERATOR = required("CREDITSTORE_OPERATOR")
CREDITSTORE_CONTACT_EMAIL = required("CREDITSTORE_CONTACT_EMAIL")
DEFAULT_FROM_EMAIL = CREDITSTORE_CONTACT_EMAIL
SITE_URL = required("SITE_URL").rstrip("/")
WAGTAILADMIN_BASE_URL = WAGTAILAPI_BASE_URL = SITE_URL
ALLOWED_HOSTS = required("ALLOWED_HOSTS").split(",")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 31_536_000
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
# Browsers take a cookie of such a name from this very host only, over HTTPS, for all paths: no neighbour can set it.
SESSION_COOKIE_NAME = "__Host-sessionid"
CREDITSTORE_STAFF_TWO_FACTOR = os.environ.get("CREDITSTORE_STAFF_TWO_FACTOR", "on").lower() not in ("off", "0", "false")
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = required("EMAIL_HOST")
CREDITSTORE_PLUGIN_SETTINGS = json.loads(Path(required("CREDITSTORE_PLUGIN_SETTINGS_FILE")).read_text(encoding="utf-8"))
CREDITSTORE_SEALING_KEYS = [key for key in os.environ.get("CREDITSTORE_SEALING_KEYS", "").split(",") if key]
try:
    CREDITSTORE_CANCELLATION_HOLD = json.loads(os.environ.get("CREDITSTORE_CANCELLATION_HOLD", "[]"))
except ValueError as error:
    raise ImproperlyConfigured("CREDITSTORE_CANCELLATION_HOLD is not JSON; see docs/how-to/run-a-store.md.") from error
