"""What every way of running the store shares. Values that differ come from the environment."""

from __future__ import annotations

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from oscar.defaults import *  # noqa: F403

from creditstore.core import job_log
from creditstore.orders.states import oscar_status_pipeline
from creditstore_content.uploads.kinds import DOCUMENTS
from creditstore_host.discovery import django_apps
from creditstore_site.logs import logging_settings

PACKAGE_DIR = Path(__file__).resolve().parent.parent
BASE_DIR = PACKAGE_DIR.parent.parent
VAR_DIR = Path(os.environ.get("CREDITSTORE_VAR_DIR", BASE_DIR / "var"))

# --- who runs this store -------------------------------------------------------------------------------------------
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
CREDITSTORE_NAME = os.environ.get("CREDITSTORE_NAME", "Climate Credit Store")
CREDITSTORE_OPERATOR = os.environ.get("CREDITSTORE_OPERATOR", "")
CREDITSTORE_CONTACT_EMAIL = os.environ.get("CREDITSTORE_CONTACT_EMAIL", "")
CREDITSTORE_DEMO = False

# --- applications --------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "creditstore_site",
    "creditstore_site.staff_roles",
    "creditstore_site.two_factor",
    "creditstore_content.images",
    "creditstore_content.navigation",
    "creditstore_content.pages",
    "creditstore_content.upkeep",
    "creditstore_content.benefits",
    "creditstore_content.pledge",
    "creditstore.core",
    "creditstore.accounts",
    "creditstore.catalogue",
    "creditstore.sellers",
    "creditstore.campaigns",
    "creditstore.credits",
    "creditstore.orders",
    "creditstore.payments",
    "creditstore.webhooks",
    "creditstore.cancellation",
    "creditstore.certificates",
    "creditstore.desk",
    "creditstore.audit",
    "creditstore.reconciliation",
    "creditstore.checkout",
    "creditstore.oscar_bridge",
    "creditstore.api",
    "creditstore_host",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.contrib.simple_translation",
    "wagtail.locales",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.api.v3",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.flatpages",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.contrib.humanize",
    "pgtrigger",
    "procrastinate.contrib.django",
    "ninja",
    "oscar.config.Shop",
    "oscar.apps.analytics.apps.AnalyticsConfig",
    "oscar.apps.checkout.apps.CheckoutConfig",
    "oscar.apps.address.apps.AddressConfig",
    "oscar.apps.shipping.apps.ShippingConfig",
    "oscar.apps.catalogue.apps.CatalogueConfig",
    "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
    "oscar.apps.communication.apps.CommunicationConfig",
    "oscar.apps.partner.apps.PartnerConfig",
    "oscar.apps.basket.apps.BasketConfig",
    "oscar.apps.payment.apps.PaymentConfig",
    "oscar.apps.offer.apps.OfferConfig",
    "oscar.apps.order.apps.OrderConfig",
    "oscar.apps.customer.apps.CustomerConfig",
    "oscar.apps.search.apps.SearchConfig",
    "oscar.apps.voucher.apps.VoucherConfig",
    "oscar.apps.wishlists.apps.WishlistsConfig",
    "oscar.apps.dashboard.apps.DashboardConfig",
    "oscar.apps.dashboard.reports.apps.ReportsDashboardConfig",
    "oscar.apps.dashboard.users.apps.UsersDashboardConfig",
    "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig",
    "oscar.apps.dashboard.catalogue.apps.CatalogueDashboardConfig",
    "oscar.apps.dashboard.offers.apps.OffersDashboardConfig",
    "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig",
    "oscar.apps.dashboard.pages.apps.PagesDashboardConfig",
    "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig",
    "oscar.apps.dashboard.reviews.apps.ReviewsDashboardConfig",
    "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
    "oscar.apps.dashboard.communications.apps.CommunicationsDashboardConfig",
    "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig",
    "widget_tweaks",
    "haystack",
    "treebeard",
    "django_tables2",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    *django_apps(),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "creditstore_site.page_cache.middleware.PageCacheMiddleware",
    "creditstore_site.request_log.RequestLogMiddleware",
    "creditstore_site.middleware.ContentSecurityPolicyMiddleware",
    "creditstore_site.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "creditstore_site.middleware.PrefixLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "creditstore_site.two_factor.middleware.TwoFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "oscar.apps.basket.middleware.BasketMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "creditstore_site.urls"
