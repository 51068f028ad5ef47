"""Schedules: their curves by hand, the warm-up in front of each, and that they act on every rule.

The noise that every gradient carries is tested with the loop, in test_run.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from tests.helpers import OWN
from thalweg.simulation import SCHEDULES, Schedule, run
from thalweg.simulation.noise import MOST_SEEDS, Noise, as_noise, unit_draws
from thalweg.simulation.step import Setting, advance, begin

pytestmark = pytest.mark.float64

VALLEY = LANDSCAPES["valley"](condition=100.0)
FAR = (-2.0, 1.0)
T = 120


def curve(schedule: Schedule, steps: int = T) -> Any:
    """The factor at every step, as a run applies it."""
    return run(VALLEY, OPTIMIZERS["sgd"](lr=1e-4), FAR, steps, schedule=schedule).lr / 1e-4


# name → fields that are not the defaults, and the factor at step t of T
BY_HAND: dict[str, tuple[dict[str, float], Callable[[int], float]]] = {
    "constant": ({}, lambda t: 1.0),
    "step": (
        {"drop": 0.5, "first": 10, "second": 40, "third": 41},
        lambda t: 0.5 ** ((t > 10) + (t > 40) + (t > 41)),
    ),
    "exponential": ({"k": 0.03}, lambda t: math.exp(-0.03 * (t - 1))),
    "cosine": ({}, lambda t: (1 + math.cos(math.pi * (t - 1) / T)) / 2),
    "linear": ({}, lambda t: 1 - (t - 1) / T),
    "inverse_sqrt": ({}, lambda t: t**-0.5),
}


def test_the_menu_is_what_the_lectures_name() -> None:
    assert list(SCHEDULES) == list(BY_HAND)


@pytest.mark.parametrize("slug", SCHEDULES)
def test_a_schedule_is_its_closed_form(slug: str) -> None:
    fields, factor = BY_HAND[slug]
    expected = [factor(t) for t in range(1, T + 1)]
    np.testing.assert_allclose(curve(SCHEDULES[slug](**fields)), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("slug", SCHEDULES)
def test_the_first_step_is_at_the_full_rate(slug: str) -> None:
    assert curve(SCHEDULES[slug]())[0] == pytest.approx(1.0, abs=1e-15)


@pytest.mark.parametrize("warmup", [1, 20, T])
@pytest.mark.parametrize("slug", SCHEDULES)
def test_warm_up_climbs_and_then_the_schedule_begins(slug: str, warmup: int) -> None:
    factors = curve(SCHEDULES[slug](warmup=warmup))
    np.testing.assert_allclose(factors[:warmup], np.arange(1, warmup + 1) / warmup, rtol=1e-12)
    if warmup < T:
        alone = curve(SCHEDULES[slug](), T - warmup)
        np.testing.assert_allclose(factors[warmup:], alone, rtol=1e-12, atol=1e-15)


def test_schedules_are_those_of_optax() -> None:
    t = np.arange(T)
    theirs = {
        "cosine": optax.cosine_decay_schedule(1.0, T),
        "linear": optax.linear_schedule(1.0, 0.0, T),
        "exponential": optax.exponential_decay(1.0, 1, math.exp(-0.01)),
        "step": optax.piecewise_constant_schedule(1.0, {90: 0.1, 180: 0.1, 270: 0.1}),
    }
    for slug, schedule in theirs.items():
        # piecewise_constant_schedule computes in float32
        np.testing.assert_allclose(curve(SCHEDULES[slug]()), schedule(t), rtol=1e-6, atol=1e-9)


WITH_A_RATE = [slug for slug in OWN if "lr" in OPTIMIZERS[slug].knobs()]


@jax.jit
def rates(rules: Any, steps: Any) -> Any:
    """The rate of every step as a run shows it, for each of the rules in one program."""

    def rate(rule: Any, t: Any) -> Any:
        setting = Setting(VALLEY, rule, SCHEDULES["linear"]())
        x = jnp.array(FAR)
        return advance(setting, x, begin(setting, x), t, steps[-1], jnp.zeros(2)).lr

    return {s: jax.vmap(lambda t, rule=rule: rate(rule, t))(steps) for s, rule in rules.items()}


def test_a_schedule_acts_on_every_rule_with_a_rate() -> None:
    rules: Any = {slug: OPTIMIZERS[slug]() for slug in WITH_A_RATE}
    found = rates(rules, np.arange(1.0, 21))
    for slug, rule in rules.items():
        expected = rule.lr * (1 - np.arange(20) / 20)
        np.testing.assert_allclose(found[slug], expected, rtol=1e-12, err_msg=slug)


# Rules whose steps are as long as the rate: the schedule must show in the path, not in a column.
@pytest.mark.parametrize("slug", ["lion", "newton", "adam", "optax:adam", "optax:sign_sgd"])
def test_a_schedule_shortens_the_steps_themselves(slug: str) -> None:
    rule: Any = OPTIMIZERS[slug](lr=0.01)
    schedule = SCHEDULES["exponential"].checked(k=0.5)
    free, decayed = (run(VALLEY, rule, FAR, 3, schedule=s).update for s in (None, schedule))
    ratio = np.abs(decayed[1] / free[1])
    np.testing.assert_array_equal(decayed[0], free[0])
    np.testing.assert_allclose(ratio, math.exp(-0.5), rtol=1e-2)


def test_a_rule_without_a_rate_is_left_alone() -> None:
    rule = OPTIMIZERS["nelder_mead"]()
    free = run(VALLEY, rule, FAR, 50)
    decayed = run(VALLEY, rule, FAR, 50, schedule=SCHEDULES["cosine"]())
    np.testing.assert_array_equal(free.x, decayed.x)
    assert np.isnan(decayed.lr).all()


def test_the_noise_floor_falls_with_the_rate() -> None:
    start = (0.0, 0.0)
    rule = OPTIMIZERS["sgd"](lr=0.01)
    constant, decayed = (
        np.mean([run(VALLEY, rule, start, 600, 1.0, seed, s).f[-50:].mean() for seed in range(8)])
        for s in (None, SCHEDULES["cosine"]())
    )
    assert decayed < 0.2 * constant


def test_sgd_hovers_with_the_variance_that_theory_gives() -> None:
    # ησ²/(λ(2 − ηλ)) in each direction
    lr, curvature, sigma = 0.1, np.array([1.0, 4.0]), 0.7
    surface = LANDSCAPES["valley"](condition=4.0)
    t = run(surface, OPTIMIZERS["sgd"](lr=lr), (0.0, 0.0), 20_000, noise=sigma)
    expected = lr * sigma**2 / (curvature * (2 - lr * curvature))
    np.testing.assert_allclose(t.x[500:].var(axis=0), expected, rtol=0.1)


def test_unit_draws_are_frozen_numbers() -> None:
    # Written down once: a shared link must show the same run for ever.
    first = unit_draws(as_noise(1.0), 0, 3)
    expected = [
        [1.764052345967664, 0.4001572083672233],
        [0.9787379841057392, 2.240893199201458],
        [1.8675579901499675, -0.977277879876411],
    ]
    np.testing.assert_array_equal(first, expected)
    np.testing.assert_array_equal(unit_draws(as_noise(1.0), 0, 2), expected[:2])
    np.testing.assert_array_equal(unit_draws(Noise("none"), 0, 2), 0)
    assert not np.array_equal(unit_draws(as_noise(1.0), MOST_SEEDS - 1, 3), first)


def test_draws_handed_out_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        unit_draws(as_noise(1.0), 0, 3)[0, 0] = 5
