"""Pictures made in the browser: PNG and SVG of what is seen, held against screen and paths."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Error, Page

from tests.on_stage import Stage
from thalweg.scenes import Scene
from thalweg.stage.palette import GROUNDS

pytestmark = pytest.mark.browser

Opener = Callable[..., Page]
Pixels = NDArray[np.int64]
DEFAULT = Scene.default()
BARE = {"title": False, "legend": False, "settings": False}
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 14, 42  # marginsOf in mapping.js
SVG = "{http://www.w3.org/2000/svg}"
HREF = "{http://www.w3.org/1999/xlink}href"
ELEMENTS = {"svg", "title", "desc", "g", "defs", "clipPath", "path", "rect", "text", "image"}
TAKE = """async (options) => {
  const blob = await document.querySelector("[data-testid=stage]").stage.snapshot(options);
  const reader = new FileReader();
  await new Promise((done) => { reader.onload = done; reader.readAsDataURL(blob); });
  return [blob.type, reader.result.split(",")[1]];
}"""


def take(stage: Stage, **options: Any) -> bytes:
    """The bytes of a picture."""
    kind, text = stage.page.evaluate(TAKE, options)
    assert kind == ("image/svg+xml" if options.get("kind") == "svg" else "image/png")
    return base64.b64decode(text)


def pixels(data: bytes) -> Pixels:
    """A PNG as (height, width, 3)."""
    image = Image.open(io.BytesIO(data))
    assert image.format == "PNG"
    return np.asarray(image.convert("RGB")).astype(np.int64)


def rgb(colour: str) -> Pixels:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])


def size_of(stage: Stage, part: str = ".picture") -> tuple[int, int]:
    code = f"(e => [e.clientWidth, e.clientHeight])(document.querySelector('.thalweg {part}'))"
    width, height = stage.ask(code)
    return width, height


def on_picture(stage: Stage, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of the window in CSS pixels of the picture."""
    width, height = size_of(stage)
    (x0, x1), (y0, y1) = stage.ask("stage.model.window")
    x = LEFT + (points[:, 0] - x0) / (x1 - x0) * (width - LEFT - RIGHT)
    y = TOP + (y1 - points[:, 1]) / (y1 - y0) * (height - TOP - BOTTOM)
    return np.stack([x, y], axis=1)


def parsed(data: bytes) -> ElementTree.Element:
    """A strict reader's tree of an SVG, which has nothing in it that does or fetches anything."""
    root = ElementTree.fromstring(data.decode("utf-8", "strict"))
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in ELEMENTS
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on")
            if name.endswith("href"):
                assert name == HREF
                assert re.fullmatch(r"data:image/png;base64,[\w+/=]+", value)
            elif "url" in value:
                assert re.fullmatch(r"url\(#[\w-]+\)", value)
    known = {element.get("id") for element in root.iter()}
    used = re.findall(r"url\(#([\w-]+)\)", data.decode())
    assert set(used) <= known
    return root


def piece(root: ElementTree.Element, name: str) -> ElementTree.Element:
    found = root.find(f"{SVG}g[@data-piece='{name}']")
    assert found is not None
    return found


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def drawn(group: ElementTree.Element, colour: str) -> NDArray[np.float64]:
    """The vertices of the longest line of a colour; none: (0, 2)."""
    lines = [
        path.get("d") or "" for path in group.iter(f"{SVG}path") if path.get("stroke") == colour
    ]
    numbers = re.findall(r"-?[\d.]+(?:e-?\d+)?", max(lines, key=len, default=""))
    return np.array(numbers, np.float64).reshape(-1, 2)


@pytest.fixture
def stage(page: Page, server: str) -> Stage:
    return Stage.open(page, server, replace(DEFAULT, steps=60))


# --- pixels ---------------------------------------------------------------------------------------


