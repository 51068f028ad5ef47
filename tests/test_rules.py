"""The update rules: their registry, their first steps by hand, and what theory says of them."""

from __future__ import annotations

import inspect
import math
import re
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, Loss, Rule
from tests import references
from tests.helpers import (
    FROM_OPTAX,
    OWN,
    RATES,
    STARTS,
    SURFACES,
    numbers,
    on_plane,
    path_of,
    point,
    suited,
)
from thalweg.simulation import run
from thalweg.simulation.step import Exact, GivenLoss

pytestmark = pytest.mark.float64

# -- the registry ----------------------------------------------------------------------------------

SLUGS = (
    "sgd momentum nesterov adagrad rmsprop adam adamw amsgrad nadam adadelta lion newton "
    "saddle_free_newton backtracking conjugate_gradient bfgs nelder_mead"
)
NAMES = {"lr", "rho", "beta1", "beta2", "decay_rate", "eps", "weight_decay"}
# Fields of methods that have none of these quantities.
OTHERS = {"mu", "gamma", "c", "tol", "size"}
SWITCHES = {"bias_correction", "ema", "lookahead", "eps_inside_root", "printed_l3"}


def test_the_menu_is_our_rules_in_order_and_then_those_of_optax() -> None:
    slugs = list(OPTIMIZERS)
    assert slugs[:18] == [*SLUGS.split(), "own"]
    assert all(slug.startswith("optax:") for slug in slugs[18:])
    assert len(slugs) >= 18 + 20
    assert "optax:noisy_sgd" not in slugs


def test_fields_have_the_agreed_names() -> None:
    knobs = {name for slug in OWN for name in OPTIMIZERS[slug].knobs()}
    assert knobs == NAMES | OTHERS
    assert {name for slug in OWN for name in OPTIMIZERS[slug].switches()} == SWITCHES


@pytest.mark.parametrize("slug", FROM_OPTAX)
def test_fields_of_optax_rules_have_our_names(slug: str) -> None:
    theirs = {"b1", "b2", "b3", "momentum", "decay", "learning_rate"}
    assert not theirs & set(OPTIMIZERS[slug].knobs())


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_every_rule_has_title_source_family_and_equations(slug: str) -> None:
    rule = OPTIMIZERS[slug]
    assert rule.slug == slug
    assert rule.title
    assert rule.source
    assert rule.family
    assert rule.prose()
    assert rule().equations()


def test_titles_are_different() -> None:
    assert len({rule.title for rule in OPTIMIZERS.values()}) == len(OPTIMIZERS)


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_init_and_step_have_one_signature(slug: str) -> None:
    rule = OPTIMIZERS[slug]
    assert list(inspect.signature(rule.init).parameters) == ["self", "x", "loss"]
    first, point, _, loss = inspect.signature(rule.step).parameters
    assert (first, point, loss) == ("self", "x", "loss")


# -- one step, seen from outside -------------------------------------------------------------------


class Counting:
    """A loss that counts what it is asked while a step is traced."""

    def __init__(self, loss: Loss) -> None:
        self.loss = loss
        self.asked = [0, 0, 0]

    def value(self, x: Array) -> Array:
        self.asked[0] += 1
        return self.loss.value(x)

    def grad(self, x: Array) -> Array:
        self.asked[1] += 1
        return self.loss.grad(x)

    def hess(self, x: Array) -> Array:
        self.asked[2] += 1
        return self.loss.hess(x)


LOSS = GivenLoss(Exact(SURFACES["himmelblau"]), 0.0, math.inf)
with jax.enable_x64(True):
    START = point(-0.53, -0.47)

# Each combination of switches of each of our rules is one program of a few milliseconds: traced
# once here and used by the tests of this section.
FORMS = [
    pytest.param(OPTIMIZERS[slug](**dict(zip(names, setting, strict=True))), id=f"{slug}{setting}")
    for slug in OWN
    for names in [list(OPTIMIZERS[slug].switches())]
    for setting in np.ndindex(*[2] * len(names))
    for setting in [tuple(bool(s) for s in setting)]
]


def shapes(tree: Any) -> list[tuple[Any, Any]]:
    return [
        (jax.tree_util.keystr(k), v.shape) for k, v in jax.tree_util.tree_leaves_with_path(tree)
    ]


