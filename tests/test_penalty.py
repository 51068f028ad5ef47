"""A penalty on a surface: f(w) + λ R(w), and where its minimum goes."""

import functools
import pickle
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from landscapes import LANDSCAPES, Surface
from landscapes.field import field
from landscapes.penalty import PENALTIES, _falls_for_ever, _minimizers

pytestmark = pytest.mark.float64

every_surface = pytest.mark.parametrize("slug", LANDSCAPES)
every_kind = pytest.mark.parametrize("kind", PENALTIES)

BOOTH = np.array([[10.0, 8.0], [8.0, 10.0]])  # Hessian; the minimum is (1, 3)


def make(slug: str, **fields: float) -> Any:
    return LANDSCAPES[slug](**fields)


def booth(kind, strength):
    return make("booth").penalized(kind, strength)


# --- the function -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "added"), [("l2", 0.3 * 6.25), ("l1", 0.3 * 3.5), ("elastic", 0.3 * 9.75)]
)
def test_penalty_adds_strength_times_its_sum(kind, added):
    surface, p = make("himmelblau"), jnp.array([1.5, -2.0])
    assert float(surface.penalized(kind, 0.3)(p) - surface(p)) == pytest.approx(added, abs=1e-12)


@every_kind
def test_gradient_is_the_sum_of_both_gradients(kind):
    surface, p = make("himmelblau"), np.array([1.5, -2.0])
    slope = {"l2": 2 * p, "l1": np.sign(p), "elastic": 2 * p + np.sign(p)}
    expected = np.asarray(jax.grad(surface)(p)) + 0.3 * slope[kind]
    assert jax.grad(surface.penalized(kind, 0.3))(p).tolist() == pytest.approx(expected, rel=1e-12)


@every_kind
def test_penalty_has_slope_zero_at_zero(kind):
    penalized = make("matyas").penalized(kind, 0.5)
    assert jax.grad(penalized)(jnp.zeros(2)).tolist() == [0.0, 0.0]


def test_strength_and_fields_are_traced():
    traces = 0

    @jax.jit
    def value(surface, p):
        nonlocal traces
        traces += 1
        return surface(p)

    a = make("rosenbrock").penalized("l1", 0.1)
    p = jnp.array([0.5, 0.5])
    values = {float(value(s, p)) for s in (a, a.replace(strength=0.4), a.replace(a=0.5, b=20.0))}
    assert traces == 1
    assert len(values) == 3


def test_every_kind_is_a_program_of_its_own():
    p = jnp.array([2.0, 0.5])
    assert len({float(jax.jit(lambda s: s(p))(booth(kind, 1.0))) for kind in PENALTIES}) == 3


# --- a surface again ----------------------------------------------------------------------------


@every_surface
@every_kind
def test_penalized_surface_is_a_surface(slug, kind):
    surface = make(slug)
    penalized = surface.penalized(kind, 0.25)
    for name in (n for n in vars(Surface) if not n.startswith("_")):
        assert hasattr(type(surface), name)
        assert hasattr(type(penalized), name)
    for name in ("slug", "title", "source", "domain", "start"):
        assert getattr(penalized, name) == getattr(surface, name)
    for nothing in (penalized.local_minima, penalized.saddles, penalized.maxima):
        assert nothing.shape == (0, 2)
    assert hash(penalized) == hash(surface.penalized(kind, 0.25))
    assert pickle.loads(pickle.dumps(penalized)) == penalized
    assert penalized.equations()[:-1] == surface.equations()


def test_kinks_are_told_beside_the_reason_of_the_surface():
    kink = "|w| has a kink on both axes."
    bukin = make("bukin6")
    assert booth("l2", 1.0).not_smooth is None
    assert booth("l1", 1.0).not_smooth == kink
    assert booth("elastic", 1.0).not_smooth == kink
    assert bukin.penalized("l1", 1.0).not_smooth == f"{bukin.not_smooth} {kink}"
    assert bukin.penalized("l2", 1.0).not_smooth == bukin.not_smooth


