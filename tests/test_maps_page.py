"""Maps in a real browser: choosing a cell, zooming, stopping, sharing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser import axe_violations
from tests.conftest import Opener
from tests.on_stage import FRAMES, Stage
from thalweg.maps.axes import axes_of, cells_along, usual_span
from thalweg.scenes import Map, Scene

pytestmark = pytest.mark.browser

# Where the plot lies in its canvas: see plotIn in mapplot.js.
LEFT, TOP, RIGHT, UNDER = 60, 8, 10, 40


SCENE = Scene.default(rules=["momentum", "adam"])


class Maps(Stage):
    """The maps' page."""

    @classmethod
    def show(cls, page: Page, server: str, scene: Scene, **asked: Any) -> Maps:
        """Open a scene with a map, and wait for both."""
        scene = replace(scene, view=replace(scene.view, map=Map(**asked)))
        page.goto(f"{server}/maps?s={scene.to_link()}")
        maps = cls(page)
        maps.wait_ready()
        maps.wait_made("ready" if asked.get("kind") != "ensemble" else "problem")
        return maps

    def wait_made(self, state: str = "ready") -> None:
        """Until the map of what is chosen now is shown, or is in another state."""
        self.page.evaluate(FRAMES)  # a choice asks for its map in the next frame
        self.page.wait_for_selector(
            f"[data-testid=map-status][data-state={state}]", state="attached", timeout=60_000
        )

    @property
    def canvas(self) -> Locator:
        return self.page.get_by_test_id("map-canvas")

    def place(self, x: float, y: float) -> tuple[float, float]:
        """The pixel of the page at shares of the map's sides."""
        box = self.canvas.bounding_box()
        assert box is not None
        wide, high = box["width"] - LEFT - RIGHT, box["height"] - TOP - UNDER
        return box["x"] + LEFT + x * wide, box["y"] + TOP + (1 - y) * high

    def span(self) -> Any:
        """What the map shows, as the scene has it; None: what is usual."""
        return self.ask("stage.scene.view.map.span")

    def picture(self) -> str:
        """The map as it is painted."""
        found: str = self.canvas.evaluate("canvas => canvas.toDataURL()")
        return found


@pytest.fixture
def maps(page: Page, server: str) -> Maps:
    return Maps.show(page, server, SCENE, run="momentum")


def cells_of(scene: Scene, run: str, name: str) -> Any:
    """The numbers along a side of a map of 128 cells, as usual."""
    knob = axes_of(scene, next(r for r in scene.runs if r.id == run))[name]
    return cells_along(knob, usual_span(knob, scene.steps), 128)


def test_a_click_lands_on_the_run_of_that_cell(maps: Maps) -> None:
    scene = SCENE
    for share in (0.3, 0.4), (0.52, 0.1):
        maps.page.mouse.click(*maps.place(*share))
        rule = next(r.rule for r in maps.scene.runs if r.id == "momentum")
        for name, at in zip(("lr", "rho"), share, strict=True):
            cells = cells_of(scene, "momentum", name)
            assert abs(int(np.flatnonzero(cells == rule.number(name))[0]) - at * 128) <= 1
        maps.assert_paths_are_those_of_the_scene()
        maps.wait_reported()
    assert maps.value("momentum-lr") == pytest.approx(rule.number("lr"), rel=1e-3)
    maps.page.get_by_role("button", name="Undo").click()
    maps.page.get_by_role("button", name="Undo").click()
    maps.wait_for(
        "stage.scene.runs[0].fields.lr === 0.01 && stage.scene.runs[0].fields.rho === 0.9"
    )


