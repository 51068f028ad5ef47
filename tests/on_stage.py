"""The stage in a real browser, as the tests hold it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page

from tests.browser import wait_idle
from tests.helpers import allowed_difference
from thalweg.scenes import Scene

FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
"""What is shown after it was computed since."""
HANDLE = 'document.querySelector("[data-testid=stage]").stage'


class Stage:
    """The stage on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    def open(cls, page: Page, server: str, scene: Scene | None = None) -> Stage:
        page.goto(server + (f"/?s={scene.to_link()}" if scene else ""))
        stage = cls(page)
        stage.wait_ready()
        return stage

    def wait_ready(self) -> None:
        self.page.wait_for_selector("[data-testid=stage][data-ready]")
        self.page.wait_for_function(
            "document.querySelector('.js-plotly-plot .xtick, .js-plotly-plot .gl-container')"
        )
        wait_idle(self.page)

    def ask(self, code: str) -> Any:
        """The value of an expression in which ``stage`` is the handle."""
        return self.page.evaluate(f"async () => {{ const stage = {HANDLE}; return {code}; }}")

    @property
    def scene(self) -> Scene:
        return Scene.from_dict(self.ask("stage.scene"))

    def path(self, id: str) -> NDArray[np.float64]:
        """The points of a run, (n, 2)."""
        return np.array(self.ask(f"[...stage.paths({id!r})]"), np.float64).reshape(-1, 2)

    def step(self) -> int:
        return int(self.page.get_by_test_id("scrub").input_value())

    def knob(self, name: str) -> Locator:
        return self.page.get_by_test_id(f"knob-{name}")

    def value(self, name: str) -> float:
        """What a knob says it is."""
        text = self.page.get_by_test_id(f"knob-{name}-number").input_value()
        return float(text.replace("−", "-"))

    def wait_for(self, code: str, **options: Any) -> None:
        """Until an expression of ``stage`` is true."""
        self.page.wait_for_function(
            f"() => {{ const stage = {HANDLE}; return {code}; }}", **options
        )

    def wait_reported(self, scene: Scene | None = None) -> None:
        """Until the address holds the scene as it is on the stage."""
        self.page.wait_for_function("() => location.search.includes('s=')")
        wanted = scene or self.scene
        end = f"s={wanted.to_link()}"
        self.page.wait_for_function("end => location.href.endsWith(end)", arg=end)

    def assert_paths_are_those_of_the_scene(self) -> None:
        """Every path equals `thalweg.simulation.run` of the same scene."""
        self.page.evaluate(FRAMES)  # what was put in since the last frame is computed in the next
        scene = self.scene
        for run in scene.runs:
            t = scene.trajectory(run)
            shown = self.path(run.id)
            last = t.steps if t.diverged_at is None else t.diverged_at - 1
            if t.diverged_at is not None:
                assert abs(len(shown) - (last + 1)) <= 1, run.id
                last = min(last, len(shown) - 1)
            else:
                assert len(shown) == last + 1, run.id

            def again(start: tuple[float, float], run: Any = run) -> NDArray[np.float64]:
                from dataclasses import replace

                return replace(scene, start=start).trajectory(run).x[: last + 1]  # noqa: B023

            allowed = allowed_difference(t.x[: last + 1], again)
            apart = np.abs(shown[: last + 1] - t.x[: last + 1]).max(axis=1)
            assert (apart <= allowed).all(), run.id


def drag_to(page: Page, thing: Locator, dx: float, dy: float, moves: int = 20) -> None:
    """Drag with a real mouse, without letting go."""
    box = thing.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for i in range(1, moves + 1):
        page.mouse.move(x + dx * i / moves, y + dy * i / moves)


def grab(page: Page, slider: Locator) -> tuple[float, float]:
    """Press the mouse on a slider's thumb; where it is."""
    box = slider.bounding_box()
    assert box is not None
    share = float(slider.input_value())
    x = box["x"] + 8 + share * (box["width"] - 16)
    y = box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y
