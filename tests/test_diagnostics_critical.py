"""The finder of critical points, against what the surfaces list and what is known in print."""

from __future__ import annotations

import functools
from collections import Counter
from typing import Any

import numpy as np
import pytest

import calculus
from landscapes import LANDSCAPES
from thalweg.diagnostics import critical_points

# Listed in full by their classes, within their windows: all smooth ones but two with too many.
NOT_COMPLETE = ("levy13", "drop_wave")
COMPLETE = [
    slug
    for slug, cls in LANDSCAPES.items()
    if cls().not_smooth is None and slug not in NOT_COMPLETE
]


def listed(surface):
    kinds = ("minimum", "minimum", "saddle", "maximum")
    lists = (surface.minima, surface.local_minima, surface.saddles, surface.maxima)
    return [
        (kind, p)
        for kind, points in zip(kinds, lists, strict=True)
        for p in (() if points is None else points)
    ]


@functools.cache
def found_on(slug):
    """With default numbers, in the surface's own window."""
    return critical_points(LANDSCAPES[slug]())


@pytest.mark.parametrize("slug", COMPLETE[::2])  # every listed point has its own test
def test_finder_finds_what_the_surface_lists_and_nothing_else(slug):
    surface = LANDSCAPES[slug]()
    found = found_on(slug)
    known = listed(surface)
    assert len(found) == len(known)
    (x0, x1), _ = surface.domain
    for kind, p in known:
        nearest = min(found, key=lambda c: np.hypot(*(c.x - p)))
        assert nearest.x == pytest.approx(p, abs=1e-9 * (x1 - x0))
        # the monkey saddle's Hessian is zero: the second derivative cannot tell its kind
        assert nearest.kind == ("degenerate" if slug == "monkey_saddle" else kind)
        assert not nearest.extended


@pytest.mark.parametrize(
    ("slug", "kinds"),
    [
        ("himmelblau", {"minimum": 4, "saddle": 4, "maximum": 1}),
        ("six_hump_camel", {"minimum": 6, "saddle": 7, "maximum": 2}),
        ("styblinski_tang", {"minimum": 4, "saddle": 4, "maximum": 1}),
        ("rastrigin", {"minimum": 121, "saddle": 220, "maximum": 100}),
    ],
)
def test_all_critical_points_are_found(slug, kinds):
    assert Counter(c.kind for c in found_on(slug)) == kinds


def test_himmelblau_has_the_values_of_the_literature():
    found = found_on("himmelblau")
    losses = [0, 0, 0, 0, 13.31192627, 67.71915009, 104.0151629, 178.3372392, 181.6165215225827]
    assert [c.loss for c in found] == pytest.approx(losses, abs=1e-7)
    top = found[-1]
    assert top.x == pytest.approx([-0.2708445906673476, -0.9230385564799815], abs=1e-13)
    at_3_2 = next(c for c in found if np.hypot(*(c.x - (3, 2))) < 1e-9)
    assert at_3_2.eigenvalues == pytest.approx([25.71572875, 82.28427125], abs=1e-8)


