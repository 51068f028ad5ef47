"""Every preset shows what its sentence says: one claim for each, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array
from numpy.typing import NDArray

from landscapes import LANDSCAPES, Surface
from thalweg.scenes import PRESETS, Penalty, Preset, Scene
from thalweg.scenes.presets.base import rule
from thalweg.simulation import Trajectory

pytestmark = pytest.mark.float64

Runs = dict[str, Trajectory]
Numbers = NDArray[np.float64]
Claim = Callable[[Scene, Runs], None]

CLAIMS: dict[str, Claim] = {}


def claim(function: Claim) -> Claim:
    """Enter a claim under its own name, which is the preset's slug."""
    CLAIMS[function.__name__] = function
    return function


def lengths(t: Trajectory) -> Numbers:
    """‖Δx‖ of every step."""
    return np.hypot(t.update[:, 0], t.update[:, 1])


def norms(vectors: Numbers) -> Numbers:
    return np.hypot(vectors[..., 0], vectors[..., 1])


def slopes(surface: Surface, points: Numbers) -> Numbers:
    """∇f at every point."""
    return np.asarray(jax.vmap(jax.grad(surface))(jnp.asarray(points)))


def curvatures(surface: Surface, point: Numbers) -> Numbers:
    """The eigenvalues of the Hessian, ascending."""
    return np.asarray(jnp.linalg.eigvalsh(jax.hessian(surface)(jnp.asarray(point))))


def ends_at(t: Trajectory, point: object, within: float = 1e-2) -> bool:
    return bool(norms(t.x[-1] - np.asarray(point)) < within)


def nearest(points: Numbers, point: Numbers, within: float = 0.1) -> int:
    """Which of the points it is."""
    away = norms(points - point)
    assert away.min() < within
    return int(away.argmin())


def turns(values: Numbers) -> int:
    """How often the sign changes."""
    return int((np.diff(np.sign(values)) != 0).sum())


def without_noise(scene: Scene) -> Runs:
    return replace(scene, noise=replace(scene.noise, kind="none")).trajectories()


# --- what goes wrong with plain SGD --------------------------------------------------------------


@claim
def zigzag(scene: Scene, runs: Runs) -> None:
    x, y = runs["sgd"].x.T
    assert turns(y) == scene.steps  # from wall to wall at every step
    np.testing.assert_allclose(x[1:] / x[:-1], 1 - 0.038, rtol=1e-12)
    np.testing.assert_allclose(y[1:] / y[:-1], 1 - 0.038 * 50, rtol=1e-12)


@claim
def turned(scene: Scene, runs: Runs) -> None:
    c, s = np.cos(np.pi / 6), np.sin(np.pi / 6)
    x, y = scene.start
    straight = replace(
        scene, bare=scene.bare.replace(angle=0.0), start=(c * x + s * y, c * y - s * x)
    ).trajectories()
    np.testing.assert_allclose(runs["sgd"].f, straight["sgd"].f, rtol=1e-6)
    slow, fast = runs["adam"].steps_to(0.1), straight["adam"].steps_to(0.1)
    assert slow is not None
    assert fast is not None
    assert slow > 3 * fast


@claim
def two_wells(scene: Scene, runs: Runs) -> None:
    assert ends_at(runs["sgd"], (1, 0))
    assert ends_at(runs["momentum"], (-1, 0))
    assert runs["momentum"].f[-1] < runs["sgd"].f[-1] - 0.49


@claim
def saddle(scene: Scene, runs: Runs) -> None:
    away = {id: abs(t.x[-1, 1]) for id, t in runs.items()}
    assert away["sgd"] < 0.01
    assert away["momentum"] > 1.5
    assert np.abs(runs["momentum"].x[:30, 1]).max() < 0.3  # it gathers speed
    np.testing.assert_allclose(runs["adam"].x[10:20, 1] - runs["adam"].x[9:19, 1], 0.04, rtol=0.5)
    np.testing.assert_allclose(
        runs["sgd"].x[:, 1], 0.001 * 1.04 ** np.arange(scene.steps + 1), rtol=1e-10
    )


@claim
def saddle_axis(scene: Scene, runs: Runs) -> None:
    for t in runs.values():
        assert (t.x[:, 1] == 0).all()
        assert ends_at(t, (0, 0), 1e-4)


