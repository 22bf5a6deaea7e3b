"""What a plugin must be, in the form in which the host and the conformance kit check it. Not for plugins to import."""

from __future__ import annotations

from typing import Literal

#: What a plugin can be, in the order in which kinds are listed.
Kind = Literal["payment", "registry", "certificate", "order_check"]


class BadAnswer(Exception):
    """A plugin answered, but not as its contract says. The text names types and fields, never values.

    ``reference`` is the provider's id for the payment where the answer carried a usable one; ``places``, where in the
    plugin's code it happened, when that is known from elsewhere than the traceback.
    """

    def __init__(self, text: str, *, reference: str = "", places: str = "") -> None:
        super().__init__(text)
        self.reference = reference
        self.places = places
