"""What a plugin may raise, and what the host makes of it.

A plugin *returns* its results (``Declined``, ``Refused``, ``Unknown``). It raises only when it cannot
work at all; any other exception is caught by the host and treated as an unknown outcome, never as a refusal.
"""

from __future__ import annotations


class PluginError(Exception):
    """Base of every error of this API. Its text is shown to staff: never put a secret or a name into it."""


class SettingsInvalid(PluginError):
    """The plugin's settings cannot be used: something is missing, malformed or contradicts itself."""


class RenderFailed(PluginError):
    """A certificate cannot be rendered faithfully, for instance because a glyph is missing."""