@claim
def saddle_noise(scene: Scene, runs: Runs) -> None:
    still = without_noise(scene)
    for id, t in runs.items():
        assert abs(t.x[-1, 1]) > 0.5
        assert t.f[-1] < -0.3
        assert (still[id].x[:, 1] == 0).all()


@claim
def monkey_saddle(scene: Scene, runs: Runs) -> None:
    assert (curvatures(scene.surface, np.zeros(2)) == 0).all()
    assert norms(runs["sgd"].x[-1]) < 0.2
    assert lengths(runs["sgd"])[-1] < 0.04 * lengths(runs["sgd"])[0]
    assert runs["momentum"].x[-1, 0] < -1.9
    assert lengths(runs["momentum"])[-1] > 0.1


@claim
def noise(scene: Scene, runs: Runs) -> None:
    given = [t.grad - slopes(scene.surface, t.query) for t in runs.values()]
    np.testing.assert_allclose(given[0], given[1], atol=1e-12)
    assert given[0].std() == pytest.approx(2.0, rel=0.1)
    still = without_noise(scene)
    for id, t in runs.items():
        assert norms(t.x).min() < 0.1
        assert t.f[-100:].mean() > 0.03
        assert still[id].f[-1] < 1e-4


@claim
def batch(scene: Scene, runs: Runs) -> None:
    assert scene.noise.scale == scene.noise.sigma / 4
    single = replace(scene, noise=replace(scene.noise, batch=1)).trajectories()["sgd"]
    cloud, wide = runs["sgd"].x[250:], single.x[250:]
    np.testing.assert_allclose(wide, 4 * cloud, atol=1e-8)


@claim
def heavy_tails(scene: Scene, runs: Runs) -> None:
    free, clipped = runs["sgd"], runs["sgd.2"]
    assert lengths(free)[60:].max() > 1
    assert np.abs(free.x[60:, 1]).max() > 3 * np.abs(clipped.x[60:, 1]).max()
    assert lengths(clipped).max() < 0.08 * 2.0 * (1 + 1e-9)


@claim
def four_rates(scene: Scene, runs: Runs) -> None:
    low, best, high, above = runs.values()
    assert best.f[-1] < 1e-6 < high.f[-1] < low.f[-1] < low.f[0] < above.f[-1]
    np.testing.assert_allclose(norms(best.x)[-1] / norms(best.x)[0], (9 / 11) ** 50, rtol=1e-9)
    np.testing.assert_allclose(high.x[1:, 1] / high.x[:-1, 1], 1 - 1.96, rtol=1e-9)
    assert above.growing
    assert not any(t.growing for t in (low, best, high))


@claim
def cliff(scene: Scene, runs: Runs) -> None:
    assert scene.bare.minima is not None
    minimum = scene.bare.minima[0]
    free, clipped = runs["sgd"], runs["sgd.2"]
    assert lengths(free).max() > 5
    assert free.x[:, 0].min() < minimum[0] - 4
    assert lengths(clipped).max() < 0.11 * (1 + 1e-9)
    assert clipped.x[:, 0].min() > minimum[0]
    assert clipped.f[-1] < 0.01 < free.f[-1]


@claim
def cliff_chance(scene: Scene, runs: Runs) -> None:
    rates = [r.rule.lr for r in scene.runs]  # type: ignore[attr-defined]
    assert [b / a for a, b in pairwise(rates)] == pytest.approx([1.05] * 2, 0.01)
    thrown = [lengths(t).max() for t in runs.values()]
    assert thrown[1] < 1 < 3.5 < thrown[0] < thrown[2] - 1.5
    assert runs["sgd.2"].x[:, 0].min() > 0


@claim
def plateau(scene: Scene, runs: Runs) -> None:
    sgd = runs["sgd"]
    assert sgd.f.min() > 0.9
    assert lengths(sgd)[100:].max() < 0.005
    assert norms(sgd.grad)[-300:].max() < 0.1
    for id in ("rmsprop", "adam"):
        assert (runs[id].steps_to(0.1) or 999) < 300
        while_flat = (norms(runs[id].grad) < 0.05) & (runs[id].f[:-1] > 0.9)
        assert lengths(runs[id])[while_flat].mean() > 2.5 * lengths(sgd)[200:].max()


