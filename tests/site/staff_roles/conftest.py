"""The stage on which roles try what they may do."""

from __future__ import annotations

import pytest
from django.conf import settings
from wagtail.models import Locale

from creditstore_content.pages.models import HomePage
from creditstore_content.pages.seed import seed_pages
from support.plugin_host import ScriptedRegistry
from support.roles.stage import Stage


@pytest.fixture
def stage(db: None, registry: ScriptedRegistry) -> Stage:
    seed_pages()
    for code, _name in settings.LANGUAGES:
        Locale.objects.get_or_create(language_code=code)
    return Stage(home=HomePage.objects.get(), registry=registry)
