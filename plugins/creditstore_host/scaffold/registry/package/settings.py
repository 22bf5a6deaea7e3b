"""What the operator sets. The store makes its form from this model, and keeps secrets out of sight."""

from __future__ import annotations

from pydantic import Field

from creditstore_plugins import PluginSettings, Secret


class ScaffoldSettings(PluginSettings):
    """Settings of this plugin."""

    base_url: str = Field(default="https://registry.example.com", description="Where it is.", pattern="^https?://")
    api_key: Secret = Field(default=Secret("env:SCAFFOLD_API_KEY"), description="What the registry knows you by.")
    pretend: bool = Field(
        default=True, description="Ask a registry that is only pretended: nothing is cancelled. Off for the real one."
    )