@claim
def four_minima(scene: Scene, runs: Runs) -> None:
    minima = scene.bare.minima
    assert minima is not None
    assert len(minima) == 4
    values = [float(scene.surface(jnp.asarray(m))) for m in minima]
    np.testing.assert_allclose(values, 0, atol=1e-12)
    assert len(runs) == 5
    assert len({nearest(minima, t.x[-1]) for t in runs.values()}) == 3


@claim
def egg_box(scene: Scene, runs: Runs) -> None:
    ends = {id: nearest(scene.bare.local_minima, t.x[-1]) for id, t in runs.items()}
    assert ends["sgd"] == ends["momentum"] != ends["adam"]
    for t in runs.values():
        assert norms(t.x[-1] - np.asarray(scene.start)) < 1.6
        assert norms(t.x).min() > 2
        assert t.f[-1] > 4.9


@claim
def four_wells(scene: Scene, runs: Runs) -> None:
    deep, shallow = -2.903534, 2.746803
    assert min(scene.start) > 0.157  # both coordinates start on the side of the shallow well
    assert ends_at(runs["sgd"], (shallow, shallow))
    assert ends_at(runs["momentum"], (shallow, deep))


@claim
def growing(scene: Scene, runs: Runs) -> None:
    over, under = runs["sgd"], runs["sgd.2"]
    across = np.abs(over.update[:, 1])
    np.testing.assert_allclose(across[1:] / across[:-1], 1.06, rtol=1e-9)
    assert over.growing
    assert over.diverged_at is None
    assert not under.growing
    assert np.abs(under.x[-1, 1]) < 0.1


@claim
def overflow(scene: Scene, runs: Runs) -> None:
    far, tenth = runs["sgd"], runs["sgd.2"]
    assert far.diverged_at == 6
    assert far.growing
    assert (np.diff(lengths(far)[:6]) > 0).all()
    assert (np.diff(tenth.f) < 0).all()
    assert tenth.diverged_at is None


# --- update rules --------------------------------------------------------------------------------


@claim
def sgd(scene: Scene, runs: Runs) -> None:
    error = runs["sgd"].x - np.array([1.0, 3.0])
    np.testing.assert_allclose(curvatures(scene.surface, error[0]), [2, 18], rtol=1e-12)
    along = error @ np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    kept = along[1:] / along[:-1]
    np.testing.assert_allclose(np.abs(kept), 0.8, rtol=1e-6)
    for other in (0.095, 0.105):  # no rate is better
        assert max(abs(1 - other * 2), abs(1 - other * 18)) > 0.8


@claim
def momentum(scene: Scene, runs: Runs) -> None:
    def kept(t: Trajectory) -> float:
        """The share of the error left by a step, over the second half."""
        return float((t.f[100] / t.f[50]) ** (1 / 100))

    assert kept(runs["sgd"]) == pytest.approx(99 / 101, rel=1e-3)
    assert kept(runs["momentum"]) == pytest.approx(9 / 11, rel=0.02)
    assert runs["momentum"].f[-1] < 1e-10 < 0.1 < runs["sgd"].f[-1]


@claim
def friction(scene: Scene, runs: Runs) -> None:
    curved = np.array([1.0, 5.0])
    for r, t in zip(scene.runs, runs.values(), strict=True):
        rho, lr = r.rule.rho, r.rule.lr  # type: ignore[attr-defined]
        now, last = t.x[1:40], t.x[:39]
        swing = now**2 - (1 + rho - lr * curved) * now * last + rho * last**2
        assert (swing > 0).all()  # an ellipse about 0: the run swings
        np.testing.assert_allclose(swing[1:] / swing[:-1], rho, rtol=1e-9)
    first, second, third = runs.values()
    assert (first.steps_to(0.01) or 999) < 15 < (second.steps_to(0.01) or 999) < 60
    assert third.f[50:].max() > 1


@claim
def two_forms(scene: Scene, runs: Runs) -> None:
    summed, averaged = runs.values()
    np.testing.assert_allclose(summed.x, averaged.x, atol=1e-13)
    # The other way to print it: v ← ρv + g, x ← x − lr v.
    x, v = np.array(scene.start), np.zeros(2)
    for t in range(scene.steps):
        v = 0.9 * v + summed.grad[t]
        x = x - 0.01 * v
        np.testing.assert_allclose(x, summed.x[t + 1], atol=1e-13)