def test_a_png_is_the_screen_at_any_scale(stage: Stage) -> None:
    width, height = size_of(stage)
    for scale in (1, 2, 4):
        shape = pixels(take(stage, scale=scale, what="surface", **BARE)).shape
        assert shape == (height * scale, width * scale, 3)
    shot = pixels(stage.page.locator(".thalweg .picture").screenshot())
    taken = pixels(take(stage, scale=1, what="surface", **BARE))
    apart = np.abs(shot - taken).max(axis=2)
    apart[TOP : TOP + 60, -320:] = 0  # the buttons are not part of the picture
    assert apart.mean() < 0.5
    assert (apart > 60).mean() < 2e-3
    assert (taken.max(axis=2) - taken.min(axis=2) > 60).mean() > 2e-3  # there are runs on it
    framed = pixels(take(stage, scale=1, what="surface"))
    assert framed.shape[1] == width
    assert height < framed.shape[0] < height + 200
    both = pixels(take(stage, scale=1, what="both", **BARE))
    assert both.shape[0] == height
    assert both.shape[1] > width + size_of(stage, ".curves-plot")[0]


def test_a_path_has_its_colour_where_its_points_are(stage: Stage) -> None:
    stage.ask("stage.set({runs: stage.scene.runs.map(r => ({...r, shown: r.id === 'momentum'}))})")
    colour = rgb(stage.ask("stage.model.runs.find(r => r.id === 'momentum').info.colour"))
    points = on_picture(stage, stage.path("momentum")[1:12])
    for style in ("seen", "light", "dark", "print"):
        for scale in (1, 3):
            picture = pixels(take(stage, scale=scale, what="surface", style=style, **BARE))
            for x, y in points * scale:
                assert np.abs(picture[int(y), int(x)] - colour).max() < 30, (style, scale)


def test_grounds_are_light_dark_and_white_paper(stage: Stage) -> None:
    for style, paper in (
        ("light", GROUNDS["light"].paper), ("dark", GROUNDS["dark"].paper), ("print", "#ffffff"),
    ):  # fmt: skip
        picture = pixels(take(stage, scale=1, what="both", style=style))
        assert (picture[2, 2] == rgb(paper)).all()
        assert (picture[-2, -2] == rgb(paper)).all()
        bare = pixels(take(stage, scale=1, what="surface", style=style, **BARE))
        field = bare[TOP + 4 : -BOTTOM - 4, LEFT + 4 : -RIGHT - 4]
        on_paper = (field == rgb(paper)).all(axis=2).mean()
        assert on_paper > 0.8 if style == "print" else on_paper < 0.3
    stage.page.emulate_media(color_scheme="dark")
    stage.page.reload()
    stage.wait_ready()
    seen = pixels(take(stage, scale=1, what="surface", **BARE))
    assert (seen[2, 2] == rgb(stage.ask("stage.model.ground.paper"))).all()


def test_a_picture_of_twice_the_points_is_made_within_a_second(stage: Stage) -> None:
    took = [
        stage.page.evaluate(
            "async () => { const began = performance.now();"
            "await document.querySelector('[data-testid=stage]').stage"
            ".snapshot({kind: 'png', scale: 2, what: 'both'});"
            "return performance.now() - began; }"
        )
        for _ in range(3)
    ]
    assert min(took) < 1000


# --- vectors --------------------------------------------------------------------------------------


def test_an_svg_has_the_paths_as_they_are_and_its_words_as_text(stage: Stage) -> None:
    root = parsed(take(stage, kind="svg", what="both"))
    assert (root.get("width"), root.get("height")) == tuple((root.get("viewBox") or "").split()[2:])
    surface = piece(root, "surface")
    for run in stage.ask("stage.model.runs.map(r => ({id: r.id, ...r.info}))"):
        line = drawn(surface, run["colour"])
        points = on_picture(stage, stage.path(run["id"]))
        at = 0
        for vertex in line:  # some points on the way straight to a later one are passed over
            while at < len(points) and np.abs(points[at] - vertex).max() > 0.01:
                at += 1
            assert at < len(points), (run["id"], vertex)
        assert np.abs(line[0] - points[0]).max() < 0.01
        assert np.abs(line[-1] - points[-1]).max() < 0.01
        assert texts(surface).count(run["label"]) == 1
        assert texts(piece(root, "legend")).count(run["label"]) == 1
        assert len(drawn(piece(root, "curves"), run["colour"])) > 5
    ticks = stage.page.locator(".xtick text, .ytick text").all_text_contents()
    assert ticks
    assert set(ticks) <= set(texts(surface))
    levels = {path.get("stroke") for path in surface.iter(f"{SVG}path")}
    assert GROUNDS["light"].contour in levels
    head = texts(piece(root, "head"))
    assert head[0] == stage.ask("stage.model.payload.surface.title")
    assert "(−2, 1)" in head[1]
    assert "60" in head[1]
    bare = parsed(take(stage, kind="svg", what="surface", **BARE))
    assert texts(piece(bare, "head")) == []
    assert bare.find(f"{SVG}g[@data-piece='legend']") is None


