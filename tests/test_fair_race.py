"""The fair race: each rule at its best, by one search and one budget."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from tests.test_stability_map import cells, compilations, since, steps_of
from thalweg.diagnostics import rate_of
from thalweg.simulation import Tuned, collect, run, tuned
from thalweg.simulation.fair_race import (
    LEAST_TRIALS,
    Search,
    Trials,
    is_decay,
    of_unit,
    spread,
    to_unit,
)

VALLEY: Any = LANDSCAPES["valley"](condition=100.0, angle=0.0)
FAR, BUDGET = (-2.0, 1.0), 1000
ROOT = math.sqrt(100.0)


def found(slug: str, surface: Any = VALLEY, budget: int = BUDGET, **more: Any) -> Tuned:
    return collect(tuned(surface, OPTIMIZERS[slug](), FAR, budget, **more))


def test_the_search_finds_polyaks_setting() -> None:
    """For heavy ball and condition 100, out of seven decades of rates and four of memory."""
    best = (ROOT - 1) / (ROOT + 1)
    t = found("momentum")
    assert rate_of(t.rule, [1.0, 100.0]) == pytest.approx(best, rel=0.05)
    assert t.fields["lr"] == pytest.approx((2 / (ROOT + 1)) ** 2, rel=0.25)
    assert t.fields["rho"] == pytest.approx(best**2, rel=0.15)


def test_the_search_finds_the_best_rate_of_gradient_descent() -> None:
    t = found("sgd")
    assert t.fields.keys() == {"lr"}
    assert len(np.unique(t.lr)) == 512  # half of the trials: none is made twice
    assert t.fields["lr"] == pytest.approx(2 / 101, rel=0.01)
    assert rate_of(t.rule, [1.0, 100.0]) == pytest.approx(99 / 101, rel=0.01)


def test_the_search_is_better_than_its_grid() -> None:
    t = found("nesterov")
    assert t.settled < found("nesterov", trials=LEAST_TRIALS).settled
    rate = rate_of(t.rule, [1.0, 100.0])
    assert rate is not None
    assert rate < 1 - 1 / ROOT  # of the standard settings


@pytest.mark.parametrize("slug", ["sgd", "momentum", "backtracking"])
def test_a_point_of_the_curve_is_the_run_it_stands_for(slug: str) -> None:
    """200 of them in all, and the winner, to the evaluation at which it settled."""
    t = found(slug)
    rule = OPTIMIZERS[slug]()
    assert len(t.lr) == len(t.best) == len(t.others)
    assert (np.diff(t.lr) > 0).all()
    for (i,) in cells(t.lr.shape, 70):
        own = dict(zip(t.names, map(float, t.others[i]), strict=True))
        there = run(VALLEY, rule.replace(lr=float(t.lr[i]), **own), FAR, BUDGET)
        spent = np.append(0.0, np.cumsum(there.calls @ [1.0, 1.0, 2.0]))
        last = int(np.searchsorted(spent, BUDGET, side="right")) - 1
        here = run(VALLEY, rule.replace(lr=float(t.lr[i]), **own), FAR, last)
        gone = here.growing or here.diverged_at is not None
        expected = np.inf if gone else here.f[-1]
        np.testing.assert_allclose(t.best[i], expected, rtol=1e-6, atol=1e-12)
    winner = run(VALLEY, t.rule, FAR, t.steps)
    assert t.loss == pytest.approx(winner.f[-1], rel=1e-6, abs=1e-12)
    assert t.level is not None
    assert t.level == pytest.approx(1e-8 * winner.f[0])
    spent = np.append(0.0, np.cumsum(winner.calls @ [1.0, 1.0, 2.0]))
    assert spent[-1] <= BUDGET
    assert t.settled == spent[since(winner.f <= t.level)]
    assert t.fields == {n: t.rule.number(n) for n in t.fields}


def test_the_best_is_the_first_to_settle_and_else_the_lowest() -> None:
    at, made, loss = np.zeros((4, 1)), np.zeros(4, int), np.array([3.0, 1.0, 2.0, np.inf])
    assert Trials(at, loss, np.array([7.0, 9.0, 7.0, np.inf]), made).best == 2
    assert Trials(at, loss, np.full(4, np.inf), made).best == 1


def test_every_rule_has_as_many_trials_of_as_many_evaluations() -> None:
    """A step of Newton's costs three, and Nelder and Mead's triangle three before the first."""
    steps = {"sgd": 300, "adam": 300, "newton": 100, "nelder_mead": None}
    for slug, made in steps.items():
        t = found(slug, budget=300, trials=200)
        assert t.trials == (200 if t.fields else 1)
        if made is not None:
            assert t.steps == made
        calls = run(VALLEY, t.rule, FAR, t.steps + 1).calls @ [1.0, 1.0, 2.0]
        spent = t.rule.init_calls[0] + np.cumsum(calls)
        assert spent[t.steps - 1] <= 300 < spent[t.steps]


def test_what_is_searched_are_the_rate_and_what_is_kept_from_step_to_step() -> None:
    """No ε, no weight decay, no constant of a line search."""
    searched = {slug: tuple(Search.over(cls(), 256).knobs) for slug, cls in OPTIMIZERS.items()}
    expected = {
        "sgd": ("lr",), "momentum": ("lr", "rho"), "rmsprop": ("lr", "decay_rate"),
        "adam": ("lr", "beta1", "beta2"), "adamw": ("lr", "beta1", "beta2"),
        "lion": ("lr", "beta1", "beta2"), "backtracking": ("lr",), "newton": ("lr",),
        "nelder_mead": (), "optax:adamw": ("lr", "beta1", "beta2"), "optax:signum": ("lr", "beta"),
    }  # fmt: skip
    assert {slug: searched[slug] for slug in expected} == expected
    names = {name for knobs in searched.values() for name in knobs}
    assert not {"eps", "weight_decay", "gamma", "c", "tol", "mu", "size"} & names


def test_a_decay_is_spaced_by_how_long_it_remembers() -> None:
    knob = OPTIMIZERS["momentum"].knobs()["rho"]
    assert is_decay(knob)
    u = np.linspace(0, 1, 5)
    values = of_unit(knob, u)
    memory = 1 / (1 - values)
    np.testing.assert_allclose(memory[1:] / memory[:-1], 1e4**0.25)
    assert [to_unit(knob, float(v)) for v in values] == pytest.approx(u)
    assert values[-1] == knob.high


@pytest.mark.parametrize("sides", [1, 2, 3])
def test_the_points_of_the_search_are_spread_evenly(sides: int) -> None:
    """Of 512 points each of 4ᵈ equal boxes has its share, within half of it."""
    points = spread(0, 512, sides)
    assert points.shape == (512, sides)
    boxes = (points * 4).astype(int) @ 4 ** np.arange(sides)
    counts = np.bincount(boxes, minlength=4**sides)
    assert np.abs(counts * 4**sides / 512 - 1).max() < 0.5
    np.testing.assert_array_equal(spread(100, 9, sides), points[100:109])


def test_the_width_is_how_many_decades_of_rates_do() -> None:
    t = found("sgd")
    assert t.level is not None
    decades = np.log10(t.lr[t.best <= t.level])
    assert t.width == pytest.approx(np.ptp(decades), abs=0.05)
    late = found("sgd", budget=100)  # too few for any
    assert late.settled == -1
    assert late.level is not None
    near = np.log10(late.lr[late.best <= 10 * late.loss])
    assert late.width == pytest.approx(np.ptp(near), abs=0.05)


def test_a_surface_without_minimum_is_judged_by_its_loss() -> None:
    saddle = LANDSCAPES["saddle"]()
    t = found("sgd", saddle, 50, trials=200)
    assert t.level is None
    assert t.settled == -1
    assert np.isnan(t.width)
    assert t.loss == run(saddle, t.rule, FAR, 50).f[-1]
    assert t.loss == t.best.min() < -1e6


def test_the_same_race_ends_the_same_way() -> None:
    one, other = found("momentum", noise=0.1, seed=4), found("momentum", noise=0.1, seed=4)
    for field in dataclasses.fields(Tuned):
        np.testing.assert_equal(getattr(one, field.name), getattr(other, field.name))


def test_pieces_tell_how_far_they_are_and_other_numbers_compile_nothing() -> None:
    with compilations() as seen:
        pieces, _ = steps_of(tuned(VALLEY, OPTIMIZERS["rmsprop"](), FAR, 200))
        assert seen
        seen.clear()
        surface = VALLEY.replace(condition=7.0)
        collect(tuned(surface, OPTIMIZERS["rmsprop"](lr=3.0), (1, 1), 300, 300, 0.1, 0.2, 3))
        assert seen == []
    shares = [done / all_of for done, all_of in pieces]
    assert len(shares) == 5
    assert shares == sorted(shares)
    assert shares[-1] == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"trials": 10}, "trials is 10; it must be a whole number from 128 to 16384."),
        ({"budget": 0}, "budget is 0; it must be a whole number from 1 to 20000."),
        ({"level": -1.0}, "level is -1.0; it must be a number from 0 up, or None."),
        ({"start": 3}, "start is 3; it must be two finite numbers."),
        ({"clip": -1}, "clip is -1; it must be a number above 0, or None."),
    ],
)
def test_what_makes_no_race_gets_a_sentence(wrong: Any, sentence: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        tuned(VALLEY, OPTIMIZERS["sgd"](), **({"start": FAR, "budget": 100} | wrong))
    assert str(error.value) == sentence