def test_the_path_follows_a_drag_over_the_map_and_the_map_stays(maps: Maps) -> None:
    page = maps.page
    made = page.get_by_test_id("map-status").get_attribute("data-took")
    page.mouse.move(*maps.place(0.2, 0.3))
    page.mouse.down()
    address, ends = page.url, []
    for share in (0.25, 0.35, 0.45):
        page.mouse.move(*maps.place(share, 0.3))
        page.evaluate(FRAMES)
        ends.append(tuple(maps.path("momentum")[20]))
    assert len(set(ends)) == 3
    assert page.url == address, "a drag is reported at its end"
    page.mouse.up()
    maps.wait_reported()
    assert page.get_by_test_id("map-status").get_attribute("data-took") == made
    maps.assert_paths_are_those_of_the_scene()


def test_a_zoom_is_made_anew_and_kept_and_a_link_shows_the_same_map(
    maps: Maps, open_page: Opener
) -> None:
    page = maps.page
    whole = maps.picture()
    x, y = maps.place(0.5, 0.2)
    page.mouse.move(x, y)
    for _ in range(3):
        page.mouse.wheel(0, -200)
    maps.wait_for("stage.scene.view.map.span !== null")
    maps.wait_made()
    (low, high), (bottom, top) = maps.span()
    assert 1e-4 < low < 0.01 < high < 1
    assert 0 <= bottom < top < 0.999
    page.mouse.click(*maps.place(0.5, 0.5))
    assert low < maps.scene.runs[0].rule.number("lr") < high
    maps.wait_reported()
    assert maps.span() == [[low, high], [bottom, top]], "the zoom is kept"
    page.mouse.move(5, 5)

    other = Maps(open_page())
    other.page.goto(page.url)
    other.wait_ready()
    other.wait_made()
    assert other.span() == maps.span()
    assert other.scene == maps.scene
    other.wait_for("stage.model.selected === 'momentum'")
    assert other.picture() == maps.picture()

    page.get_by_test_id("map-whole").click()
    maps.wait_for("stage.scene.view.map.span === null")
    maps.wait_made()
    assert maps.picture() != whole  # the ring is elsewhere
    page.get_by_test_id("map-closer").click()
    maps.wait_for("stage.scene.view.map.span !== null")
    page.get_by_test_id("map-farther").click()


def test_the_keys_choose_cells_and_look_closer(maps: Maps) -> None:
    maps.canvas.focus()
    cells = cells_of(SCENE, "momentum", "lr")
    here = int(np.searchsorted(cells, 0.01))
    maps.page.keyboard.press("ArrowRight")
    maps.wait_for(f"stage.scene.runs[0].fields.lr === {float(cells[here + 1])!r}")
    maps.page.keyboard.press("+")
    maps.wait_for("stage.scene.view.map.span !== null")
    maps.page.keyboard.press("0")
    maps.wait_for("stage.scene.view.map.span === null")


def test_a_pointer_is_told_of_the_run_under_it(maps: Maps) -> None:
    page, hint = maps.page, maps.page.get_by_test_id("map-hint")
    expect(hint).to_be_hidden()
    page.mouse.move(*maps.place(0.95, 0.5))
    expect(hint).to_contain_text("overflow at step")
    page.mouse.move(*maps.place(0.3, 0.3))
    expect(hint).to_contain_text("f − f*")
    expect(hint).to_contain_text("ρ 0.")
    before = maps.scene
    assert before == replace(SCENE, view=before.view), "looking changes nothing"
    page.mouse.move(5, 5)
    expect(hint).to_be_hidden()


def test_the_menus_choose_what_is_mapped(maps: Maps) -> None:
    page = maps.page
    page.get_by_test_id("map-axis-y").select_option("surface.condition")
    maps.wait_for("stage.scene.view.map.y === 'surface.condition'")
    maps.wait_made()
    page.mouse.click(*maps.place(0.2, 0.9))
    assert maps.scene.bare.number("condition") > 1000
    maps.assert_paths_are_those_of_the_scene()
    page.get_by_test_id("map-axis-x").select_option("surface.condition")  # the other gives way
    maps.wait_for("stage.scene.view.map.y === 'lr'")
    page.get_by_test_id("map-measure").select_option("settled")
    page.get_by_test_id("map-tolerance").select_option("0.001")
    maps.wait_for("stage.scene.view.map.tolerance === 0.001")
    maps.wait_made()
    page.get_by_test_id("map-run").select_option("adam")
    maps.wait_for("stage.model.selected === 'adam'")
    maps.wait_made()
    maps.page.get_by_test_id("map-basins").click()
    maps.wait_for("stage.scene.view.map.kind === 'basins'")
    expect(page.get_by_test_id("map-tile-adam")).to_be_visible(timeout=60_000)