@claim
def nesterov(scene: Scene, runs: Runs) -> None:
    swings, brakes = runs["momentum"], runs["nesterov"]
    overshoot = [np.abs(t.x[5:, 1]).max() for t in (swings, brakes)]
    assert overshoot[1] < overshoot[0] / 2
    assert brakes.x[:, 0].max() < swings.x[:, 0].max()
    assert (brakes.steps_to(0.1) or 999) < (swings.steps_to(0.1) or 999)
    np.testing.assert_allclose(
        brakes.query[1:],
        (brakes.x + 0.95 * np.diff(brakes.x, axis=0, prepend=brakes.x[:1]))[1:-1],
        atol=1e-13,
    )


@claim
def look_ahead(scene: Scene, runs: Runs) -> None:
    textbook, library = runs["nesterov"], runs["nesterov.2"]
    ahead = textbook.x[1:] + 0.9 * textbook.velocity
    np.testing.assert_allclose(library.x[1:], ahead, atol=1e-13)
    np.testing.assert_allclose(library.query, textbook.query, atol=1e-13)


@claim
def adagrad(scene: Scene, runs: Runs) -> None:
    stalls, arrives = runs["adagrad"], runs["rmsprop"]
    assert (np.diff(stalls.rate, axis=0) <= 0).all()
    assert not (np.diff(arrives.rate, axis=0) <= 0).all()
    assert stalls.f[-1] > 0.9
    assert lengths(stalls)[-1] < 0.01 * lengths(stalls)[0]
    assert arrives.f[-1] - (scene.surface.f_min or 0) < 1e-3


@claim
def rmsprop(scene: Scene, runs: Runs) -> None:
    steeper = replace(scene, bare=scene.bare.replace(condition=10_000.0)).trajectories()
    away = np.abs(steeper["rmsprop"].x - runs["rmsprop"].x)
    assert away[:50].max() < 1e-6  # ε alone tells them apart
    assert away.max() < 0.05
    assert steeper["sgd"].growing
    assert not runs["sgd"].growing


@claim
def four_rules(scene: Scene, runs: Runs) -> None:
    at_100 = {id: t.f[100] for id, t in runs.items()}
    assert max(at_100, key=lambda id: at_100[id]) == "sgd"
    assert runs["sgd"].x[:, 0].max() < 0  # it never gets there
    assert runs["momentum"].x[:, 0].max() > 0.2
    assert turns(runs["momentum"].x[:, 1]) > 50
    assert runs["rmsprop"].x[:, 0].max() < 0.05
    np.testing.assert_allclose(np.abs(runs["rmsprop"].x[-10:, 1]), 0.01, rtol=0.05)
    assert runs["adam"].x[:, 0].max() > 0.2
    assert runs["adam"].f[-1] < 1e-8 < runs["rmsprop"].f[-1]


@claim
def adam_parts(scene: Scene, runs: Runs) -> None:
    parent, bare, whole = runs.values()
    np.testing.assert_allclose(bare.x, parent.x, atol=1e-12)
    assert norms(whole.x - parent.x).max() > 0.3


@claim
def bias_correction(scene: Scene, runs: Runs) -> None:
    with_it, without = (np.abs(t.update[:, 0]) / 0.005 for t in runs.values())
    np.testing.assert_allclose(with_it[:12], 1, rtol=1e-3)
    assert without[0] == pytest.approx(0.1 / np.sqrt(0.001), rel=1e-6)
    assert without[11] == pytest.approx(6.5685, rel=1e-3)
    assert without[:50].argmax() == 11
    slope = slopes(scene.surface, runs["adam.2"].x[:13])[:, 0]
    np.testing.assert_allclose(slope, -1, rtol=0.01)  # an even slope, as the sentence says


@claim
def misprint(scene: Scene, runs: Runs) -> None:
    adam, printed = runs["adam"], runs["adam.2"]
    np.testing.assert_array_equal(adam.x[1], printed.x[1])
    assert lengths(printed)[1] < 0.5 * lengths(adam)[1]
    assert lengths(printed)[10:].max() < 1e-6
    assert adam.f[-1] < 1e-2 < 30 < printed.f[-1]


