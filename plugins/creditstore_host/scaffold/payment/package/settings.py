"""What the operator sets. The store makes its form from this model, and keeps secrets out of sight."""

from __future__ import annotations

from pydantic import Field

from creditstore_plugins import PluginSettings, Secret


class ScaffoldSettings(PluginSettings):
    """Settings of this plugin."""

    base_url: str = Field(default="https://api.example.com", description="Where the service is.", pattern="^https?://")
    api_key: Secret = Field(default=Secret("env:SCAFFOLD_API_KEY"), description="What the service knows you by.")
    webhook_secret: Secret = Field(
        default=Secret("env:SCAFFOLD_WEBHOOK_SECRET"), description="What the service signs its webhooks with."
    )
    pretend: bool = Field(
        default=True, description="Ask a service that is only pretended: no network, no money. Off for the real one."
    )
