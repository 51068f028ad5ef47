"""The map of basins, and the minima that a run can arrive at."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from tests.test_stability_map import cells, compilations, since, steps_of
from thalweg.simulation import GROWING, NOT_ARRIVED, basins, collect, minima_of, run
from thalweg.simulation.cells import CHUNK
from thalweg.simulation.minima import NEAR

HIMMELBLAU: Any = LANDSCAPES["himmelblau"]()
CAMEL: Any = LANDSCAPES["six_hump_camel"]()
OWN: Any = LANDSCAPES["own"]
SGD, MOMENTUM, ADAM = (OPTIMIZERS[slug] for slug in ("sgd", "momentum", "adam"))


def sides(reach: float, count: int) -> Any:
    """Values that are their own mirror image to the bit; 0 is not among them."""
    half = reach * (np.arange(count // 2) + 0.5) / (count / 2)
    return np.concatenate([-half[::-1], half])


# --- the map -------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", ["adam", "momentum"])
def test_every_cell_of_the_map_is_the_run_it_stands_for(slug: str) -> None:
    """With noise: runs that arrive, that are still on their way, that grow.

    On the border of two basins the last bit decides, and XLA may fuse a batch otherwise than a
    run. So cells whose run ends otherwise from a start moved by its last bit are not compared;
    they are few.
    """
    rule = ADAM(lr=0.02) if slug == "adam" else MOMENTUM(lr=0.009, rho=0.9)
    xs, ys, steps = np.linspace(-6, 6, 43), np.linspace(-5, 7, 37), 90
    more: dict[str, Any] = {"noise": 0.5, "seed": 5}
    b = collect(basins(HIMMELBLAU, rule, xs, ys, steps, **more))
    assert b.which.shape == b.settled.shape == (37, 43)

    def outcome(x: float, y: float) -> tuple[int, int]:
        t = run(HIMMELBLAU, rule, (x, y), steps, **more)
        if t.growing or t.diverged_at is not None:
            return GROWING, -1
        away = np.hypot(*(t.x[:, None] - b.ends.x).transpose(2, 0, 1))
        near = np.flatnonzero(away[-1] <= b.ends.radius)
        k = int(near[0]) if near.size else NOT_ARRIVED
        return k, since(away[:, k] <= b.ends.radius[k]) if near.size else -1

    compared = 0
    for row, column in cells(b.which.shape):
        x, y = float(xs[column]), float(ys[row])
        found = outcome(x, y)
        if outcome(np.nextafter(x, 9), np.nextafter(y, -9)) == found:
            compared += 1
            assert (b.which[row, column], b.settled[row, column]) == found
    assert compared >= 195
    rest = NOT_ARRIVED if slug == "adam" else GROWING
    assert set(np.unique(b.which)) == {0, 1, 2, 3, rest}
    assert sum(b.shares().values()) == pytest.approx(1.0)
    assert b.shares()[2] == np.mean(b.which == 2)


def test_a_surface_that_is_its_own_mirror_image_has_such_basins() -> None:
    """The camel's f(−p) = f(p): what begins at −p ends at the opposite minimum, to the bit."""
    b = collect(basins(CAMEL, MOMENTUM(lr=0.02), sides(2.0, 40), sides(1.5, 30), 150))
    opposite = [int(np.argmin(np.hypot(*(b.ends.x + x).T))) for x in b.ends.x]
    assert sorted(opposite) == list(range(6))
    of = np.array([*opposite, GROWING, NOT_ARRIVED])  # −2 and −1 are the last two
    np.testing.assert_array_equal(b.which, of[b.which[::-1, ::-1]])
    np.testing.assert_array_equal(b.settled, b.settled[::-1, ::-1])
    assert len(np.unique(b.which)) > 2


