"""Theory on quadratics: figures known in closed form, and an independent count of every rate."""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax.flatten_util import ravel_pytree
from scipy.linalg import solve_discrete_lyapunov

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from tests.helpers import on_plane
from thalweg import diagnostics
from thalweg.diagnostics import THEORY, adam_step
from thalweg.diagnostics.recurrence import Recurrence, heavy_ball, is_stable, radius, roots

pytestmark = pytest.mark.float64

# Answers may be None; here they are asked for where they are not.
best_of: Any = diagnostics.best_of
diagnose: Any = diagnostics.diagnose
limit_of: Any = diagnostics.limit_of
rate_of: Any = diagnostics.rate_of
sharpness: Any = diagnostics.sharpness
stationary_variance: Any = diagnostics.stationary_variance
theory_of: Any = diagnostics.theory_of

SGD, MOMENTUM, NESTEROV = (OPTIMIZERS[slug] for slug in ("sgd", "momentum", "nesterov"))
RMSPROP, ADAM = OPTIMIZERS["rmsprop"], OPTIMIZERS["adam"]


def companion(a, b):
    return np.array([[a, -b], [1.0, 0.0]])


def spectral_radius(a, b):
    return np.abs(np.linalg.eigvals(companion(a, b))).max()


# x⁺ = a x − b x⁻ − η ξ, worked out by hand apart from the product's own text
COEFFICIENTS = {
    "sgd": lambda lr, rho, c: (1 - lr * c, 0.0, lr),
    "momentum": lambda lr, rho, c: (1 + rho - lr * c, rho, lr),
    "ema": lambda lr, rho, c: (1 + rho - lr * (1 - rho) * c, rho, lr * (1 - rho)),
    "nesterov": lambda lr, rho, c: ((1 + rho) * (1 - lr * c), rho * (1 - lr * c), lr),
}
RULES = {
    "sgd": lambda lr, rho: SGD(lr=lr),
    "momentum": lambda lr, rho: MOMENTUM(lr=lr, rho=rho),
    "ema": lambda lr, rho: MOMENTUM(lr=lr, rho=rho, ema=True),
    "nesterov": lambda lr, rho: NESTEROV(lr=lr, rho=rho),
}
every_rule = pytest.mark.parametrize("name", RULES)


def settings_of(best):
    """lr, rho and rate of an entry of `best_of`."""
    return [*best.fields.values(), best.rate]


# --- rates ---------------------------------------------------------------------------------------


@every_rule
def test_rate_is_the_spectral_radius_of_the_companion_matrix(name):
    random = np.random.default_rng(5)
    for _ in range(300):
        lr, rho = random.uniform(0, 3), random.uniform(0, 1)
        curvatures = random.uniform(-0.5, 2, 2)
        expected = max(spectral_radius(*COEFFICIENTS[name](lr, rho, c)[:2]) for c in curvatures)
        assert rate_of(RULES[name](lr, rho), curvatures) == pytest.approx(expected, rel=1e-9)


@settings(deadline=None)
@given(st.floats(-3, 3), st.floats(-2, 2))
def test_roots_solve_their_equation_and_the_longest_is_the_radius(a, b):
    r = Recurrence(a, b, 1.0)
    found = np.asarray(roots(r)) @ [1, 1j]
    assert found.sum() == pytest.approx(a, abs=1e-12)
    assert found.prod() == pytest.approx(b, abs=1e-12)
    assert abs(found[0]) >= abs(found[1]) - 1e-12
    assert radius(r) == pytest.approx(abs(found[0]), abs=1e-12)
    if abs(abs(found[0]) - 1) > 1e-9:
        assert is_stable(r) == (abs(found[0]) < 1)


def test_complex_roots_of_the_heavy_ball_have_length_root_rho():
    r = heavy_ball(0.5, 0.81, 1.0)
    assert np.hypot(*np.asarray(roots(r)).T) == pytest.approx([0.9, 0.9], rel=1e-14)
    assert float(radius(r)) == pytest.approx(0.9, rel=1e-14)