@claim
def newton(scene: Scene, runs: Runs) -> None:
    assert runs["newton"].steps_to(1e-12) == 6
    assert runs["newton"].calls[:, 2].tolist() == [1] * scene.steps
    damped = runs["newton.2"].steps_to(1e-3)
    assert damped is not None
    assert damped > 20
    longer = replace(scene, steps=5000)
    thousands = longer.trajectory(scene.runs[2]).steps_to(1e-3)
    assert thousands is not None
    assert thousands > 4000


@claim
def newton_saddle(scene: Scene, runs: Runs) -> None:
    assert ends_at(runs["newton"], scene.bare.saddles[0], 1e-9)
    low, high = curvatures(scene.surface, runs["newton"].x[-1])
    assert low < 0 < high
    for id in ("saddle_free_newton", "sgd"):
        assert nearest(scene.bare.local_minima, runs[id].x[-1]) == 0
        assert curvatures(scene.surface, runs[id].x[-1])[0] > 0


@claim
def backtracking(scene: Scene, runs: Runs) -> None:
    t = runs["backtracking"]
    assert (np.diff(t.f) <= 0).all()
    (stopped,) = np.flatnonzero(np.diff((lengths(t) == 0).astype(int)))
    assert norms(t.grad)[stopped + 1] <= 1e-6 < norms(t.grad)[stopped]
    tried = np.log2(t.rate[: stopped + 1, 0])
    np.testing.assert_array_equal(tried, np.round(tried))  # halved, and halved again
    assert (np.diff(runs["momentum"].f) > 0).any()


@claim
def false_stop(scene: Scene, runs: Runs) -> None:
    t = runs["backtracking"]
    assert (t.x[:, 0] == scene.start[0]).all()
    assert ends_at(t, scene.bare.saddles[0], 1e-5)
    assert norms(t.grad)[-1] <= 1e-6
    assert lengths(t)[-1] == 0
    low, high = curvatures(scene.surface, t.x[-1])
    assert low < 0 < high


@claim
def noise_floor(scene: Scene, runs: Runs) -> None:
    constant, decayed = (t.f[-100:].mean() for t in runs.values())
    assert constant > 20 * decayed
    # The floor of a constant rate: Σ ½ λ · lr σ²/(λ(2 − lr λ)), both curvatures.
    floor = sum(0.5 * 0.2 / (2 - 0.2 * curved) for curved in (1, 5))
    assert runs["sgd"].f[100:].mean() == pytest.approx(floor, rel=0.25)
    assert constant == pytest.approx(floor, rel=0.5)


@claim
def schedules(scene: Scene, runs: Runs) -> None:
    t = np.arange(1, 301)
    share = [
        np.ones(300),
        np.where(t > 100, 0.1, 1.0) * np.where(t > 200, 0.1, 1.0),
        (1 + np.cos(np.pi * (t - 1) / 300)) / 2,
        1 - (t - 1) / 300,
        1 / np.sqrt(t),
    ]
    for run, expected in zip(runs.values(), share, strict=True):
        np.testing.assert_allclose(run.lr, 0.15 * expected, rtol=1e-12)
    rates = [run.lr[-30:].mean() for run in runs.values()]
    trembling = [lengths(run)[-30:].mean() for run in runs.values()]
    assert np.argsort(trembling).tolist() == np.argsort(rates).tolist()


@claim
def warm_up(scene: Scene, runs: Runs) -> None:
    cold, warm = runs["momentum"], runs["momentum.2"]
    assert cold.diverged_at == 6
    assert warm.f[-1] < 1e-3
    np.testing.assert_allclose(warm.lr[:60], 0.003 * np.arange(1, 61) / 60, rtol=1e-12)
    assert (warm.lr[60:] == 0.003).all()


@claim
def weight_decay(scene: Scene, runs: Runs) -> None:
    minima = scene.surface.minima
    assert minima is not None
    np.testing.assert_allclose(minima, [[1.3, 2.3]], atol=1e-9)
    hessian = np.array([[10.0, 8.0], [8.0, 10.0]])
    exact = np.linalg.solve(hessian + 2 * np.eye(2), hessian @ np.array([1.0, 3.0]))
    np.testing.assert_allclose(minima[0], exact, atol=1e-9)
    assert norms(exact) < norms(np.array([1.0, 3.0]))
    for t in runs.values():
        assert ends_at(t, exact, 1e-3)