def test_a_start_in_a_basin_is_the_scenes_start(page: Page, server: str) -> None:
    scene = replace(Scene.default("himmelblau", ["sgd", "adam"]), steps=100)
    maps = Maps.show(page, server, scene, kind="basins")
    tile = page.get_by_test_id("map-tile-adam")
    box = tile.locator("canvas").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.2 * box["height"])
    expect(tile.get_by_test_id("map-hint")).to_contain_text("at minimum 1")
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 0.2 * box["height"])
    x, y = maps.scene.start
    assert x > 1
    assert y > 1
    maps.assert_paths_are_those_of_the_scene()
    assert np.hypot(*(maps.path("adam")[-1] - (3, 2))) < 0.3
    shares = tile.get_by_role("img")
    expect(shares).to_have_attribute("aria-label", re.compile(r"minimum 1 \d+ %, minimum 2"))


def test_seeds_move_with_the_steps_and_the_law_follows_b(page: Page, server: str) -> None:
    maps = Maps.show(page, server, Scene.default(rules=["sgd"]), kind="ensemble")
    page.get_by_test_id("map-add-noise").click()  # without any all seeds are one run
    maps.wait_for("stage.scene.noise.sigma > 0 && stage.scene.noise.kind === 'gaussian'")
    law = page.get_by_test_id("map-law-says")
    expect(law).to_contain_text("At B = 1: steep direction", timeout=30_000)
    expect(law).to_contain_text("theory")
    cloud = page.get_by_test_id("map-cloud")
    pictures = []
    for step in (0, 5, 300):
        maps.ask(f"stage.seek({step})")
        page.evaluate(FRAMES)
        pictures.append(cloud.evaluate("canvas => canvas.toDataURL()"))
    assert len(set(pictures)) == 3
    knob = maps.knob("noise-batch").last
    knob.focus()
    for _ in range(4):
        page.keyboard.press("PageUp")
    maps.wait_for("stage.scene.noise.batch > 1")
    expect(law).not_to_contain_text("At B = 1:")


def test_tuned_runs_are_put_on_the_stage_in_one_step(page: Page, server: str) -> None:
    scene = Scene.default(rules=["sgd", "momentum", "adam"])
    maps = Maps.show(page, server, scene, kind="fair", budget=100)
    table = page.get_by_test_id("map-tuned")
    expect(table.get_by_role("rowheader")).to_have_count(3)
    page.get_by_test_id("map-take-tuned").click()
    maps.wait_for("stage.scene.runs[0].fields.lr !== 0.015")
    tuned = maps.scene
    maps.assert_paths_are_those_of_the_scene()
    for before, after in zip(scene.runs, tuned.runs, strict=True):
        assert before.rule.number("lr") != after.rule.number("lr")
        assert after.rule.knobs().keys() == before.rule.knobs().keys()
    settled = [t.steps_to(1e-6) for t in (tuned.trajectory(r) for r in tuned.runs[1:])]
    assert all(step is not None and step < 150 for step in settled)
    expect(table).to_contain_text(f"{tuned.runs[0].rule.number('lr'):.3g}")
    page.get_by_role("button", name="Undo").click()
    maps.wait_for("stage.scene.runs[0].fields.lr === 0.015")
    chart = page.get_by_test_id("map-rates")
    box = chart.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.3 * box["height"])
    moved = maps.scene
    assert moved != replace(scene, view=moved.view), "that very run is on the stage"
    maps.assert_paths_are_those_of_the_scene()


