"""Fixtures: the server as a person starts it, and a browser in front of it."""

from __future__ import annotations

import gc
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

import jax
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from tests.browser import COUNT_RUNS, FLAGS, Watch, chromium

ROOT = Path(__file__).resolve().parent.parent


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """A test marked ``float64`` calls JAX itself; elsewhere what computes must say so itself."""
    with jax.enable_x64(item.get_closest_marker("float64") is not None):
        return (yield)


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
def serving(
    *command: str, folder: Path, warm: bool = True, env: dict[str, str] | None = None
) -> Iterator[Server]:
    """Run a command that serves Thalweg, in a folder of its own, until the block ends.

    ``warm``: what is asked of it needs it ready; to get ready takes seconds. ``env``: the variables
    of its environment; None: those of the tests.
    """
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env
    )
    server = Server(process)
    try:
        server.wait_for_address()
        if warm:
            server.wait_until_warm()
        yield server
    finally:
        server.stop()


Starter = Callable[..., Server]


# --- who runs what -------------------------------------------------------------------------------

# Files with tests in a browser, and what takes longest, go first: no worker is left with much.
SERVED = {
    "test_stage": "stage", "test_stage_hands": "stage", "test_microscope": "stage",
    "test_maps_page": "pages", "test_custom_page": "pages", "test_export_page": "pages",
    "test_standalone": "pages", "test_snapshot": "pages", "test_widget": "pages",
    "test_app": "pages", "test_pages": "pages",
}  # fmt: skip
# Files that run the same rules on the same surfaces: one worker compiles their programs once.
ALIKE = (
    "test_optax", "test_torch", "test_rules", "test_run", "test_export_code", "test_equation_slots",
    "test_schedules_and_noise", "test_theory_measured",
)  # fmt: skip
TOGETHER = SERVED | dict.fromkeys(ALIKE, "paths")
LONGEST = (
    *TOGETHER, "test_wheel", "test_importing", "test_live", "test_sweep", "test_kernels_primitives",
    "test_penalty",
)  # fmt: skip
# Files that `make check` leaves out: each takes more than some ten seconds of a core, mostly for
# compiling what others compile too. `pytest -m "not browser and not slow" --durations=30` tells.
SLOW = (set(ALIKE) - {"test_run"}) | {
    "test_app", "test_basin_map", "test_custom", "test_diagnostics", "test_diagnostics_critical",
    "test_ensemble", "test_kernels_primitives", "test_kernels_properties", "test_live", "test_maps",
    "test_pages", "test_penalty", "test_presets", "test_stability_map", "test_sweep", "test_theory",
    "test_wheel",
}  # fmt: skip


class WholeFiles(LoadScopeScheduling):
    """Each worker takes whole files, as the tests of a file share what was compiled.

    Those with a browser mostly wait: two workers have them all, each with a server and a Chromium.
    This needs `--no-loadscope-reorder`.
    """

    def _split_scope(self, nodeid: str) -> str:
        stem = Path(nodeid.partition("::")[0]).stem
        return TOGETHER.get(stem, stem)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeFiles:
    """Takes the place of `--dist`."""
    return WholeFiles(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The mark of the files that `make check` leaves out, and the order in which all are run."""
    for item in items:
        if item.path.stem in SLOW:
            item.add_marker("slow")
    ranks = {name: i for i, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.path.stem, len(LONGEST)))


def pytest_collection_finish() -> None:
    """Let collections look at what tests make only, and seldom: tracing makes much that stays."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


# Where in the source each operation comes from is for JAX's dumps and profiles; no test reads it.
jax.config.update("jax_traceback_in_locations_limit", 0)


# --- fixtures ------------------------------------------------------------------------------------


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Starter]:
    """Starts `python app.py` with the options given, from another folder than the checkout."""
    with ExitStack() as running:

        def starter(*options: str, warm: bool = True) -> Server:
            command = (sys.executable, str(ROOT / "app.py"), *options)
            return running.enter_context(serving(*command, folder=tmp_path, warm=warm))

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
def playwright() -> Iterator[Playwright]:
    """What drives Chromium."""
    with sync_playwright() as driver:
        yield driver


