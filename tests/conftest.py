"""Fixtures: the server as a person starts it, and a browser in front of it."""

from __future__ import annotations

import json
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import COUNT_RUNS, FLAGS, Watch, chromium

ROOT = Path(__file__).resolve().parent.parent


class Server:
    """A process that serves Thalweg, what it has said so far, and its address."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []
        self.url = ""
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            self._lines.put(line)
        self._lines.put(None)

    def wait_for_address(self, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while line := self._lines.get(timeout=max(0.1, end - time.monotonic())):
            if found := re.search(r"http://\S+\d", line):
                self.url = found[0]
                return
        pytest.fail("The server ended without an address:\n" + self.text)

    def wait_until_warm(self, seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                with urlopen(self.url + "/healthz", timeout=10) as answer:
                    if json.load(answer)["warm"]:
                        return
            except URLError:
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        pytest.fail("The server did not get ready:\n" + self.text)

    @property
    def text(self) -> str:
        return "".join(self.said)

    def stop(self) -> int:
        """What Ctrl-C does. Returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self._reader.join(10)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return status


@contextmanager
def serving(*command: str, folder: Path) -> Iterator[Server]:
    """Run a command that serves Thalweg, in a folder of its own, until the block ends."""
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    server = Server(process)
    try:
        server.wait_for_address()
        server.wait_until_warm()
        yield server
    finally:
        server.stop()


Starter = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    """Starts `python app.py` with the options given, from another folder than the checkout."""
    with ExitStack() as running:

        def starter(*options: str) -> Server:
            command = (sys.executable, str(ROOT / "app.py"), *options)
            return running.enter_context(serving(*command, folder=tmp_path))

        yield starter


@pytest.fixture
def fresh_server(start: Starter) -> str:
    """The address of a server that nobody has visited yet."""
    return start("--port", "0").url


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one server for all tests of a worker. It must not have shown a traceback."""
    command = (sys.executable, str(ROOT / "app.py"), "--port", "0")
    with serving(*command, folder=tmp_path_factory.mktemp("elsewhere")) as running:
        yield running.url
    assert "Traceback" not in running.text, running.text


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    """One Chromium for all tests of a worker."""
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


Opener = Callable[..., Page]


@pytest.fixture
def open_page(chrome: Browser) -> Iterator[Opener]:
    """Opens pages with options of Playwright's new_context (color_scheme="dark", viewport=…).

    Afterwards the test fails if a page complained on its console or asked another host.
    """
    watched: list[tuple[Page, Watch]] = []

    def opener(**options: Any) -> Page:
        options.setdefault("viewport", {"width": 1440, "height": 900})
        page = chrome.new_context(**options).new_page()
        page.add_init_script(COUNT_RUNS)
        watched.append((page, Watch().over(page)))
        return page

    yield opener
    for page, watch in watched:
        own = urlsplit(page.url).netloc
        page.context.close()
        assert not watch.complaints
        assert watch.hosts <= {own}, "a page asked another host"


@pytest.fixture
def page(open_page: Opener) -> Page:
    """An empty page of 1440 × 900, watched as `open_page` says."""
    return open_page()
