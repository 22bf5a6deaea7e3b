"""Every address of the store. Permanent and machine addresses stand outside the language prefix."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from creditstore_content.pages import serving
from creditstore_site import api, oscar_dashboard
from creditstore_site.views import (
    certificates,
    feeds,
    health,
    media,
    metrics,
    page_card,
    pages,
    problems,
    search,
    webhooks,
)

handler400 = "creditstore_site.views.errors.bad_request"
handler403 = "creditstore_site.views.errors.forbidden"
handler404 = "creditstore_site.views.errors.not_found"
handler500 = "creditstore_site.views.errors.server_error"

urlpatterns = [
    path("api/v1/", api.store_api.urls),
    path("api/content/v3/", api.content_urls),
    path("certificates/<str:number>/", certificates.certificate, name="certificate"),
    path("certificates/<str:number>/<str:format_name>/", certificates.certificate_file, name="certificate-file"),
    path("webhooks/<str:plugin_id>/", webhooks.webhook, name="webhook"),
    path("problems/<slug:code>", problems.problem, name="problem"),
    path(".well-known/errors.json", problems.catalogue, name="problem-catalogue"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("robots.txt", pages.robots, name="robots"),
    path("sitemap.xml", pages.sitemap_index, name="sitemap"),
    path("sitemap-<section>.xml", pages.sitemap_section, name="sitemap-section"),
    path("admin/two-factor/", include("creditstore_site.two_factor.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("dashboard/", oscar_dashboard.urls),
    path("documents/", include(wagtaildocs_urls)),
    re_path(r"^media/(?P<path>.+)$", media.serve_media, name="media"),
    re_path(r"^(?:api|webhooks|\.well-known)/", problems.unknown_address),
]

urlpatterns += i18n_patterns(
    path("store/", include("creditstore_site.store_urls", namespace="store")),
    path("register/", include("creditstore_site.register_urls", namespace="register")),
    path("pledge/", include("creditstore_site.pledge_urls", namespace="pledge")),
    path("cards/<int:page_id>.png", page_card.card, name="page-card"),
    path("feeds/news.atom", feeds.news, name="feed-news"),
    path("feeds/cancellations.atom", feeds.cancellations, name="feed-cancellations"),
    path("search/", search.search, name="search"),
    path("terms/", pages.terms, name="terms"),
    path("contact/", pages.contact, name="contact"),
    *([path("demo/", include("creditstore_site.demo_urls", namespace="demo"))] if settings.CREDITSTORE_DEMO else []),
    re_path(wagtail_urls.serve_pattern, serving.serve, name="wagtail_serve"),
    path("", include(wagtail_urls)),
    prefix_default_language=True,
)