@pytest.mark.parametrize(
    ("slug", "x", "eigenvalues"),
    [
        ("rosenbrock", (1, 1), (501 - 250601**0.5, 501 + 250601**0.5)),
        ("beale", (3, 0.5), (0.3014636465, 48.97978635)),
        ("beale", (0, 1), (-27.75, 27.75)),
        ("goldstein_price", (0, -1), (402.8310, 965.1690)),
        ("six_hump_camel", (0.08984201310031806, -0.7126564030207396), (7.682251, 16.493195)),
        ("three_hump_camel", (0, 0), (3 - 2**0.5, 3 + 2**0.5)),
        ("booth", (1, 3), (2, 18)),
        ("matyas", (0, 0), (0.04, 1)),
        ("easom", (np.pi, np.pi), (3, 3)),
        ("mccormick", (0.5 - np.pi / 3, -0.5 - np.pi / 3), (3**0.5, 4)),
        ("branin", (np.pi, 2.275), (1.7323, 11.0862)),
        ("styblinski_tang", (-2.903534027771177,) * 2, (34.5830591, 34.5830591)),
        ("rastrigin", (0, 0), (2 + 40 * np.pi**2,) * 2),
        ("levy13", (1, 1), (2, 2 + 18 * np.pi**2)),
    ],
)
def test_curvatures_at_the_minimum_are_those_of_the_literature(slug, x, eigenvalues):
    found = found_on(slug)
    nearest = min(found, key=lambda c: np.hypot(*(c.x - x)))
    assert nearest.x == pytest.approx(x, abs=1e-9)
    assert nearest.eigenvalues == pytest.approx(eigenvalues, rel=2e-6, abs=5e-5)
    product = nearest.directions.T @ nearest.directions
    assert product == pytest.approx(np.eye(2), abs=1e-14)


def test_points_outside_the_window_are_dropped_and_the_rest_sorted_by_loss():
    himmelblau = LANDSCAPES["himmelblau"]()
    every = critical_points(himmelblau)
    assert [c.loss for c in every] == sorted(c.loss for c in every)
    right = critical_points(himmelblau, window=((0.0, 6.0), (-6.0, 6.0)))
    expected = [c.x for c in every if c.x[0] >= 0]
    assert len(right) == len(expected) == 4
    for x in expected:
        assert min(np.hypot(*(c.x - x)) for c in right) < 1e-11


@pytest.mark.parametrize("side", [21, 97])  # rings nearer than three cells, and farther
def test_rings_of_minima_are_one_entry_each_and_marked(side):
    found = critical_points(LANDSCAPES["drop_wave"](), ((-1.0, 1.0), (-1.0, 1.0)), side)
    assert found[0].kind == "minimum"
    assert found[0].x == pytest.approx([0, 0], abs=1e-12)
    rings = sorted(np.hypot(*c.x) for c in found if c.extended and np.hypot(*c.x) < 1)
    assert len(rings) == 3
    assert rings == pytest.approx(np.pi / 12 * np.array([1, 2, 3]), abs=0.03)
    assert all(c.kind == "degenerate" for c in found if c.extended)


def test_merged_wells_are_reported_as_degenerate():
    merged = LANDSCAPES["double_well"](depth=1.0, barrier=3 / 16)
    kinds = {c.kind: c.x for c in critical_points(merged)}
    assert kinds["minimum"] == pytest.approx([-1, 0], abs=1e-9)
    assert kinds["degenerate"] == pytest.approx([1, 0], abs=1e-4)
    assert len(kinds) == 2


def test_penalized_surface_is_searched_like_any_other():
    penalized: Any = LANDSCAPES["himmelblau"]().penalized("l2", 0.5)
    found = critical_points(penalized)
    assert Counter(c.kind for c in found) == {"minimum": 4, "saddle": 4, "maximum": 1}
    assert found[0].x == pytest.approx(penalized.minima[0], abs=1e-7)


def test_surface_that_is_not_smooth_is_refused_with_its_reason():
    for surface in (LANDSCAPES["ackley"](), LANDSCAPES["booth"]().penalized("l1", 1.0)):
        with pytest.raises(ValueError, match=r"second derivatives\. "):
            critical_points(surface)


def test_other_numbers_window_and_grid_compile_nothing():
    compiled = vars(calculus.critical)["_walk"]._cache_size
    well = LANDSCAPES["double_well"]
    critical_points(well())
    before = compiled()
    for barrier, side in ((0.3, 97), (1.0, 33), (4.0, 120)):
        found = critical_points(well(barrier=barrier), ((-3, 3), (-1, 1)), side)
        assert [c.kind for c in found] == ["minimum", "minimum", "saddle"]
        assert found[2].x[0] == pytest.approx(3 * 0.5 / (16 * barrier), abs=1e-9)
    assert compiled() == before