WSGI_APPLICATION = "creditstore_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "creditstore_site.context.store",
            ],
        },
    }
]

# --- data ----------------------------------------------------------------------------------------------------------
# A server is never started here: manage.py and the demo start one where nothing is configured (see postgres.py).
DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/database_url_is_not_set"),
        engine="creditstore.core.database",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
# A page's queries take milliseconds: compiling them takes longer than running them, and what they read is in memory.
# ``?options=`` in the URL says something else, for example nothing, where a pooler does not let these pass.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off -c random_page_cost=1.1")
# Lets statements be prepared that ask for it, and no others.
DATABASES["default"]["OPTIONS"].setdefault("prepare_threshold", 1_000_000_000)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# A payment or registry call inside a transaction could be rolled back after money or units moved.
ATOMIC_REQUESTS = False
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- people --------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "creditstore_accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = reverse_lazy("wagtailadmin_login")
LOGIN_REDIRECT_URL = reverse_lazy("wagtailadmin_home")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

#: Whether staff cannot work without a second factor. Whoever has set one up is asked for it in any case.
CREDITSTORE_STAFF_TWO_FACTOR = False
#: After so many hours the second factor is asked for once more, however long the session lasts.
CREDITSTORE_TWO_FACTOR_HOURS = 12
#: How authenticator apps name their entry for this store.
OTP_TOTP_ISSUER = CREDITSTORE_NAME

# --- languages and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAIL_I18N_ENABLED = True
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- safety --------------------------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Order links carry a secret: it must not travel to other sites.
SECURE_REFERRER_POLICY = "same-origin"
# A message in a cookie of its own: pages need not read the session to show that there is none.
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "creditstore_site.views.errors.csrf_failure"
CREDITSTORE_MAX_BODY_BYTES = 1_000_000
CREDITSTORE_MAX_UPLOAD_BYTES = 25_000_000
# The two limits above are what holds, before anything is read. Django's own would refuse a long page of an editor
# (200 blocks are 1,200 fields) with an error page, and what was typed would be lost.
DATA_UPLOAD_MAX_MEMORY_SIZE = CREDITSTORE_MAX_UPLOAD_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "media-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# --- Wagtail -------------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = CREDITSTORE_NAME
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILIMAGES_IMAGE_MODEL = "creditstore_images.StoreImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "creditstore_content.uploads.forms.ImageForm"
#: No SVG: it can carry scripts. The store's own drawings are part of its code.
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10_000_000
#: Unpacked in memory a picture takes four bytes for each; well above what any screen shows.
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 30_000_000
WAGTAILDOCS_DOCUMENT_FORM_BASE = "creditstore_content.uploads.forms.DocumentForm"
WAGTAILDOCS_EXTENSIONS = sorted(DOCUMENTS)
WAGTAILDOCS_CONTENT_TYPES = {extension: kind.media_type for extension, kind in DOCUMENTS.items()}
WAGTAILDOCS_MAX_UPLOAD_SIZE = CREDITSTORE_MAX_UPLOAD_BYTES
WAGTAILAPI_LIMIT_MAX = 100
WAGTAILAPI_BASE_URL = SITE_URL
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILEMBEDS_FINDERS: list[dict[str, object]] = []

# --- Oscar ---------------------------------------------------------------------------------------------------------
SITE_ID = 1
OSCAR_SHOP_NAME = CREDITSTORE_NAME
OSCAR_DEFAULT_CURRENCY = "USD"
OSCAR_ALLOW_ANON_CHECKOUT = True
OSCAR_DYNAMIC_CLASS_LOADER = "creditstore.oscar_bridge.loader.load_classes"
OSCAR_INITIAL_ORDER_STATUS = "placed"
OSCAR_INITIAL_LINE_STATUS = "reserved"
OSCAR_ORDER_STATUS_PIPELINE = oscar_status_pipeline()
# Oscar's own limit speaks of shipping; ours is each offer's.
OSCAR_MAX_BASKET_QUANTITY_THRESHOLD = None
OSCAR_THUMBNAILER = "creditstore.oscar_bridge.thumbnails.NoThumbnailer"
HAYSTACK_SIGNAL_PROCESSOR = "haystack.signals.BaseSignalProcessor"
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}

