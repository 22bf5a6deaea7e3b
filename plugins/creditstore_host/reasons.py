"""Why a plugin is quarantined, in words for staff."""

from __future__ import annotations

from creditstore_host.plugin_settings import hidden
from creditstore_plugins import PluginError
from creditstore_plugins.conformance import BadAnswer

_LONGEST_REASON = 600


def reason_of(error: BaseException, settings: object) -> str:
    """What went wrong when a plugin was loaded. No value of its settings is in the text."""
    if isinstance(error, BadAnswer | PluginError):
        reason = str(error)
    elif isinstance(error, SystemExit):
        reason = "it tried to end the program (sys.exit) while it was loaded"
    elif isinstance(error, MemoryError):
        reason = "it needs more memory than a plugin is given"
    else:
        reason = f"{type(error).__name__}: {error}"
    return hidden(reason, settings)[:_LONGEST_REASON]
