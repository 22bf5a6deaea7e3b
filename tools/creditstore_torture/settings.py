"""The demo's settings for stores under torture: the same code, with less patience so that a run ends."""

from __future__ import annotations

from creditstore_site.settings.demo import *  # noqa: F403
from creditstore_site.settings.demo import CREDITSTORE_PLUGIN_SETTINGS

#: All buyers of a run come from one address.
CREDITSTORE_RATE_LIMITS = {}
CREDITSTORE_HTTP_TIMEOUT_SECONDS = 2.0
#: Above the worker's heartbeat of 10 s, as in production; there it is a minute.
CREDITSTORE_STALLED_JOB_SECONDS = 25
CREDITSTORE_PLUGIN_SETTINGS = {
    **CREDITSTORE_PLUGIN_SETTINGS,
    "pay_sandbox": {"pending_seconds": 3, "unknown_seconds": 2},
}
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
