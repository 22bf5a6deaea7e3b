"""The browser of the browser tests: Debian's Chromium, which nothing downloads at test time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping


def chromium() -> str | None:
    """The browser's program: ``CHROMIUM`` if set, else what the path offers, None without any."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def missing_browser(program: str | None, environment: Mapping[str, str]) -> tuple[str, bool] | None:
    """Why browser tests cannot run and whether that is a failure; None when they can."""
    if program is not None:
        return None
    reason = "no chromium on this machine; install Debian's package chromium to run the browser tests"
    return reason, environment.get("REQUIRE_BROWSER", "") not in ("", "0")