@pytest.mark.parametrize("rule", FORMS)
def test_info_has_its_shapes_and_the_state_keeps_its_own(rule: Rule) -> None:
    state = jax.eval_shape(lambda x: rule.init(x, LOSS), START)
    x, after, info = jax.eval_shape(lambda x, s: rule.step(x, s, LOSS), START, state)
    assert x.shape == (2,)
    assert shapes(after) == shapes(state)
    pairs = (info.query, info.grad, info.velocity, info.rate)
    assert [part.shape for part in pairs] == [(2,)] * 4
    assert info.calls.shape == (3,)
    assert {v.dtype for v in jax.tree.leaves((x, after, info))} == {np.dtype(np.float64)}


STEP = r"_(t|\{t\})$"


@pytest.mark.parametrize("rule", FORMS)
def test_every_term_is_the_left_side_of_an_equation(rule: Rule) -> None:
    state = jax.eval_shape(lambda x: rule.init(x, LOSS), START)
    _, _, info = jax.eval_shape(lambda x, s: rule.step(x, s, LOSS), START, state)
    pieces = [p for line in rule.equations() for p in re.split(r"\\quad|:\s|,\\ ", line)]
    left = {re.split(r" = |\\leftarrow| \\text| where", p)[0].strip().rstrip(",") for p in pieces}
    left = {re.sub(STEP, "", name.strip()) for name in left}
    given = {"g"} if rule.texts() else set()  # a typed rule is given its gradient
    symbols = {n: re.sub(STEP, "", rule.symbol(n, "t")) for n in info.terms}
    missing = {n for n, latex in symbols.items() if latex not in left} - given
    assert not missing, (missing, left)
    assert info.terms


# A step that searches a line asks as often as it needs, and one of Nelder and Mead's traces all
# that it might need; both are counted against references below.
STRAIGHT = [p for p in FORMS if not re.match("back|conj|bfgs|nelder", str(p.id))]


@pytest.mark.parametrize("rule", STRAIGHT)
def test_calls_are_the_evaluations_that_a_step_asks_for(rule: Rule) -> None:
    before, during = Counting(LOSS), Counting(LOSS)
    state = jax.eval_shape(lambda x: rule.init(x, before), START)
    assert tuple(before.asked) == rule.init_calls
    jax.eval_shape(lambda x, s: rule.step(x, s, during), START, state)
    fresh = jax.tree.map(lambda v: jnp.zeros(v.shape), state)
    reported = jax.jit(lambda x, s: rule.step(x, s, LOSS)[2].calls)(START, fresh)
    assert during.asked == reported.tolist()


def test_step_is_pure() -> None:
    rules = {slug: OPTIMIZERS[slug]() for slug in OWN}
    start = jax.jit(lambda x: {slug: rule.init(x, LOSS) for slug, rule in rules.items()})
    step = jax.jit(
        lambda x, states: {slug: rule.step(x, states[slug], LOSS) for slug, rule in rules.items()}
    )
    states = start(START)
    kept = jax.tree.map(np.array, states)
    jax.tree.map(np.testing.assert_array_equal, step(START, states), step(START, states))
    jax.tree.map(np.testing.assert_array_equal, states, kept)


# -- first steps by hand ---------------------------------------------------------------------------