def test_a_surface_that_treats_its_coordinates_alike_has_such_basins() -> None:
    """Styblinski–Tang's f(y, x) = f(x, y): the map is its own transpose, two minima swapped."""
    xs = np.linspace(-4.5, 4.7, 41)
    b = collect(basins(LANDSCAPES["styblinski_tang"](), MOMENTUM(lr=0.01), xs, xs, 150))
    swapped = [int(np.argmin(np.hypot(*(b.ends.x - x[::-1]).T))) for x in b.ends.x]
    assert sorted(swapped) == [0, 1, 2, 3]
    of = np.array([*swapped, GROWING, NOT_ARRIVED])
    np.testing.assert_array_equal(b.which, of[b.which.T])
    np.testing.assert_array_equal(b.settled, b.settled.T)


def test_himmelblaus_basins_turn_with_the_surface() -> None:
    """Himmelblau's function has no symmetry: no motion of the plane maps it onto itself.

    One that did would map minima onto minima with the same curvatures, and its four have four
    different ones. So the surface is mirrored instead, x and y swapped, and the map of a rule that
    treats coordinates alike must be the transpose. Cells on a frayed border may differ.
    """
    mirrored = OWN(
        text="(y^2 + x - 11)^2 + (y + x^2 - 7)^2", window=HIMMELBLAU.domain
    )  # fmt: skip
    curvatures = {round(float(np.linalg.det(_hessian(*x))), 3) for x in HIMMELBLAU.minima}
    assert len(curvatures) == 4
    rule = ADAM(lr=0.1)
    xs = np.linspace(-6, 6, 41)
    one = collect(basins(HIMMELBLAU, rule, xs, xs, 200))
    other = collect(basins(mirrored, rule, xs, xs, 200))
    same = [int(np.argmin(np.hypot(*(one.ends.x - x[::-1]).T))) for x in other.ends.x]
    assert sorted(same) == [0, 1, 2, 3]
    of = np.array([*same, GROWING, NOT_ARRIVED])
    np.testing.assert_allclose(one.ends.radius, 0.02 * 12)
    assert np.mean(one.which == of[other.which.T]) > 0.995
    assert np.mean(one.settled == other.settled.T) > 0.995
    assert {0, 1, 2, 3} <= set(np.unique(one.which))


def _hessian(x: float, y: float) -> Any:
    return np.array([[12 * x**2 + 4 * y - 42, 4 * (x + y)], [4 * (x + y), 4 * x + 12 * y**2 - 26]])


def test_where_there_is_no_minimum_nobody_arrives() -> None:
    saddle = LANDSCAPES["saddle"]()
    b = collect(basins(saddle, SGD(lr=0.1), sides(2, 8), sides(2, 6), 100))
    assert b.ends.x.shape == (0, 2)
    assert set(np.unique(b.which)) <= {NOT_ARRIVED, GROWING}
    assert b.shares().keys() == {NOT_ARRIVED, GROWING}
    assert (b.settled == -1).all()


def test_a_run_that_grows_has_not_arrived_even_near_the_minimum() -> None:
    """Just above its limit, gradient descent leaves the bottom by 2 % more at every step."""
    valley = LANDSCAPES["valley"](condition=100.0)
    x, y = np.array([1e-9]), np.array([1e-6, 1e-3])
    b = collect(basins(valley, SGD(lr=0.0202), x, y, 200))
    runs = [run(valley, SGD(lr=0.0202), (1e-9, float(v)), 200) for v in y]
    assert all(t.growing for t in runs)
    assert np.hypot(*runs[0].x[-1]) < b.ends.radius[0]
    assert b.which.tolist() == [[GROWING], [GROWING]]


def test_other_ends_can_be_given() -> None:
    ends = minima_of(CAMEL)
    b = collect(basins(HIMMELBLAU, SGD(lr=0.01), np.array([3.0]), np.array([2.0]), 20, ends=ends))
    assert b.ends is ends
    assert b.which.tolist() == [[NOT_ARRIVED]]


