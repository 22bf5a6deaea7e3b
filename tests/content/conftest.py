"""What the tests of the content room start from: the seeded pages, and nothing remembered from an earlier test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client

from creditstore_content.pages.models import CampaignPage, ExplainerPage, HomePage
from creditstore_content.pages.seed import seed_pages


@pytest.fixture(autouse=True)
def _nothing_cached() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def home(db: None) -> HomePage:
    """The seeded home page."""
    seed_pages()
    page: HomePage = HomePage.objects.get()
    return page


@pytest.fixture
def editor(home: HomePage) -> Client:
    """A member of Wagtail's editors, logged in."""
    user = get_user_model().objects.create_user(email="pages-editor@example.org", password="long enough 123")
    user.groups.add(Group.objects.get(name="Editors"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def explainer(home: HomePage) -> ExplainerPage:
    """The seeded explainer of the store itself."""
    page: ExplainerPage = ExplainerPage.objects.get(slug="the-store")
    return page


@pytest.fixture
def campaign(home: HomePage) -> CampaignPage:
    """The seeded campaign."""
    page: CampaignPage = CampaignPage.objects.get(slug="clean-cooking")
    return page
