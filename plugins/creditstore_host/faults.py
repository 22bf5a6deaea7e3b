"""The one place where any exception of a plugin is caught."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from creditstore_plugins.conformance import BadAnswer

T = TypeVar("T")

#: A health check that yields for ever must not fill the memory.
MOST_FINDINGS = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """A call into a plugin that did not end well."""

    error: BaseException

    @property
    def summary(self) -> str:
        """What happened, safe for logs and staff: foreign exceptions by class only, as their text may hold secrets."""
        return str(self.error) if isinstance(self.error, BadAnswer) else type(self.error).__name__

    @property
    def places(self) -> str:
        """The innermost places in the code, without source lines or values."""
        if isinstance(self.error, BadAnswer) and self.error.places:
            return self.error.places
        frames = traceback.extract_tb(self.error.__traceback__)[-4:]
        return " > ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)


def attempt(call: Callable[[], T]) -> T | Fault:
    """Call into a plugin. Whatever it raises comes back as a ``Fault``, ``sys.exit`` included.

    Only Ctrl-C passes: it is the operator's, not the plugin's.
    """
    try:
        return call()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 (isolation is this function's purpose)
        return Fault(error)
