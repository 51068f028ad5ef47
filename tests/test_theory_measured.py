"""Theory against runs: edges of stability, rates, noise floors, Adam at its edge."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from thalweg import diagnostics
from thalweg.simulation import run, sweep

# Answers may be None; here they are asked for where they are not.
best_of: Any = diagnostics.best_of
diagnose: Any = diagnostics.diagnose
limit_of: Any = diagnostics.limit_of
rate_of: Any = diagnostics.rate_of
sharpness: Any = diagnostics.sharpness
stationary_variance: Any = diagnostics.stationary_variance

VALLEY = LANDSCAPES["valley"]
SGD, MOMENTUM, NESTEROV = (OPTIMIZERS[slug] for slug in ("sgd", "momentum", "nesterov"))
ADAM = OPTIMIZERS["adam"]

RULES: dict[str, Any] = {
    "sgd": SGD(),
    "momentum": MOMENTUM(rho=0.9),
    "weak momentum": MOMENTUM(rho=0.5),
    "ema": MOMENTUM(rho=0.9, ema=True),
    "nesterov": NESTEROV(rho=0.9),
    "nesterov ahead": NESTEROV(rho=0.5, lookahead=True),
}
every_rule = pytest.mark.parametrize("name", RULES)
every_valley = pytest.mark.parametrize(
    ("condition", "angle"), [(1.0, 0.0), (10.0, 20.0), (1000.0, -35.0)]
)


def on_both_axes(angle, along=1.0, across=1.0):
    """A start with a share along the valley and one up its steep side."""
    turn = math.radians(angle)
    c, s = math.cos(turn), math.sin(turn)
    return (c * along - s * across, s * along + c * across)


@every_rule
@every_valley
def test_runs_begin_to_grow_within_one_percent_of_the_limit(name, condition, angle):
    rule, surface = RULES[name], VALLEY(condition=condition, angle=angle)
    limit = limit_of(rule) / condition
    shares = np.linspace(0.95, 1.05, 21)  # of the limit; none exactly on it
    shares += 0.0025
    swept = sweep(surface, rule, {"lr": limit * shares}, on_both_axes(angle), steps=1000)
    edge = shares[swept.growing].min()
    assert edge == pytest.approx(1, abs=0.01)
    assert (swept.growing == (shares >= edge)).all()


SETTINGS = {
    "sgd": (SGD, {"lr": 0.12}),
    "sgd beyond the middle": (SGD, {"lr": 0.19}),
    "momentum, complex": (MOMENTUM, {"lr": 0.1, "rho": 0.8}),
    "momentum, lazy": (MOMENTUM, {"lr": 0.02, "rho": 0.3}),
    "momentum, knife's edge": (MOMENTUM, {"lr": 0.29, "rho": 0.5}),
    "ema": (MOMENTUM, {"lr": 0.5, "rho": 0.8, "ema": True}),
    "nesterov, complex": (NESTEROV, {"lr": 0.05, "rho": 0.8}),
    "nesterov, real": (NESTEROV, {"lr": 0.02, "rho": 0.3}),
    "nesterov, beyond 1/L": (NESTEROV, {"lr": 0.13, "rho": 0.6}),
    "nesterov ahead": (NESTEROV, {"lr": 0.05, "rho": 0.8, "lookahead": True}),
}


def measured_rate(path):
    """The slope of log ‖(x, x⁻)‖ over the last half of the steps that are far from underflow."""
    pair = np.hypot(np.hypot(*path[1:].T), np.hypot(*path[:-1].T))
    end = int(np.argmax(pair < 1e-100)) or len(pair)
    window = np.arange(end // 2, end)
    return math.exp(np.polyfit(window, np.log(pair[window]), 1)[0])


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("angle", [0.0, 40.0])
def test_error_shrinks_by_the_rate_of_theory(name, angle):
    cls, fields = SETTINGS[name]
    rule, surface = cls(**fields), VALLEY(condition=10.0, angle=angle)
    expected = rate_of(rule, [1, 10])
    measured = measured_rate(run(surface, rule, on_both_axes(angle), 1500).x)
    assert measured == pytest.approx(expected, rel=0.01)
    assert math.log(measured) == pytest.approx(math.log(expected), rel=0.01)


@pytest.mark.parametrize("slug", ["booth", "matyas"])
def test_polyaks_settings_beat_the_others_as_fast_as_promised(slug):
    surface: Any = LANDSCAPES[slug]()
    here = diagnose(surface, surface.minima[0]).eigenvalues
    for cls in (SGD, MOMENTUM, NESTEROV):
        for name, fields, rate, _ in best_of(cls, here):
            path = run(surface, cls(**fields), surface.start, 120).x - surface.minima[0]
            away = np.hypot(*path.T)
            steps = np.flatnonzero(away > 1e-12 * away[0])
            late = steps[len(steps) // 2 :]
            slope = math.exp(np.polyfit(late, np.log(away[late]), 1)[0])
            assert slope == pytest.approx(rate, rel=0.06), name  # t·ρᵗ at a double root


@every_rule
def test_noise_keeps_the_point_at_the_variance_of_theory(name):
    """Every seed's last point is an independent draw: its variance errs by √(2/N) of itself."""
    rule = RULES[name].with_lr_scaled(0.1 / RULES[name].lr)
    sigma, curvature, seeds = 0.7, 1.0, 1500
    bowl = VALLEY(condition=curvature)
    swept: Any = sweep(
        bowl, rule, {"seed": np.arange(seeds)}, (0.0, 0.0), 300, noise=sigma, keep=["x"]
    )
    draws = swept.x.ravel()
    expected = stationary_variance(rule, curvature, sigma)
    assert rate_of(rule, [curvature]) ** 300 < 1e-3  # the start is forgotten
    error = expected * math.sqrt(2 / draws.size)
    assert np.mean(draws**2) == pytest.approx(expected, abs=4 * error)


@pytest.mark.parametrize(("beta2", "median"), [(0.999, 35.2), (0.99, 36.2)])
@pytest.mark.parametrize("lr", [0.1, 0.001])
def test_adam_on_a_quadratic_hovers_just_under_its_limit_whatever_its_rate(beta2, median, lr):
    """Observed, not proved: the medians are figures of runs, the limit a bound they stay below."""
    rule = ADAM(lr=lr, beta2=beta2, eps=1e-16)
    bowl = VALLEY(condition=1.0)
    start = (0.3 * lr, 0.3 * lr)  # both coordinates alike: a problem of one variable
    t = run(bowl, rule, start, 20_000)
    values = lr / np.sqrt(t.terms["v_hat"][5_000:, 0])  # the average has forgotten the start
    assert np.median(values) == pytest.approx(median, abs=0.5)
    assert 0.85 * limit_of(rule) < np.median(values) < limit_of(rule)
    found = sharpness(rule, bowl, t.x[15_000], {"v_hat": t.terms["v_hat"][15_000]})
    assert found.value == pytest.approx(lr / math.sqrt(t.terms["v_hat"][15_000, 0]), rel=1e-9)
