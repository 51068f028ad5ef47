"""The live stage in Chromium: dragged, played, zoomed, typed into, turned, and cut off.

What it shows is held against `thalweg.simulation.run` of the same Scene.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from tests.browser import axe_violations, frames_sent, wait_idle
from tests.on_stage import FRAMES, Stage, drag_to, grab
from thalweg.scenes import PRESETS, Run, Scene
from thalweg.simulation import Noise

pytestmark = pytest.mark.browser

VALLEY = Scene.default()
Opener = Callable[..., Page]


@pytest.fixture
def stage(page: Page, server: str) -> Stage:
    return Stage.open(page, server)


# --- the same as the server computes ------------------------------------------------------------


@pytest.mark.parametrize("slug", ["zigzag", "bias_correction", "cliff_clipped"])
def test_paths_are_those_of_simulation_run(page: Page, server: str, slug: str) -> None:
    preset = PRESETS.get(slug) or next(iter(PRESETS.values()))
    Stage.open(page, server, preset.scene).assert_paths_are_those_of_the_scene()


def test_a_noisy_scheduled_clipped_scene_is_computed_like_on_the_server(
    page: Page, server: str
) -> None:
    from thalweg.simulation import SCHEDULES

    runs = (
        Run("sgd", OPTIMIZERS["sgd"](lr=0.01), SCHEDULES["cosine"](warmup=20.0), 5.0),
        Run("adam", OPTIMIZERS["adam"](bias_correction=False)),
        Run("optax:lion", OPTIMIZERS["optax:lion"]()),
        Run("nelder_mead", OPTIMIZERS["nelder_mead"]()),
    )
    bare = LANDSCAPES["himmelblau"]()
    scene = Scene(bare, runs, (-0.53, -0.47), steps=60, noise=Noise("student_t", 0.3, 4.0), seed=3)
    Stage.open(page, server, scene).assert_paths_are_those_of_the_scene()


def test_surfaces_open_and_are_asked_nothing_that_they_cannot_answer(
    page: Page, server: str
) -> None:
    stage = Stage.open(page, server)
    for slug in list(LANDSCAPES)[1::3]:  # one in three: the kernels of all are in test_live.py
        page.get_by_test_id("surface-select").select_option(slug)
        stage.wait_for(f"stage.scene.surface.name === {slug!r}")
        stage.ask("stage.ready")
        assert len(stage.path("adam")) > 1, slug


# --- dragging -----------------------------------------------------------------------------------


def test_a_dragged_rate_moves_its_path_before_the_button_is_let_go_and_asks_nobody(
    page: Page, server: str
) -> None:
    sent = frames_sent(page)
    stage = Stage.open(page, server)
    before, others = stage.path("adam"), stage.path("sgd")
    address = page.url
    x, y = grab(page, stage.knob("adam-lr"))
    sent.clear()
    seen = []
    for dx in range(0, 40, 4):
        page.mouse.move(x + dx, y)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        seen.append(stage.path("adam")[5].tolist())
    assert len({tuple(p) for p in seen}) > 5
    assert (stage.path("adam") != before).any()
    assert (stage.path("sgd") == others).all()
    assert sent == []
    assert page.url == address
    page.mouse.up()
    stage.wait_reported()
    stage.assert_paths_are_those_of_the_scene()


def test_a_dragged_start_moves_all_paths(stage: Stage) -> None:
    page = stage.page
    drag_to(page, page.get_by_test_id("start-handle"), 60, -40)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    x, y = stage.scene.start
    assert x > VALLEY.start[0]
    assert y > VALLEY.start[1]
    for run in VALLEY.runs:
        assert stage.path(run.id)[0].tolist() == [x, y]
    page.mouse.up()
    stage.wait_reported()
    stage.assert_paths_are_those_of_the_scene()


def test_the_start_moves_by_arrow_keys_and_by_a_click(stage: Stage) -> None:
    page = stage.page
    page.get_by_test_id("start-handle").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    stage.wait_for("stage.scene.start[0] > -2 && stage.scene.start[1] < 1")
    picture = page.locator(".thalweg .picture")
    box = picture.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.3)
    stage.wait_for("stage.scene.start[0] > 0")
    stage.assert_paths_are_those_of_the_scene()


def test_a_double_click_brings_the_window_back_and_leaves_start_and_history(stage: Stage) -> None:
    page = stage.page
    box = page.locator(".thalweg .picture").bounding_box()
    assert box is not None
    at = (box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.4)
    page.mouse.move(*at)
    page.mouse.wheel(0, -300)
    stage.wait_for("stage.scene.view.window !== null")
    page.mouse.dblclick(*at)
    stage.wait_for("stage.scene.view.window === null")
    stage.wait_for("stage.scene.start[0] === -2 && stage.scene.start[1] === 1")
    page.get_by_role("button", name="Undo").click()
    assert stage.scene.start == Scene.default().start
    page.mouse.move(*at)  # as slowly as a person: the start comes under the pointer meanwhile
    page.mouse.wheel(0, -300)
    stage.wait_for("stage.scene.view.window !== null")
    page.mouse.click(*at)
    stage.wait_for("stage.scene.start[0] !== -2")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)))")
    page.mouse.down(click_count=2)
    page.mouse.up(click_count=2)
    stage.wait_for("stage.scene.view.window === null && stage.scene.start[0] === -2")
    page.evaluate(FRAMES)  # until then its handle is under the pointer
    page.mouse.click(*at)  # one alone sets the start, and is undone
    stage.wait_for("stage.scene.start[0] > 0")
    page.get_by_role("button", name="Undo").click()
    stage.wait_for("stage.scene.start[0] === -2")


def test_a_dragged_surface_moves_contours_marks_and_paths(page: Page, server: str) -> None:
    stage = Stage.open(page, server, Scene.default("styblinski_tang", ("adam",)))
    stage = Stage.open(page, server, Scene.default("valley", ("sgd", "adam")))
    before = stage.path("sgd")
    x, y = grab(page, stage.knob("surface-condition"))
    for dx in range(0, 30, 5):
        page.mouse.move(x - dx, y)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    assert (stage.path("sgd")[1] != before[1]).any()
    page.mouse.up()
    stage.wait_reported()
    stage.assert_paths_are_those_of_the_scene()


# --- typing, keyboard, reset --------------------------------------------------------------------


def test_a_number_is_typed_exactly(stage: Stage) -> None:
    field = stage.page.get_by_test_id("knob-adam-lr-number")
    field.fill("0.0123456789")
    field.press("Enter")
    stage.wait_for("stage.scene.runs[3].fields.lr === 0.0123456789")
    stage.wait_reported()
    stage.assert_paths_are_those_of_the_scene()


def test_a_wrong_number_gets_a_sentence_and_changes_nothing(stage: Stage) -> None:
    before = stage.path("adam")
    field = stage.page.get_by_test_id("knob-adam-lr-number")
    sentence = stage.page.get_by_text(re.compile(r"it must be a number from"))
    for text in ("twelve", "", "-1", "1e9", "NaN", "0.1; alert(1)"):
        field.fill(text)
        field.press("Enter")
        expect(sentence).to_be_visible()
        assert (stage.path("adam") == before).all(), text
        assert stage.scene == VALLEY, text
        field.press("Escape")
        expect(sentence).to_have_count(0)


def test_a_knob_turns_by_keyboard_and_resets_by_double_click(stage: Stage) -> None:
    knob = stage.knob("adam-lr")
    knob.focus()
    for _ in range(3):
        knob.press("ArrowRight")
    stage.wait_for("stage.scene.runs[3].fields.lr > 0.1")
    stage.wait_reported()
    knob.dblclick()
    stage.wait_for("stage.scene.runs[3].fields.lr === 0.1")
    stage.wait_reported()


def test_undo_and_redo_take_a_whole_gesture(stage: Stage) -> None:
    page = stage.page
    x, y = grab(page, stage.knob("sgd-lr"))
    for dx in (5, 10, 15):
        page.mouse.move(x + dx, y)
    page.mouse.up()
    stage.wait_reported()
    moved = stage.scene
    assert moved != VALLEY
    page.get_by_test_id("undo").click()
    stage.wait_for("stage.scene.runs[0].fields.lr === 0.015")
    assert stage.scene.runs == VALLEY.runs
    page.get_by_test_id("redo").click()
    stage.wait_reported(moved)
    assert stage.scene.runs == moved.runs


def test_a_linked_knob_turns_the_same_field_of_all_runs(stage: Stage) -> None:
    stage.ask("stage.model.linked.add('lr')")
    field = stage.page.get_by_test_id("knob-adam-lr-number")
    field.fill("0.02")
    field.press("Enter")
    stage.wait_for("stage.scene.runs.every((run) => run.fields.lr === 0.02)")


# --- runs ---------------------------------------------------------------------------------------


def test_a_run_is_added_muted_and_removed(stage: Stage) -> None:
    page = stage.page
    page.get_by_test_id("add-run").select_option("nesterov")
    stage.wait_for("stage.scene.runs.length === 5")
    stage.ask("stage.ready")
    expect(stage.knob("nesterov-lr")).to_be_visible()
    stage.assert_paths_are_those_of_the_scene()
    page.get_by_test_id("show-nesterov").click()
    stage.wait_for("stage.scene.runs[4].shown === false")
    stage.wait_reported()
    stage.ask("stage.set({runs: stage.scene.runs.slice(0, 2)})")
    stage.wait_for("stage.scene.runs.length === 2")


def test_the_handle_sets_a_scene_by_a_patch(stage: Stage) -> None:
    stage.ask("stage.set({runs: {0: {fields: {lr: 0.004}}}, start: [1.5, -0.5]})")
    assert stage.scene.start == (1.5, -0.5)
    assert getattr(stage.scene.runs[0].rule, "lr") == 0.004  # noqa: B009
    stage.assert_paths_are_those_of_the_scene()
    stage.ask("stage.set({surface: {name: 'booth', fields: {}}})")
    stage.ask("stage.ready")
    stage.wait_for("stage.scene.surface.name === 'booth'")
    stage.assert_paths_are_those_of_the_scene()


# --- time ---------------------------------------------------------------------------------------


def test_it_plays_pauses_steps_and_scrubs(stage: Stage) -> None:
    page = stage.page
    page.get_by_test_id("play").click()
    stage.wait_for("stage.model.playing && stage.model.step > 5")
    page.get_by_test_id("play").click()
    stage.wait_for("!stage.model.playing")
    held = stage.step()
    assert 5 < held < 300
    scrub = page.get_by_test_id("scrub")
    scrub.fill("40")
    stage.wait_for("stage.model.step === 40")
    assert stage.step() == 40
    page.locator("body").press("ArrowRight")
    stage.wait_for("stage.model.step === 41")
    page.locator("body").press("Home")
    stage.wait_for("stage.model.step === 0")
    page.locator("body").press("End")
    stage.wait_for("stage.model.step === 300")


def test_playing_ends_at_the_last_step_and_a_loop_goes_on(stage: Stage) -> None:
    page = stage.page
    page.get_by_test_id("speed").select_option("10")
    page.get_by_test_id("play").click()
    stage.wait_for("!stage.model.playing && stage.model.step === 300")
    stage.ask("(stage.model.loop = true)")
    page.get_by_test_id("play").click()
    stage.wait_for("stage.model.playing && stage.model.step > 200")
    stage.wait_for("stage.model.playing && stage.model.step < 100")
    page.get_by_test_id("play").click()


# --- the picture --------------------------------------------------------------------------------


def test_a_zoom_survives_every_change(stage: Stage) -> None:
    page = stage.page
    box = page.locator(".thalweg .picture").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.wheel(0, -300)
    stage.wait_for("stage.scene.view.window !== null")
    stage.wait_reported()
    window = stage.scene.view.window
    assert window is not None
    assert window[0][1] - window[0][0] < 5.9
    field = page.get_by_test_id("knob-sgd-lr-number")
    field.fill("0.012")
    field.press("Enter")
    stage.wait_reported()
    page.get_by_test_id("add-run").select_option("nesterov")
    stage.wait_for("stage.scene.runs.length === 5")
    assert stage.scene.view.window == window
    page.get_by_test_id("home").click()
    stage.wait_for("stage.scene.view.window === null")


def test_a_path_that_leaves_can_be_fitted(stage: Stage) -> None:
    page = stage.page
    fit = page.get_by_test_id("fit")
    expect(fit).to_be_hidden()
    field = page.get_by_test_id("knob-sgd-lr-number")
    field.fill("0.0205")
    field.press("Enter")
    expect(fit).to_be_visible()
    fit.click()
    stage.wait_for("stage.scene.view.window !== null")


def test_a_growing_and_an_overflowing_run_say_so(stage: Stage) -> None:
    page = stage.page
    field = page.get_by_test_id("knob-sgd-lr-number")
    field.fill("0.023")
    field.press("Enter")
    sentence = page.locator(".thalweg .sentence")
    above = re.compile(r"diverging: α·λmax = 2\.3, above the stability limit 2")
    expect(sentence).to_have_text(above)
    field.fill("0.5")
    field.press("Enter")
    expect(sentence).to_have_text(re.compile(r"overflow at step \d+"))
    run = stage.scene.runs[0]
    wanted = stage.scene.trajectory(run).diverged_at
    assert wanted is not None
    assert abs(stage.ask("stage.run('sgd').divergedAt") - wanted) <= 1


# --- link, Back, reload, connection -------------------------------------------------------------


def test_back_goes_back_and_a_reload_shows_the_same(stage: Stage) -> None:
    page = stage.page
    first = stage.path("adam")
    field = page.get_by_test_id("knob-adam-lr-number")
    field.fill("0.3")
    field.press("Enter")
    stage.wait_reported()
    second = stage.path("adam")
    page.reload()
    stage.wait_ready()
    assert (stage.path("adam") == second).all()
    page.go_back()
    stage.wait_for("stage.scene.runs[3].fields.lr === 0.1")
    assert (stage.path("adam") == first).all()
    page.go_forward()
    stage.wait_for("stage.scene.runs[3].fields.lr === 0.3")


def test_it_goes_on_without_a_connection_and_says_what_has_to_wait(
    start: Callable[..., object], page: Page
) -> None:
    running = start("--port", "0")
    stage = Stage.open(page, running.url)  # type: ignore[attr-defined]
    before = stage.path("sgd")
    running.stop()  # type: ignore[attr-defined]
    expect(page.locator(".thalweg.offline")).to_be_attached(timeout=20_000)
    expect(page.locator(".thalweg .notice")).to_contain_text("connection")
    x, y = grab(page, stage.knob("sgd-lr"))
    page.mouse.move(x + 20, y)
    page.mouse.up()
    stage.wait_for("stage.scene.runs[0].fields.lr !== 0.015")
    assert len(stage.path("sgd")) != len(before) or (stage.path("sgd") != before).any()
    page.get_by_test_id("add-run").select_option("lion")
    expect(page.locator(".thalweg .notice")).to_contain_text("wait")
    assert len(stage.scene.runs) == 4


# --- everybody ----------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_race_has_no_accessibility_violations(
    open_page: Opener, server: str, scheme: str
) -> None:
    page = open_page(color_scheme=scheme)
    Stage.open(page, server)
    assert axe_violations(page) == []


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)])
def test_everything_is_on_the_first_screen(
    open_page: Opener, server: str, size: tuple[int, int]
) -> None:
    page = open_page(viewport={"width": size[0], "height": size[1]})
    Stage.open(page, server)
    for part in ("picture", "settings", "cards", "curves", "bar", "sentence"):
        box = page.locator(f".thalweg .{part}").bounding_box()
        assert box is not None, part
        assert box["y"] + box["height"] <= size[1] + 1, part
        assert box["x"] + box["width"] <= size[0] + 1, part


def test_a_phone_shows_the_picture_and_its_time_bar_and_can_turn_a_knob(
    open_page: Opener, server: str
) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    stage = Stage.open(page, server)
    for part in ("picture", "bar"):
        box = page.locator(f".thalweg .{part}").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 844
        assert box["width"] >= 340
    knob = page.locator("[data-testid$='-lr']:visible").first
    knob.scroll_into_view_if_needed()
    box, picture = knob.bounding_box(), page.locator(".thalweg .picture").bounding_box()
    assert box is not None
    assert picture is not None
    assert picture["y"] >= 0  # still in sight
    page.touchscreen.tap(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2)
    stage.wait_reported()
    assert stage.scene != VALLEY


def test_with_reduced_motion_the_finished_picture_stands(open_page: Opener, server: str) -> None:
    page = open_page(reduced_motion="reduce")
    stage = Stage.open(page, server)
    assert stage.step() == 300
    assert not stage.ask("stage.model.playing")


def test_predict_first_hides_the_paths_until_play(stage: Stage) -> None:
    page = stage.page
    page.get_by_text("More", exact=True).first.click()
    page.get_by_label(re.compile("Predict first")).check()
    stage.wait_for("stage.model.predicting && stage.model.step === 0")
    page.keyboard.press("Escape")
    page.get_by_test_id("play").click()
    stage.wait_for("!stage.model.predicting && stage.model.step > 0")


def test_lecture_mode_fills_the_window_and_escape_leaves_it(stage: Stage) -> None:
    page = stage.page
    page.get_by_test_id("lecture").click()
    expect(page.locator(".thalweg.lecture")).to_be_visible()
    box = page.locator(".thalweg").bounding_box()
    assert box is not None
    assert box["width"] == 1440
    assert box["height"] >= 899
    size = page.locator(".thalweg .sentence").evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize)"
    )
    assert size >= 20
    page.keyboard.press("Escape")
    expect(page.locator(".thalweg.lecture")).to_have_count(0)


def test_the_table_has_every_run_in_numbers(stage: Stage) -> None:
    page = stage.page
    page.get_by_test_id("curve-table").click()
    rows = page.locator(".thalweg .curves table tbody tr")
    expect(rows).to_have_count(4)
    assert np.isfinite(stage.path("sgd")).all()
    wait_idle(page)
