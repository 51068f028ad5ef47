"""From a click to a map's picture in real Chromium, and how others fare beside a long map.

Used by `benchmarks/maps.py`.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Page, sync_playwright

from tests.browser import FLAGS, chromium
from tests.conftest import serving
from thalweg.scenes import Map, Scene

ROOT = Path(__file__).resolve().parent.parent
GOAL_CLICK_MS = 400
ZOOMS, ASKED = 12, 12

# The state says "ready" in the frame in which the map is painted.
ZOOM = """async (closer) => {
  const status = document.querySelector("[data-testid=map-status]");
  const button = document.querySelector(`[data-testid=map-${closer ? "closer" : "farther"}]`);
  const began = performance.now();
  button.click();
  while (status.dataset.state === "ready") await new Promise(requestAnimationFrame);
  while (status.dataset.state !== "ready") await new Promise(requestAnimationFrame);
  await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""
# Another number of steps needs an answer of the server.
ASK = """async (steps) => {
  const { stage } = document.querySelector("[data-testid=stage]");
  const began = performance.now();
  stage.set({ steps });
  while (stage.scene.steps !== steps) await new Promise(requestAnimationFrame);
  return performance.now() - began;
}"""


def opened(page: Page, address: str, scene: Scene) -> Page:
    """A page with its stage ready."""
    page.goto(f"{address}?s={scene.to_link()}")
    page.wait_for_selector("[data-testid=stage][data-ready]")
    return page


def mapped(scene: Scene, **asked: Any) -> Scene:
    return replace(scene, view=replace(scene.view, map=Map(**asked)))


def answers(page: Page, first: int) -> float:
    """Milliseconds that a visitor of the race waits for an answer: the median."""
    return median(page.evaluate(ASK, steps) for steps in range(first, first + ASKED))


def measured_page(numpy_ms: float) -> dict[str, Any]:
    """The figures; ``numpy_ms`` is what NumPy takes to compute such a map."""
    command = (sys.executable, str(ROOT / "app.py"), "--port", "0")
    ready = "[data-testid=map-status][data-state=ready]"
    adam = mapped(replace(Scene.default(rules=["adam"]), steps=500))
    six = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
    long = mapped(replace(Scene.default("himmelblau", six), steps=2500), kind="basins")
    with (
        TemporaryDirectory() as folder,
        serving(*command, folder=Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        size: Any = {"width": 1440, "height": 900}
        page = opened(browser.new_page(viewport=size), f"{server.url}/maps", adam)
        page.wait_for_selector(ready, state="attached", timeout=60_000)
        page.wait_for_timeout(1500)
        clicks = [page.evaluate(ZOOM, True) for _ in range(ZOOMS)]
        other = opened(browser.new_page(viewport=size), server.url, Scene.default())
        other.wait_for_timeout(1500)
        answers(other, 301)
        idle = answers(other, 401)
        opened(page, f"{server.url}/maps", long)
        page.wait_for_selector("[data-testid=map-status][data-state=busy]", timeout=60_000)
        page.wait_for_timeout(4000)  # by then all is compiled that compiles at the beginning
        beside = answers(other, 501)
        still_busy = page.locator(ready).count() == 0
        browser.close()
    return {
        "click to picture, stability": {
            "milliseconds_median": round(median(clicks), 1),
            "milliseconds_most": round(max(clicks), 1),
            "goal": GOAL_CLICK_MS,
            "numpy_computing_alone_milliseconds": round(numpy_ms, 1),
            "ratio": round(numpy_ms / median(clicks), 2),
        },
        "an answer to another visitor": {
            "milliseconds_idle": round(idle, 1),
            "milliseconds_beside_a_long_map": round(beside, 1),
            "map_lasted_longer": still_busy,
            "ratio": round(beside / idle, 2),
        },
    }