def test_what_is_hidden_is_not_on_the_picture(stage: Stage) -> None:
    colours = dict(stage.ask("stage.model.runs.map(r => [r.id, r.info.colour])"))
    stage.ask("stage.set({runs: stage.scene.runs.map(r => ({...r, shown: r.id !== 'adam'}))})")
    stage.ask("stage.seek(7)")
    root = parsed(take(stage, kind="svg", what="both"))
    assert colours["adam"] not in ElementTree.tostring(root, "unicode")
    end = on_picture(stage, stage.path("sgd"))[7]
    assert np.abs(drawn(piece(root, "surface"), colours["sgd"])[-1] - end).max() < 0.01
    stage.ask("stage.model.predicting = true")
    guess = parsed(take(stage, kind="svg", what="both"))
    for colour in colours.values():
        assert colour not in ElementTree.tostring(piece(guess, "surface"), "unicode")
        assert colour not in ElementTree.tostring(piece(guess, "curves"), "unicode")


def test_hostile_words_stay_words_and_korean_survives(stage: Stage) -> None:
    hostile = '</text><script>alert(1)</script>"&\'<image href="http://a.example/"/>'
    korean = "한국어 학습률 α"
    stage.page.evaluate(
        """([hostile, korean]) => {
          const { model } = document.querySelector("[data-testid=stage]").stage;
          model.payload.surface.title = hostile;
          model.runs[0].info.label = hostile + "\\u0007\\ud800\\u0000]]>";
          model.runs[0].info.colour = '"/><script/>';
          model.runs[1].info.label = korean;
        }""",
        [hostile, korean],
    )
    data = take(stage, kind="svg", what="both")
    root = parsed(data)
    assert hostile + "\ufffd\ufffd\ufffd]]>" in texts(piece(root, "legend"))
    assert texts(piece(root, "legend")).count(korean) == 1
    assert korean.encode() in data
    assert hostile in "".join(texts(piece(root, "head")))
    page = stage.page.context.new_page()
    page.set_content(f'<img src="data:image/svg+xml;base64,{base64.b64encode(data).decode()}">')
    page.wait_for_function("document.images[0].complete")
    assert page.evaluate("document.images[0].naturalWidth") == int(root.get("width") or 0)
    page.close()
    take(stage, kind="png", what="both")


def test_a_picture_in_space_is_plotlys_own_in_both_kinds(page: Page, server: str) -> None:
    view = replace(DEFAULT.view, mode="3d")
    stage = Stage.open(page, server, replace(DEFAULT, view=view, steps=30))
    width, height = size_of(stage)
    data = take(stage, kind="svg", scale=1, what="surface", style="dark", **BARE)
    image = next(parsed(data).iter(f"{SVG}image"))
    inside = pixels(base64.b64decode(image.attrib[HREF].partition(",")[2]))
    assert inside.shape == (height, width, 3)
    assert (inside[1, 1] == rgb(GROUNDS["dark"].paper)).all()
    assert len(np.unique(inside.reshape(-1, 3), axis=0)) > 100
    assert set(stage.ask("stage.model.runs.map(r => r.info.label)")) <= set(texts(parsed(data)))


def test_what_no_picture_can_be_is_refused(stage: Stage) -> None:
    for wrong in ({"kind": "bmp"}, {"scale": 5}, {"style": "neon"}, {"what": "all"}):
        with pytest.raises(Error, match=f"RangeError: {next(iter(wrong))}"):
            take(stage, **wrong)
