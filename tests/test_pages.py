"""The pages as Streamlit runs them, from the table of contents on; and in a real browser.

What the stage reports is played here; that it reports it is in `test_stage`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from streamlit.testing.v1 import AppTest

from calculus.fields import Described
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from tests.browser import axe_violations, wait_idle
from thalweg.messages import pages as words
from thalweg.scenes import PRESETS, Scene

MAIN = Path(__file__).resolve().parent.parent / "pages" / "main.py"
PAGES = ("race.py", "reference.py")
KEY = "race"


def opened(page: str = "race.py", link: str | None = None) -> AppTest:
    at = AppTest.from_file(str(MAIN), default_timeout=60)
    if link is not None:
        at.query_params["s"] = link
    at.run()
    if page != "race.py":
        at.switch_page(page).run()
    return calm(at)


def calm(at: AppTest) -> AppTest:
    assert not at.exception, at.exception
    assert not at.error, at.error
    return at


def given(at: AppTest) -> dict[str, Any]:
    """What the stage was given in the last run."""
    found: dict[str, Any] = json.loads(at.get("bidi_component")[0].proto.json)
    return found


def scene_of(at: AppTest) -> Scene:
    return Scene.from_dict(given(at)["scene"])


def tell(
    at: AppTest, scene: Scene | Any, request: Any = None, generation: int | None = None
) -> AppTest:
    """Play a report of the stage."""
    data = given(at)
    at.session_state[KEY] = {
        "report": {
            "revision": data["revision"] + 1,
            "generation": data["generation"] if generation is None else generation,
            "scene": scene.to_dict() if isinstance(scene, Scene) else scene,
            "request": request,
        }
    }
    return calm(at.run())


def address(at: AppTest) -> str:
    """The scene in the address; AppTest gives a list where the page wrote it."""
    value: str | list[str] = at.query_params["s"]
    return value if isinstance(value, str) else value[0]


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_without_an_exception(page: str) -> None:
    opened(page)


def test_the_stage_offers_every_surface_rule_and_scene() -> None:
    menus = given(opened())["menus"]
    for name, registry in (("surfaces", LANDSCAPES), ("rules", OPTIMIZERS), ("presets", PRESETS)):
        assert [entry["slug"] for entry in menus[name]] == list(registry)


def test_the_first_visit_leaves_the_address_as_it_is() -> None:
    at = opened()
    assert "s" not in at.query_params
    assert scene_of(at) == Scene.default()


GOLDEN = json.loads((Path(__file__).parent / "data" / "links_v1.json").read_text("utf-8"))


@pytest.mark.parametrize("link", GOLDEN)
def test_a_link_opens_its_scene_to_the_last_bit_and_a_change_goes_into_the_address(
    link: str,
) -> None:
    at = opened(link=link)
    scene = Scene.from_link(link)
    assert scene_of(at) == scene
    assert address(at) == link
    changed = replace(scene, steps=77, view=replace(scene.view, step=None))
    tell(at, changed)
    assert scene_of(at) == changed
    assert Scene.from_link(address(at)) == changed
    assert given(at)["generation"] == 0  # its own report comes back: nothing to win over


def test_every_preset_that_is_asked_for_opens_as_it_is_with_its_sentence() -> None:
    at = opened()
    for slug, preset in PRESETS.items():
        tell(at, Scene.default(), {"preset": slug})
        assert scene_of(at) == preset.scene, slug
        assert given(at)["sentence"] == preset.sentence
        assert given(at)["problems"] == []


def test_an_address_that_changed_by_itself_wins() -> None:
    old = Scene.default("rosenbrock").to_link()
    at = opened(link=old)
    tell(at, replace(scene_of(at), steps=77))
    generation = given(at)["generation"]
    at.query_params["s"] = old  # Back
    calm(at.run())
    assert scene_of(at) == Scene.default("rosenbrock")
    assert given(at)["generation"] == generation + 1
    calm(at.run())
    assert given(at)["generation"] == generation + 1


def test_a_report_that_comes_with_the_address_before_is_not_taken_for_back() -> None:
    old = Scene.default("rosenbrock").to_link()
    at = opened(link=old)
    tell(at, replace(scene_of(at), steps=77))
    at.query_params["s"] = old  # the browser sends its next message before it takes up the new
    tell(at, replace(scene_of(at), steps=78))
    assert scene_of(at).steps == 78
    assert Scene.from_link(address(at)).steps == 78


def test_a_report_made_before_the_address_won_is_too_late() -> None:
    at = opened()
    tell(at, replace(Scene.default(), steps=77))
    at.query_params["s"] = link = Scene.default("booth").to_link()
    calm(at.run())
    tell(at, replace(Scene.default(), steps=99), generation=0)
    assert scene_of(at) == Scene.default("booth")
    assert address(at) == link


def test_the_scene_survives_a_visit_to_the_reference() -> None:
    at = opened()
    scene = replace(PRESETS["bias_correction"].scene, steps=123)
    tell(at, scene)
    at.switch_page("reference.py").run()
    at.switch_page("race.py").run()
    assert scene_of(calm(at)) == scene
    assert Scene.from_link(address(at)) == scene


def test_a_damaged_link_is_named_and_the_default_is_shown() -> None:
    spoiled = Scene.default("rosenbrock").to_link()[:-4]
    at = opened(link=spoiled)
    assert ["damaged" in sentence for sentence in given(at)["problems"]] == [True]
    assert scene_of(at) == Scene.default()


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("steps", 10**9), ("start", [1e300, 0]), ("steps", "many"), ("runs", {}),
        ("noise", {"kind": "gaussian", "sigma": -1}), ("surface", {"name": "<script>"}),
    ],
)  # fmt: skip
def test_what_a_modified_browser_sends_makes_a_right_scene_and_a_sentence(
    part: str, value: Any
) -> None:
    at = opened()
    tell(at, Scene.default().to_dict() | {part: value})
    assert given(at)["problems"]
    scene = scene_of(at)
    assert Scene.from_dict(scene.to_dict()) == scene
    assert scene.runs or part == "runs"


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


# --- in the browser ------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_reference_has_no_accessibility_violations(
    open_page: Callable[..., Page], server: str, scheme: str
) -> None:
    page = open_page(color_scheme=scheme)
    page.goto(server + "/reference")
    wait_idle(page)
    assert axe_violations(page) == []
