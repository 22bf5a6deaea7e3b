"""Oscar at the root, as its guide has it."""

from typing import Any

from django.apps import apps
from django.urls import include, path

oscar: Any = apps.get_app_config("oscar")
urlpatterns = [path("i18n/", include("django.conf.urls.i18n")), path("", include(oscar.urls[0]))]
