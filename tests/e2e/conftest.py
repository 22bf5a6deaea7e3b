"""A running store and a browser for the journeys."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from support.browser import chromium
from support.live_store import LiveStore, live_store

# Playwright's synchronous interface keeps an event loop in this thread; Django takes that for asynchronous code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[LiveStore]:
    """The whole store, with the demo's data, as its own processes."""
    with live_store(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, driven without a screen."""
    program = chromium()
    assert program is not None
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield running
        running.close()


class Watched:
    """A browser window that remembers what a stranger must never see: foreign requests, script errors, CSP reports."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.page: Page = context.new_page()
        self.foreign: list[str] = []
        self.errors: list[str] = []
        self.page.on("request", lambda request: self._note(request.url, base))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._note_message)
        self.page.on("response", self._note_answer)

    def _note(self, url: str, base: str) -> None:
        if not url.startswith((base, "data:", "blob:")):
            self.foreign.append(url)

    def _note_message(self, message: ConsoleMessage) -> None:
        # Chromium reports every answer of 400 and above so, a page about a mistake included; see the next method.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.errors.append(message.text)

    def _note_answer(self, answer: Response) -> None:
        is_page = answer.request.resource_type == "document"
        if answer.status >= (500 if is_page else 400):
            self.errors.append(f"{answer.status} {answer.url}")


@pytest.fixture
def window(browser: Browser, store: LiveStore) -> Iterator[Callable[..., Watched]]:
    """Opens windows of a given width; at the end of the test none of them may have seen anything bad."""
    contexts: list[BrowserContext] = []
    opened: list[Watched] = []

    def open_window(
        *, width: int = 1280, javascript: bool = True, locale: str = "en", colours: str = "light"
    ) -> Watched:
        context = browser.new_context(
            base_url=store.url,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            locale=locale,
            reduced_motion="reduce",
            color_scheme=colours,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        opened.append(Watched(context, store.url))
        return opened[-1]

    yield open_window
    for watched in opened:
        assert watched.foreign == []
        assert watched.errors == []
    for context in contexts:
        context.close()


@pytest.fixture
def shots(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps screenshots in ``test-results/`` for people to look at."""
    directory = Path(request.config.rootpath) / "test-results"
    directory.mkdir(exist_ok=True)

    def take(page: Page, name: str) -> None:
        page.screenshot(path=directory / f"{name}.png", full_page=True)

    return take
