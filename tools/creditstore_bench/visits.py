"""What a first visit transfers: Chromium with an empty cache, everything but pictures, as the network carried it."""

from __future__ import annotations

import os
import shutil
from typing import Any

from creditstore_bench.places import CannotMeasure

_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def transferred(urls: list[str]) -> dict[str, dict[str, int]]:
    """Bytes by kind of file and in all, for each address visited with an empty cache. Errors: ``CannotMeasure``."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        raise CannotMeasure("there is no chromium on this machine (Debian's package chromium)")
    from playwright.sync_api import sync_playwright

    found = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(_ARGUMENTS))
        for url in urls:
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            found[url] = _visit(context, url)
            context.close()
        browser.close()
    return found


def _visit(context: Any, url: str) -> dict[str, int]:
    page = context.new_page()
    network = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {}
    network.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    network.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    network.send("Network.enable")
    page.goto(url, wait_until="networkidle")
    by_kind: dict[str, int] = {}
    for request, size in sizes.items():
        kind = kinds.get(request, "Other")
        if kind != "Image":
            by_kind[kind] = by_kind.get(kind, 0) + int(size)
    if "Document" not in by_kind:
        raise CannotMeasure(f"the browser did not tell what {url} weighed")
    return {**by_kind, "all": sum(by_kind.values())}
