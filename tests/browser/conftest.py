"""What the browser tests stand on: Debian's Chromium, and a server in this process that can be stopped and started again."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = Path(os.environ.get("UNIONDESK_TEST_CHROMIUM", "/usr/bin/chromium"))
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
PHONE = {"width": 360, "height": 740}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


# Not for the whole session: while Playwright's own loop runs, no asynchronous test of another folder can.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser."""
    if not CHROMIUM.exists():
        pytest.skip(f"Chromium is not at {CHROMIUM}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


class Served:
    """An app behind a port of this machine, on a thread of its own."""

    def __init__(self, build: Callable[[], FastAPI]) -> None:
        self._build = build
        self._port = 0
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> "Served":
        """Serve a newly built app: on a free port the first time, on the same one again after a stop."""
        config = uvicorn.Config(self._build(), host="127.0.0.1", port=self._port, log_level="critical", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until = time.monotonic() + 20
        while not self._server.started:
            assert self._thread.is_alive() and time.monotonic() < until, "the server did not start"
            time.sleep(0.01)
        self._port = self._server.servers[0].sockets[0].getsockname()[1]
        return self

    def stop(self) -> None:
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(20)
            assert not self._thread.is_alive(), "the server did not stop"
        self._server = self._thread = None


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[], FastAPI]], Served]]:
    """`serve(build)` runs the app that `build()` makes and returns where it is; it is stopped at the end of the test."""
    running: list[Served] = []

    def start(build: Callable[[], FastAPI]) -> Served:
        running.append(Served(build).start())
        return running[-1]

    yield start
    for served in running:
        served.stop()


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """`phone(url, **options)` opens a page as a phone does, each time a new one. Errors on the page fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_page(url: str, **options: object) -> Page:
        given = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2, "locale": "zh-CN", **options}
        contexts.append(chromium.new_context(**given))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
