"""What hands do on the stage beyond a drag: fingers, pinches, buttons of runs, a turned view."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.on_stage import Stage, drag_to, grab
from thalweg.diagnostics import limit_of
from thalweg.scenes import Scene
from thalweg.scenes.parts import View

pytestmark = pytest.mark.browser

VALLEY = Scene.default()
Opener = Callable[..., Page]


@pytest.fixture
def stage(page: Page, server: str) -> Stage:
    return Stage.open(page, server)


class Fingers:
    """Fingers on a page's glass, through the browser's own protocol."""

    def __init__(self, page: Page) -> None:
        self.devtools = page.context.new_cdp_session(page)

    def put(self, *points: tuple[float, float], kind: str = "touchMove") -> None:
        """Where the fingers are now."""
        touches = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        event: dict[str, Any] = {"type": kind, "touchPoints": touches}
        self.devtools.send("Input.dispatchTouchEvent", event)


def middle(thing: Locator) -> tuple[float, float, float, float]:
    """The middle of an element, and half its width and height."""
    box = thing.bounding_box()
    assert box is not None
    return (
        box["x"] + box["width"] / 2,
        box["y"] + box["height"] / 2,
        box["width"] / 2,
        box["height"] / 2,
    )


# --- fingers ------------------------------------------------------------------------------------


def test_fingers_pinch_the_surface_slide_a_knob_and_read_a_curve(
    open_page: Opener, server: str
) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    stage = Stage.open(page, server)
    fingers = Fingers(page)

    x, y, *_ = middle(page.locator(".thalweg .picture"))
    start = stage.scene.start
    fingers.put((x - 30, y), (x + 30, y), kind="touchStart")
    for apart in (40, 60, 90):
        fingers.put((x - apart, y), (x + apart, y))
    fingers.put(kind="touchEnd")
    stage.wait_for("stage.scene.view.window !== null")
    window = stage.scene.view.window
    assert window is not None
    assert window[0][1] - window[0][0] == pytest.approx(6 * 30 / 90, rel=0.05)
    assert stage.scene.start == start  # two fingers are no click

    # The curves rest while they are out of sight, and are there when they come into it.
    page.get_by_test_id("home").click()
    stage.wait_for("stage.scene.view.window === null")
    knob = page.locator("[data-testid$='-lr']:visible").first
    knob.scroll_into_view_if_needed()
    share, (kx, ky, half, _) = float(knob.input_value()), middle(knob)
    at = kx - half + 14 + share * (2 * half - 28)
    before = stage.path("sgd")
    fingers.put((at, ky), kind="touchStart")
    for k in range(1, 6):
        fingers.put((at - 6 * k, ky))
    stage.wait_for(f"Math.abs(stage.paths('sgd')[3] - {before[1, 1]}) > 1e-6")
    # A machine that lags behind draws plainer lines, until the finger is lifted.
    fingers.devtools.send("Emulation.setCPUThrottlingRate", {"rate": 30})
    for k in range(40):
        fingers.put((at - 30 + k % 7, ky))
        if stage.ask("stage.model.lagging"):
            break
    assert stage.ask("stage.model.lagging")
    fingers.devtools.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    fingers.put(kind="touchEnd")
    stage.wait_for("!stage.model.lagging")
    stage.wait_reported()
    stage.assert_paths_are_those_of_the_scene()

    plot = page.locator(".curves-plot")
    plot.scroll_into_view_if_needed()
    inked = """() => {
        const [canvas] = document.querySelectorAll(".curves-plot canvas");
        const { width, height } = canvas;
        const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
        return data.filter((v, i) => i % 4 === 3 && v > 0).length;
    }"""
    page.wait_for_function(f"({inked})() > 500")
    cx, cy, *_ = middle(plot)
    fingers.put((cx, cy), kind="touchStart")
    fingers.put((cx + 3, cy))
    fingers.put(kind="touchEnd")
    stage.wait_for("stage.model.step > 100 && stage.model.step < 220")


# --- runs by their buttons ----------------------------------------------------------------------


def test_runs_are_duplicated_shown_alone_linked_and_removed_by_their_buttons(stage: Stage) -> None:
    page = stage.page
    card = page.locator("[data-run=momentum]")
    card.get_by_role("button", name="Momentum", exact=True).click()
    card.get_by_role("button", name="duplicate").click()
    stage.wait_for("stage.scene.runs.length === 5")
    stage.ask("stage.ready")
    ids = [run.id for run in stage.scene.runs]
    assert len(set(ids)) == 5
    assert stage.scene.runs[-1].rule == stage.scene.runs[1].rule
    card = page.locator("[data-run=momentum]")
    card.get_by_role("button", name="solo").click()
    stage.wait_for("stage.scene.runs.filter((run) => run.shown).length === 1")
    card.get_by_role("button", name="solo").click()
    stage.wait_for("stage.scene.runs.every((run) => run.shown)")
    card.get_by_role("button", name=re.compile("ρ.*all runs")).click()
    field = page.get_by_test_id("knob-momentum-rho-number")
    field.fill("0.5")
    field.press("Enter")
    stage.wait_for("stage.scene.runs.every((run) => [undefined, 0.5].includes(run.fields.rho))")
    page.get_by_test_id("remove-momentum").click()
    stage.wait_for("stage.scene.runs.every((run) => run.id !== 'momentum')")
    stage.wait_reported()
    stage.assert_paths_are_those_of_the_scene()


def test_theory_marks_the_sliders_and_its_best_is_one_click_away(stage: Stage) -> None:
    page = stage.page
    kappa = float(vars(VALLEY.bare)["condition"])
    for run in stage.scene.runs[:2]:
        shown = stage.ask(f"stage.model.runs.find((r) => r.id === {run.id!r}).theory.limit")
        limit = limit_of(run.rule)
        assert limit is not None
        assert shown == pytest.approx(limit / kappa, rel=1e-12)
    page.locator("[data-run=sgd]").get_by_role("button", name="SGD", exact=True).click()
    page.locator("[data-run=sgd] .take-best:visible").click()
    stage.wait_for(f"Math.abs(stage.scene.runs[0].fields.lr - {2 / (1 + kappa)}) < 1e-12")
    # The marks move with the surface.
    x, y = grab(page, stage.knob("surface-condition"))
    page.mouse.move(x + 25, y, steps=3)
    stage.wait_for(f"stage.model.runs[0].theory.limit < {1.9 / kappa}")
    page.mouse.up()


# --- the path before, and the view in space -----------------------------------------------------


def test_a_ghost_keeps_the_path_before_the_last_change(stage: Stage) -> None:
    page = stage.page
    page.get_by_text("More", exact=True).first.click()
    page.get_by_test_id("ghost").check()
    page.keyboard.press("Escape")
    stage.wait_for("stage.scene.view.overlays.includes('ghost')")
    before = stage.path("sgd")
    x, y = grab(page, stage.knob("sgd-lr"))
    page.mouse.move(x - 30, y, steps=4)
    page.mouse.up()
    stage.wait_reported()
    ghost = np.array(stage.ask("[...stage.model.runs[0].ghost]")).reshape(-1, 2)
    np.testing.assert_array_equal(ghost, before)
    assert (stage.path("sgd")[1] != before[1]).any()


CAMERA = "document.querySelector('.picture-space').layout.scene.camera.eye"


def test_a_turned_view_stays_while_numbers_change(open_page: Opener, server: str) -> None:
    # Few steps and a small window: here three dimensions are drawn without a graphics card.
    page = open_page(viewport={"width": 800, "height": 500})
    flat = replace(VALLEY, runs=VALLEY.runs[:1], steps=10, view=View(mode="3d"))
    stage = Stage.open(page, server, flat)
    page.wait_for_selector(".gl-container canvas")
    before = page.evaluate(CAMERA)
    drag_to(page, page.locator(".picture-space"), 120, 30, 4)
    page.mouse.up()
    page.wait_for_function(f"x => Math.abs({CAMERA}.x - x) > 0.1", arg=before["x"])
    turned = page.evaluate(CAMERA)
    field = page.get_by_test_id("knob-sgd-lr-number")
    field.fill("0.012")
    field.press("Enter")
    stage.wait_reported()
    stage.ask("new Promise((done) => setTimeout(done, 300))")
    assert page.evaluate(CAMERA) == turned
    page.get_by_test_id("mode").click()
    stage.wait_for("stage.scene.view.mode === '2d'")
    stage.assert_paths_are_those_of_the_scene()


def test_curves_and_the_table_follow_the_hovered_step(stage: Stage) -> None:
    page = stage.page
    x, y, *_ = middle(page.locator(".curves-plot"))
    page.mouse.move(x, y)
    stage.wait_for("stage.model.hover !== null")
    hover = int(stage.ask("stage.model.hover"))
    expect(page.locator(".curves-step")).to_have_text(re.compile(str(hover)))
    run = stage.scene.runs[0]
    loss = stage.scene.trajectory(run).f[hover]
    shown = page.locator(".curves-value").first.inner_text()
    mantissa, _, power = shown.replace("−", "-").partition("·10")
    raised = "".join("0123456789-"["⁰¹²³⁴⁵⁶⁷⁸⁹⁻".index(c)] for c in power) or "0"
    assert float(mantissa) * 10.0 ** int(raised) == pytest.approx(loss, rel=6e-3)


# --- the sentence -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lr", "said"),
    [
        ("0.0199", r"zig-zags: α·λmax = 1\.99, just below its stability limit 2\."),
        ("0.02", r"zig-zags: α·λmax = 2, exactly at its stability limit\."),
    ],
)
def test_a_zigzag_says_whether_the_rate_is_below_its_limit_or_at_it(
    stage: Stage, lr: str, said: str
) -> None:
    field = stage.page.get_by_test_id("knob-sgd-lr-number")
    field.fill(lr)
    field.press("Enter")
    expect(stage.page.locator(".thalweg .sentence")).to_have_text(re.compile(said))
