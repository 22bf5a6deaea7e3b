"""The tests: as the demo, with mail in memory, quick password hashes and pseudo languages."""

from __future__ import annotations

import os

from django.conf import locale
from django.utils.translation import gettext_lazy as _

from creditstore_site import pseudo
from creditstore_site.logs import logging_settings
from creditstore_site.settings.base import *  # noqa: F403
from creditstore_site.settings.base import LANGUAGES, LOCALE_PATHS, VAR_DIR

DEBUG = False
LOGGING = logging_settings(level=os.environ.get("LOG_LEVEL", "INFO"), structured=False)
SECRET_KEY = "tests-only-" + "x" * 40
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
CREDITSTORE_SEALING_KEYS = ["tests-only-sealing-" + "x" * 40]
CREDITSTORE_DEMO = True
CREDITSTORE_OPERATOR = "Demonstration operator"
CREDITSTORE_CONTACT_EMAIL = "service@example.org"
DEFAULT_FROM_EMAIL = CREDITSTORE_CONTACT_EMAIL
# Nothing here asks another host.
CREDITSTORE_CHECK_EXTERNAL_LINKS = False
DEMO_DIR = VAR_DIR / "test"
EMAIL_FILE_PATH = DEMO_DIR / "mail"
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.locmem.EmailBackend")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# On only in its own tests: the others change data inside a transaction that nobody else ever hears of.
CREDITSTORE_PAGE_CACHE_BYTES = int(os.environ.get("CREDITSTORE_PAGE_CACHE_BYTES", "0"))
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
# Tests move a plugin's clock and play its network, which they can only within their own process. Stores that run as
# programs beside the tests isolate their plugins as any other.
CREDITSTORE_PLUGINS_ISOLATED = os.environ.get("CREDITSTORE_PLUGINS_ISOLATED") == "1"
CREDITSTORE_PLUGINS_MANAGED = CREDITSTORE_PLUGINS_ISOLATED
CREDITSTORE_PLUGIN_SETTINGS = {
    "registry_cdm": {
        "base_url": os.environ.get("CREDITSTORE_REGISTRY_URL", "http://127.0.0.1:9"),
        "simulated": True,
    },
    "pay_sandbox": {},
}

# "en-xa" wraps every translated text in brackets, "ar-xb" lays pages out from right to left.
CREDITSTORE_PSEUDO_LOCALES = True
LOCALE_PATHS = [*LOCALE_PATHS, pseudo.write_catalogues(DEMO_DIR / "locale")]
LANGUAGES = [*LANGUAGES, ("en-xa", _("Pseudo")), ("ar-xb", _("Pseudo, right to left"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
locale.LANG_INFO["en-xa"] = {"bidi": False, "code": "en-xa", "name": "Pseudo", "name_local": "Pseudo"}
locale.LANG_INFO["ar-xb"] = {"bidi": True, "code": "ar-xb", "name": "Pseudo RTL", "name_local": "Pseudo RTL"}