SIZE: Any = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def chrome(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One Chromium for all tests of a worker, with a profile: a BrowserContext.

    With a profile V8 keeps the scripts it compiled, so a page opens in half of the time. A server
    of a test's own has another address: there nothing is kept from before.
    """
    profile = playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"),
        executable_path=chromium(),
        args=list(FLAGS),
        viewport=SIZE,
    )
    yield profile
    profile.close()


@pytest.fixture(scope="session")
def bare_chrome(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium without a profile, for what is an option of a context and not of a page."""
    browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
    yield browser
    browser.close()


Opener = Callable[..., Page]


class Tabs:
    """Pages of the Chromium with a profile, lent to one test after another.

    One that has shown an address before shows the next in two thirds of the time. Nothing but
    scripts in caches is left to the next test.
    """

    MOST_LENT = 25
    """Times that a page is lent: what it leaves in memory does not grow without end."""

    def __init__(self, profile: BrowserContext) -> None:
        self._profile = profile
        self._idle: list[Page] = []
        self._lent: dict[Page, int] = {}

    def take(self) -> Page:
        """An empty page of 1440 × 900."""
        if self._idle:
            page = self._idle.pop()
        else:
            page = self._profile.new_page()
            page.add_init_script(COUNT_RUNS)
            self._lent[page] = 0
        self._lent[page] += 1
        page.mouse.move(0, 0)
        return page

    def give_back(self, page: Page) -> None:
        """Empty the page and all that its address has stored."""
        if page.is_closed():
            del self._lent[page]
            return
        address = urlsplit(page.url)
        if address.scheme in ("http", "https"):
            page.evaluate("sessionStorage.clear()")
        page.goto("about:blank")
        if address.netloc:
            forget(self._profile, page, f"{address.scheme}://{address.netloc}")
        if self._lent[page] < self.MOST_LENT:
            self._idle.append(page)
        else:
            page.close()
            del self._lent[page]


@pytest.fixture(scope="session")
def tabs(chrome: BrowserContext) -> Tabs:
    """The pages of a worker's Chromium."""
    return Tabs(chrome)


PLAIN: Any = dict.fromkeys(
    ("media", "color_scheme", "reduced_motion", "forced_colors", "contrast"), "null"
)
"""No emulated media."""


@pytest.fixture
def open_page(request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Opens pages with options of Playwright's new_context (color_scheme="dark", viewport=…).

    Afterwards the test fails if a page complained on its console or asked another host.
    """
    watched: list[tuple[Page, Watch]] = []
    lent: list[Page] = []

    def opener(*, viewport: Any = SIZE, has_touch: bool = False, **media: Any) -> Page:
        if has_touch:
            bare: Browser = request.getfixturevalue("bare_chrome")
            page = bare.new_context(viewport=viewport, has_touch=True).new_page()
            page.add_init_script(COUNT_RUNS)
        else:
            page = request.getfixturevalue("tabs").take()
            lent.append(page)
            page.set_viewport_size(viewport)
        page.emulate_media(**PLAIN | media)
        watched.append((page, Watch().over(page)))
        return page

    yield opener
    hosts = [urlsplit(page.url).netloc for page, _ in watched]
    for page, watch in watched:
        watch.end()
        if page in lent:
            request.getfixturevalue("tabs").give_back(page)
        else:
            page.context.close()
    for (_, watch), host in zip(watched, hosts, strict=True):
        assert not watch.complaints
        assert watch.hosts <= {host}, "a page asked another host"


# All that a page can leave in a profile, but for the cache of files.
LEFT = "cookies,local_storage,indexeddb,cache_storage,service_workers,file_systems,websql"


def forget(profile: BrowserContext, page: Page, origin: str) -> None:
    """Empty the profile's storage of an origin; ``page`` is any that shows another."""
    devtools = profile.new_cdp_session(page)
    devtools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": LEFT})
    devtools.detach()
    profile.clear_cookies()
    profile.clear_permissions()


@pytest.fixture
def page(open_page: Opener) -> Page:
    """An empty page of 1440 × 900, watched as `open_page` says."""
    return open_page()
