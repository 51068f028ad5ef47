"""The pages as Streamlit runs them, from the table of contents on; and in a real browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from streamlit.testing.v1 import AppTest

from fields import Described
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from pages import controls, words
from scenes import PRESETS, Scene, SceneError
from tests.browser import axe_violations, rerun, wait_idle

MAIN = Path(__file__).resolve().parent.parent / "pages" / "main.py"
PAGES = ("race.py", "reference.py")
OWN_RULES = [slug for slug in OPTIMIZERS if not slug.startswith("optax:")]


def opened(page: str = "race.py") -> AppTest:
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.run()
    if page != "race.py":
        at.switch_page(page).run()
    return calm(at)


def calm(at: AppTest) -> AppTest:
    assert not at.exception, at.exception
    assert not at.error, at.error
    return at


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_without_an_exception(page: str) -> None:
    opened(page)


def test_the_menus_show_every_surface_and_every_rule() -> None:
    at = opened()
    titles = [cls.title for cls in LANDSCAPES.values()]
    assert at.selectbox(key="surface").options == titles
    assert at.selectbox(key="add").options == [cls.title for cls in OPTIMIZERS.values()]


@pytest.mark.parametrize("slug", LANDSCAPES)
def test_the_race_runs_on_every_surface_with_a_slider_for_each_field(slug: str) -> None:
    at = opened()
    calm(at.selectbox(key="surface").select(slug).run())
    shown = {w.key for w in at.select_slider}
    assert {f"surface.{slug}.{name}" for name in LANDSCAPES[slug].knobs()} <= shown
    assert not at.warning


def test_every_rule_joins_the_race_with_its_own_knobs_and_no_others() -> None:
    at = opened()
    for id in ("sgd", "momentum", "rmsprop", "adam"):
        at.button(key=f"{id}.remove").click()
        calm(at.run())
    assert words.NO_RUNS in [m.value for m in at.markdown]
    for slug in OWN_RULES:
        calm(at.selectbox(key="add").select(slug).run())
        sliders = {w.key for w in at.select_slider if str(w.key).startswith(f"{slug}.")}
        own = {f"{slug}.{name}" for name in OPTIMIZERS[slug].knobs()}
        assert sliders - {f"{slug}.constant.warmup"} == own
        toggles = {w.key for w in at.toggle if str(w.key).startswith(f"{slug}.")}
        assert toggles - {f"{slug}.shown"} == {f"{slug}.{n}" for n in OPTIMIZERS[slug].switches()}
        at.button(key=f"{slug}.remove").click()
        calm(at.run())


def test_the_same_rule_can_race_against_itself() -> None:
    at = opened()
    calm(at.selectbox(key="add").select("sgd").run())
    at.select_slider(key="sgd.2.lr").set_value(1e-3)
    calm(at.run())
    assert at.session_state["scene"].runs[-1].rule.lr == 1e-3
    assert at.session_state["scene"].runs[0].rule.lr != 1e-3


def test_a_rate_nobody_touched_follows_the_surface_and_a_chosen_one_stays() -> None:
    at = opened()
    at.number_input(key="momentum.lr.typed").set_value(0.0123456)
    at.run()
    calm(at.selectbox(key="surface").select("rosenbrock").run())
    sgd, momentum, _, adam = (run.rule.lr for run in at.session_state["scene"].runs)
    assert sgd == default_lr("sgd") * LANDSCAPES["rosenbrock"].pace
    assert momentum == 0.0123456
    assert adam == default_lr("adam")


def default_lr(slug: str) -> float:
    return OPTIMIZERS[slug].knobs()["lr"].default


def test_a_typed_number_moves_the_slider_to_exactly_there() -> None:
    at = opened()
    at.number_input(key="adam.lr.typed").set_value(0.0123456)
    calm(at.run())
    assert at.session_state["scene"].runs[3].rule.lr == 0.0123456
    assert at.select_slider(key="adam.lr").value == 0.0123456


def test_a_growing_run_is_said_to_grow() -> None:
    at = opened()
    at.select_slider(key="sgd.lr").set_value(0.0251)
    calm(at.run())
    assert words.GROWING.format(run="SGD") in [m.value for m in at.markdown]


def test_settings_survive_a_visit_to_the_reference() -> None:
    at = opened()
    at.number_input(key="adam.lr.typed").set_value(0.0123456)
    at.run()
    at.slider(key="step").set_value(40)
    at.number_input(key="sigma").set_value(0.25)
    calm(at.run())
    before = scene_of(at)
    assert before.view.step == 40
    assert before.noise.kind == "gaussian"
    at.switch_page("reference.py").run()
    at.switch_page("race.py").run()
    assert scene_of(calm(at)) == before
    assert before.runs[3].rule == OPTIMIZERS["adam"](lr=0.0123456)


@pytest.mark.parametrize("setting", ["penalty", "schedule", "clip", "noise", "switch"])
def test_what_acts_on_a_run_changes_its_path(setting: str) -> None:
    at = opened()
    before = table(at)
    changes: dict[str, Callable[[], Any]] = {
        "penalty": lambda: at.selectbox(key="penalty").select("l2"),
        "schedule": lambda: at.selectbox(key="adam.schedule").select("cosine"),
        "clip": lambda: at.number_input(key="adam.clip").set_value(0.01),
        "noise": lambda: at.number_input(key="sigma").set_value(0.5),
        "switch": lambda: at.toggle(key="adam.bias_correction").set_value(False),
    }
    changes[setting]()
    calm(at.run())
    assert table(at)[-1] != before[-1]


def table(at: AppTest) -> list[list[str]]:
    return at.table[0].value.to_numpy().tolist()


@pytest.mark.parametrize("kind", [words.RULES, words.SURFACES])
def test_the_reference_shows_every_entry_with_its_equations(kind: str) -> None:
    at = opened("reference.py")
    at.segmented_control(key="kind").set_value(kind)
    calm(at.run())
    registry: dict[str, type[Described]] = {**(OPTIMIZERS if kind == words.RULES else LANDSCAPES)}
    key = "rule" if kind == words.RULES else "shown-surface"
    for slug in [s for s in registry if not s.startswith("optax:")]:
        calm(at.selectbox(key=key).select(slug).run())
        shown = "\n".join(m.value for m in at.markdown)
        for line in registry[slug].lines():
            assert line.latex in shown


def scene_of(at: AppTest) -> Scene:
    scene: Scene = at.session_state["scene"]
    return scene


def test_every_preset_opens_as_it_is_with_its_sentence() -> None:
    at = opened()
    for slug, preset in PRESETS.items():
        calm(at.selectbox(key="choose-preset").select(slug).run())
        assert scene_of(at) == preset.scene, slug
        assert preset.sentence in [m.value for m in at.markdown]
        assert not at.warning


def test_a_link_opens_its_scene_and_a_change_goes_into_the_address() -> None:
    scene = PRESETS["bias_correction"].scene
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.query_params["s"] = scene.to_link()
    calm(at.run())
    assert scene_of(at) == scene
    assert address(at) == scene.to_link()
    at.number_input(key="steps").set_value(77)
    calm(at.run())
    assert Scene.from_link(address(at)) == replace(scene, steps=77)


def address(at: AppTest) -> str:
    """The scene in the address; AppTest gives a list where the page wrote it."""
    value: str | list[str] = at.query_params["s"]
    return value if isinstance(value, str) else value[0]


GOLDEN = json.loads((Path(__file__).parent / "data" / "links_v1.json").read_text("utf-8"))


@pytest.mark.parametrize("link", GOLDEN)
def test_the_page_holds_a_linked_scene_to_the_last_bit_also_after_a_widget_moved(link: str) -> None:
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.query_params["s"] = link
    calm(at.run())
    assert scene_of(at) == Scene.from_link(link)
    at.slider(key="step").set_value(1)
    calm(at.run())
    scene = Scene.from_link(link)
    assert scene_of(at) == replace(scene, view=replace(scene.view, step=1))


def test_a_number_close_to_a_stop_of_its_slider_is_not_taken_for_it() -> None:
    scene = Scene.default()
    near = replace(scene.runs[3], rule=OPTIMIZERS["adam"](lr=0.09999999))
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.query_params["s"] = replace(scene, runs=(*scene.runs[:3], near)).to_link()
    calm(at.run())
    at.slider(key="step").set_value(1)
    calm(at.run())
    assert scene_of(at).runs[3] == near


def test_a_linked_rate_stays_when_the_surface_changes() -> None:
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.query_params["s"] = Scene.default("rosenbrock").to_link()
    calm(at.run())
    calm(at.selectbox(key="surface").select("cliff").run())
    assert scene_of(at).runs == Scene.default().runs


def test_the_first_visit_leaves_the_address_as_it_is() -> None:
    at = opened()
    assert "s" not in at.query_params
    assert scene_of(at) == Scene.default()


def test_a_knob_that_moves_while_the_address_is_still_the_old_one_is_not_moved_back() -> None:
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.query_params["s"] = old = Scene.default("rosenbrock").to_link()
    calm(at.run())
    at.number_input(key="steps").set_value(77)
    calm(at.run())
    at.query_params["s"] = old  # the browser sends its next message before it takes up the new
    at.number_input(key="steps").set_value(78)
    calm(at.run())
    assert scene_of(at).steps == 78
    assert Scene.from_link(address(at)).steps == 78


def test_an_address_that_changed_by_itself_wins() -> None:
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.query_params["s"] = old = Scene.default("rosenbrock").to_link()
    calm(at.run())
    at.number_input(key="steps").set_value(77)
    calm(at.run())
    at.query_params["s"] = old  # Back
    calm(at.run())
    assert scene_of(at) == Scene.default("rosenbrock")


def test_a_link_with_a_fault_is_shown_without_it_and_the_fault_is_named() -> None:
    value = Scene.default("rosenbrock").to_dict()
    value["runs"][0]["rule"] = "nobody"
    with pytest.raises(SceneError) as caught:
        Scene.from_dict(value)
    spoiled = Scene.default("rosenbrock").to_link()[:-4]
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    at.query_params["s"] = spoiled
    calm(at.run())
    assert ["damaged" in w.value for w in at.warning] == [True]
    assert caught.value.scene.bare.slug == "rosenbrock"


@pytest.mark.parametrize(
    ("key", "value"),
    [("steps", 10**9), ("seed", -5), ("sigma", -1.0), ("valley.x", 1e300), ("batch", 0)],
)
def test_what_a_modified_browser_sends_makes_a_right_scene_or_a_sentence(
    key: str, value: float
) -> None:
    at = opened()
    at.number_input(key=key).set_value(value)
    calm(at.run())
    scene = scene_of(at)
    assert Scene.from_dict(scene.to_dict()) == scene


def test_a_scene_that_is_not_right_is_refused_and_the_picture_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = opened()
    before = scene_of(at)
    # Streamlit keeps its own fields within their limits; here one that does not is played.
    real = controls.number

    def number(place: Any, text: str, key: str, *rest: Any) -> Any:
        return 1e9 if key == "dof" else real(place, text, key, *rest)

    monkeypatch.setattr(controls, "number", number)
    calm(at.run())
    assert any("noise.dof is 1000000000.0" in w.value for w in at.warning)
    assert scene_of(at) == before
    assert len(table(at)) == 4


def test_a_hidden_run_is_not_drawn_and_still_counted() -> None:
    at = opened()
    at.toggle(key="adam.shown").set_value(False)
    calm(at.run())
    assert not scene_of(at).runs[3].shown
    assert len(table(at)) == 4


def test_the_last_step_stays_the_last_when_there_are_more() -> None:
    at = opened()
    at.number_input(key="steps").set_value(500)
    calm(at.run())
    assert at.slider(key="step").value == 500
    at.slider(key="step").set_value(40)
    calm(at.run())
    at.number_input(key="steps").set_value(100)
    calm(at.run())
    assert at.slider(key="step").value == 40
    assert scene_of(at).view.step == 40


# --- in the browser ------------------------------------------------------------------------------


def path_drawn(page: Page, label: str) -> str:
    """The first line of the surface figure with that label, as Plotly drew it."""
    page.wait_for_selector(".js-plotly-plot .scatterlayer .js-line")
    return str(
        page.evaluate(
            """label => {
                const trace = document.querySelector(".js-plotly-plot")
                    ._fullData.find((t) => t.name === label && t.mode.startsWith("lines"));
                return JSON.stringify([Array.from(trace.x), Array.from(trace.y)]);
            }""",
            label,
        )
    )


@pytest.mark.browser
def test_a_knob_moved_by_keyboard_on_a_fresh_server_shows_another_path(
    fresh_server: str, page: Page
) -> None:
    link = Scene.default("rosenbrock").to_link()
    page.goto(f"{fresh_server}/?s={link}")  # the first request this server ever gets
    wait_idle(page)
    page.wait_for_selector("[data-testid=stPlotlyChart] .js-line")
    before = path_drawn(page, "Adam")
    knob = page.get_by_role("slider", name="lr").last
    knob.focus()
    with rerun(page):
        for _ in range(3):
            knob.press("ArrowLeft")
    drawn_otherwise(page, before)


@pytest.mark.browser
def test_a_deep_link_to_the_reference_opens_on_a_fresh_server(
    fresh_server: str, page: Page
) -> None:
    page.goto(f"{fresh_server}/reference")
    wait_idle(page)
    assert page.get_by_role("heading", name=words.REFERENCE, exact=True).is_visible()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/", "/reference"])
def test_pages_have_no_accessibility_violations(
    open_page: Callable[..., Page], server: str, address: str, scheme: str
) -> None:
    page = open_page(color_scheme=scheme)
    page.goto(server + address)
    wait_idle(page)
    assert axe_violations(page) == []


@pytest.mark.browser
def test_the_picture_and_its_step_fit_on_the_first_screen(page: Page, server: str) -> None:
    page.goto(server)
    wait_idle(page)
    for part in (page.locator(".js-plotly-plot").first, page.get_by_role("slider", name="step")):
        box = part.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 900


@pytest.mark.browser
def test_the_picture_is_on_the_first_screen_of_a_phone(
    open_page: Callable[..., Page], server: str
) -> None:
    page = open_page(viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(server)
    wait_idle(page)
    box = page.locator(".js-plotly-plot").first.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 844
    assert box["width"] >= 340


@pytest.mark.browser
def test_back_goes_back_and_a_reload_shows_the_same(page: Page, server: str) -> None:
    page.goto(server)
    wait_idle(page)
    page.wait_for_selector("[data-testid=stPlotlyChart] .js-line")
    first = path_drawn(page, "Adam")
    knob = page.get_by_role("slider", name="lr").last
    knob.focus()
    with rerun(page):
        knob.press("ArrowLeft")
    drawn_otherwise(page, first)
    page.wait_for_url("**/?s=1*")
    second, address = path_drawn(page, "Adam"), page.url
    page.reload()
    wait_idle(page)
    assert page.url == address
    assert path_drawn(page, "Adam") == second
    with rerun(page):
        page.go_back()
    drawn_otherwise(page, second)
    assert path_drawn(page, "Adam") == first


def drawn_otherwise(page: Page, before: str) -> None:
    """Wait until Adam's path is another one."""
    page.wait_for_function(
        """before => {
            const trace = document.querySelector(".js-plotly-plot")
                ._fullData.find((t) => t.name === "Adam" && t.mode.startsWith("lines"));
            return JSON.stringify([Array.from(trace.x), Array.from(trace.y)]) !== before;
        }""",
        arg=before,
    )