def test_critical_damping_is_at_one_minus_root_of_lr_curvature_squared():
    lr, curvature = 0.4, 0.1  # lr·λ = 0.04
    rho = (1 - math.sqrt(0.04)) ** 2
    assert rate_of(MOMENTUM(lr=lr, rho=rho), [curvature]) == pytest.approx(0.8, abs=1e-7)
    for other in (rho - 0.05, rho + 0.05):
        assert rate_of(MOMENTUM(lr=lr, rho=other), [curvature]) > 0.8 + 1e-3


def test_below_a_saddle_the_run_grows_by_the_larger_root():
    down = -0.7
    assert rate_of(SGD(lr=0.1), [1, down]) == pytest.approx(1 + 0.1 * 0.7, rel=1e-14)
    middle = 1 + 0.9 + 0.1 * 0.7
    larger = (middle + math.sqrt(middle**2 - 4 * 0.9)) / 2
    assert rate_of(MOMENTUM(lr=0.1, rho=0.9), [1, down]) == pytest.approx(larger, rel=1e-13)


def test_without_momentum_all_are_gradient_descent():
    for name, rule in RULES.items():
        assert rate_of(rule(0.3, 0.0), [1, 4]) == pytest.approx(0.7, rel=1e-12), name
        assert limit_of(rule(0.3, 0.0)) == 2


@pytest.mark.parametrize("slug", [cls.slug for cls in THEORY])
@pytest.mark.parametrize("seed", range(4))
def test_rate_is_that_of_the_rule_itself_with_its_divisor_held(slug, seed):
    """The spectral radius of the derivative of `Rule.step`, its average of g² held fast."""
    random = np.random.default_rng(seed)
    own, own_switches = OPTIMIZERS[slug].knobs(), OPTIMIZERS[slug].switches().keys()
    some = {"lr": random.uniform(0.1, 1.5), "eps": 0.3, "weight_decay": random.uniform(0, 0.5)}
    some |= {n: random.uniform(0, 0.95) for n in ("rho", "beta1", "beta2", "decay_rate")}
    fields = {n: v for n, v in some.items() if n in own}
    on = {"ema", "lookahead", "eps_inside_root"} if seed % 2 else set()
    rule: Any = OPTIMIZERS[slug](**fields, **dict.fromkeys(on & own_switches, True))
    curvature = np.array([0.4, 2.5])

    class Quadratic:
        def value(self, x):
            return jnp.sum(curvature * x**2) / 2

        def grad(self, x):
            return curvature * x

    divisor = THEORY[type(rule)].preconditioner
    held = {"s": 0.7, "v": 0.7, "v_max": 0.7, "beta1_t": 0.0, "beta2_t": 0.0}  # late in a run

    def name_of(path):
        return getattr(path[-1], "name", "") if path else "s" if divisor else "velocity"

    def settled(path, part):
        return jnp.full(jnp.shape(part), held.get(name_of(path), 0.0))

    def is_free(path, part):
        return jnp.full(jnp.shape(part), name_of(path) not in held)

    state = rule.init(jnp.zeros(2), Quadratic())
    free = jax.tree.leaves(jax.tree_util.tree_map_with_path(is_free, state))
    state = jax.tree_util.tree_map_with_path(settled, state)
    at, unravel = ravel_pytree((jnp.zeros(2), state))

    def step(z):
        x, state, _ = rule.step(*unravel(z), Quadratic())
        return ravel_pytree((x, state))[0]

    moving = np.concatenate([[True, True], *(np.ravel(v) for v in free)])
    jacobian = np.asarray(jax.jacobian(step)(at))[np.ix_(moving, moving)]
    measured = np.abs(np.linalg.eigvals(jacobian)).max()

    terms = rule.step(jnp.zeros(2), state, Quadratic())[2].terms
    scale = np.ones(2) if divisor is None else np.asarray(divisor(rule, terms))
    assert rate_of(rule, curvature / scale) == pytest.approx(measured, rel=1e-7)
    # and the limit is where that rate passes 1
    for share, grows in ((0.999, False), (1.001, True)):
        edge = limit_of(rule) * share / rule.lr
        assert (rate_of(rule, [edge]) > 1) == grows