def test_none_is_the_surface_itself():
    surface = make("booth")
    assert surface.penalized("none", 3.0) is surface


@every_surface
@every_kind
def test_strength_zero_leaves_everything_known(slug, kind):
    surface = make(slug)
    idle = surface.penalized(kind, 0)
    for name in ("minima", "local_minima", "saddles", "maxima"):
        assert np.array_equal(getattr(idle, name), getattr(surface, name))
    for name in ("f_min", "not_smooth", "boxed", "unbounded"):
        assert getattr(idle, name) == getattr(surface, name)


@pytest.mark.parametrize("kind", ["l3", "", "L2"])
def test_unknown_kind_is_refused_with_those_that_exist(kind):
    with pytest.raises(ValueError, match="none, l2, l1, elastic"):
        booth(kind, 1.0)


@pytest.mark.parametrize("strength", [-0.1, np.nan, np.inf, "much", True, None])
def test_strength_must_be_a_finite_number_from_zero_up(strength):
    with pytest.raises(ValueError, match="strength"):
        booth("l2", strength)


def test_second_penalty_is_refused():
    with pytest.raises(ValueError, match="already carries the penalty 'l2'"):
        booth("l2", 1.0).penalized("l1", 1.0)


# --- the minimum --------------------------------------------------------------------------------


@functools.cache
def values(slug):
    """Values of the bare surface on a grid through the origin, and the grid."""
    surface = make(slug)
    (x0, x1), (y0, y1) = surface.domain
    picture = field(surface, ((x0, x1), (y0, y1)), 201)
    return picture.f, np.stack(np.meshgrid(picture.x, picture.y), axis=-1)


# One of the four in turn on each surface, as each takes a search from many seeds, and programs of
# its own. The search knows no surface by name: to each penalty it is enough to meet half of them.
STRONG = [("l2", 0.1), ("l1", 3.0), ("l2", 3.0), ("l1", 0.5)]


@pytest.mark.parametrize(
    ("slug", "kind", "strength"), [(slug, *STRONG[i % 4]) for i, slug in enumerate(LANDSCAPES)]
)
def test_nothing_in_the_window_is_lower_than_the_minimum_found(slug, kind, strength):
    penalized = make(slug).penalized(kind, strength)
    if penalized.f_min is None:
        assert penalized.minima is None
        return
    bare, w = values(slug)
    sums = {"l2": (w**2).sum(-1), "l1": abs(w).sum(-1)}
    lowest = (bare + strength * sums[kind]).min()
    assert penalized.f_min <= lowest + 1e-12 * (1 + abs(lowest))


@pytest.mark.parametrize("strength", [0.1, 1.0, 7.0])
def test_l2_shrinks_booth_as_ridge_regression_does(strength):
    expected = np.linalg.solve(BOOTH + 2 * strength * np.eye(2), BOOTH @ [1, 3])
    assert booth("l2", strength).minima == pytest.approx(expected[None], abs=1e-12)


@pytest.mark.parametrize("angle", [0.0, 30.0])
@every_kind
def test_penalty_leaves_a_minimum_at_the_origin_there(angle, kind):
    valley = make("valley", angle=angle)
    assert valley.penalized(kind, 2.0).minima.tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("strength", [0.5, 3.0, 17.0])
def test_weak_l1_moves_booth_by_a_constant(strength):
    shift = strength / 18
    assert booth("l1", strength).minima == pytest.approx(
        np.array([[1 - shift, 3 - shift]]), abs=1e-12
    )


@pytest.mark.parametrize("strength", [19.0, 20.0, 37.0])
def test_strong_l1_sets_one_weight_of_booth_to_exactly_zero(strength):
    ((x, y),) = booth("l1", strength).minima
    assert x == 0.0
    assert y == pytest.approx((38 - strength) / 10, abs=1e-12)


def test_stronger_l1_sets_both_weights_to_exactly_zero():
    assert booth("l1", 38.5).minima.tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("strength", [0.5, 2.0])
