"""The microscope in Chromium: what it writes equals `diagnostics`, live under a drag."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from tests.browser import axe_violations, frames_sent, wait_idle
from tests.on_stage import Stage, grab
from thalweg.diagnostics import check_gradient, critical_points, section, sharpness, step_change
from thalweg.scenes import PRESETS, Scene
from thalweg.scenes.parts import OVERLAYS, View

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
ALL = tuple(name for name in OVERLAYS if name != "ghost")
SCENE = replace(
    Scene.default("himmelblau", ("momentum", "adam")), view=View(step=3, overlays=("arrows",))
)


def opened(page: Page, server: str, scene: Scene | None = SCENE) -> Stage:
    page.goto(f"{server}/microscope" + (f"?s={scene.to_link()}" if scene else ""))
    stage = Stage(page)
    stage.wait_ready()
    return stage


@pytest.fixture
def stage(page: Page, server: str) -> Stage:
    return opened(page, server)


RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻−", "0123456789--")


def numbers(text: str) -> list[float]:
    """The numbers in a text as the page writes them: −0.25, 3.1·10⁻⁴."""
    found = re.findall(r"[−-]?\d+(?:\.\d+)?(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", text)
    parts = [f.replace("−", "-").partition("·10") for f in found]
    return [float(a) * 10.0 ** int(p.translate(RAISED) or "0") for a, _, p in parts]


def near(shown: list[float], wanted: list[float]) -> None:
    """Equal to the three digits that are shown."""
    np.testing.assert_allclose(shown, wanted, rtol=6e-3, atol=1e-12)


def test_a_step_is_written_as_diagnostics_computes_it(stage: Stage) -> None:
    page, scene = stage.page, stage.scene
    run = scene.runs[0]
    t = scene.trajectory(run)
    x, moved = t.x[2], t.update[2]  # step 3 leads from the third point

    change = step_change(scene.surface, x, moved)
    shown = page.get_by_test_id("lens-section")
    values = [numbers(v)[0] for v in shown.locator("dd").all_inner_texts()]
    near(values, [change.actual, change.second, change.first, change.ratio])
    near(numbers(shown.locator("output").inner_text()), [section(scene.surface, x, moved).alpha])

    sharp = sharpness(run.rule, scene.surface, x, {n: v[2] for n, v in t.terms.items()})
    assert sharp is not None
    said = page.get_by_test_id("lens-gauge").locator(".lens-gauge-text").inner_text()
    near(numbers(said)[:2], [sharp.value, sharp.limit])

    check = check_gradient(scene.surface, x)
    said = page.get_by_test_id("gradient-check").inner_text()
    assert ("they agree" in said) is check.agrees is True
    near(numbers(said)[:4], [*check.automatic, *check.numeric])
    assert numbers(said)[4] == pytest.approx(check.relative, rel=0.2, abs=1e-10)  # rounding

    lines = page.locator(".lens-numbers")
    for line, wanted in zip(lines.all(), (t.grad[2], t.velocity[2], t.x[3]), strict=True):
        near(numbers(line.inner_text())[-2:], [float(v) for v in wanted])


def test_numbers_and_arrows_follow_a_drag_and_ask_nobody(page: Page, server: str) -> None:
    sent = frames_sent(page)
    stage = opened(page, server)
    assert sent, "the page has asked for itself"
    sent.clear()
    output = page.get_by_test_id("lens-section").locator("output")
    before = output.inner_text()
    x, y = grab(page, stage.knob("momentum-lr"))
    page.mouse.move(x + 25, y, steps=4)
    expect(output).not_to_have_text(before)
    assert not sent
    page.mouse.up()
    stage.wait_reported()
    stage.assert_paths_are_those_of_the_scene()
    line = page.locator(".lens-line[data-arrow=velocity]").first
    line.hover()
    stage.wait_for("stage.model.highlighted === 'velocity'")
    page.mouse.move(5, 5)
    stage.wait_for("stage.model.highlighted === null")


def test_the_plane_moves_the_knobs_and_theorys_best_is_a_click_away(
    page: Page, server: str
) -> None:
    valley = replace(Scene.default("valley", ("momentum", "sgd")), view=View(step=3, overlays=ALL))
    stage = opened(page, server, valley)
    dot = page.locator(".lens-dot:visible")
    dot.scroll_into_view_if_needed()
    box = dot.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    before = stage.ask("stage.scene.runs[0].fields")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 12, y + 12, steps=4)
    stage.wait_for(f"stage.scene.runs[0].fields.lr < {before['lr']}")
    stage.wait_for(f"stage.scene.runs[0].fields.rho < {before['rho']}")
    page.mouse.up()
    stage.wait_reported()
    stage.assert_paths_are_those_of_the_scene()
    page.get_by_test_id("undo").click()  # the drag was one gesture
    stage.wait_for(f"stage.scene.runs[0].fields.lr === {before['lr']}")
    assert stage.ask("stage.scene.runs[0].fields") == before
    page.locator(".lens-best:visible").nth(1).click()
    kappa = float(vars(valley.bare)["condition"])
    root = np.sqrt(kappa)
    stage.wait_for(
        f"Math.abs(stage.scene.runs[0].fields.lr - {(2 / (root + 1)) ** 2}) < 1e-9"
        f" && Math.abs(stage.scene.runs[0].fields.rho - {((root - 1) / (root + 1)) ** 2}) < 1e-9"
    )


def test_critical_points_are_listed_and_a_click_starts_beside_one(stage: Stage) -> None:
    page = stage.page
    rows = page.get_by_test_id("lens-criticals").locator("tbody tr:visible")
    found = critical_points(SCENE.surface)
    expect(rows).to_have_count(len(found))
    for row, point in zip(rows.all(), found, strict=True):
        text = row.inner_text()
        assert point.kind in text
        shown = numbers(text)
        np.testing.assert_allclose(shown[:2], point.x, atol=6e-3)
        np.testing.assert_allclose(shown[-2:], point.eigenvalues, rtol=6e-3)
    rows.last.get_by_role("button").click()
    x, y = found[-1].x
    stage.wait_for(
        f"Math.hypot(stage.scene.start[0] - {x}, stage.scene.start[1] - {y}) < 0.5"
        f" && stage.scene.start[0] !== {x}"
    )


def test_where_there_is_no_hessian_it_says_why(page: Page, server: str) -> None:
    eggholder = LANDSCAPES["eggholder"]()
    scene = replace(Scene.default("eggholder", ("sgd",)), view=View(step=2, overlays=ALL))
    opened(page, server, scene)
    assert eggholder.not_smooth is not None
    expect(page.get_by_test_id("lens-gauge")).to_contain_text(eggholder.not_smooth)
    expect(page.get_by_test_id("lens-section")).to_contain_text(eggholder.not_smooth)


CLOSE = ("M1", "M2", "M3", "M4", "M5", "O3", "O6", "O7", "O8")


def test_the_lectures_scenes_open_here_with_their_overlays(page: Page, server: str) -> None:
    stage = opened(page, server)
    for preset in {p.claim: p for p in PRESETS.values() if p.claim in CLOSE}.values():
        page.get_by_test_id("scenes-select").select_option(preset.slug)
        stage.wait_for(f"stage.scene.surface.name === {preset.scene.bare.slug!r}")
        page.wait_for_function(
            "text => document.querySelector('.thalweg').stage.model.payload.sentence === text",
            arg=preset.sentence,
        )
        wanted = preset.scene.view.overlays or ("arrows", "taylor")
        assert stage.scene.view.overlays == wanted, preset.slug
        assert stage.ask("stage.model.payload.page") == "microscope"
        expect(page.locator(".lens-line").first).to_be_visible()
        adams = any(run.rule.slug == "adam" for run in preset.scene.runs)
        page.locator(".lens-part", has=page.locator(".lens-stepsize")).evaluate(
            "place => place.scrollIntoView()"
        )
        steps = page.get_by_test_id("lens-stepsize")  # where theory knows how long they are
        expect(steps).to_be_visible() if adams else expect(steps).to_be_hidden()


def test_it_opens_on_an_early_step_and_comes_from_the_race_with_its_scene(
    page: Page, server: str
) -> None:
    stage = opened(page, server, None)
    assert stage.scene.view.overlays == ("arrows", "taylor")
    assert stage.step() > 0
    scene = Scene.default("saddle", ("nesterov",))
    page.goto(f"{server}/?s={scene.to_link()}")
    Stage(page).wait_ready()
    page.get_by_role("link", name="Microscope").click()
    page.wait_for_selector(".thalweg.microscope[data-ready]")
    stage.wait_for("stage.scene.surface.name === 'saddle'")
    assert [run.rule for run in stage.scene.runs] == [OPTIMIZERS["nesterov"]()]
    wait_idle(page)
    page.get_by_role("link", name="Race").click()
    page.wait_for_selector(".thalweg:not(.microscope)[data-ready]")
    stage.wait_for("stage.scene.surface.name === 'saddle'")


PICTURE = "document.querySelector('.picture-paths').toDataURL()"


def test_every_overlay_is_drawn_and_a_line_lights_its_arrow(page: Page, server: str) -> None:
    scene = replace(Scene.default("himmelblau", ("adam",)), view=View(step=3, overlays=("ghost",)))
    stage = opened(page, server, scene)
    for name in ALL:
        before = page.evaluate(PICTURE)
        page.get_by_test_id(f"overlay-{name}").check()
        page.wait_for_function(f"before => {PICTURE} !== before", arg=before)
        with_it = page.evaluate(PICTURE)
        page.get_by_test_id(f"overlay-{name}").uncheck()
        page.wait_for_function(f"before => {PICTURE} !== before", arg=with_it)
    page.get_by_test_id("overlay-arrows").check()
    stage.wait_for("stage.scene.view.overlays.includes('arrows')")
    stage.ask("new Promise(requestAnimationFrame)")
    plain = page.evaluate(PICTURE)
    page.locator(".lens-line[data-arrow=update]").hover()
    page.wait_for_function(f"plain => {PICTURE} !== plain", arg=plain)


def test_a_phone_scrolls_down_and_not_sideways(open_page: Opener, server: str) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    opened(page, server, replace(SCENE, view=View(step=3, overlays=ALL)))
    page.locator(".lens-criticals").scroll_into_view_if_needed()
    wide = page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth")
    assert wide <= 390
    picture = page.locator(".thalweg .picture").bounding_box()
    assert picture is not None
    assert picture["y"] >= 0  # still in sight


def test_the_race_can_switch_the_overlays_on_too(page: Page, server: str) -> None:
    stage = Stage.open(page, server)
    page.get_by_text("More", exact=True).first.click()
    for name in ("arrows", "critical"):
        page.get_by_test_id(name).check()
    page.keyboard.press("Escape")
    stage.wait_reported()
    assert stage.scene.view.overlays == ("arrows", "critical")
    stage.wait_for("stage.model.critical?.length === 1")  # the answer brought them
    stage.ask("stage.seek(3)")
    stage.assert_paths_are_those_of_the_scene()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong_under_the_lens(
    open_page: Opener, server: str, scheme: str
) -> None:
    page = open_page(color_scheme=scheme)
    opened(page, server, replace(SCENE, view=View(step=3, overlays=ALL)))
    assert axe_violations(page) == []