# --- limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "limit"),
    [
        (SGD(), 2),
        (MOMENTUM(rho=0.0), 2),
        (MOMENTUM(rho=0.9), 3.8),
        (MOMENTUM(rho=0.9999), 3.9998),
        (MOMENTUM(rho=0.9, ema=True), 38),
        (NESTEROV(rho=0.0), 2),
        (NESTEROV(rho=0.9), 3.8 / 2.8),
        (NESTEROV(rho=0.9, lookahead=True), 3.8 / 2.8),
        (RMSPROP(), 2),
        (ADAM(beta1=0.9), 38),
        (ADAM(beta1=0.5), 6),
        (ADAM(beta1=0.99), 398),
        (ADAM(beta1=0.0), 2),
    ],
)
def test_limits_are_those_of_the_literature(rule, limit):
    assert limit_of(rule) == pytest.approx(limit, rel=1e-12)


def test_nesterovs_limit_falls_with_momentum_and_the_heavy_balls_rises():
    rhos = np.linspace(0, 0.9999, 50)
    falling = [limit_of(NESTEROV(rho=r)) for r in rhos]
    rising = [limit_of(MOMENTUM(rho=r)) for r in rhos]
    assert (np.diff(falling) < 0).all()
    assert (np.diff(rising) > 0).all()
    assert falling[0] == rising[0] == 2
    assert limit_of(NESTEROV(rho=0.9)) == pytest.approx(1.357, abs=5e-4)
    assert falling[-1] == pytest.approx(4 / 3, abs=1e-4)
    assert rising[-1] == pytest.approx(4, abs=1e-3)


@every_rule
@pytest.mark.parametrize("rho", [0.0, 0.3, 0.9, 0.99])
def test_companion_matrix_passes_one_at_the_limit(name, rho):
    limit = limit_of(RULES[name](1.0, rho))
    for share, grows in ((1 - 1e-6, False), (1 + 1e-6, True)):
        assert (spectral_radius(*COEFFICIENTS[name](1.0, rho, limit * share)[:2]) > 1) == grows


# --- the best settings ---------------------------------------------------------------------------


def test_best_settings_for_condition_100():
    (gd,) = best_of(SGD, [1, 100])
    assert settings_of(gd) == pytest.approx([2 / 101, 0.98019802], abs=5e-9)
    (hb,) = best_of(MOMENTUM, [1, 100])
    assert settings_of(hb) == pytest.approx([0.033057851, 0.66942149, 0.81818182], abs=5e-9)
    quadratic, standard = best_of(NESTEROV, [1, 100])
    assert settings_of(standard) == pytest.approx([0.01, 9 / 11, 0.9], abs=1e-12)
    assert settings_of(quadratic) == pytest.approx([0.013289037, 0.79327473, 0.88472192], abs=5e-9)


def test_polyaks_settings_for_condition_10():
    (hb,) = best_of(MOMENTUM, [1, 10])
    assert settings_of(hb) == pytest.approx([0.23088616, 0.26987386, 0.51949385], abs=5e-9)


@pytest.mark.parametrize(
    ("slug", "eigenvalues", "gd", "hb", "standard"),
    [
        ("booth", (2, 18), (0.1, 0.8), (1 / 8, 1 / 4, 1 / 2), (1 / 18, 1 / 2, 2 / 3)),
        ("matyas", (0.04, 1), (2 / 1.04, 12 / 13), (25 / 9, 4 / 9, 2 / 3), (1, 2 / 3, 0.8)),
    ],
)
def test_quadrics_with_round_numbers_have_round_best_settings(slug, eigenvalues, gd, hb, standard):
    surface: Any = LANDSCAPES[slug]()
    here = diagnose(surface, surface.minima[0]).eigenvalues
    assert here == pytest.approx(eigenvalues, rel=1e-12)
    assert settings_of(best_of(SGD, here)[0]) == pytest.approx(gd, rel=1e-12)
    assert settings_of(best_of(MOMENTUM, here)[0]) == pytest.approx(hb, rel=1e-12)
    assert settings_of(best_of(NESTEROV, here)[1]) == pytest.approx(standard, rel=1e-12)