# f = ½ (x² + 4 y²) from (1, 1): the gradient is (1, 4), the Hessian diag(1, 4). Each row: fields,
# steps, and where they lead, in arithmetic that fits on a slip of paper.
BY_HAND: dict[str, tuple[dict[str, float], int, tuple[float, float]]] = {
    "sgd": ({"lr": 0.1}, 1, (0.9, 0.6)),
    # v₂ = ½ (−0.1, −0.4) − 0.1 (0.9, 2.4)
    "momentum": ({"lr": 0.1, "rho": 0.5}, 2, (0.76, 0.16)),
    "own": ({"lr": 0.1, "rho": 0.5}, 2, (0.76, 0.16)),  # momentum, typed
    # looks ahead to (0.85, 0.4), where g = (0.85, 1.6)
    "nesterov": ({"lr": 0.1, "rho": 0.5}, 2, (0.765, 0.24)),
    # s = 1 + 0.49 and 16 + 2.8²
    "adagrad": (
        {"lr": 0.3, "eps": 0.0},
        2,
        (0.7 - 0.3 * 0.7 / math.sqrt(1.49), 0.7 - 0.3 * 2.8 / math.sqrt(23.84)),
    ),
    "rmsprop": ({"lr": 0.02, "decay_rate": 0.9, "eps": 0.0}, 1, (1 - 0.02 * math.sqrt(10),) * 2),
    "adam": ({"lr": 0.1, "eps": 0.0}, 1, (0.9, 0.9)),
    "adamw": ({"lr": 0.1, "weight_decay": 0.5, "eps": 0.0}, 1, (0.85, 0.85)),
    "amsgrad": ({"lr": 0.1, "eps": 0.0}, 1, (0.9, 0.9)),
    # m̂ = g (0.9 · 0.1/0.19 + 1)
    "nadam": ({"lr": 0.1, "beta1": 0.9, "eps": 0.0}, 1, (1 - 0.1 * (1 + 0.09 / 0.19),) * 2),
    "adadelta": (
        {"lr": 1.0, "decay_rate": 0.9, "eps": 0.01},
        1,
        (1 - 0.1 / math.sqrt(0.11), 1 - 0.4 / math.sqrt(1.61)),
    ),
    "lion": ({"lr": 0.03, "weight_decay": 0.5}, 1, (0.955, 0.955)),
    "newton": ({}, 1, (0.0, 0.0)),
    "saddle_free_newton": ({}, 1, (0.0, 0.0)),
    # length 1 leads to (0, −3), where f = 18; length ½ to (½, −1), where f = 2.125 < 2.5
    "backtracking": ({"lr": 1.0, "gamma": 0.5}, 1, (0.5, -1.0)),
    # gᵀg / gᵀHg = 17/65
    "conjugate_gradient": ({}, 1, (48 / 65, -3 / 65)),
    "bfgs": ({"lr": 1.0}, 1, (0.5, -1.0)),
    # (1, 1.5) is the worst corner; its reflection (1.5, 0.5) is the best so far, (1.75, 0) better
    "nelder_mead": ({"size": 0.5}, 1, (1.75, 0.0)),
}


@pytest.mark.parametrize("slug", OWN)
def test_first_steps_are_those_done_by_hand(slug: str) -> None:
    fields, steps, expected = BY_HAND[slug]
    valley = LANDSCAPES["valley"](condition=4.0, angle=0.0)
    path = run(valley, OPTIMIZERS[slug](**fields), (1.0, 1.0), steps).x
    np.testing.assert_allclose(path[-1], expected, rtol=0, atol=1e-15)


@pytest.mark.parametrize("slug", [s for s in OWN if s in references.RULES])
def test_first_steps_are_those_of_plain_floats(slug: str) -> None:
    rule = suited(slug, "valley")
    theirs = references.path(slug, references.valley(), STARTS["valley"], 20, **numbers(rule))
    np.testing.assert_allclose(path_of(rule, "valley", 20), theirs, rtol=0, atol=1e-13)


# -- a constant gradient ---------------------------------------------------------------------------


def test_adams_first_step_is_lr_in_each_coordinate_whatever_the_gradient() -> None:
    for slopes in ({"a": 10.0, "b": -1e-3}, {"a": -0.2, "b": 5.0}):
        steps = on_plane(OPTIMIZERS["adam"](lr=0.07, eps=1e-16), 300, **slopes).update
        signs = [-np.sign(slopes["a"]), -np.sign(slopes["b"])]
        np.testing.assert_allclose(steps, 0.07 * np.array(signs) * np.ones((300, 1)), rtol=1e-9)


def test_without_correction_adam_starts_too_long_and_peaks_at_step_12() -> None:
    adam = OPTIMIZERS["adam"](lr=0.01, eps=1e-16, bias_correction=False)
    lengths = np.abs(on_plane(adam, 1000).update[:, 0]) / 0.01
    assert lengths[0] == pytest.approx(0.1 / math.sqrt(0.001), rel=1e-9)
    assert lengths[0] == pytest.approx(3.16228, abs=5e-6)
    assert int(np.argmax(lengths)) + 1 == 12
    assert lengths[11] == pytest.approx(6.568520, abs=5e-7)
    assert lengths[99] == pytest.approx(3.24, abs=5e-3)
    assert lengths[999] == pytest.approx(1.26, abs=5e-3)


def test_adagrads_steps_fall_as_one_over_the_root_of_t() -> None:
    steps = on_plane(OPTIMIZERS["adagrad"](lr=0.3, eps=0.0), 400).update
    expected = 0.3 / np.sqrt(np.arange(1, 401))
    np.testing.assert_allclose(steps, np.stack([-expected, expected], axis=1), rtol=1e-9)


