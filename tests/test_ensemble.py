"""Many seeds of one setting: the cloud, the band, and what the size of a batch does."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np
import pytest

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from tests.test_stability_map import CLOSE, compilations, steps_of
from thalweg.diagnostics import rate_of, stationary_variance
from thalweg.simulation import Noise, batches, collect, ensemble, run
from thalweg.simulation.ensemble import _variance

VALLEY: Any = LANDSCAPES["valley"](condition=10.0)
SGD, MOMENTUM, NESTEROV = (OPTIMIZERS[slug] for slug in ("sgd", "momentum", "nesterov"))
FAR = (-2.0, 1.0)


def test_every_seed_is_the_run_it_stands_for() -> None:
    noise, first = Noise("student_t", 0.3, batch=2, dof=3.0), 7
    e = collect(ensemble(VALLEY, MOMENTUM(), FAR, 60, noise, seeds=200, first_seed=first))
    assert e.x.shape == (61, 200, 2)
    assert e.f.shape == (61, 200)
    for k in range(200):
        t = run(VALLEY, MOMENTUM(), FAR, 60, noise, seed=first + k)
        np.testing.assert_allclose(e.x[:, k], t.x, **CLOSE)
        np.testing.assert_allclose(e.f[:, k], t.f, **CLOSE)


def test_the_band_and_the_cloud_are_those_of_the_runs_still_finite() -> None:
    """Heavy-tailed noise throws some runs off a steep surface, each at a step of its own."""
    surface, steps = LANDSCAPES["styblinski_tang"](), 200
    noise = Noise("student_t", 3.0, dof=1.5)
    e = collect(ensemble(surface, SGD(lr=0.02), (1.0, 1.0), steps, noise))
    assert surface.f_min is not None
    assert surface.f_min < -70
    fine = np.isfinite(e.f)
    assert fine[0].all()
    assert 20 < fine[-1].sum() < 236
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        band = np.nanquantile(np.where(fine, e.f, np.nan), (0.1, 0.5, 0.9), axis=1)
    np.testing.assert_allclose([e.low, e.median, e.high], band - surface.f_min, rtol=1e-12)
    for t in range(0, steps + 1, 20):
        cloud = np.cov(e.x[t, fine[t]], rowvar=False)
        np.testing.assert_allclose(e.covariance[t], cloud, rtol=1e-9, atol=1e-12)


def test_where_every_run_is_gone_there_is_no_band() -> None:
    e = collect(ensemble(LANDSCAPES["beale"](), SGD(lr=9.0), (3.0, 3.0), 60, 1.0, seeds=4))
    gone = ~np.isfinite(e.f).any(axis=1)
    assert 0 < gone.sum() < 60
    for told in (e.low, e.median, e.high, e.covariance[:, 0, 1]):
        np.testing.assert_array_equal(np.isnan(told), gone)


def test_a_surface_without_minimum_has_the_band_of_its_loss() -> None:
    e = collect(ensemble(LANDSCAPES["saddle"](), SGD(lr=0.1), (-1.8, 0.1), 40, 0.3, seeds=40))
    np.testing.assert_allclose(e.median, np.median(e.f, axis=1), rtol=1e-12)
    assert e.median[-1] < 0


RULES = [
    SGD(lr=0.05),
    MOMENTUM(lr=0.05, rho=0.8),
    MOMENTUM(lr=0.3, rho=0.8, ema=True),
    NESTEROV(lr=0.05, rho=0.8),
]
SIGMA, SIZES, STEPS = 0.7, (1, 4, 64), 500


@pytest.mark.parametrize("rule", RULES, ids=["sgd", "momentum", "average", "nesterov"])
def test_the_variance_is_that_of_theory_within_its_own_error(rule: Any) -> None:
    """And the error is small enough that a variance 1.25 times as large would be refused.

    The run begins far away: half of the steps forget it.
    """
    b = collect(batches(VALLEY, rule, FAR, STEPS, SIGMA, SIZES))
    rate = rate_of(rule, [1.0, 10.0])
    assert rate is not None
    assert rate ** (2 * STEPS // 2) < 1e-4
    assert b.variance.shape == b.error.shape == (3, 2)
    for k, size in enumerate(SIZES):
        for i, curvature in enumerate((1.0, 10.0)):
            expected: Any = stationary_variance(rule, curvature, SIGMA / np.sqrt(size))
            assert abs(b.variance[k, i] - expected) < 4 * b.error[k, i]
            for wrong in (expected / 1.25, expected * 1.25):
                assert abs(b.variance[k, i] - wrong) > 4 * b.error[k, i]


def test_the_stated_error_is_that_of_the_variance() -> None:
    """Thirty ensembles of other seeds: their variances spread by what each of them says."""
    found = [
        collect(batches(VALLEY, SGD(lr=0.05), (0, 0), 300, SIGMA, (1,), 32, first_seed=32 * k))
        for k in range(30)
    ]
    variances, errors = (np.array([getattr(b, n)[0] for b in found]) for n in ("variance", "error"))
    spread = variances.std(axis=0, ddof=1)
    assert spread == pytest.approx(errors.mean(axis=0), rel=0.4)  # √(1/60) is 13 %


def test_what_the_mean_takes_off_a_variance_is_put_back() -> None:
    """Of three independent numbers: their squares about their own mean come to two thirds."""
    draws = np.random.default_rng(2).standard_normal((3000, 3, 2, 2))
    found = np.mean([_variance(path, np.eye(2))[0] for path in draws], axis=0)
    assert found == pytest.approx([1.0, 1.0], rel=4 / np.sqrt(3000))


def test_directions_turn_with_the_valley() -> None:
    turned, turn = VALLEY.replace(angle=30.0), np.deg2rad(30.0)
    along = [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    b = collect(batches(turned, SGD(lr=0.05), (0, 0), STEPS, SIGMA, (4,), directions=along))
    for i, curvature in enumerate((1.0, 10.0)):
        expected: Any = stationary_variance(SGD(lr=0.05), curvature, SIGMA / 2)
        assert abs(b.variance[0, i] - expected) < 4 * b.error[0, i]
    plain = collect(batches(turned, SGD(lr=0.05), (0, 0), STEPS, SIGMA, (4,)))
    assert abs(plain.variance[0, 0] - b.variance[0, 0]) > 6 * b.error[0, 0]


def test_a_run_that_is_not_finite_has_no_variance() -> None:
    b = collect(batches(VALLEY, SGD(lr=9.0), (0, 0), 300, SIGMA, (1, 2), seeds=4))
    assert np.isnan(b.variance[:, 1]).all()


def test_sizes_that_do_not_fit_at_once_are_measured_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def go() -> Any:
        return steps_of(batches(VALLEY, SGD(lr=0.05), (0, 0), 100, SIGMA, (1, 2, 4), seeds=32))

    _, whole = go()
    module = importlib.import_module("thalweg.simulation.ensemble")
    monkeypatch.setattr(module, "MOST_HELD", 2 * 32 * 101)
    pieces, parted = go()
    np.testing.assert_allclose(parted.variance, whole.variance, rtol=1e-12)
    assert [done / all_of for done, all_of in pieces] == pytest.approx([1 / 3, 2 / 3, 1])


def test_other_numbers_compile_nothing() -> None:
    def go(condition: float, noise: Any, **more: Any) -> None:
        surface = VALLEY.replace(condition=condition)
        collect(ensemble(surface, SGD(lr=0.01), FAR, 50, noise, seeds=250, **more))
        collect(batches(surface, SGD(lr=0.01), FAR, 50, noise, (1, 2, 4), seeds=30))

    with compilations() as seen:
        go(3.0, 1.0)
        assert seen
        seen.clear()
        go(30.0, Noise("student_t"), first_seed=9, clip=4.0)
        assert seen == []


@pytest.mark.parametrize(
    ("work", "wrong", "sentence"),
    [
        (ensemble, {"seeds": 1}, "seeds is 1; it must be a whole number from 2 up."),
        (ensemble, {"first_seed": -1}, "seed is -1; it must be a whole number from 0 to"),
        (batches, {"sizes": [0.5]}, "noise batch is 0.5; it must be a number from 1 up."),
        (batches, {"directions": [[1, 1], [0, 1]]}, "The directions must be two orthonormal"),
        (batches, {"start": (1.0,)}, "start is (1.0,); it must be two finite numbers."),
    ],
)
def test_what_cannot_be_told_gets_a_sentence(work: Any, wrong: Any, sentence: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        work(VALLEY, SGD(), **({"start": FAR, "steps": 5, "noise": 1.0} | wrong))
    assert str(error.value).startswith(sentence)
