"""Colours: runs and basins that every eye tells apart, and text that can be read."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from optimizers import OPTIMIZERS
from thalweg.stage import palette
from thalweg.stage.palette import GROUNDS

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
    assert min(contrast(c, "#10161c") for c in colours) > 4.5  # as in maps.css


def test_every_rule_has_a_colour() -> None:
    for slug, rule in OPTIMIZERS.items():
        assert palette.colour(slug, rule.family) in RUN_COLOURS