@pytest.mark.parametrize(("decay_rate", "ratio"), [(0.9, 3.162), (0.99, 10.0), (0.999, 31.62)])
def test_rmsprops_first_step_is_longer_than_lr(decay_rate: float, ratio: float) -> None:
    rmsprop = OPTIMIZERS["rmsprop"](lr=0.02, decay_rate=decay_rate, eps=0.0)
    first = np.abs(on_plane(rmsprop, 1).update[0])
    np.testing.assert_allclose(first, 0.02 / math.sqrt(1 - decay_rate), rtol=1e-12)
    assert first[0] / 0.02 == pytest.approx(ratio, rel=1e-3)


def test_rmsprop_ends_in_steps_of_lr_to_and_fro_about_the_minimum() -> None:
    valley = LANDSCAPES["valley"](condition=7.0)
    rmsprop = OPTIMIZERS["rmsprop"](lr=0.02, decay_rate=0.9, eps=1e-16)
    path = run(valley, rmsprop, (-1.0, 0.6), 3000).x
    np.testing.assert_allclose(np.abs(path[-20:]), 0.01, rtol=1e-9)
    np.testing.assert_allclose(path[-20:-1], -path[-19:], rtol=1e-9)


def test_momentum_ends_at_lr_g_over_one_minus_rho() -> None:
    velocity = on_plane(OPTIMIZERS["momentum"](lr=0.01, rho=0.9), 500, a=3.0, b=-0.2).velocity
    np.testing.assert_allclose(velocity[-1], [-0.3, 0.02], rtol=1e-12)
    assert abs(velocity[0, 0]) == pytest.approx(0.03)


def test_lions_steps_are_lr_in_each_coordinate() -> None:
    update = run(SURFACES["rosenbrock"], OPTIMIZERS["lion"](lr=0.03), STARTS["rosenbrock"], 200)
    np.testing.assert_allclose(np.abs(update.update), 0.03, rtol=1e-12)
    signs = -np.sign(update.terms["c"])
    np.testing.assert_array_equal(np.sign(update.update), signs)


# -- forms of one method ---------------------------------------------------------------------------


def test_momentum_in_its_two_forms_is_one_path() -> None:
    # The reference sums gradients, v ← ρv + g, and scales when it moves, x ← x − lr v.
    rule = suited("momentum", "himmelblau")
    theirs = references.path(
        "momentum", references.himmelblau(), STARTS["himmelblau"], 200, **numbers(rule)
    )
    np.testing.assert_allclose(path_of(rule, "himmelblau", 200), theirs, atol=1e-12)


def test_the_moving_average_is_momentum_at_a_rate_one_minus_rho() -> None:
    momentum = OPTIMIZERS["momentum"]
    averaged = path_of(momentum(lr=0.02, rho=0.8, ema=True), "himmelblau", 200)
    summed = path_of(momentum(lr=0.02 * 0.2, rho=0.8), "himmelblau", 200)
    np.testing.assert_allclose(averaged, summed, atol=1e-12)


def test_nesterovs_two_forms_are_one_path_under_the_look_ahead() -> None:
    nesterov = OPTIMIZERS["nesterov"]
    surface, start = SURFACES["himmelblau"], STARTS["himmelblau"]
    book = run(surface, nesterov(lr=2e-3, rho=0.9), start, 200)
    followed = run(surface, nesterov(lr=2e-3, rho=0.9, lookahead=True), start, 200)
    ahead = book.x[1:] + 0.9 * book.velocity
    np.testing.assert_allclose(followed.x[1:], ahead, atol=1e-12)
    assert np.abs(followed.x - book.x).max() > 0.1
    np.testing.assert_allclose(book.query[1:], ahead[:-1], atol=1e-15)
    np.testing.assert_allclose(book.terms["x_tilde"], book.query, atol=0)


def test_the_misprinted_adam_is_another_method() -> None:
    adam = path_of(OPTIMIZERS["adam"](), "himmelblau", 200)
    printed = path_of(OPTIMIZERS["adam"](printed_l3=True), "himmelblau", 200)
    np.testing.assert_array_equal(adam[:2], printed[:2])
    assert np.abs(adam - printed).max() > 0.1


def test_the_misprinted_adam_writes_the_corrected_averages_back() -> None:
    shown = run(
        SURFACES["himmelblau"], OPTIMIZERS["adam"](printed_l3=True), STARTS["himmelblau"], 5
    )
    m, m_hat, g = (shown.terms[name] for name in ("m", "m_hat", "g"))
    np.testing.assert_allclose(m[1:], 0.9 * m_hat[:-1] + 0.1 * g[1:], rtol=1e-12)


