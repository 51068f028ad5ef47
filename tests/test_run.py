"""The loop: what a trajectory holds, when it ends, and that numbers never compile anything."""

from __future__ import annotations

import math
from typing import Any

import jax
import numpy as np
import pytest
from jax import Array

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, Info, Loss, Rule
from optimizers.base import info
from tests import references
from tests.helpers import OWN, STARTS, SURFACES, Plane, assert_same_path, numbers
from thalweg.simulation import MOST_STEPS, SCHEDULES, Noise, Trajectory, run
from thalweg.simulation import cache_limit as programs
from thalweg.simulation.growth import is_growing
from thalweg.simulation.noise import as_noise, unit_draws
from thalweg.simulation.run import BLOCK
from thalweg.simulation.run import _block as block
from thalweg.simulation.step import Exact, GivenLoss

VALLEY = LANDSCAPES["valley"](condition=100.0)
FAR = (-2.0, 1.0)
SGD, ADAM, MOMENTUM = (OPTIMIZERS[slug] for slug in ("sgd", "adam", "momentum"))


def same(one: Trajectory, other: Trajectory) -> bool:
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(columns(one), columns(other)))  # noqa: B905


def columns(t: Trajectory) -> list[Any]:
    plain = [t.x, t.f, t.grad, t.query, t.velocity, t.rate, t.update, t.lr, t.calls]
    return plain + list(t.terms.values())


# -- what it holds ---------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", OWN)
def test_a_trajectory_has_its_names_and_shapes(slug: str) -> None:
    t = run(VALLEY, OPTIMIZERS[slug](), FAR, 7)
    assert t.steps == 7
    assert t.x.shape == (8, 2)
    assert t.f.shape == (8,)
    for column in (t.grad, t.query, t.velocity, t.rate, t.update):
        assert column.shape == (7, 2)
    assert t.lr.shape == (7,)
    assert t.calls.shape == (7, 3)
    assert all(len(column) == 7 for column in t.terms.values())
    assert {c.dtype for c in columns(t)} == {np.dtype(np.float64)}
    assert t.diverged_at is None
    assert t.growing is False
    np.testing.assert_array_equal(t.x[0], FAR)
    np.testing.assert_array_equal(t.update, np.diff(t.x, axis=0))


