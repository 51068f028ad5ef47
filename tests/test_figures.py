"""Pictures from arrays: colours that can be told apart, and nothing drawn that is not there."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from figures import palette
from figures.palette import GROUNDS
from figures.race import Map, Path, loss_figure, surface_figure
from landscapes import LANDSCAPES, field
from optimizers import OPTIMIZERS

RUN_COLOURS = [*palette.BY_RULE.values(), palette.PINK, palette.TEAL, palette.SLATE]


def linear(colour: str) -> NDArray[np.float64]:
    """Linear RGB (3,) of #rrggbb."""
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    return float(linear(colour) @ [0.2126, 0.7152, 0.0722])


def contrast(a: str, b: str) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def oklab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ottosson's perceptual space."""
    lms = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return lab @ np.cbrt(np.clip(lms @ rgb, 0, None))


# Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB.
EYES = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


@pytest.mark.parametrize("theme", GROUNDS)
@pytest.mark.parametrize("colour", RUN_COLOURS)
def test_a_run_stands_out_from_the_ground_and_from_every_tone_of_the_surface(
    colour: str, theme: str
) -> None:
    ground = GROUNDS[theme]
    for behind in (ground.paper, *ground.ramp):
        assert contrast(colour, behind) >= 3


@pytest.mark.parametrize("theme", GROUNDS)
def test_text_on_the_figures_is_readable(theme: str) -> None:
    ground = GROUNDS[theme]
    assert contrast(ground.ink, ground.paper) >= 7
    assert contrast(ground.faint, ground.paper) >= 4.5


@pytest.mark.parametrize("eye", EYES)
def test_the_eight_colours_differ_for_every_eye(eye: str) -> None:
    eight = [c for c in RUN_COLOURS if c != palette.SLATE]
    assert len(set(eight)) == 8
    seen = [oklab(np.clip(EYES[eye] @ linear(c), 0, 1)) for c in eight]
    # 0.02 is about the smallest difference that is seen side by side.
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 0.045


@pytest.mark.parametrize("theme", palette.BASINS)
@pytest.mark.parametrize("eye", EYES)
def test_basins_differ_for_every_eye_and_carry_their_shares(eye: str, theme: str) -> None:
    colours = palette.BASINS[theme]
    assert len(colours) == 8
    seen = [oklab(np.clip(EYES[eye] @ linear(c), 0, 1)) for c in colours]
    assert min(np.linalg.norm(a - b) for a, b in combinations(seen, 2)) > 0.085
    assert min(contrast(c, "#10161c") for c in colours) > 4.5  # as in atlas.css


def test_every_rule_has_a_colour() -> None:
    for slug, rule in OPTIMIZERS.items():
        assert palette.colour(slug, rule.family) in RUN_COLOURS


def valley_map() -> Map:
    valley = LANDSCAPES["valley"]()
    x, y, f = field(valley, valley.domain, 41)
    none = np.zeros((0, 2))
    assert valley.minima is not None
    return Map(x, y, f, valley.levels(f), valley.f_min, valley.minima, none, none)


def path(x: NDArray[np.float64], height: NDArray[np.float64]) -> Path:
    return Path("run", palette.BLUE, "solid", x, height)


def lines(figure: object) -> list[object]:
    return [t for t in figure.data if t.name == "run" and "lines" in t.mode]  # type: ignore[attr-defined]


def test_a_path_is_drawn_up_to_the_step_and_no_further() -> None:
    x = np.stack([np.linspace(-1, 1, 11), np.zeros(11)], axis=1)
    figure = surface_figure(valley_map(), [path(x, x[:, 0])], (-1.0, 0.0), 4, "light")
    (line,) = lines(figure)
    np.testing.assert_array_equal(line.x, x[:5, 0])  # type: ignore[attr-defined]


def test_a_run_that_overflows_is_drawn_to_its_last_drawable_point() -> None:
    x = np.array([[0.0, 0], [1, 1], [1e9, 1], [np.inf, 1], [np.nan, np.nan]])
    figure = surface_figure(valley_map(), [path(x, x[:, 0])], (0.0, 0.0), 4, "dark")
    (line,) = lines(figure)
    np.testing.assert_array_equal(line.x, [0, 1])  # type: ignore[attr-defined]
    heads = [t for t in figure.data[1:] if t.mode == "markers" and t.marker.color == palette.BLUE]
    assert not heads  # the run is not on the picture at this step


def test_zero_and_negative_heights_leave_a_gap_on_the_log_axis() -> None:
    height = np.array([1.0, 1e-3, 0.0, -1e-17, np.nan])
    figure = loss_figure([path(np.zeros((5, 2)), height)], 1, True, "light")
    (line,) = lines(figure)
    assert np.isnan(line.y[2:]).all()  # type: ignore[attr-defined]
    assert figure.layout.yaxis.type == "log"


def test_a_run_that_grows_without_end_does_not_squeeze_the_others_out() -> None:
    growing = path(np.zeros((61, 2)), np.array([10.0**k for k in range(0, 305, 5)]))
    settling = path(np.zeros((61, 2)), np.array([10.0 ** (-k / 5) for k in range(61)]))
    low, high = loss_figure([growing, settling], 1, True, "light").layout.yaxis.range
    assert low < -12
    assert 6 < high < 10


def test_without_a_minimum_the_axis_is_symmetric_log_and_labelled_in_losses() -> None:
    height = np.array([1.0, 0.0, -1.0, -1e5])
    figure = loss_figure([path(np.zeros((4, 2)), height)], 3, False, "light")
    (line,) = lines(figure)
    np.testing.assert_allclose(np.sinh(line.y) * 0.01, height, atol=1e-15)  # type: ignore[attr-defined]
    ticks = dict(zip(figure.layout.yaxis.ticktext, figure.layout.yaxis.tickvals, strict=True))
    assert ticks["0"] == 0
    for name, place in ticks.items():
        if name != "0":
            power = float(name.split("<sup>")[1].removesuffix("</sup>"))
            sign = -1 if name.startswith("−") else 1
            assert np.isclose(np.sinh(place) * 0.01, sign * 10.0**power)


def test_contour_lines_lie_at_the_surfaces_own_levels() -> None:
    surface = valley_map()
    contour = surface_figure(surface, [], (0.0, 0.0), 0, "light").data[0]
    for rank, level in enumerate(surface.levels):
        clear = np.abs(surface.f - level) > 1e-3 * level  # not on the line itself
        np.testing.assert_array_equal((contour.z > rank)[clear], (surface.f > level)[clear])