@pytest.mark.browser
def test_a_scene_is_one_click_from_the_first_screen(page: Page, server: str) -> None:
    page.goto(server)
    wait_idle(page)
    page.get_by_role("combobox", name=words.PRESETS).click()
    with rerun(page):
        page.get_by_role("option", name=PRESETS["zigzag"].title).click()
    page.get_by_text(PRESETS["zigzag"].sentence).wait_for()


@pytest.mark.browser
def test_opening_more_after_another_change_changes_nothing(page: Page, server: str) -> None:
    page.goto(server)
    wait_idle(page)
    with rerun(page):
        page.get_by_role("slider", name="theta").press("ArrowRight")
    page.wait_for_url("**/?s=1*")
    for last in (False, True):
        mores = page.get_by_role("button", name=words.MORE)
        (mores.last if last else mores.first).click()
        page.get_by_text(words.REMOVE if last else words.STRENGTH.split()[0]).first.wait_for()
        if last:
            switch = page.get_by_role(
                "switch", name=OPTIMIZERS["adam"].switches()["bias_correction"].about
            )
            assert switch.is_checked()
        page.keyboard.press("Escape")
    turned = page.url
    page.get_by_role("slider", name="theta").press("ArrowRight")
    page.wait_for_function("turned => location.href !== turned", arg=turned)
    wait_idle(page)
    scene = Scene.from_link(page.url.split("s=")[1])
    assert scene.runs == Scene.default().runs
    assert scene.noise == Scene.default().noise


def test_an_emptied_number_field_leaves_the_value_as_it_was() -> None:
    at = opened()
    at.number_input(key="steps").set_value(None)
    calm(at.run())
    assert scene_of(at).steps == 300
    at.number_input(key="steps").set_value(50)
    calm(at.run())
    assert scene_of(at).steps == 50
