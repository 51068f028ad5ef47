"""Derivatives at a point, Taylor models, gradient checks, and one step explained."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calculus import kind_index
from calculus.matrices import eigen
from landscapes import LANDSCAPES
from thalweg import diagnostics
from thalweg.diagnostics import (
    KINDS,
    alpha,
    check_gradient,
    jet,
    model,
    step_change,
)

pytestmark = pytest.mark.float64

# What a surface that is not smooth has not is None; here it mostly is there.
diagnose: Any = diagnostics.diagnose
section: Any = diagnostics.section

VALLEY = LANDSCAPES["valley"](condition=30.0, angle=25.0)
ROSENBROCK = LANDSCAPES["rosenbrock"]()
HIMMELBLAU = LANDSCAPES["himmelblau"]()
MONKEY = LANDSCAPES["monkey_saddle"]()
SMOOTH = [slug for slug, cls in LANDSCAPES.items() if cls().not_smooth is None]
KINKED = [slug for slug, cls in LANDSCAPES.items() if cls().not_smooth is not None]

numbers = st.floats(-1e3, 1e3).map(lambda v: 0.0 if abs(v) < 1e-6 else v)
jitted_eigen = jax.jit(eigen)
jitted_jet: Any = jax.jit(jet, static_argnums=0)
jitted_model: Any = jax.jit(model, static_argnums=0)


# --- derivatives ---------------------------------------------------------------------------------


def worked_example(x):
    """x₁² + x₁(1 − x₂) + x₂² − x₂x₃ + x₃² + x₃, an exercise with three variables."""
    return x[0] ** 2 + x[0] * (1 - x[1]) + x[1] ** 2 - x[1] * x[2] + x[2] ** 2 + x[2]


def test_worked_example_in_three_variables_has_its_gradient_hessian_and_determinant():
    for p in np.random.default_rng(3).uniform(-3, 3, (5, 3)):
        value, gradient, hessian = jitted_jet(worked_example, jnp.asarray(p))
        x, y, z = p
        assert value == pytest.approx(worked_example(p), rel=1e-14)
        assert gradient == pytest.approx([2 * x + 1 - y, 2 * y - x - z, 2 * z - y + 1], abs=1e-13)
        assert hessian.tolist() == [[2, -1, 0], [-1, 2, -1], [0, -1, 2]]
        assert np.linalg.det(hessian) == pytest.approx(4, rel=1e-14)


def test_worked_example_is_lowest_where_all_three_are_minus_one():
    value, gradient, hessian = jitted_jet(worked_example, -jnp.ones(3))
    assert gradient.tolist() == [0, 0, 0]
    assert np.linalg.eigvalsh(hessian).min() > 0
    assert value == -1


@settings(deadline=None)  # the first example compiles
@given(numbers, numbers, numbers)
def test_closed_form_eigenvalues_ascend_and_rebuild_the_matrix(a, b, c):
    h = np.array([[a, b], [b, c]])
    values, vectors = map(np.asarray, jitted_eigen(h))
    scale = np.abs(h).max() + 1e-300
    assert values[0] <= values[1]
    assert vectors.T @ vectors == pytest.approx(np.eye(2), abs=1e-14)
    assert vectors @ np.diag(values) @ vectors.T == pytest.approx(h, abs=1e-14 * scale, rel=0)
    assert values == pytest.approx(np.linalg.eigvalsh(h), abs=1e-14 * scale, rel=0)


def test_point_knows_value_gradient_curvatures_and_directions():
    at = diagnose(VALLEY, (1.0, 0.5))
    turn = math.radians(25)
    shallow, steep = np.array([math.cos(turn), math.sin(turn)]), (-math.sin(turn), math.cos(turn))
    u, w = shallow @ (1.0, 0.5), np.dot(steep, (1.0, 0.5))
    assert at.value == pytest.approx(0.5 * u**2 + 15 * w**2, rel=1e-14)
    assert at.gradient == pytest.approx(u * shallow + 30 * w * np.array(steep), rel=1e-13)
    assert at.slope == pytest.approx(math.hypot(u, 30 * w), rel=1e-13)
    assert at.eigenvalues == pytest.approx([1, 30], rel=1e-13)
    assert abs(at.directions[:, 0] @ shallow) == pytest.approx(1, rel=1e-14)
    assert at.kind == "not critical"
    assert at.reason is None


def listed(surface):
    for kind, points in (
        ("minimum", surface.minima),
        ("minimum", surface.local_minima),
        ("saddle", surface.saddles),
        ("maximum", surface.maxima),
    ):
        yield from ((kind, p) for p in (() if points is None else points))


@pytest.mark.parametrize("slug", SMOOTH)
def test_every_listed_point_is_of_its_kind(slug):
    surface = LANDSCAPES[slug]()
    expected = "degenerate" if surface == MONKEY else None
    every = list(listed(surface))
    some = every[:: 1 + len(every) // 20]
    assert {kind for kind, _ in some} == {kind for kind, _ in every} != set()
    for kind, p in some:
        assert diagnose(surface, p).kind == (expected or kind)
        # one ten-millionth of the window beside it, still; a thousandth, no longer
        (x0, x1), (y0, y1) = surface.domain
        size = max(x1 - x0, y1 - y0)
        beside = np.array([0.6, 0.8]) * size
        if not expected:
            assert diagnose(surface, p + 1e-7 * beside).kind == kind
        assert diagnose(surface, p + 1e-3 * beside).kind == "not critical"


@pytest.mark.parametrize("slug", SMOOTH)
def test_no_kind_is_claimed_at_the_start(slug):
    surface = LANDSCAPES[slug]()
    assert diagnose(surface, surface.start).kind == "not critical"


@jax.jit
def kind_of_himmelblau(scale, x):
    def f(x):
        return scale * HIMMELBLAU(x)

    return kind_index(f, x, jet(f, x), 12.0)


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12])
def test_kind_does_not_depend_on_the_units_of_the_loss(scale):
    for kind, p in listed(HIMMELBLAU):
        assert KINDS[int(kind_of_himmelblau(scale, p))] == kind


def test_a_slope_too_faint_to_see_is_still_a_slope():
    at = diagnose(LANDSCAPES["easom"](), (0.3, 0.2))
    assert 0 < at.slope < 1e-6
    assert at.kind == "not critical"
    plateau = LANDSCAPES["plateau"](width=6.0, slope=10.0)
    at = diagnose(plateau, (3.0, 0.0))
    assert 0 < at.slope < 1e-10
    assert at.kind == "not critical"


def test_where_two_wells_merge_the_point_is_degenerate():
    # barrier = 3/16 × depth puts the saddle on the right minimum: there f″ = 0 along x
    merged = LANDSCAPES["double_well"](depth=1.0, barrier=3 / 16)
    at = diagnose(merged, (1.0, 0.0))
    assert at.kind == "degenerate"
    assert at.eigenvalues == pytest.approx([0, 1], abs=1e-12)


@pytest.mark.parametrize("slug", KINKED)
def test_surface_that_is_not_smooth_gives_a_gradient_and_its_reason_for_no_more(slug):
    surface = LANDSCAPES[slug]()
    at = diagnose(surface, surface.start)
    assert at.gradient == pytest.approx(
        np.asarray(jax.grad(surface)(jnp.array(surface.start))), rel=1e-12
    )
    assert at.reason == surface.not_smooth
    assert at.hessian is at.eigenvalues is at.directions is at.kind is None


def test_penalty_with_a_kink_gives_its_reason_too():
    at = diagnose(VALLEY.penalized("l1", 0.5), (1.0, 0.5))
    assert at.hessian is None
    assert "kink" in at.reason
    assert diagnose(VALLEY.penalized("l2", 0.5), (1.0, 0.5)).hessian is not None


@pytest.mark.parametrize("bad", [(1.0,), (1.0, math.nan), "here", (1, 2, 3), None])
def test_what_is_no_point_is_refused_with_a_sentence(bad):
    for question in (diagnose, check_gradient):
        with pytest.raises(ValueError, match="must be two finite numbers"):
            question(VALLEY, bad)
    with pytest.raises(ValueError, match="step is"):
        step_change(VALLEY, (0, 0), bad)


def test_other_numbers_of_a_surface_compile_nothing():
    compiled = vars(diagnostics.point)["_diagnosed"]._cache_size
    diagnose(VALLEY, (1, 2))
    before = compiled()
    for condition in (2, 5.0, 1000):
        diagnose(VALLEY.replace(condition=condition), (0, condition))
    assert compiled() == before


# --- Taylor models -------------------------------------------------------------------------------


def test_models_touch_the_surface_to_their_order():
    x, direction = jnp.array([-0.7, 0.9]), np.array([0.6, -0.8])
    m = jitted_model(ROSENBROCK, x)
    errors = []
    for h in (1e-2, 1e-3):
        p = x + h * direction
        f = ROSENBROCK(p)
        errors.append((abs(m.first(p) - f), abs(m.second(p) - f)))
    (first, second), (first10, second10) = errors
    assert first / first10 == pytest.approx(100, rel=0.1)
    assert second / second10 == pytest.approx(1000, rel=0.1)


@settings(deadline=None)  # the first example compiles
@given(numbers, numbers, numbers, numbers)
def test_ratio_is_one_on_a_quadratic_whatever_the_step(x, y, dx, dy):
    found = step_change(VALLEY, (x, y), (dx, dy))
    loss = float(VALLEY(jnp.array([x, y]))) + float(VALLEY(jnp.array([x + dx, y + dy])))
    rounding = 1e-13 * (loss + abs(found.first))
    assert found.actual == pytest.approx(found.second, abs=rounding + 1e-300, rel=1e-9)
    if abs(found.second) > 1e3 * rounding:
        assert found.ratio == pytest.approx(1, abs=2e-3)


# Every second: the models know no surface by name, and gradients have tests of their own.
@pytest.mark.parametrize("slug", SMOOTH[::2])
def test_ratio_tends_to_one_with_the_step(slug):
    surface = LANDSCAPES[slug]()
    x = np.array(surface.start)
    (x0, x1), _ = surface.domain
    downhill = -np.asarray(jax.grad(surface)(jnp.array(x)))
    unit = downhill / np.hypot(*downhill)
    far, near = (abs(step_change(surface, x, h * (x1 - x0) * unit).ratio - 1) for h in (1e-3, 1e-5))
    assert near < 1e-4
    assert near <= 0.1 * far + 1e-7


def test_newtons_step_ends_where_the_quadric_is_stationary():
    x = jnp.array([-1.2, 1.0])
    m = jitted_model(ROSENBROCK, x)
    step = m.newton_step()
    assert m.gradient + m.hessian @ step == pytest.approx([0, 0], abs=1e-10)
    assert m.minimizer() == pytest.approx(np.asarray(x + step), rel=1e-14)
    assert jitted_model(VALLEY, jnp.array([3.0, -2.0])).minimizer() == pytest.approx(
        [0, 0], abs=1e-13
    )


def test_a_quadric_that_opens_downwards_has_no_lowest_point_and_newton_climbs():
    at_top = jitted_model(HIMMELBLAU, jnp.array([-0.3, -0.9]))
    assert np.isnan(at_top.minimizer()).all()
    assert at_top.second(at_top.x + at_top.newton_step()) > at_top.value


def test_where_the_hessian_is_singular_there_is_no_newton_step():
    assert np.isnan(jitted_model(MONKEY, jnp.zeros(2)).newton_step()).all()


def test_section_has_the_loss_and_both_models_along_the_step():
    x, step = np.array([-1.2, 1.0]), np.array([0.1, 0.05])
    s = section(ROSENBROCK, x, step, span=(-1, 2), points=31)
    assert s.at[[0, 10, -1]] == pytest.approx([-1, 0, 2], abs=1e-15)
    m = jitted_model(ROSENBROCK, jnp.asarray(x))
    for i in (0, 7, 30):
        p = jnp.asarray(x + s.at[i] * step)
        assert s.loss[i] == pytest.approx(float(ROSENBROCK(p)), rel=1e-13)
        assert s.first[i] == pytest.approx(float(m.first(p)), rel=1e-13)
        assert s.second[i] == pytest.approx(float(m.second(p)), rel=1e-13)
    assert s.reason is None


def test_section_of_a_surface_that_is_not_smooth_has_no_models():
    ackley = LANDSCAPES["ackley"]()
    s = section(ackley, (1, 1), (-0.1, 0))
    assert s.first is None
    assert s.second is None
    assert s.reason == ackley.not_smooth
    assert np.isfinite(s.loss).all()
    assert np.isnan(step_change(ackley, (1, 1), (-0.1, 0)).ratio)


@pytest.mark.parametrize(
    ("share", "expected"), [(1e-9, -1), (0.5, -0.5), (1, 0), (1.5, 0.5), (2, 1), (2.2, 1.2)]
)
def test_alpha_is_minus_one_without_a_step_zero_at_the_floor_one_on_the_mirror_side(
    share, expected
):
    bowl = LANDSCAPES["valley"](condition=7.0)
    x = np.array([0.0, 1.3])  # on the axis of curvature 7: lr = share/7
    s = section(bowl, x, -share / 7 * np.array([0.0, 7 * 1.3]))
    assert s.alpha == pytest.approx(expected, abs=1e-8)


def test_alpha_fits_the_four_numbers_by_least_squares():
    f0, slope0, f1, slope1 = 2.0, -3.0, 0.7, 1.9
    design = [[1, 0, 0], [1, 1, 1], [0, 1, 0], [0, 1, 2]]
    _, c1, c2 = np.linalg.lstsq(design, [f0, f1, slope0, slope1])[0]
    assert alpha(f0, slope0, f1, slope1) == pytest.approx(-2 * c2 / c1 - 1, rel=1e-13)


def test_alpha_of_a_step_that_only_goes_downhill_is_minus_one():
    assert alpha(1.0, -1.0, -0.5, -2.0) == -1
    assert alpha(1.0, 0.0, 1.0, 0.0) == -1


# --- gradient check ------------------------------------------------------------------------------


# One in three: the gradients of all are held to differences at many points in test_landscapes.py.
@pytest.mark.parametrize("slug", list(LANDSCAPES)[::3])
def test_gradient_agrees_with_central_differences(slug):
    surface = LANDSCAPES[slug]()
    check = check_gradient(surface, np.add(surface.start, (0.0123, -0.0217)))
    assert check.agrees
    assert check.verdict.startswith("The gradient agrees")
    assert check.automatic == pytest.approx(check.numeric, abs=2e-6 * np.hypot(*check.automatic))


@jax.tree_util.register_dataclass
@dataclasses.dataclass(frozen=True)
class Wrong:
    """A surface whose derivative is 1 % too small."""

    not_smooth = None

    def __call__(self, p):
        @jax.custom_jvp
        def f(p):
            return jnp.sum(p**2)

        @f.defjvp
        def _(primals, tangents):
            return f(*primals), 1.98 * jnp.sum(primals[0] * tangents[0])

        return f(p)


def test_gradient_check_finds_a_derivative_that_is_one_percent_off():
    wrong: Any = Wrong()
    check = check_gradient(wrong, (1.0, 2.0))
    assert not check.agrees
    assert check.relative == pytest.approx(0.01 / 1.99, rel=1e-4)
    assert check.verdict.startswith("The gradient does not agree")


def test_gradient_check_on_a_kink_gives_the_reason():
    surface: Any = LANDSCAPES["bukin6"]()
    check = check_gradient(surface, (-12.0, 1.44))
    assert not check.agrees
    assert surface.not_smooth in check.verdict