def test_rows_belong_to_their_steps() -> None:
    t = run(VALLEY, SGD(lr=0.01), FAR, 50)
    gradient = t.x[:-1] * [1, 100]
    np.testing.assert_allclose(t.grad, gradient, rtol=1e-14)
    np.testing.assert_array_equal(t.query, t.x[:-1])
    np.testing.assert_allclose(t.update, -0.01 * gradient, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(t.f, 0.5 * (t.x**2 @ [1, 100]), rtol=1e-14)
    np.testing.assert_array_equal(t.rate, 0.01)
    np.testing.assert_array_equal(t.lr, 0.01)
    np.testing.assert_array_equal(t.calls, [[0, 1, 0]] * 50)
    np.testing.assert_array_equal(t.terms["g"], t.grad)
    assert np.isnan(t.velocity).all()


def test_the_loss_is_without_noise_and_with_penalty() -> None:
    surface = VALLEY.penalized("l2", 0.3)
    t = run(surface, SGD(lr=0.01), FAR, 20, noise=2.0)
    expected = 0.5 * (t.x**2 @ [1, 100]) + 0.3 * (t.x**2).sum(axis=1)
    np.testing.assert_allclose(t.f, expected, rtol=1e-13)


def test_steps_to_counts_until_a_loss_is_reached() -> None:
    t = run(VALLEY, SGD(lr=0.01), FAR, 50)
    first = t.steps_to(1.0)
    assert first is not None
    assert t.f[first] < 1.0 <= t.f[first - 1]
    assert t.steps_to(1e9) == 0
    assert t.steps_to(-1.0) is None


def test_no_steps_are_a_path_of_one_point() -> None:
    t = run(VALLEY, ADAM(), FAR, 0)
    assert t.x.shape == (1, 2)
    assert t.f == pytest.approx([52.0])
    assert t.grad.shape == (0, 2)
    assert t.calls.shape == (0, 3)
    assert (t.diverged_at, t.growing) == (None, False)


# -- paths against references ----------------------------------------------------------------------

# The rules that no library has, on all three surfaces; the others are held to optax and torch.
# Once a method has converged its line search compares losses that differ by rounding only.
ALONE = [slug for slug in OWN if OPTIMIZERS[slug].in_optax is None]


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("slug", [s for s in ALONE if s in references.RULES])
def test_paths_and_evaluations_are_those_of_plain_floats(slug: str, surface: str) -> None:
    rule, plain = OPTIMIZERS[slug](), references.SURFACES[surface]()
    t = run(SURFACES[surface], rule, STARTS[surface], 200)
    moving = np.linalg.norm(t.grad, axis=1) > 1e-7
    steps = int(np.argmin(moving)) if not moving.all() else 200
    theirs = references.path(slug, plain, STARTS[surface], steps, **numbers(rule))
    assert_same_path(
        t.x[: steps + 1],
        theirs,
        lambda start: run(SURFACES[surface], rule, start, 200).x[: steps + 1],
    )
    assert t.calls[:steps].sum(axis=0).tolist() == plain.asked


@pytest.mark.parametrize(
    ("surface", "start", "size", "steps"),
    [
        *((surface, STARTS[surface], 0.5, 100) for surface in SURFACES),
        # Shrinks are rare: these two begin with some.
        ("rosenbrock", (1.1, -0.7), 1.0, 40),
        ("himmelblau", (1.2, -1.0), 10.0, 40),
    ],
)
def test_nelder_mead_takes_scipys_steps_and_asks_as_often(
    surface: str, start: tuple[float, float], size: float, steps: int
) -> None:
    rule = OPTIMIZERS["nelder_mead"](size=size)
    plain = references.SURFACES[surface]()
    theirs, asked = references.scipy_path(plain, start, size, steps)
    t = run(SURFACES[surface], rule, start, steps)
    assert_same_path(
        t.x, theirs[: steps + 1], lambda nudged: run(SURFACES[surface], rule, nudged, steps).x
    )
    counted = rule.init_calls[0] + np.cumsum(t.calls[:, 0])
    assert counted.tolist() == asked[:steps]
    assert (4 in t.calls[:, 0]) == (steps == 40)
    assert np.isnan(t.grad).all()


@pytest.mark.parametrize("steps", [1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 2 * BLOCK + 1])
def test_blocks_join_without_a_seam(steps: int) -> None:
    schedule = SCHEDULES["cosine"](warmup=5)
    t = run(VALLEY, MOMENTUM(lr=0.01, rho=0.5), FAR, steps, noise=0.5, seed=3, schedule=schedule)
    z = np.random.RandomState(3).standard_normal((steps, 2))
    x, v, path = list(FAR), [0.0, 0.0], [list(FAR)]
    for i in range(1, steps + 1):
        rate = i / 5 if i <= 5 else 0.5 * (1 + math.cos(math.pi * (i - 6) / (steps - 5)))
        for k, curvature in ((0, 1.0), (1, 100.0)):
            v[k] = 0.5 * v[k] - 0.01 * rate * (curvature * x[k] + 0.5 * z[i - 1, k])
            x[k] += v[k]
        path.append(list(x))
    np.testing.assert_allclose(t.x, path, rtol=0, atol=1e-12)
    assert len(t.lr) == steps


# -- noise and clipping ----------------------------------------------------------------------------


def test_the_same_seed_gives_every_rule_the_same_noise() -> None:
    draws = [
        (t.grad - t.query * [1, 100])
        for slug in ("sgd", "adam", "nesterov", "backtracking")
        for t in [run(VALLEY, OPTIMIZERS[slug](), FAR, 40, noise=2.0, seed=7)]
    ]
    z = np.random.RandomState(7).standard_normal((40, 2))
    for noise in draws:
        np.testing.assert_allclose(noise, 2.0 * z, atol=1e-12)
    other = run(VALLEY, SGD(), FAR, 40, noise=2.0, seed=8)
    assert np.abs(other.grad - other.query * [1, 100] - 2.0 * z).max() > 0.1


def test_a_longer_run_begins_as_the_shorter_one() -> None:
    short = run(VALLEY, ADAM(), FAR, 500, noise=1.0, seed=5)
    long = run(VALLEY, ADAM(), FAR, 1500, noise=1.0, seed=5)
    np.testing.assert_array_equal(long.x[:501], short.x)
    np.testing.assert_array_equal(long.grad[:500], short.grad)


def test_noise_scales_as_sigma_over_the_root_of_the_batch() -> None:
    def noise_of(noise: Noise) -> Any:
        t = run(VALLEY, SGD(), FAR, 300, noise=noise)
        return t.grad - t.query * [1, 100]

    one = noise_of(Noise(sigma=0.5))
    assert one.std() == pytest.approx(0.5, rel=0.1)
    np.testing.assert_allclose(noise_of(Noise(sigma=0.5, batch=16)), one / 4, atol=1e-12)
    np.testing.assert_allclose(noise_of(Noise(sigma=1.5)), one * 3, atol=1e-12)


def test_no_noise_is_noise_of_size_zero() -> None:
    silent = run(VALLEY, ADAM(), FAR, 60)
    for noise in (0.0, Noise(sigma=0.0), Noise("student_t", 0.0), Noise("none", 3.0)):
        assert same(run(VALLEY, ADAM(), FAR, 60, noise=noise, seed=9), silent)
    assert not same(run(VALLEY, ADAM(), FAR, 60, noise=1e-3), silent)


def test_student_t_noise_has_heavy_tails() -> None:
    gauss = unit_draws(as_noise(1.0), 1, 20_000)
    heavy = unit_draws(Noise("student_t", dof=3.0), 1, 20_000)
    expected = np.random.RandomState(1).standard_t(3.0, (20_000, 2))
    np.testing.assert_array_equal(heavy, expected)
    assert (np.abs(gauss) > 5).mean() < 1e-4
    assert (np.abs(heavy) > 5).mean() == pytest.approx(0.0154, abs=0.003)  # the t distribution's
    t = run(VALLEY, SGD(), FAR, 30, noise=Noise("student_t", 0.2, batch=4), seed=1)
    np.testing.assert_allclose(t.grad - t.query * [1, 100], 0.1 * expected[:30], atol=1e-12)


class Twice(Rule):
    """Takes two gradients in one step: $$g_t = \\nabla f(x_{t-1})$$"""

    def init(self, x: Array, loss: Loss) -> tuple[()]:
        return ()

    def step(self, x: Array, state: tuple[()], loss: Loss) -> tuple[Array, tuple[()], Info]:
        g, again = loss.grad(x), loss.grad(x + 1)
        return x - 0.1 * g, (), info(query=x, grad=g, rate=0.1, calls=(0, 2, 0), again=again)


def test_every_gradient_within_a_step_has_the_same_noise() -> None:
    t = run(Plane(), Twice(), (0.0, 0.0), 30, noise=1.0)
    np.testing.assert_array_equal(t.grad, t.terms["again"])
    assert t.grad.std(axis=0).min() > 0.5


def test_clipping_shortens_long_gradients_and_leaves_the_others_alone() -> None:
    rule = SGD(lr=0.002)  # slow enough to come through every length below the first
    free, clipped = run(VALLEY, rule, FAR, 200), run(VALLEY, rule, FAR, 200, clip=20.0)
    given = clipped.query * [1, 100]
    norm = np.linalg.norm(given, axis=1)
    long = norm > 20
    assert long.any()
    assert not long.all()
    np.testing.assert_allclose(np.linalg.norm(clipped.grad[long], axis=1), 20.0, rtol=1e-14)
    np.testing.assert_allclose(clipped.grad[long], 20 * given[long] / norm[long, None], rtol=1e-12)
    np.testing.assert_array_equal(clipped.grad[~long], given[~long])
    assert not same(free, clipped)
    assert ((norm > 20) & (norm < 25)).any()
    assert same(free, run(VALLEY, rule, FAR, 200, clip=1e6))


def test_clipping_acts_after_the_noise() -> None:
    t = run(VALLEY, ADAM(), FAR, 100, noise=50.0, clip=3.0)
    assert np.linalg.norm(t.grad, axis=1).max() <= 3.0 * (1 + 1e-15)


# -- how runs end ----------------------------------------------------------------------------------


def test_the_step_of_the_overflow_is_the_one_that_arithmetic_predicts() -> None:
    # |1 − 2.3| = 1.3: ½ · 100 · 1.3^(2t) passes the largest float64 first at t = 1346.
    largest = np.finfo(np.float64).max
    predicted = math.ceil(math.log(largest / 50) / (2 * math.log(1.3)))
    assert predicted == 1346
    t = run(VALLEY, SGD(lr=0.023), FAR, 2000)
    assert t.diverged_at == predicted
    assert np.isfinite(t.f[:predicted]).all()
    assert np.isinf(t.f[predicted])
    assert np.isfinite(t.x[: predicted + 1]).all()
    assert len(t.f) == 2001
    for column in columns(t)[:2]:
        assert np.isnan(column[predicted + 1 :]).all()
    for column in (t.grad, t.query, t.rate, t.update, t.lr, t.calls, t.terms["g"]):
        assert np.isfinite(column[: predicted - 1]).all()
        assert np.isnan(column[predicted:]).all()
    assert t.growing


def test_a_start_without_a_finite_loss_is_step_zero() -> None:
    t = run(VALLEY, SGD(), (1e200, 1e200), 5)
    assert t.diverged_at == 0
    assert np.isnan(t.f[1:]).all()
    assert not t.growing


# Stability limits of lr · λmax on a quadratic, by method.
LIMITS = {
    "sgd": (SGD, {}, 2.0),
    "heavy ball": (MOMENTUM, {"rho": 0.9}, 2 * 1.9),
    "moving average": (MOMENTUM, {"rho": 0.9, "ema": True}, 2 * 1.9 / 0.1),
    "nesterov": (OPTIMIZERS["nesterov"], {"rho": 0.9}, (2 + 1.8) / (1 + 1.8)),
}


@pytest.mark.parametrize("steps", [100, 300, 2000])
@pytest.mark.parametrize("method", LIMITS)
def test_a_run_grows_above_the_stability_limit_and_not_below(method: str, steps: int) -> None:
    rule, fields, limit = LIMITS[method]
    above = run(VALLEY, rule(lr=1.01 * limit / 100, **fields), FAR, steps)
    below = run(VALLEY, rule(lr=0.99 * limit / 100, **fields), FAR, steps)
    assert above.growing
    assert not below.growing
    assert below.diverged_at is None


def test_a_run_can_grow_without_having_diverged() -> None:
    t = run(VALLEY, SGD(lr=0.023), FAR, 300)
    assert t.growing
    assert t.diverged_at is None


@pytest.mark.parametrize("steps", [50, 300, 20_000])
def test_falling_without_end_is_not_growing(steps: int) -> None:
    t = run(LANDSCAPES["saddle"](), SGD(lr=0.05), (-1.8, 0.01), steps)
    assert not t.growing
    assert (t.diverged_at is not None) == (steps == 20_000)


@pytest.mark.parametrize("start", [(0.0, 0.0), FAR])
@pytest.mark.parametrize("slug", ["sgd", "momentum", "adam", "rmsprop"])
def test_hovering_in_noise_is_not_growing(slug: str, start: tuple[float, float]) -> None:
    for seed in range(5):
        assert not run(VALLEY, OPTIMIZERS[slug](), start, 300, noise=1.0, seed=seed).growing


@pytest.mark.parametrize("slug", ["sgd", "momentum", "adam"])
def test_warming_up_is_not_growing(slug: str) -> None:
    for warmup in (50, 200, 300):
        schedule = SCHEDULES["constant"](warmup=warmup)
        assert not run(VALLEY, OPTIMIZERS[slug](), FAR, 300, schedule=schedule).growing


def test_the_longest_run_is_20000_steps() -> None:
    t = run(VALLEY, SGD(), FAR, MOST_STEPS)
    assert MOST_STEPS == 20_000
    assert len(t.x) == 20_001
    assert t.f[-1] < 1e-200


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"steps": 20_001}, "steps is 20001; it must be a whole number from 0 to 20000."),
        ({"steps": -1}, "steps is -1; it must be a whole number from 0 to 20000."),
        ({"steps": 2.5}, "steps is 2.5; it must be a whole number from 0 to 20000."),
        ({"steps": True}, "steps is True; it must be a whole number from 0 to 20000."),
        ({"start": (1.0,)}, "start is (1.0,); it must be two finite numbers."),
        ({"start": (math.nan, 0)}, "start is (nan, 0); it must be two finite numbers."),
        ({"start": "here"}, "start is 'here'; it must be two finite numbers."),
        ({"start": None}, "start is None; it must be two finite numbers."),
        ({"seed": -1}, "seed is -1; it must be a whole number from 0 to 4294967295."),
        ({"seed": 0.5}, "seed is 0.5; it must be a whole number from 0 to 4294967295."),
        ({"clip": 0}, "clip is 0; it must be a number above 0, or None."),
        ({"clip": "no"}, "clip is 'no'; it must be a number above 0, or None."),
        ({"clip": math.nan}, "clip is nan; it must be a number above 0, or None."),
        ({"noise": -0.1}, "noise sigma is -0.1; it must be a number from 0 up."),
    ],
)
def test_what_cannot_be_run_gets_a_sentence(wrong: dict[str, Any], sentence: str) -> None:
    arguments: dict[str, Any] = {"start": FAR, "steps": 5} | wrong
    with pytest.raises(ValueError) as error:  # noqa: PT011
        run(VALLEY, SGD(), **arguments)
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "pink"}, "noise kind is 'pink'; it must be one of: none, gaussian, student_t."),
        ({"sigma": math.inf}, "noise sigma is inf; it must be a number from 0 up."),
        ({"batch": 0}, "noise batch is 0; it must be a number from 1 up."),
        ({"dof": 0}, "noise dof is 0; it must be a number from 0.1 up."),
    ],
)
def test_noise_that_is_not_allowed_gets_a_sentence(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        Noise(**fields)
    assert str(error.value) == sentence


def test_growing_needs_longer_steps_and_no_fall_in_loss_for_them() -> None:
    grown = {"early_step": 1, "late_step": 3, "early_loss": 10, "late_loss": 20, "last_loss": 20}
    assert is_growing(**grown)
    assert not is_growing(**grown | {"late_step": 1.9})
    assert not is_growing(**grown | {"late_loss": 9})
    assert not is_growing(**grown | {"last_loss": 9})  # a burst that has passed


# -- compilation -----------------------------------------------------------------------------------


def compiled_programs() -> int:
    program: Any = block
    return int(program._cache_size())


def test_other_numbers_compile_nothing() -> None:
    def go(
        lr: float = 0.1, condition: float = 100.0, steps: int = 300, start: Any = FAR, **more: Any
    ) -> None:
        run(VALLEY.replace(condition=condition), ADAM(lr=lr), start, steps, **more)

    go()
    compiled = compiled_programs()
    go(lr=0.7)
    go(lr=1)
    go(condition=7)
    for steps in (0, 3, 300, 700, 2000):
        go(steps=steps)
    go(start=(1, 2))
    go(start=np.array([0.5, 0.25], np.float32))
    go(noise=0.3, seed=4)
    go(noise=Noise("student_t", 2, batch=8))
    go(clip=5)
    go(schedule=SCHEDULES["constant"](warmup=3))
    assert compiled_programs() == compiled


def test_another_switch_or_schedule_is_another_program() -> None:
    run(VALLEY, ADAM(), FAR, 2)
    compiled = compiled_programs()
    run(VALLEY, ADAM(bias_correction=False, printed_l3=True), FAR, 2)
    run(VALLEY, ADAM(), FAR, 2, schedule=SCHEDULES["exponential"]())
    assert compiled_programs() == compiled + 2


def test_rules_alike_in_their_fields_are_not_taken_for_each_other() -> None:
    # Both have the fields lr and c, and no switch.
    conjugate = run(VALLEY, OPTIMIZERS["conjugate_gradient"](), FAR, 20)
    bfgs = run(VALLEY, OPTIMIZERS["bfgs"](), FAR, 20)
    assert set(conjugate.terms) != set(bfgs.terms)


def test_the_given_gradient_is_exact_without_noise_and_clipping() -> None:
    surface, at = SURFACES["himmelblau"], np.array([0.3, -1.2])
    given = GivenLoss(Exact(surface), 0.0, math.inf)
    np.testing.assert_array_equal(jax.jit(given.grad)(at), jax.jit(jax.grad(surface))(at))
    ours, theirs = jax.jit(lambda at: (given.hess(at), jax.hessian(surface)(at)))(at)
    np.testing.assert_allclose(ours, theirs, rtol=1e-14)


def test_programs_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = []

    class Program:
        def clear_cache(self) -> None:
            forgotten.append(self)

    monkeypatch.setattr(programs, "_kinds", set())
    monkeypatch.setattr(programs, "MOST_PROGRAMS", 3)
    program = Program()
    for kind in (1, 2, 3, 1, 2, 3):
        programs.note(kind, program)
    assert not forgotten
    programs.note(4, program)
    assert forgotten == [program]


def test_a_gradient_too_long_to_square_is_clipped_to_its_direction() -> None:
    t = run(LANDSCAPES["rosenbrock"](), OPTIMIZERS["sgd"](lr=0.1), (1e60, 0.0), 3, clip=1.0)
    assert np.allclose(np.hypot(*t.grad.T), 1.0)
