"""The stage in a notebook: its kernel's part by itself, and the whole in JupyterLab."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.on_stage import HANDLE, Stage, grab
from thalweg.scenes import Scene
from thalweg.stage import widget
from thalweg.stage.notebook import LACKING

ROOT = Path(__file__).resolve().parent.parent

# --- what the kernel does ------------------------------------------------------------------------


@pytest.fixture
def live() -> Iterator[Any]:
    made = widget(Scene.default("rosenbrock"))
    yield made
    made.close()


def told(of: Scene, **more: Any) -> dict[str, Any]:
    """A report of the stage."""
    return {"generation": 0, "revision": 1, "scene": of.to_dict(), "request": None} | more


def test_what_it_is_given_is_json(live: Any) -> None:
    payload = json.loads(json.dumps(live.payload, allow_nan=False))
    assert Scene.from_dict(payload["scene"]) == live.scene == Scene.default("rosenbrock")
    assert widget().scene == Scene.default()


def test_a_report_changes_the_scene_and_is_answered(live: Any) -> None:
    saddle = Scene.default("saddle")
    live.report = told(saddle, revision=7)
    assert live.scene == saddle
    assert (live.payload["revision"], live.payload["problems"]) == (7, [])
    live.report = told(saddle, revision=8, request={"add": "lion"})
    assert [run.rule.slug for run in live.scene.runs][-1] == "lion"
    assert live.payload["scene"] == live.scene.to_dict()


@pytest.mark.parametrize(
    "more",
    [
        {"scene": 3},
        {"scene": {"surface": {"name": "../../x"}, "runs": [None]}},
        {"request": {"add": "rm -rf"}},
        {"request": {"erase": "everything"}},
        {"request": {"add": ["lion"]}},
        {"scene": 3, "revision": "first"},
        {"scene": 3, "revision": [1]},
    ],
)
def test_a_hostile_report_is_answered_with_its_problems(live: Any, more: dict[str, Any]) -> None:
    live.report = told(live.scene, **more)
    assert live.payload["problems"]
    assert all(isinstance(sentence, str) for sentence in live.payload["problems"])
    assert isinstance(live.payload["revision"], int)
    assert isinstance(live.scene, Scene)


def test_a_scene_that_is_set_wins_over_reports_from_before(live: Any) -> None:
    saddle = Scene.default("saddle")
    live.scene = saddle
    assert live.payload["generation"] == 1
    live.report = told(Scene.default("valley"))
    assert live.scene == saddle
    live.report = told(Scene.default("valley"), generation=1)
    assert live.scene == Scene.default("valley")


def test_what_is_no_scene_is_refused_and_changes_nothing(live: Any) -> None:
    with pytest.raises(TypeError, match="a Scene"):
        live.scene = "saddle"
    assert live.scene == Scene.default("rosenbrock")
    assert live.payload["generation"] == 0


def test_it_asks_for_the_width_of_its_cell(live: Any) -> None:
    assert "@media (max-width" not in live._css
    assert "@container thalweg (max-width: 700px)" in live._css


def test_without_anywidget_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(ImportError, match="pip install anywidget") as raised:
        widget()
    assert str(raised.value) == LACKING


# --- in JupyterLab -------------------------------------------------------------------------------

TOKEN = "thalweg"
SHOWN = f"""\
import sys, time
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from thalweg.scenes import Scene
from thalweg.stage import widget
live = widget(Scene.default("rosenbrock", ("sgd", "adam")))
display(live)
while not Path("seen").exists():  # a kernel that is busy: the stage comes all the same
    time.sleep(0.05)"""
CELLS = (
    SHOWN,
    "print(sys.executable, live.scene.to_link())",
    "live.scene = Scene.default('saddle')",
    "live",
)
SHOW, TELL, SET, SHOW_AGAIN = range(len(CELLS))

# Nothing is asked of any other machine: no news, no updates, no list of extensions.
OPTIONS = (
    "--no-browser",
    "--allow-root",
    "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0",
    "--ServerApp.terminals_enabled=False",
    f"--IdentityProvider.token={TOKEN}",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
)
NO_NEWS = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}


def write_notebook(file: Path) -> None:
    cells: list[dict[str, Any]] = [
        {
            "cell_type": "code", "id": f"cell-{i}", "source": source,
            "metadata": {}, "outputs": [], "execution_count": None,
        }
        for i, source in enumerate(CELLS)
    ]  # fmt: skip
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = {
        "cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5,
    }  # fmt: skip
    file.write_text(json.dumps(notebook), encoding="utf-8")


def ask(address: str, **options: Any) -> None:
    request = Request(address, headers={"Authorization": f"token {TOKEN}"}, **options)
    with urlopen(request, timeout=10) as answer:
        answer.read()


@contextmanager
def jupyter(folder: Path) -> Iterator[str]:
    """The address of a JupyterLab that knows nothing but ``folder``."""
    places = {
        "HOME": "home", "IPYTHONDIR": "ipython", "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime", "WORK": "work",
        "LABCONFIG": "config/labconfig",
    }  # fmt: skip
    environment = {name: str(folder / place) for name, place in places.items()}
    for place in environment.values():
        Path(place).mkdir(parents=True, exist_ok=True)
    (folder / "config/labconfig/page_config.json").write_text(json.dumps(NO_NEWS))
    write_notebook(folder / "work/live.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = (sys.executable, "-m", "jupyterlab", *OPTIONS, f"--ServerApp.port={port}")
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=folder / "work", env={**os.environ, **environment}, stdout=log,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_for(process, url, folder / "log")
            yield url
            ask(f"{url}/api/shutdown", method="POST")  # and its kernels
            process.wait(20)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def wait_for(process: subprocess.Popen[bytes], url: str, log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            ask(f"{url}/api/status")
            return
        except URLError:
            time.sleep(0.05)
    pytest.fail("JupyterLab did not start:\n" + log.read_text())


class Notebook:
    """The notebook on a page, its first cell run: the stage is there."""

    def __init__(self, page: Page, url: str, seen: Path) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)
        page.on("request", lambda request: self._asked(request.url))
        page.goto(f"{url}/lab/tree/live.ipynb?token={TOKEN}")
        page.get_by_text("(ipykernel) | Idle").wait_for()
        with self.running(SHOW):
            self.wait_ready()
            seen.touch()
        self.stage = Stage(page)

    def wait_ready(self) -> None:
        self.page.wait_for_selector("[data-testid=stage][data-ready]")
        self.page.wait_for_function("document.querySelector('.js-plotly-plot .xtick')")

    def _heard(self, message: Any) -> None:
        # JupyterLab says much itself; what we are made of has no address but a blob's.
        if message.type in ("error", "warning") and message.location["url"].startswith("blob:"):
            self.complaints.append(message.text)

    def _asked(self, url: str) -> None:
        if not url.startswith(("data:", "blob:")):
            self.hosts.add(url.split("/")[2])

    def cell(self, index: int) -> Locator:
        return self.page.locator(".jp-Notebook .jp-CodeCell").nth(index)

    @contextmanager
    def running(self, index: int) -> Iterator[None]:
        """A cell runs during the block, and to its end after it."""
        prompt = self.cell(index).locator(".jp-InputPrompt")
        before = prompt.inner_text()
        self.cell(index).locator(".jp-InputArea-editor").click()
        self.page.keyboard.press("Control+Enter")
        yield
        self.page.wait_for_function(
            "([prompt, before]) => /\\d/.test(prompt.innerText) && prompt.innerText !== before",
            arg=[prompt.element_handle(), before],
        )

    def run(self, index: int) -> None:
        with self.running(index):
            pass

    def told_scene(self) -> Scene:
        """The Scene as the kernel has it."""
        self.run(TELL)
        python, link = self.cell(TELL).locator(".jp-OutputArea-output").inner_text().rsplit(None, 1)
        assert python == sys.executable
        return Scene.from_link(link)


@pytest.fixture(scope="module")
def notebook(bare_chrome: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    """One for all tests here; what they need of its Scene they set themselves."""
    folder = tmp_path_factory.mktemp("jupyter")
    with jupyter(folder) as url:
        context = bare_chrome.new_context(viewport={"width": 1440, "height": 1800})
        shown = Notebook(context.new_page(), url, folder / "work/seen")
        yield shown
        context.close()
        assert shown.complaints == []
        assert {f"http://{host}" for host in shown.hosts} == {url}


@pytest.mark.browser
def test_a_drag_is_live_and_the_kernel_has_the_scene_after_it(notebook: Notebook) -> None:
    page, stage = notebook.page, notebook.stage
    before = stage.path("adam")
    x, y = grab(page, stage.knob("adam-lr"))
    page.mouse.move(x + 8, y, steps=4)
    stage.ask("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    during = stage.path("adam")
    assert not np.array_equal(during, before)
    page.mouse.up()
    stage.wait_for("stage.model.dragging === null")
    stage.assert_paths_are_those_of_the_scene()
    stage.wait_for("stage.model.payload.revision > 0")
    assert notebook.told_scene() == stage.scene


@pytest.mark.browser
def test_what_the_menu_asks_for_is_answered_by_the_kernel(notebook: Notebook) -> None:
    stage = notebook.stage
    count = len(stage.scene.runs)
    notebook.page.get_by_test_id("add-run").select_option("lion")
    stage.wait_for(f"stage.scene.runs.length === {count + 1}")
    assert stage.scene.runs[-1].rule.slug == "lion"
    stage.assert_paths_are_those_of_the_scene()
    assert notebook.told_scene() == stage.scene


@pytest.mark.browser
def test_keys_are_the_stages_where_it_has_the_focus(notebook: Notebook) -> None:
    page, stage = notebook.page, notebook.stage
    rate = "stage.scene.runs.find((run) => run.id === 'adam').fields.lr"
    before = stage.ask(rate)
    field = page.get_by_test_id("knob-adam-lr-number")
    field.fill("")
    field.press_sequentially("0.02")
    field.press("Enter")
    stage.wait_for(f"{rate} === 0.02")
    stage.knob("adam-lr").focus()
    for key in ("a", "b", "x", "d", "d", "m", "ArrowRight"):  # of the notebook: cells come and go
        page.keyboard.press(key)
    expect(page.locator(".jp-Cell")).to_have_count(len(CELLS))
    expect(page.locator(".jp-CodeCell")).to_have_count(len(CELLS))
    stage.wait_for(f"{rate} > 0.02")
    page.keyboard.press("Control+z")
    stage.wait_for(f"{rate} === {before}")  # turns in quick succession are one
    page.keyboard.press("Control+s")
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)  # the notebook was saved


@pytest.mark.browser
def test_a_cell_sets_the_scene_and_all_views_follow(notebook: Notebook) -> None:
    page, stage = notebook.page, notebook.stage
    notebook.run(SET)
    stage.wait_for("stage.scene.surface.name === 'saddle'")
    assert stage.scene == Scene.default("saddle")
    stage.assert_paths_are_those_of_the_scene()
    notebook.run(SHOW_AGAIN)
    second = HANDLE.replace("querySelector(", "querySelectorAll(").replace(").stage", ")[1].stage")
    page.wait_for_function(
        "document.querySelectorAll('[data-testid=stage][data-ready]').length === 2"
    )
    count = len(stage.scene.runs)
    page.get_by_test_id("add-run").nth(1).select_option("lion")
    stage.wait_for(f"stage.scene.runs.length === {count + 1}")
    x, y = grab(page, stage.knob("lion-lr").first)
    page.mouse.move(x + 8, y, steps=4)
    page.mouse.up()
    same = f"({second}).scene.runs[{count}].fields.lr === stage.scene.runs[{count}].fields.lr"
    stage.wait_for(f"stage.model.dragging === null && {same}")
    assert notebook.told_scene() == stage.scene
    notebook.run(SET)
    stage.wait_for(f"stage.scene.runs.length === {count}")


@pytest.mark.browser
def test_a_page_that_is_loaded_anew_has_the_scene_of_the_kernel(notebook: Notebook) -> None:
    page, stage = notebook.page, notebook.stage
    before = stage.scene
    page.keyboard.press("Control+s")
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    page.reload()
    notebook.wait_ready()  # plotly.js was let go: it is asked for
    assert stage.scene == before


@pytest.mark.browser
def test_it_fits_its_cell_and_takes_the_theme(notebook: Notebook) -> None:
    page = notebook.page
    output = notebook.cell(SHOW).locator(".jp-OutputArea-output").first
    sizes = output.evaluate("e => [e.clientWidth - e.scrollWidth, e.clientHeight]")
    assert sizes == [0, 640]
    root = page.get_by_test_id("stage").first
    page.get_by_text("Settings", exact=True).first.click()
    page.get_by_text("Theme", exact=True).hover()
    page.get_by_text("JupyterLab Dark", exact=True).click()
    expect(root).to_have_class("thalweg race dark")
    page.set_viewport_size({"width": 1000, "height": 1800})  # the cell is as narrow as a phone
    expect(root).to_have_css("display", "flex")
    assert output.evaluate("e => e.clientWidth === e.scrollWidth")