def test_a_map_is_saved_as_a_picture(maps: Maps) -> None:
    with maps.page.expect_download() as saved:
        maps.page.get_by_test_id("map-save").click()
    assert saved.value.suggested_filename == "thalweg-valley-map.png"
    with Image.open(saved.value.path()) as picture:
        box = maps.canvas.bounding_box()
        assert box is not None
        assert picture.width >= box["width"]
        assert len(picture.convert("RGB").getcolors(1 << 20) or ()) > 200


def test_a_long_map_shows_how_far_it_is_and_is_stopped(page: Page, server: str) -> None:
    maps = Maps.show(page, server, Scene.default(rules=["backtracking"]))
    before = maps.picture()
    maps.ask("stage.set({steps: 20000})")
    maps.wait_for("stage.scene.steps === 20000")
    maps.wait_made("busy")
    expect(page.get_by_role("progressbar", name="Computing…")).to_be_visible()
    page.get_by_test_id("map-stop").click()
    maps.wait_made("stopped")
    expect(page.get_by_test_id("map-status")).to_contain_text("previous map")
    page.mouse.move(5, 5)
    assert maps.picture() == before
    maps.ask("stage.set({steps: 300})")
    maps.wait_for("stage.scene.steps === 300")
    maps.wait_made()


def test_beyond_the_limits_a_sentence_names_them(maps: Maps) -> None:
    status = maps.page.get_by_test_id("map-status")
    maps.ask("stage.set({steps: 20000, view: {map: {kind: 'basins'}}})")
    maps.wait_made("problem")
    expect(status).to_contain_text("a map may take 1 000 000 000")
    maps.ask("stage.set({steps: 100, runs: []})")
    maps.wait_made("problem")
    expect(status).to_contain_text("run")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong(open_page: Opener, server: str, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    maps = Maps.show(page, server, Scene.default("himmelblau", ["sgd", "momentum"]))
    assert axe_violations(page) == []
    page.get_by_test_id("map-basins").click()
    expect(page.get_by_test_id("map-tile-sgd")).to_be_visible(timeout=30_000)
    maps.wait_made()
    assert axe_violations(page) == []


def test_on_a_phone_the_map_is_chosen_with_a_thumb(open_page: Opener, server: str) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    maps = Maps.show(page, server, SCENE, run="momentum")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.touchscreen.tap(*maps.place(0.4, 0.2))
    maps.wait_for("stage.scene.runs[0].fields.lr !== 0.01")
    maps.assert_paths_are_those_of_the_scene()


# --- the routes ----------------------------------------------------------------------------------


def asked(server: str, body: Any) -> tuple[int, Any]:
    request = Request(f"{server}/map-jobs", json.dumps(body).encode())
    try:
        with urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, json.load(error)


def test_what_is_no_request_is_refused_and_maps_are_kept_for_all(server: str) -> None:
    scene = replace(Scene.default(), view=replace(Scene.default().view, map=Map(run="adam")))
    whole = scene.to_dict()
    bodies: tuple[Any, ...] = ([], {"scene": whole}, {"visitor": "x" * 90}, {"visitor": 3})
    for body in bodies:
        status, said = asked(server, body)
        assert status == 400
        assert said["refused"].endswith(".")
    status, said = asked(server, {"visitor": "a", "scene": {"surface": {"name": "moon"}}})
    assert (status, "moon" in said["refused"]) == (400, True)
    for visitor in "ab":
        state = asked(server, {"visitor": visitor, "scene": whole})[1]
        while not state["ready"]:
            with urlopen(f"{server}/map-jobs/{state['id']}", timeout=60) as answer:
                state |= json.load(answer)
    with urlopen(f"{server}/map-jobs/{state['id']}/map", timeout=60) as answer:
        assert json.load(answer)["names"] == ["lr", "beta1"]
    for path in ("nobody", "nobody/map"):
        with pytest.raises(OSError, match="404"):
            urlopen(f"{server}/map-jobs/{path}", timeout=60)
