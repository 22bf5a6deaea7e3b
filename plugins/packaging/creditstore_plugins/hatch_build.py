"""The package stands in the store's tree, two folders up: a wheel holds a copy, an editable install points there."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """A copy in an editable install would hide the source, and grow old."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called before each build; ``version`` is ``standard`` or ``editable``."""
        if version != "editable":
            build_data["force_include"]["../../creditstore_plugins"] = "creditstore_plugins"
