"""What the operator sets. The store makes its form from this model."""

from __future__ import annotations

from pydantic import Field

from creditstore_plugins import PluginSettings


class ScaffoldSettings(PluginSettings):
    """Settings of this plugin."""

    heading: str = Field(default="Certificate of voluntary cancellation", description="The first line of each file.")