@claim
def lasso(scene: Scene, runs: Runs) -> None:
    minima = scene.surface.minima
    assert minima is not None
    assert minima[0, 0] == 0
    assert minima[0, 1] == pytest.approx(1.8)
    constant, falling = (t.x[-100:, 0] for t in runs.values())
    assert turns(constant) > 3
    assert np.ptp(constant) > 0.5
    assert (constant != 0).all()
    assert np.abs(falling[-20:]).max() < 0.05
    squared = replace(scene, penalty=Penalty("l2", 20.0)).surface.minima
    assert squared is not None
    assert np.abs(squared).min() > 0.1  # an L2 penalty sets none to zero


@claim
def elastic_net(scene: Scene, runs: Runs) -> None:
    minima, bare = scene.surface.minima, scene.bare.minima
    alone = replace(scene, penalty=Penalty("l1", 20.0)).surface.minima
    assert minima is not None
    assert bare is not None
    assert alone is not None
    np.testing.assert_allclose(bare[0, 0] / bare[0, 1], 1 / 3)
    np.testing.assert_allclose(minima[0], [6 / 7, 8 / 7], atol=1e-6)
    assert (alone == 0).sum() == 1
    for t in runs.values():
        assert ends_at(t, minima[0], 1e-3)


@claim
def adamw(scene: Scene, runs: Runs) -> None:
    away = [norms(t.x[-1]) for t in runs.values()]
    assert away[0] > away[1] + 0.3 > away[2] + 0.6
    for r, t in zip(scene.runs[1:], list(runs.values())[1:], strict=True):
        adam = -0.1 * t.terms["m_hat"] / (np.sqrt(t.terms["v_hat"]) + 1e-8)
        taken = -0.1 * r.rule.weight_decay * t.x[:-1]  # type: ignore[attr-defined]
        np.testing.assert_allclose(t.update, adam + taken, atol=1e-12)


# --- mathematics to look at ----------------------------------------------------------------------


@claim
def gradient(scene: Scene, runs: Runs) -> None:
    t, h = runs["sgd"], 1e-5
    points = t.x[:20]

    def change(direction: Numbers) -> Numbers:
        """The slope of f along a direction, by central differences."""
        values = jax.vmap(lambda p: scene.surface(p))
        there, back = values(points + h * direction), values(points - h * direction)
        return np.asarray((there - back) / (2 * h))

    measured = np.stack([change(np.array(axis)) for axis in ([1.0, 0.0], [0.0, 1.0])], axis=1)
    np.testing.assert_allclose(measured, t.grad[:20], rtol=1e-6, atol=1e-6)
    unit = t.grad[:20] / norms(t.grad[:20])[:, None]
    np.testing.assert_allclose(change(unit @ np.array([[0.0, 1.0], [-1.0, 0.0]])), 0, atol=1e-5)
    np.testing.assert_allclose(t.update[:20], -0.005 * t.grad[:20], atol=1e-12)


@claim
def quadric(scene: Scene, runs: Runs) -> None:
    t = runs["newton"]
    promised, got = [], []
    for x, g, step, f, f_next in zip(t.x, t.grad, t.update, t.f, t.f[1:], strict=False):
        hessian = np.asarray(jax.hessian(scene.surface)(jnp.asarray(x)))
        np.testing.assert_allclose(g + hessian @ step, 0, atol=1e-9)  # the floor of the quadric
        assert (np.linalg.eigvalsh(hessian) > 0).all()
        promised.append(-(g @ step + step @ hessian @ step / 2))
        got.append(f - f_next)
    ratio = np.array(got)[:5] / np.array(promised)[:5]
    off = np.abs(ratio - 1)
    assert (np.diff(off) < 0).all()
    assert off[-1] < 0.01
    assert t.f[-1] < 1e-20


@claim
def plane(scene: Scene, runs: Runs) -> None:
    step = scene.view.step
    assert step == 1
    kept = [(t.f[0] - t.f[1]) / -(t.grad[0] @ t.update[0]) for t in (runs["sgd"], runs["sgd.2"])]
    assert kept == pytest.approx([0.9, 0.25], abs=0.02)


