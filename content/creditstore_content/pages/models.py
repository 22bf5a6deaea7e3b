"""The pages that editors make, each kind in a module of its own; Django and Wagtail find them here."""

from __future__ import annotations

from creditstore_content.pages.campaign import CampaignPage
from creditstore_content.pages.content_index import ContentIndexPage
from creditstore_content.pages.explainer import ExplainerPage
from creditstore_content.pages.faq import FaqPage
from creditstore_content.pages.feature import ProjectFeaturePage
from creditstore_content.pages.home import HomePage
from creditstore_content.pages.seeded import SeededPage

__all__ = [
    "CampaignPage",
    "ContentIndexPage",
    "ExplainerPage",
    "FaqPage",
    "HomePage",
    "ProjectFeaturePage",
    "SeededPage",
]
