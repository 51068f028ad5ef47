"""Chromium for the tests: starting it, waiting for a page to come to rest, and watching it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request, expect

# A page may have to wait for what the server compiles, beside the other workers of the tests.
expect.set_options(timeout=30_000)

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")

# What a page may say on the console without failing its test: pattern, and why. Nothing else.
ALLOWED = (
    (
        r"404 \(Not Found\).*/_stcore/(health|host-config)$",
        "Streamlit looks for its server below a deep link's address before it looks at the root",
    ),
    (
        r"willReadFrequently",
        "Plotly reads its own canvas back when a contour is restyled",
    ),
    (
        r"GPU stall due to ReadPixels",
        "Chromium without a graphics card says so of every three-dimensional plot",
    ),
    (
        r"WebSocket onclose|net::ERR_CONNECTION_REFUSED at \S+/_stcore/",
        "Streamlit tells of a server that is gone, and goes on looking for it",
    ),
)


def chromium() -> str:
    """The path of Chromium. Without one the test is skipped, or fails where CI is set."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    sentence = "The browser tests need Chromium: sudo apt-get install chromium."
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def wait_idle(page: Page, timeout: float = 30_000) -> None:
    """Wait until Streamlit is connected and its script has run to the end."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=timeout)
    expect(app).to_have_attribute("data-test-script-state", "notRunning", timeout=timeout)
    # Parts of the interface that are loaded on demand leave a skeleton in their place meanwhile.
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=timeout)
    expect(page.locator("[data-stale=true]")).to_have_count(0, timeout=timeout)


# Counts the ends of runs, so that a run which is over in a few milliseconds is not missed.
COUNT_RUNS = """
window.runs = 0;
new MutationObserver((changes) => {
  runs += changes.some(({ target }) => target.dataset.testScriptState === "notRunning");
}).observe(document, { subtree: true, attributeFilter: ["data-test-script-state"] });
"""


@contextmanager
def rerun(page: Page, timeout: float = 30_000) -> Iterator[None]:
    """What is done in the block makes Streamlit run again: wait until that run has ended."""
    before = page.evaluate("runs")
    yield
    page.wait_for_function("before => runs > before", arg=before, timeout=timeout)
    wait_idle(page, timeout)


def frames_sent(page: Page) -> list[object]:
    """What the page's next websocket sends, from when the page is opened on."""
    sent: list[object] = []
    page.once("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    return sent


def axe_violations(page: Page) -> list[str]:
    """What axe-core finds wrong on the page as it is now, a line for each element."""
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:200]}"
        for violation in found
        for node in violation["nodes"]
    ]


@dataclass
class Watch:
    """What a page complained of, and the hosts it asked for anything."""

    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    _pages: list[Page] = field(default_factory=list)

    def over(self, page: Page) -> Watch:
        """Begin to watch ``page``, until `end`."""
        for event, listen in self._listeners().items():
            page.on(event, listen)  # type: ignore[call-overload]
        self._pages.append(page)
        return self

    def end(self) -> None:
        """Watch no more."""
        for page in self._pages:
            for event, listen in self._listeners().items():
                page.remove_listener(event, listen)

    def _listeners(self) -> dict[str, Any]:
        return {"console": self._heard, "pageerror": self._failed, "request": self._asked}

    def _failed(self, error: Any) -> None:
        self.complaints.append(f"error: {error}")

    def _heard(self, message: ConsoleMessage) -> None:
        line = f"{message.type}: {message.text} at {message.location['url']}"
        allowed = any(re.search(pattern, line) for pattern, _ in ALLOWED)
        if message.type in ("error", "warning") and not allowed:
            self.complaints.append(line)

    def _asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob"):
            self.hosts.add(address.netloc)