@claim
def three_kinds(scene: Scene, runs: Runs) -> None:
    signs = []
    for t in runs.values():
        assert norms(slopes(scene.surface, t.x[-1:])[0]) < 1e-4
        signs.append(np.sign(curvatures(scene.surface, t.x[-1])).tolist())
    assert signs == [[1, 1], [-1, 1], [-1, -1]]


@claim
def slice(scene: Scene, runs: Runs) -> None:
    def whole(x: Array) -> Array:
        return x[0] ** 2 + x[0] * (1 - x[1]) + x[1] ** 2 - x[1] * x[2] + x[2] ** 2 + x[2]

    lowest = jnp.array([-1.0, -1.0, -1.0])
    hessian = np.asarray(jax.hessian(whole)(lowest))
    np.testing.assert_array_equal(hessian, [[2, -1, 0], [-1, 2, -1], [0, -1, 2]])
    assert np.linalg.det(hessian) == pytest.approx(4)
    np.testing.assert_allclose(jax.grad(whole)(lowest), 0, atol=1e-12)
    for p in runs["sgd"].x[:10]:
        cut = whole(lowest + jnp.array([p[0], p[1], 0.0])) - whole(lowest)
        assert float(cut) == pytest.approx(float(scene.surface(jnp.asarray(p))), abs=1e-12)
    np.testing.assert_allclose(curvatures(scene.surface, np.zeros(2)), [1, 3], rtol=1e-12)
    assert norms(runs["newton"].x[1]) < 1e-12
    assert norms(runs["sgd"].x[-1]) < 1e-10


@claim
def update_ratio(scene: Scene, runs: Runs) -> None:
    small, good, large = runs.values()
    ratios = [np.median(lengths(t)[:10] / norms(t.x[:10])) for t in runs.values()]
    assert ratios == pytest.approx([1e-5, 1e-3, 1e-1], rel=0.3)
    assert small.f[-1] > 0.95 * small.f[0]
    assert (np.diff(good.f) < 0).all()
    assert good.f[-1] < 0.1 * good.f[0]
    assert np.diff(large.f[:100]).max() > 1


# --- counter-examples ----------------------------------------------------------------------------


@claim
def heavy_ball_cycle(scene: Scene, runs: Runs) -> None:
    cycle = [Fraction(792, 1225), Fraction(-2208, 1225), Fraction(2592, 1225)]
    x = runs["momentum"].x[-30:, 0]
    at = int(np.abs(x[:3] - float(cycle[0])).argmin())
    expected = [float(cycle[(k - at) % 3]) for k in range(30)]
    np.testing.assert_allclose(x, expected, atol=1e-9)
    for id in ("sgd", "nesterov"):
        assert ends_at(runs[id], (0, 0), 1e-6)


@claim
def two_cycle(scene: Scene, runs: Runs) -> None:
    for condition in (scene.bare.condition, 1000.0):  # type: ignore[attr-defined]
        other = replace(scene, bare=scene.bare.replace(condition=condition))
        last = other.trajectory(scene.runs[0]).x[-20:]
        np.testing.assert_allclose(np.abs(last), 0.15, rtol=1e-3)
        np.testing.assert_array_equal(np.sign(last[1:]), -np.sign(last[:-1]))


@claim
def nesterov_limit(scene: Scene, runs: Runs) -> None:
    limit = (2 + 2 * 0.9) / (1 + 2 * 0.9)
    assert limit == pytest.approx(1.36, abs=0.005)
    assert limit < 0.14 * 10 < 2
    assert runs["nesterov"].growing
    assert not runs["sgd"].growing
    assert not runs["momentum"].growing
    settled = replace(scene, runs=(rule("nesterov", lr=0.99 * limit / 10),)).trajectories()
    assert not settled["nesterov"].growing


@claim
def heavy_ball_limit(scene: Scene, runs: Runs) -> None:
    assert 2 < 0.205 * 10 < 2 * (1 + 0.9) == pytest.approx(3.8)
    assert runs["sgd"].growing
    assert not runs["momentum"].growing
    assert runs["momentum"].f[-1] < 0.01
    longer = replace(
        scene, steps=300, runs=(rule("momentum", lr=0.376), rule("momentum", lr=0.384))
    )
    assert [longer.trajectory(r).growing for r in longer.runs] == [False, True]


