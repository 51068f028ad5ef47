"""Typing a surface and a rule in a real browser."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from calculus.formulas import RULE_TEXTS, SURFACE_TEXTS
from tests.browser import axe_violations
from tests.conftest import Opener
from tests.on_stage import Stage, grab
from thalweg.scenes import Scene
from thalweg.stage.formula_requests import with_typed

pytestmark = pytest.mark.browser

SCENE = with_typed(Scene.default())
WELLS = "(x^2 - 1)^2 + a*(y - x/3)^2, a = 2 in 1..9"
ROLL = "m = 0.8*m + g\nx = x - step*m\nstep = 0.02 in 0.001..0.2"


@pytest.fixture
def own(page: Page, server: str) -> Stage:
    page.goto(f"{server}/own?s={SCENE.to_link()}")
    stage = Stage(page)
    stage.wait_ready()
    return stage


def text_of(stage: Stage) -> str:
    text: str = stage.ask("stage.scene.surface.text")
    return text


def test_a_typed_surface_and_rule_are_dragged_shared_and_opened_elsewhere(
    own: Stage, open_page: Opener
) -> None:
    page = own.page
    page.get_by_test_id("type-surface").fill(WELLS)
    own.wait_for(f"stage.scene.surface.text === {WELLS!r}")
    page.get_by_test_id("type-rule").fill(ROLL)
    own.wait_for("stage.scene.runs[0].text.startsWith('m = 0.8')")
    expect(page.get_by_test_id("surface-set").locator("math")).to_contain_text("y")
    expect(page.get_by_test_id("rule-set").locator("math")).to_have_count(2)
    before = own.path("own")
    x, y = grab(page, own.knob("surface-a"))
    for dx in range(0, 40, 8):
        page.mouse.move(x + dx, y)
        page.evaluate("() => new Promise(requestAnimationFrame)")
    assert (own.path("own")[1] != before[1]).any()
    page.mouse.up()
    x, y = grab(page, own.knob("own-step"))
    page.mouse.move(x - 20, y)
    page.mouse.up()
    own.wait_reported()
    own.assert_paths_are_those_of_the_scene()
    shared = page.url
    other = Stage(open_page(has_touch=True))  # in a browser that has seen nothing yet
    other.page.goto(shared)
    other.wait_ready()
    assert other.scene == own.scene
    assert other.scene.bare.texts()["text"] == WELLS
    assert (other.path("own") == own.path("own")).all()
    expect(other.page.get_by_test_id("type-surface")).to_have_value(WELLS)
    expect(other.page.get_by_test_id("type-rule")).to_have_value(ROLL)


def test_each_letter_that_fits_changes_the_picture_and_a_wrong_one_keeps_it(own: Stage) -> None:
    page = own.page
    box = page.get_by_test_id("type-surface")
    box.fill("x^2 + 2y^2")
    own.wait_for("stage.scene.surface.text === 'x^2 + 2y^2'")
    before = own.path("sgd")
    box.press_sequentially(" + z")
    wrong = page.locator(".typing-box > .wrong").first
    expect(wrong).to_have_text(
        "Unknown name 'z': use x, y or a parameter, declared as in ', b = 1..10'."
    )
    expect(page.locator(".typing-under mark").first).to_have_text("z")
    expect(box).to_have_attribute("aria-invalid", "true")
    assert text_of(own).strip() == "x^2 + 2y^2"
    np.testing.assert_array_equal(own.path("sgd"), before)
    box.press("Backspace")
    box.press_sequentially("x")
    own.wait_for("stage.scene.surface.text === 'x^2 + 2y^2 + x'")
    expect(wrong).to_be_hidden()
    assert (own.path("sgd")[1] != before[1]).any()
    own.assert_paths_are_those_of_the_scene()


def test_a_wrong_line_of_a_rule_is_named_and_nothing_is_lost(own: Stage) -> None:
    page = own.page
    box = page.get_by_test_id("type-rule")
    box.fill("v = 0.9 v - 0.01 g\nx = x + w")
    wrong = page.locator(".typing-box > .wrong").nth(1)
    expect(wrong).to_contain_text("Line 2: Unknown name 'w'")
    page.get_by_test_id("knob-sgd-lr-number").wait_for(state="attached")
    own.ask("stage.set({start: [-1, 0.5]})")
    own.wait_for("stage.scene.start[0] === -1")
    expect(box).to_have_value("v = 0.9 v - 0.01 g\nx = x + w")
    expect(wrong).to_contain_text("Line 2")


def test_minima_are_found_when_one_stops_typing(own: Stage) -> None:
    own.page.get_by_test_id("type-surface").fill(WELLS)
    own.wait_for("stage.model.known.minima.length === 2")
    minima = sorted(own.ask("stage.model.known.minima.map(([x]) => x)"))
    assert minima == pytest.approx([-1, 1], abs=1e-9)
    own.wait_for("stage.model.known.saddles.length === 1")
    assert own.ask("stage.model.known.fMin") == pytest.approx(0, abs=1e-15)


def test_examples_open_with_their_window_and_undo_brings_the_text_back(own: Stage) -> None:
    page = own.page
    page.get_by_test_id("surface-examples").select_option("5")
    example = SURFACE_TEXTS[5]
    expect(page.get_by_test_id("type-surface")).to_have_value(example.text)
    assert own.scene.bare.domain == example.window
    page.get_by_test_id("rule-examples").select_option("adam")
    expect(page.get_by_test_id("type-rule")).to_have_value(RULE_TEXTS["adam"])
    own.assert_paths_are_those_of_the_scene()
    page.get_by_test_id("type-rule").fill("x = x - 0.1 g")
    own.wait_for("stage.scene.runs[0].text === 'x = x - 0.1 g'")
    page.get_by_test_id("undo").click()
    expect(page.get_by_test_id("type-rule")).to_have_value(RULE_TEXTS["adam"])


def test_the_window_is_typed_taken_from_the_picture_or_found(own: Stage) -> None:
    page = own.page
    side = page.get_by_test_id("window-0-1")
    side.fill("3.5")
    side.press("Enter")
    own.wait_for("stage.model.payload.surface.domain[0][1] === 3.5")
    own.wait_reported()
    assert own.scene.bare.domain == ((-2.0, 3.5), (-1.0, 3.0))
    side.fill("-5")
    side.press("Enter")
    expect(page.locator(".typing-window .wrong").nth(1)).to_have_text(
        "x to is -5; it must be a number from −2 to 1·10⁶."
    )
    assert own.scene.bare.domain == ((-2.0, 3.5), (-1.0, 3.0))
    page.get_by_test_id("find-window").click()
    own.wait_for("stage.scene.surface.window[0][1] < 3.5")
    (x0, x1), (y0, y1) = own.scene.bare.domain
    assert x0 < 1 < x1
    assert y0 < 1 < y1


def test_a_built_in_scene_comes_here_as_a_typed_one_and_a_typed_one_stays(
    page: Page, server: str
) -> None:
    stage = Stage.open(page, server)
    page.get_by_role("link", name="Custom").click()
    page.get_by_test_id("type-surface").wait_for()
    stage.wait_ready()
    stage.wait_for("stage.scene.surface.name === 'own'")
    page.get_by_test_id("type-surface").fill("x^2 + 4y^2")
    stage.wait_for("stage.scene.surface.text === 'x^2 + 4y^2'")
    stage.wait_reported()
    page.get_by_role("link", name="Microscope").click()
    page.get_by_test_id("lens-equations").wait_for()
    stage.wait_ready()
    stage.wait_for("stage.scene.surface.text === 'x^2 + 4y^2'")
    expect(page.get_by_test_id("lens-equations").locator("math").first).to_be_visible()


def test_nothing_typed_is_executed_or_shown_as_markup(own: Stage) -> None:
    page = own.page
    for evil in ("<img src=x onerror=alert(1)>", "__import__('os')", "x + ${alert(1)}"):
        page.get_by_test_id("type-surface").fill(evil)
        expect(page.locator(".typing-box > .wrong").first).to_be_visible()
        expect(page.locator(".typing img")).to_have_count(0)
    assert text_of(own) == SCENE.to_dict()["surface"]["text"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_has_no_accessibility_violations(
    open_page: Opener, server: str, theme: str
) -> None:
    page = open_page(color_scheme=theme)
    page.goto(f"{server}/own")
    stage = Stage(page)
    stage.wait_ready()
    page.get_by_test_id("type-surface").fill("x^2 + q")
    expect(page.locator(".typing-box > .wrong").first).to_be_visible()
    assert not axe_violations(page)


def test_on_a_phone_the_boxes_are_below_the_picture_and_nothing_is_cut_off(
    open_page: Opener, server: str
) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(f"{server}/own")
    Stage(page).wait_ready()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in (".typing-head", ".typing-box", ".typing-window"):
        for box in page.locator(part).all():
            place = box.bounding_box()
            assert place is not None
            assert place["x"] >= 0
            assert place["x"] + place["width"] <= 390