@pytest.mark.parametrize("slug", ["adagrad", "rmsprop", "adam"])
def test_eps_under_the_root_is_another_step(slug: str) -> None:
    fields = {"lr": 0.1, "eps": 0.25}
    outside = on_plane(OPTIMIZERS[slug](**fields), 1, a=3.0).update[0, 0]
    inside = on_plane(OPTIMIZERS[slug](**fields, eps_inside_root=True), 1, a=3.0).update[0, 0]
    s = 9 * (0.1 if slug == "rmsprop" else 1.0)
    assert outside == pytest.approx(-0.1 * 3 / (math.sqrt(s) + 0.25), rel=1e-12)
    assert inside == pytest.approx(-0.1 * 3 / math.sqrt(s + 0.25), rel=1e-12)


def test_adamw_without_decay_is_adam() -> None:
    adam = path_of(OPTIMIZERS["adam"](), "himmelblau", 200)
    without = path_of(OPTIMIZERS["adamw"](weight_decay=0.0), "himmelblau", 200)
    np.testing.assert_allclose(without, adam, atol=1e-12)
    decayed = path_of(OPTIMIZERS["adamw"](weight_decay=0.1), "himmelblau", 200)
    assert np.abs(decayed - adam).max() > 0.1


def test_decoupled_decay_is_not_the_l2_penalty() -> None:
    surface, start = SURFACES["himmelblau"], STARTS["himmelblau"]
    decoupled = run(surface, OPTIMIZERS["adamw"](weight_decay=0.1), start, 200).x
    penalized = run(surface.penalized("l2", 0.1), OPTIMIZERS["adam"](), start, 200).x
    assert np.abs(decoupled - penalized).max() > 0.1


# -- what each method promises ---------------------------------------------------------------------


def test_amsgrads_maximum_never_falls_while_adams_average_does() -> None:
    shown = run(SURFACES["himmelblau"], OPTIMIZERS["amsgrad"](), STARTS["himmelblau"], 200).terms
    assert (np.diff(shown["v_max"], axis=0) >= 0).all()
    assert (np.diff(shown["v_hat"], axis=0) < 0).any()


class Periodic:
    """Gradient 1010 once in 101 steps, −10 otherwise: downhill is towards −1, on average."""

    def __init__(self, t: Array) -> None:
        self.t = t

    def grad(self, x: Array) -> Array:
        return jnp.where(self.t % 101 == 1, 1010.0, -10.0) * jnp.array([1.0, 0.0])

    def value(self, x: Array) -> Array:
        raise NotImplementedError

    hess = value


def end_on_the_interval(rule: Rule, steps: int) -> float:
    """Where 0.5/√t-paced steps, projected on [−1, 1], lead from 0."""

    def body(t: Array, carry: Any) -> Any:
        x, state = carry
        x, state, _ = rule.with_lr_scaled(1 / jnp.sqrt(t)).step(x, state, Periodic(t))
        return jnp.clip(x, -1, 1), state

    x = point(0.0, 0.0)
    state = jax.tree.map(jnp.asarray, rule.init(x, LOSS))
    x, _ = jax.jit(lambda c: jax.lax.fori_loop(1, steps + 1, body, c))((x, state))
    return float(x[0])


def test_adam_runs_to_the_worst_point_and_amsgrad_to_the_best() -> None:
    # Reddi, Kale & Kumar 2018, section 3; at 2·10⁶ steps AMSGrad is at −0.998.
    fields = {"lr": 0.5, "beta1": 0.9, "beta2": 0.99}
    assert end_on_the_interval(OPTIMIZERS["adam"](**fields), 1_000_000) > 0.99
    amsgrad = OPTIMIZERS["amsgrad"](**fields, bias_correction=False)
    assert end_on_the_interval(amsgrad, 1_000_000) < -0.9


@pytest.mark.parametrize("slug", ["newton", "saddle_free_newton"])
def test_newton_solves_a_quadratic_in_one_step(slug: str) -> None:
    assert np.abs(path_of(OPTIMIZERS[slug](), "valley", 1)[1]).max() < 1e-14