@every_rule
@pytest.mark.parametrize("condition", [1.0, 3.0, 100.0, 1e4])
def test_best_settings_reach_the_rate_they_promise(name, condition):
    eigenvalues = [0.5, 0.5 * condition]
    kind = RULES[name](1.0, 0.5)
    for _, fields, rate, _ in best_of(kind, eigenvalues):
        rule = RULES[name](fields["lr"], fields.get("rho", 0.0))
        # a double root moves by the root of a rounding error
        assert rate_of(rule, eigenvalues) == pytest.approx(rate, abs=3e-7)


@every_rule
def test_no_other_setting_on_a_grid_is_faster_than_the_best(name):
    eigenvalues = np.array([1.0, 20.0])
    _, fields, best, _ = best_of(RULES[name](1.0, 0.5), eigenvalues)[0]
    lrs = fields["lr"] * np.geomspace(0.3, 3, 121)
    for rho in np.linspace(0, 0.99, 100):
        a, b, _ = COEFFICIENTS[name](lrs[:, None], rho, eigenvalues[None])
        a, b = np.broadcast_arrays(a, b)
        gap = np.sqrt((a**2 - 4 * b).astype(complex))
        rates = np.maximum(np.abs(a + gap), np.abs(a - gap)).max(axis=1) / 2
        assert rates.min() >= best - 1e-9


def test_averaged_momentum_has_polyaks_path_at_a_longer_rate():
    (plain,) = best_of(MOMENTUM, [1, 100])
    (averaged,) = best_of(MOMENTUM(ema=True), [1, 100])
    assert averaged.fields["lr"] * (1 - averaged.fields["rho"]) == pytest.approx(plain.fields["lr"])
    assert averaged.fields["rho"] == plain.fields["rho"]


def test_there_is_no_best_rate_on_a_saddle_and_none_known_for_adam():
    assert best_of(SGD, [-1, 3]) is None
    assert best_of(SGD, [0, 3]) is None
    assert best_of(ADAM, [1, 3]) is None


def test_a_rule_without_theory_simply_has_none():
    for slug in ("lion", "newton", "bfgs", "nelder_mead", "optax:sgd"):
        rule = OPTIMIZERS[slug]()
        assert theory_of(rule) is limit_of(rule) is rate_of(rule, [1]) is None
        assert best_of(rule, [1, 2]) is stationary_variance(rule, 1, 1) is None
        assert sharpness(rule, LANDSCAPES["valley"](), (1, 1)) is None


# --- noise ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [("sgd", 0.1 / 1.9), ("momentum", 0.5135135), ("ema", 0.0501319), ("nesterov", 0.2706340)],
)
def test_stationary_variance_has_the_known_figures(name, expected):
    found = stationary_variance(RULES[name](0.1, 0.9), 1.0, 1.0)
    assert found == pytest.approx(expected, abs=5e-8)


@every_rule
def test_stationary_variance_solves_the_lyapunov_equation(name):
    random = np.random.default_rng(2)
    for _ in range(50):
        rho, curvature, sigma = random.uniform(0.05, [0.95, 3, 2])
        lr = random.uniform(0.05, 0.95) * limit_of(RULES[name](1.0, rho)) / curvature
        a, b, eta = COEFFICIENTS[name](lr, rho, curvature)
        drive = np.diag([(eta * sigma) ** 2, 0])
        expected = solve_discrete_lyapunov(companion(a, b), drive)[0, 0]
        found = stationary_variance(RULES[name](lr, rho), curvature, sigma)
        assert found == pytest.approx(expected, rel=1e-8)