def test_elastic_minimum_of_booth_is_that_of_the_linear_system(strength):
    expected = np.linalg.solve(BOOTH + 2 * strength * np.eye(2), BOOTH @ [1, 3] - strength)
    assert (expected > 0).all()
    assert booth("elastic", strength).minima == pytest.approx(expected[None], abs=1e-12)


def test_l2_of_a_small_strength_leaves_no_weight_at_zero_where_l1_does():
    beale = make("beale")
    assert (beale.penalized("l2", 3.0).minima != 0).all()
    ((x, y),) = beale.penalized("l1", 3.0).minima
    assert (x, y) == (pytest.approx(1.625, abs=1e-12), 0.0)


@pytest.mark.parametrize(
    ("slug", "kind"), [(slug, STRONG[i % 4][0]) for i, slug in enumerate(LANDSCAPES)]
)
def test_slope_vanishes_at_the_minimum_off_the_axes_and_is_outweighed_on_them(slug, kind):
    surface = make(slug)
    penalized = surface.penalized(kind, 0.7)
    if penalized.minima is None or surface.boxed or surface.not_smooth:
        return
    for w in penalized.minima:
        g = np.asarray(jax.grad(penalized)(w))
        allowed = np.where((w == 0) & (kind != "l2"), 0.7, 1e-8 * (1 + abs(penalized.f_min)))
        assert (np.abs(g) <= allowed).all()


@every_kind
def test_minimizers_that_tie_are_all_found(kind):
    twins = make("six_hump_camel").penalized(kind, 0.2).minima
    assert len(twins) == 2
    assert twins[0] == pytest.approx(-twins[1], abs=1e-9)


def test_minimum_follows_the_fields():
    penalized = make("rosenbrock").penalized("l1", 0.5)
    assert penalized.minima == pytest.approx(np.array([[0.5, 0.2475]]), abs=1e-12)
    assert penalized.replace(a=-1.0).minima[0][0] < 0


def test_l2_bounds_the_saddle_once_it_outweighs_the_way_down():
    saddle = make("saddle", curvature_down=1.0)
    weak, strong = saddle.penalized("l2", 0.49), saddle.penalized("l2", 0.51)
    assert weak.minima is None
    assert weak.f_min is None
    assert weak.unbounded == saddle.unbounded
    assert strong.minima.tolist() == [[0.0, 0.0]]
    assert strong.f_min == 0.0
    assert strong.unbounded is None


@pytest.mark.parametrize("strength", [0.5, 50.0])
def test_l1_never_bounds_the_saddle(strength):
    penalized = make("saddle").penalized("l1", strength)
    assert penalized.minima is None
    assert penalized.unbounded


@every_kind
@pytest.mark.parametrize("strength", [0.1, 100.0])
def test_no_penalty_bounds_a_cubic(kind, strength):
    assert make("monkey_saddle").penalized(kind, strength).minima is None


def test_mccormick_is_bounded_by_l2_but_searched_in_its_box():
    penalized = make("mccormick").penalized("l2", 0.1)
    assert penalized.unbounded is None
    assert penalized.boxed == "The minimum is searched for in the window only."
    assert len(penalized.minima) == 1


def test_minimum_that_cannot_be_confirmed_is_not_claimed():
    assert make("bukin6").penalized("l2", 0.1).minima is None


def test_levels_work_with_and_without_a_minimum():
    for penalized in (booth("l1", 20.0), make("saddle").penalized("l1", 1.0)):
        levels = penalized.levels(field(penalized, penalized.domain, 101).f)
        assert levels.shape == (24,)
        assert (np.diff(levels) > 0).all()


def test_minima_are_remembered_within_bounds_and_cannot_be_spoilt():
    penalized = booth("l1", 20.0)
    assert penalized.minima is penalized.minima
    with pytest.raises(ValueError, match="read-only"):
        penalized.minima[0, 0] = 1.0
    assert _minimizers.cache_info().maxsize
    assert _falls_for_ever.cache_info().maxsize
