"""The pages that editors make, each kind in a module of its own; Django and Wagtail find them here."""

from __future__ import annotations

from creditstore_content.pages.campaign import CampaignPage
from creditstore_content.pages.content_index import ContentIndexPage
from creditstore_content.pages.explainer import ExplainerPage
from creditstore_content.pages.faq import FaqPage
from creditstore_content.pages.feature import ProjectFeaturePage
from creditstore_content.pages.home import HomePage
from creditstore_content.pages.legal import LegalPage
from creditstore_content.pages.legal_versions import LegalVersion
from creditstore_content.pages.partner import PartnerPage
from creditstore_content.pages.profile import ProfilePage
from creditstore_content.pages.seeded import SeededPage
from creditstore_content.pages.story import StoryPage
from creditstore_content.pages.topics import PageTopic, Topic

__all__ = [
    "CampaignPage",
    "ContentIndexPage",
    "ExplainerPage",
    "FaqPage",
    "HomePage",
    "LegalPage",
    "LegalVersion",
    "PageTopic",
    "PartnerPage",
    "ProfilePage",
    "ProjectFeaturePage",
    "SeededPage",
    "StoryPage",
    "Topic",
]
