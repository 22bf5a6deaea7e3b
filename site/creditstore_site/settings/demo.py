"""The demo on one machine: invented sellers and prices, a simulated registry, test payments, mail into files."""

from __future__ import annotations

import os
import secrets

from creditstore_site.logs import logging_settings
from creditstore_site.settings.base import *  # noqa: F403
from creditstore_site.settings.base import STORAGES, VAR_DIR

DEMO_DIR = VAR_DIR / "demo"
# Somebody reads along.
LOGGING = logging_settings(level=os.environ.get("LOG_LEVEL", "INFO"), structured=False)
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]


def _kept_secret(name: str) -> str:
    """A random secret of this clone, made once and readable by its owner only."""
    path = DEMO_DIR / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


SECRET_KEY = os.environ.get("SECRET_KEY") or _kept_secret("secret_key")
CREDITSTORE_SEALING_KEYS = [_kept_secret("sealing_key")]
CREDITSTORE_DEMO = True
CREDITSTORE_OPERATOR = "Demonstration operator"
CREDITSTORE_CONTACT_EMAIL = "service@example.org"
# The sandbox moves no money, so nothing can be taken back.
CREDITSTORE_CANCELLATION_HOLD = [{"method": "pay_sandbox*", "hours": 0}]
DEFAULT_FROM_EMAIL = CREDITSTORE_CONTACT_EMAIL
# Nothing here asks another host.
CREDITSTORE_CHECK_EXTERNAL_LINKS = False
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DEMO_DIR / "mail"
# Compressing every file of Wagtail and Oscar takes half a minute, and only staff load them.
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "creditstore_site.static_files.OwnFilesCompressed"},
}
CREDITSTORE_PLUGIN_SETTINGS = {
    "registry_cdm": {
        "base_url": os.environ.get("CREDITSTORE_REGISTRY_URL", "http://127.0.0.1:8001"),
        "simulated": True,
    },
    "pay_sandbox": {},
}