# --- mail and jobs -------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = CREDITSTORE_CONTACT_EMAIL or "store@localhost"
# A job may be due in a second (polling a registry), so the worker looks every second.
PROCRASTINATE_WORKER_DEFAULTS = {
    "concurrency": 4,
    "fetch_job_polling_interval": 1.0,
    "worker_middleware": [job_log.told],
}
# Above the worker's heartbeat of 10 s, else a live job would run twice.
CREDITSTORE_STALLED_JOB_SECONDS = 60

# --- the store -----------------------------------------------------------------------------------------------------
CREDITSTORE_CURRENCY = "USD"
CREDITSTORE_REGISTRY_CONNECTOR = "registry_cdm"
CREDITSTORE_MAX_LINES = 20
#: How long paid units wait before they are cancelled, by payment method and amount: rules as in cancellation/holds.py.
CREDITSTORE_CANCELLATION_HOLD: list[dict[str, object]] = []
#: The longest that the store waits for one order check of a plugin.
CREDITSTORE_ORDER_CHECK_SECONDS = 5.0
#: How long a buyer may think about other units that staff propose for a refused line.
CREDITSTORE_SUBSTITUTE_DAYS = 7
#: How much of one payment one member of staff may send back alone, in minor units by currency; more takes two, and so
#: does every refund of cancelled units, and every currency that is not named.
CREDITSTORE_REFUND_ALONE = {"USD": 50_000, "EUR": 50_000}
#: What is on its way and has not moved for so long is shown to staff as stalled.
CREDITSTORE_STALLED_MINUTES = 60
CREDITSTORE_RETURN_ORIGINS: list[str] = []
#: How long units stay reserved for an order of which no way to pay is chosen yet.
CREDITSTORE_UNPAID_MINUTES = 30
#: The same once a way to pay is chosen, by its id: ``{"pay_bank": 5 * 24 * 60}``; else the plugin says.
CREDITSTORE_HOLD_MINUTES: dict[str, int] = {}
#: What one client without a confirmed e-mail address may keep reserved without paying: orders, and of each offer the
#: larger of so many units and so many hundredths of what it began with.
CREDITSTORE_UNPAID_ORDERS = 5
CREDITSTORE_UNPAID_UNITS = 50
CREDITSTORE_UNPAID_PERCENT = 10
#: Addresses or networks of the operator's own proxies. Only what they say in X-Forwarded-For tells networks apart.
CREDITSTORE_TRUSTED_PROXIES = [item for item in os.environ.get("CREDITSTORE_TRUSTED_PROXIES", "").split(",") if item]
#: How long the link that confirms an e-mail address works, and how long the confirmation counts.
CREDITSTORE_CONFIRM_HOURS = 24
CREDITSTORE_CONFIRMED_DAYS = 365
#: The pledge: how long the link that confirms a signature works, when signatures that nobody confirmed are deleted, how
#: many mails that anybody can ask for go to one mailbox in a day, after how many days the first report is due, how many
#: days before that signers are reminded, and how many days after it a pledge without a report is shown as lapsed.
CREDITSTORE_PLEDGE_CONFIRM_HOURS = 72
CREDITSTORE_PLEDGE_UNCONFIRMED_DAYS = 14
CREDITSTORE_PLEDGE_MAILS_PER_DAY = 4
CREDITSTORE_PLEDGE_REPORT_DAYS = 365
CREDITSTORE_PLEDGE_REMIND_DAYS = 30
CREDITSTORE_PLEDGE_GRACE_DAYS = 60
#: What each level asks for, by step; what it can ask for is told in docs/explanation/pledge.md. Whoever changes a rule
#: gives the rules a new version: reports keep the version that they got their levels by.
CREDITSTORE_PLEDGE_LEVELS: dict[str, object] = {
    "version": "1",
    "measure": {"bronze": {"measured": True}, "silver": {"complete": True}, "gold": {"verified": True}},
    "reduce": {
        "bronze": {"plan": True},
        "silver": {"years_on_path": 1},
        "gold": {"years_on_path": 2, "points_a_year": "4.2"},
    },
    "contribute": {"bronze": {"units": 1}, "silver": {"share": "0.5"}, "gold": {"share": "1"}},
}
#: How long a form may lie open, and how quickly no person fills it in.
CREDITSTORE_PLEDGE_FORM_HOURS = 24
CREDITSTORE_PLEDGE_FORM_SECONDS = 3
#: Origins whose scripts may write through the API; none by default.
CREDITSTORE_API_WRITE_ORIGINS: list[str] = []
#: Calls of one client in so many seconds; a writing operation may have a limit of its own, by its name.
CREDITSTORE_RATE_LIMITS = {
    "orders": (300, 60),
    "reads": (6000, 60),
    "sign_pledge": (60, 600),
    "send_pledge_links": (60, 600),
}
#: Settings of plugins by plugin id; each plugin's model validates its own.
CREDITSTORE_PLUGIN_SETTINGS: dict[str, dict[str, object]] = {}
# Less than a buyer waits for a payment to begin, so that the plugin can still answer that it got no answer.
CREDITSTORE_HTTP_TIMEOUT_SECONDS = 8.0
#: Formats, by name, without which no certificate goes out; those of other plugins follow when they can.
CREDITSTORE_REQUIRED_CERTIFICATE_FORMATS = ["pdf"]
# Plugins run in processes of their own: a fault in one cannot stop the store.
CREDITSTORE_PLUGINS_ISOLATED = True
# Administrators switch plugins on and off and put them in order; every process looks at that again after so long.
CREDITSTORE_PLUGINS_MANAGED = True
CREDITSTORE_PLUGIN_REREAD_SECONDS = 2.0
#: What secrets that are typed into the admin are encrypted with: the first seals, all open. None: none can be typed.
CREDITSTORE_SEALING_KEYS: list[str] = []
CREDITSTORE_PLUGIN_LOAD_SECONDS = 20.0
CREDITSTORE_PLUGIN_MEMORY_MB = 1024
#: What one webhook may hold, and after how many days those that are done with are deleted: they may name payers.
CREDITSTORE_MAX_WEBHOOK_BYTES = 200_000
CREDITSTORE_WEBHOOK_DAYS = 90
#: Reconciliation leaves what is younger than so many minutes for the next run: it may still be on its way here.
CREDITSTORE_RECONCILIATION_GRACE_MINUTES = 15
#: So many hours after it was paid (and held) an order that is not cancelled counts as unmatched.
CREDITSTORE_RECONCILIATION_OVERDUE_HOURS = 24
#: Whether the worker asks other sites if the addresses that pages link to still answer; a few at a time, once a week.
CREDITSTORE_CHECK_EXTERNAL_LINKS = os.environ.get("CREDITSTORE_CHECK_EXTERNAL_LINKS", "1") == "1"
#: A page that nobody reviewed or published for so many months is shown to editors as stale.
CREDITSTORE_REVIEW_MONTHS = 12
#: Room for public pages in the memory of each web process; 0 keeps none.
CREDITSTORE_PAGE_CACHE_BYTES = int(os.environ.get("CREDITSTORE_PAGE_CACHE_BYTES", "64000000"))
#: A page is made anew after so many seconds even if no change was heard of.
CREDITSTORE_PAGE_CACHE_SECONDS = 60
# Codes for pseudo-translation and right-to-left checks; never offered to readers.
CREDITSTORE_PSEUDO_LOCALES = False

# One JSON object a line unless somebody reads along (LOG_FORMAT=text); see docs/how-to/watch-a-store.md.
LOGGING = logging_settings(
    level=os.environ.get("LOG_LEVEL", "INFO"), structured=os.environ.get("LOG_FORMAT", "json") != "text"
)
#: ``/metrics`` answers whoever brings this as a bearer token; without one, only a scraper on the same machine.
CREDITSTORE_METRICS_TOKEN = os.environ.get("CREDITSTORE_METRICS_TOKEN", "")