def test_pieces_tell_how_far_they_are_and_other_numbers_compile_nothing() -> None:
    """Also where few cells arrive: the second pass is the program of the first."""
    xs, ys = np.linspace(-6, 6, 64), np.linspace(-6, 6, 4 * CHUNK // 64)

    def go(rule: Any, **more: Any) -> Any:
        return steps_of(basins(HIMMELBLAU, rule, xs, ys, 60, **more))

    with compilations() as seen:
        pieces, _ = go(SGD(lr=0.01))
        assert seen
        seen.clear()
        _, b = go(SGD(lr=0.0002), noise=0.1, seed=3)
        assert 0 < (b.which >= 0).sum() < CHUNK / 2
        assert seen == []
    shares = [done / all_of for done, all_of in pieces]
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert [share == 1 for share in shares] == [False] * (len(shares) - 1) + [True]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"xs": 1.0}, "xs must be a list of finite numbers."),
        ({"ys": [np.nan]}, "ys must be a list of finite numbers."),
        ({"steps": -1}, "steps is -1; it must be a whole number from 0 to 20000."),
        ({"clip": 0}, "clip is 0; it must be a number above 0, or None."),
    ],
)
def test_what_makes_no_map_gets_a_sentence(wrong: Any, sentence: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        basins(HIMMELBLAU, SGD(), **({"xs": [1.0], "ys": [2.0]} | wrong))
    assert str(error.value) == sentence


# --- the ends ------------------------------------------------------------------------------------


def test_the_ends_are_all_minima_the_global_ones_first() -> None:
    """Then the local ones in the order of the surface's list, with their losses."""
    ends = minima_of(CAMEL)
    np.testing.assert_array_equal(ends.x, np.concatenate([CAMEL.minima, CAMEL.local_minima]))
    low, high = -0.21546382438371905, 2.1042503103112575
    losses = [-1.031628453489877] * 2 + [low, high] * 2
    np.testing.assert_allclose(ends.loss, losses, rtol=1e-9)


def test_minima_that_no_surface_lists_are_found() -> None:
    levy: Any = LANDSCAPES["levy13"]()
    ends = minima_of(levy, ((-1.0, 3.0), (-1.0, 3.0)))
    known = len(levy.minima) + len(levy.local_minima)
    assert len(ends.x) > known
    assert (np.abs(ends.x[known:] - 1) <= 2).all()


@pytest.mark.parametrize("slug", ["levy13", "himmelblau", "six_hump_camel"])
def test_no_two_circles_meet(slug: str) -> None:
    ends, surface = minima_of(LANDSCAPES[slug]()), LANDSCAPES[slug]()
    side = min(high - low for low, high in surface.domain)
    gaps = ends.x[:, None] - ends.x
    apart = np.hypot(gaps[..., 0], gaps[..., 1]) + np.diag(np.full(len(ends.x), np.inf))
    expected = np.minimum(NEAR * side, apart.min(axis=1) / 3)
    np.testing.assert_allclose(ends.radius, expected)
    np.testing.assert_array_equal(ends.nearest(ends.x), np.arange(len(ends.x)))
    beyond = ends.x + [1.001, 0] * ends.radius[:, None]
    assert (ends.nearest(beyond) == -1).all()
    assert (ends.nearest(np.full((1, 2), np.nan)) == -1).all()
    assert (ends.nearest(np.full((1, 2), 1e200)) == -1).all()  # its distance overflows


@pytest.mark.parametrize(("slug", "count"), [("ackley", 1), ("eggholder", 1), ("saddle", 0)])
def test_what_has_kinks_or_no_minimum_is_not_searched(slug: str, count: int) -> None:
    assert len(minima_of(LANDSCAPES[slug]()).x) == count


def test_a_ring_of_minima_is_no_end() -> None:
    """Nor is the point of it that a typed surface lists; its other minimum is one."""
    ring = OWN(text="(x^2 + y^2 - 1)^2 * ((x - 3)^2 + y^2)", window=((-4, 4), (-4, 4)))
    assert len(ring.minima) + len(ring.local_minima) > 1
    np.testing.assert_allclose(minima_of(ring).x, [[3.0, 0.0]], atol=1e-9)


def test_ends_are_found_once_and_cannot_be_changed() -> None:
    assert minima_of(CAMEL) is minima_of(LANDSCAPES["six_hump_camel"]())
    with pytest.raises(ValueError, match="read-only"):
        minima_of(CAMEL).x[0] = 0.0