def test_lookahead_form_shows_the_variance_of_the_point_ahead():
    lr, rho, curvature = 0.3, 0.8, 1.2
    a, b, eta = COEFFICIENTS["nesterov"](lr, rho, curvature)
    covariance = solve_discrete_lyapunov(companion(a, b), np.diag([eta**2, 0]))
    ahead = np.array([1 + rho, -rho])
    found = stationary_variance(NESTEROV(lr=lr, rho=rho, lookahead=True), curvature, 1.0)
    assert found == pytest.approx(ahead @ covariance @ ahead, rel=1e-10)


def test_noise_has_no_floor_where_the_run_grows_and_none_is_known_for_adam():
    assert stationary_variance(SGD(lr=2.1), 1.0, 1.0) == math.inf
    assert stationary_variance(ADAM(), 1.0, 1.0) is None


# --- Adam ----------------------------------------------------------------------------------------


def test_adam_without_correction_starts_with_long_steps_and_peaks_at_the_twelfth():
    t = np.arange(1, 2001)
    steps = np.asarray(adam_step(t, 0.9, 0.999))
    assert steps[0] == pytest.approx(3.16228, abs=5e-6)
    assert 1 + steps.argmax() == 12
    assert steps.max() == pytest.approx(6.568520, abs=5e-7)
    assert steps[99] == pytest.approx(3.24, abs=5e-3)
    assert steps[999] == pytest.approx(1.26, abs=5e-3)


def test_adam_walks_down_a_plane_as_the_formula_says():
    lr, steps = 0.01, 300
    t = on_plane(ADAM(lr=lr, eps=1e-16, bias_correction=False), steps, a=3.0, b=-0.2)
    expected = lr * np.asarray(adam_step(np.arange(1, steps + 1), 0.9, 0.999))
    assert np.abs(t.update) == pytest.approx(np.stack([expected] * 2, axis=1), rel=1e-9)


# --- in words ------------------------------------------------------------------------------------


def test_sharpness_compares_lr_times_the_largest_curvature_with_the_limit():
    valley = LANDSCAPES["valley"](condition=50.0, angle=30.0)
    found = sharpness(SGD(lr=0.03), valley, (1, 1))
    assert found.scaled == pytest.approx([0.03, 1.5], rel=1e-12)
    assert found.is_stable
    assert found.sentence == "lr · λmax is 1.5, below SGD's limit of 2: it settles here."
    assert not sharpness(SGD(lr=0.05), valley, (1, 1)).is_stable
    assert "moves away" in sharpness(SGD(lr=0.05), valley, (1, 1)).sentence


def test_sharpness_of_an_adaptive_rule_is_that_of_the_hessian_it_scales():
    valley = LANDSCAPES["valley"](condition=50.0, angle=30.0)
    v_hat = np.array([0.3, 4.0])
    found = sharpness(ADAM(lr=0.2, eps=1e-8), valley, (1, 1), {"v_hat": v_hat})
    h = diagnose(valley, (1, 1)).hessian
    expected = np.linalg.eigvals(0.2 * np.diag(1 / (np.sqrt(v_hat) + 1e-8)) @ h)
    assert found.scaled == pytest.approx(sorted(expected), rel=1e-10)
    assert found.limit == pytest.approx(38)
    assert "as the rule scales it" in found.sentence
    inside = sharpness(RMSPROP(eps=0.5, eps_inside_root=True), valley, (1, 1), {"s": v_hat})
    expected = np.linalg.eigvals(0.02 * np.diag((v_hat + 0.5) ** -0.5) @ h)
    assert inside.scaled == pytest.approx(sorted(expected), rel=1e-10)


def test_sharpness_says_nothing_it_cannot_know():
    valley = LANDSCAPES["valley"]()
    assert sharpness(ADAM(), valley, (1, 1)) is None  # its average is missing
    assert sharpness(SGD(), LANDSCAPES["ackley"](), (1, 1)) is None
    top = LANDSCAPES["himmelblau"]().maxima[0]
    assert (
        "no direction curves upwards" in sharpness(SGD(), LANDSCAPES["himmelblau"](), top).sentence
    )