def test_newton_walks_into_the_saddle_and_the_saddle_free_form_leaves_it() -> None:
    saddle = LANDSCAPES["saddle"](curvature_up=1.0, curvature_down=3.0)
    newton = run(saddle, OPTIMIZERS["newton"](), (-1.8, 0.01), 5)
    np.testing.assert_allclose(newton.x[1:], 0, atol=1e-15)
    free = run(saddle, OPTIMIZERS["saddle_free_newton"](), (-1.8, 0.01), 30)
    np.testing.assert_allclose(free.x[:, 1], 0.01 * 2.0 ** np.arange(31), rtol=1e-12)
    np.testing.assert_allclose(free.x[1:, 0], 0, atol=1e-15)


@pytest.mark.parametrize("slug", ["newton", "saddle_free_newton"])
def test_a_singular_hessian_gives_a_reported_step(slug: str) -> None:
    gutter = run(LANDSCAPES["saddle"](curvature_down=0.0), OPTIMIZERS[slug](), (-1.8, 0.5), 2)
    np.testing.assert_array_equal(gutter.terms["singular"], [1, 1])
    np.testing.assert_allclose(gutter.x[1], [0, 0.5], atol=1e-15)
    plane = on_plane(OPTIMIZERS[slug](), 2)
    np.testing.assert_array_equal(plane.terms["singular"], [2, 2])
    np.testing.assert_array_equal(plane.x, 0)
    assert run(SURFACES["rosenbrock"], OPTIMIZERS[slug](), (0.3, 0.3), 1).terms["singular"] == [0]


def test_damping_the_hessian_makes_a_singular_one_regular() -> None:
    plane = on_plane(OPTIMIZERS["newton"](mu=2.0), 1, a=3.0, b=-0.2)
    np.testing.assert_allclose(plane.x[1], [-1.5, 0.1], rtol=1e-12)
    assert plane.terms["singular"] == [0]


def test_conjugate_gradients_solve_a_quadratic_in_two_steps() -> None:
    path = path_of(OPTIMIZERS["conjugate_gradient"](), "valley", 2)
    assert np.abs(path[1]).max() > 0.1
    assert np.abs(path[2]).max() < 1e-13


@pytest.mark.parametrize("surface", SURFACES)
def test_backtracking_never_goes_up(surface: str) -> None:
    shown = run(SURFACES[surface], OPTIMIZERS["backtracking"](), STARTS[surface], 200)
    assert (np.diff(shown.f) <= 0).all()
    assert shown.f[-1] < shown.f[0]


def test_backtracking_stops_where_the_gradient_is_as_small_as_tol() -> None:
    shown = run(SURFACES["himmelblau"], OPTIMIZERS["backtracking"](), STARTS["himmelblau"], 200)
    small = np.linalg.norm(shown.grad, axis=1) <= 1e-6
    first = int(np.argmax(small))
    assert 0 < first < 100
    assert small[first:].all()
    np.testing.assert_array_equal(
        shown.x[first:], np.broadcast_to(shown.x[first], (201 - first, 2))
    )
    np.testing.assert_array_equal(shown.calls[first:], [[0, 1, 0]] * (200 - first))
    assert (shown.calls[:first, 0] >= 2).all()


def test_bfgs_converges_superlinearly() -> None:
    shown = run(SURFACES["rosenbrock"], OPTIMIZERS["bfgs"](), STARTS["rosenbrock"], 60)
    assert np.nanmin(shown.f) < 1e-12
    error = np.linalg.norm(shown.x - 1, axis=1)
    last = int(np.argmax(error < 1e-10))
    ratios = error[1 : last + 1] / error[:last]
    assert (ratios[-3:] < 0.2).all()
    assert ratios[-1] < 0.02


@pytest.mark.parametrize("slug", [s for s in OWN if "lr" in OPTIMIZERS[s].knobs()])
def test_paced_scales_the_rate_and_nothing_else(slug: str) -> None:
    rule: Any = OPTIMIZERS[slug]()
    half: Any = rule.with_lr_scaled(0.5)
    assert half.number("lr") == 0.5 * rule.number("lr")
    assert half.with_lr_scaled(2.0) == rule


def test_nelder_mead_has_no_rate_to_pace() -> None:
    rule = OPTIMIZERS["nelder_mead"]()
    assert rule.with_lr_scaled(0.5) is rule


def test_the_rates_used_here_are_stable() -> None:
    # A guard for the tables of the helpers: none of the paths compared may have diverged.
    for surface in RATES:
        for slug in ("sgd", "momentum", "nesterov"):
            assert run(SURFACES[surface], suited(slug, surface), STARTS[surface], 200).f[-1] < 10