@claim
def momentum_misses(scene: Scene, runs: Runs) -> None:
    assert scene.start[0] < -1
    assert ends_at(runs["sgd"], (-1, 0))
    assert ends_at(runs["momentum"], (1, 0))
    assert runs["momentum"].f[-1] > runs["sgd"].f[-1] + 0.49


@claim
def newton_flat(scene: Scene, runs: Runs) -> None:
    whole, damped = (t.x for t in runs.values())
    np.testing.assert_allclose(whole[1:] / whole[:-1], 0.5, rtol=1e-9)
    np.testing.assert_allclose(damped[1:] / damped[:-1], 0.9, rtol=1e-9)
    assert (curvatures(scene.surface, np.zeros(2)) == 0).all()


@claim
def cone(scene: Scene, runs: Runs) -> None:
    constant, falling = runs.values()
    np.testing.assert_allclose(norms(constant.grad)[2:], norms(constant.grad)[-1], rtol=0.1)
    assert lengths(constant)[-50:].min() > 0.1
    assert norms(constant.x[-50:]).min() > 0.01
    assert norms(falling.x[-1]) < 1e-3


# --- the registry --------------------------------------------------------------------------------

ASKED = {f"S{k}" for k in range(1, 9)} | {f"O{k}" for k in range(1, 12)}
ASKED |= {f"M{k}" for k in range(1, 6)} | {"counter"}

# Scenes about leaving the picture: they go farther than five windows.
FAR = {"overflow", "warm_up"}


@pytest.fixture(scope="module", params=PRESETS.values(), ids=list(PRESETS))
def opened(request: pytest.FixtureRequest) -> tuple[Preset, Runs]:
    """A preset and its runs."""
    preset: Preset = request.param
    return preset, preset.scene.trajectories()


def window(scene: Scene) -> Numbers:
    """[[x0, x1], [y0, y1]]."""
    return np.array(scene.view.window or scene.bare.domain)


def test_preset_shows_what_it_says(opened):
    preset, runs = opened
    CLAIMS[preset.slug](preset.scene, runs)


def test_paths_stay_near_the_window(opened):
    preset, runs = opened
    sides = window(preset.scene)
    middle, half = sides.mean(axis=1), np.ptp(sides, axis=1) / 2
    assert (np.abs(preset.scene.start - middle) <= half).all()
    points = np.concatenate([t.x[np.isfinite(t.x).all(axis=1)] for t in runs.values()])
    farthest = (np.abs(points - middle) / half).max()
    assert (farthest > 5) == (preset.slug in FAR)
    assert all((t.diverged_at is None) or preset.slug in FAR for t in runs.values())


def test_every_preset_has_a_claim_and_every_claim_a_preset():
    assert CLAIMS.keys() == PRESETS.keys()


def test_everything_asked_for_is_shown():
    shown = Counter(p.claim for p in PRESETS.values())
    assert shown.keys() == ASKED
    assert shown["counter"] >= 4
    assert len(PRESETS) >= 30


def test_titles_and_sentences_fit_their_places():
    titles = [p.title for p in PRESETS.values()]
    assert len(set(titles)) == len(titles)
    assert len({p.sentence for p in PRESETS.values()}) == len(titles)
    for p in PRESETS.values():
        assert 1 <= len(p.title) <= 45
        assert 40 <= len(p.sentence) <= 160
        assert p.sentence.endswith(".")
        assert "\n" not in p.title + p.sentence
        assert 1 <= len(p.scene.runs) <= 5
        assert p.scene.steps <= 500


def test_groups_of_the_menu_are_not_torn():
    groups = [p.group for p in PRESETS.values()]
    assert all(groups)
    runs_of_one = [g for i, g in enumerate(groups) if i == 0 or groups[i - 1] != g]
    assert len(runs_of_one) == len(set(groups)) == 4


@pytest.mark.parametrize("slug", PRESETS)
def test_scene_comes_back_from_link_and_json(slug):
    scene = PRESETS[slug].scene
    link = scene.to_link()
    assert len(link) < 600
    assert Scene.from_link(link) == scene == Scene.from_json(scene.to_json())
    assert Scene.from_link(link).to_dict() == scene.to_dict()


def test_surfaces_of_the_presets_are_many():
    assert len({p.scene.bare.slug for p in PRESETS.values()}) >= len(LANDSCAPES) // 2
