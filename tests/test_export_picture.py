"""The pictures have the app's points, colours and words, in files that others open."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pypdfium2
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from optimizers import OPTIMIZERS
from thalweg.export.picture import fonts
from thalweg.export.picture.content import content
from thalweg.export.picture.drawing import Drawing
from thalweg.export.picture.files import pdf, png, svg
from thalweg.export.picture.scale import scale_of
from thalweg.export.picture.style import STYLES, Look
from thalweg.export.picture.text import number, of_run, settings
from thalweg.messages.export import Refused
from thalweg.scenes import Run, Scene, SceneError, View
from thalweg.scenes.parts import CURVES, numbered
from thalweg.stage.palette import ACCENT, BLUE, RED

SMALL = Look(640, 400, 1)
RULES = (OPTIMIZERS["sgd"](lr=0.021), OPTIMIZERS["adam"]())
SCENE = replace(Scene.default(), runs=tuple(numbered(RULES)), steps=60)  # SGD grows here
KOREAN = "경사 하강법"
HOSTILE = ["$\\frac{", "</svg><script>alert(1)</script>", "<!-- a -- b -->&amp;\"'", "%s {x} \\n"]


def image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:7]))


def text_of(data: bytes) -> str:
    page = pypdfium2.PdfDocument(data)[0]
    return " ".join(page.get_textpage().get_text_range().split())


# --- PNG ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [1, 1.5, 4])
def test_a_png_has_the_points_that_were_asked_for(scale: float) -> None:
    assert image(png(SCENE, Look(400, 300, scale))).size == (400 * scale, 300 * scale)


@pytest.mark.parametrize("style", STYLES)
def test_a_png_has_its_styles_paper_and_its_runs_colours(style: str) -> None:
    picture = image(png(SCENE, replace(SMALL, style=style)))
    assert picture.getpixel((2, 2)) == rgb(STYLES[style].ground.paper)
    seen = {colour for _, colour in picture.getcolors(1 << 20) or ()}
    assert {rgb(BLUE), rgb(RED)} <= seen
    assert rgb(ACCENT["light"]) not in seen


def test_the_head_is_where_the_run_is() -> None:
    scene = replace(SCENE, view=View(step=12))
    drawing = Drawing(content(scene), SMALL)
    box = drawing.plan.surface
    (x0, x1), (y0, y1) = scene.surface.domain
    x, y = scene.trajectory(scene.runs[1]).x[12]
    at = (box.left + box.width * (x - x0) / (x1 - x0), box.top + box.height * (y1 - y) / (y1 - y0))
    assert image(png(scene, SMALL)).getpixel((round(at[0]), round(at[1]))) == rgb(RED)


# --- SVG ------------------------------------------------------------------------------------------


def path_in(data: bytes, index: int) -> np.ndarray:
    """The points of a run in an SVG, in pixels."""
    for group in ET.fromstring(data).iter("{http://www.w3.org/2000/svg}g"):
        if group.get("id") == f"path-{index}":
            (path,) = group
            found = re.findall(r"[ML] (\S+) (\S+)", path.attrib["d"])
            return np.array(found, dtype=float)
    raise AssertionError("no such path")


def test_every_point_of_a_run_is_in_the_svg() -> None:
    data = svg(SCENE, SMALL)
    box = Drawing(content(SCENE), SMALL).plan.surface
    (x0, x1), (y0, y1) = SCENE.surface.domain
    x = SCENE.trajectory(SCENE.runs[1]).x
    left = box.left + box.width * (x[:, 0] - x0) / (x1 - x0)
    top = box.top + box.height * (y1 - x[:, 1]) / (y1 - y0)
    np.testing.assert_allclose(path_in(data, 1), np.stack([left, top], 1), atol=2e-5)


def test_the_same_scene_is_the_same_file() -> None:
    assert svg(SCENE, SMALL) == svg(SCENE, SMALL)
    assert pdf(SCENE, SMALL) == pdf(SCENE, SMALL)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_drawn_as_it_stands(title: str) -> None:
    look = replace(SMALL, title=title)
    root = ET.fromstring(svg(SCENE, look))
    assert not [e for e in root.iter() if "script" in str(e.tag)]
    assert title in [e.text for e in root.iter("{http://purl.org/dc/elements/1.1/}title")]


# --- PDF ------------------------------------------------------------------------------------------


def test_a_pdf_says_which_run_is_which_and_which_one_grows() -> None:
    document = pdf(SCENE, replace(SMALL, title=KOREAN))
    text = text_of(document)
    for label in SCENE.labels().values():
        assert label in text
    assert "diverging" in text
    assert KOREAN in text
    assert "step 60 of 60" in text
    assert "start (−2, 1)" in text
    assert pypdfium2.PdfDocument(document)[0].get_size() == (640, 400)


def test_a_run_that_is_not_finite_is_named_so() -> None:
    scene = replace(Scene.default("rosenbrock"), runs=(Run("sgd", OPTIMIZERS["sgd"](lr=1.0)),))
    step = scene.trajectory(scene.runs[0]).diverged_at
    assert f"overflow at step {step}" in text_of(pdf(scene, SMALL))


# --- words and fonts ------------------------------------------------------------------------------


def test_a_missing_font_is_a_sentence_that_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_installed", list)
    with pytest.raises(Refused, match=r"^No font .* has 강 .*; install .* as Noto Sans CJK\.$"):
        png(SCENE, replace(SMALL, title=KOREAN + " 강"))


@pytest.mark.parametrize("title", ["a\x00b", "a\nb", "a\u2028b", "x" * 201])
def test_a_title_is_one_line(title: str) -> None:
    with pytest.raises(Refused, match=r"^The title .*\.$"):
        Look(title=title)


@pytest.mark.parametrize(
    "wrong", [{"width": 10}, {"height": 9999}, {"scale": 9}, {"scale": np.nan}, {"style": "neon"},
              {"width": 4000, "height": 4000, "scale": 4}],
)  # fmt: skip
def test_a_look_out_of_range_is_a_sentence(wrong: dict[str, float]) -> None:
    with pytest.raises(Refused, match=r"^The .*\.$"):
        Look(**wrong)  # type: ignore[arg-type]


def test_numbers_and_symbols_are_short_and_plain() -> None:
    assert [number(v) for v in (-2.0, 1e-8, 0.015, 1234567.0)] == ["−2", "1e−8", "0.015", "1.235e6"]
    assert of_run(Run("adam", RULES[1])) == "α 0.1, β₁ 0.9, β₂ 0.999, ε 1e−8"
    assert settings(SCENE) == "Ill-conditioned valley κ 100, θ 0 · start (−2, 1) · 60 steps"


# --- curves and layout ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", CURVES)
def test_every_curve_of_a_view_is_drawn(name: str) -> None:
    scene = replace(SCENE, view=View(curve=name))
    for line, run in zip(content(scene).lines, scene.runs, strict=True):
        t = scene.trajectory(run)
        assert all(len(curve) == len(t.f) for curve in line.curves)
        stepwise = np.isnan(line.curves[0][0]) and name not in ("loss", "distance")
        assert stepwise or name in ("loss", "distance")


def test_a_loss_without_a_minimum_is_drawn_on_both_sides_of_zero() -> None:
    scene = Scene.default("saddle", ("sgd", "adam"))
    shown = content(scene)
    assert shown.signed
    scale = scale_of([c for line in shown.lines for c in line.curves], [True, True], True)
    assert scale.unit > 0
    assert scale.low < scale.place(shown.lines[1].curves[0])[-1] < 0 < scale.high


def test_a_run_that_grows_leaves_the_axis_and_squeezes_nobody() -> None:
    fine, growing = np.geomspace(1, 1e-3, 30), np.geomspace(1, 1e200, 30)
    scale = scale_of([fine, growing], [True, False], False)
    assert scale.high < 1
    assert scale.low > -4


@pytest.mark.parametrize("size", [(960, 600), (500, 800), (400, 300), (1280, 720)])
@pytest.mark.parametrize("count", [1, 12])
def test_nothing_leaves_the_picture(size: tuple[int, int], count: int) -> None:
    runs = tuple(numbered([OPTIMIZERS["adam"](lr=0.01 * (i + 1)) for i in range(count)]))
    drawing = Drawing(content(replace(SCENE, runs=runs, steps=3)), Look(*size, 1))
    plan = drawing.plan
    canvas = drawing.canvas
    assert isinstance(canvas, FigureCanvasAgg)
    for box in filter(None, (plan.surface, plan.curve)):
        assert box.left >= 0
        assert box.top >= 0
        assert box.left + box.width <= size[0]
        assert box.top + box.height <= size[1]
        assert box.width > 80
        assert box.height > 30
    for text in drawing.figure.texts:
        extent = text.get_window_extent(canvas.get_renderer())
        assert extent.x0 >= 0
        assert extent.x1 <= size[0]


def test_a_scene_without_a_shown_run_is_a_sentence() -> None:
    hidden = tuple(replace(run, shown=False) for run in SCENE.runs)
    with pytest.raises(Refused, match="shows no run"):
        png(replace(SCENE, runs=hidden), SMALL)
    assert not issubclass(SceneError, Refused)
