"""How fast the maps are: what ten thousand runs do, beside the same in vectorized NumPy.

    python benchmarks/maps.py

prints JSON. Warm times are medians, the two sides taken in turns, so that a busy machine slows both
alike; nothing is scaled. The NumPy side computes what the map shows with the same number of steps,
one array operation after the other over all runs at once, and its results are compared with ours
first. Two things are kept from call to call on our side: the compiled program, and the unit noise
of the last seeds. ``cpu`` is processor time over all cores: other work does not lengthen it.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from numpy.typing import NDArray

from benchmarks.maps_page import measured_page
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from thalweg.simulation import (
    Progress,
    basins,
    batches,
    collect,
    ensemble,
    minima_of,
    stability,
    tuned,
)
from thalweg.simulation.growth import is_growing, quarters
from thalweg.simulation.summary import ARRIVED

Array = NDArray[np.float64]
Gradient = Callable[[Array, Array], tuple[Array, Array]]
Step = Callable[[Array, int], Array]  # what is added to a coordinate, given its gradient and t

STEPS, START = 500, (-2.0, 1.0)
SIDE, GOAL_STABILITY_MS = 128, 50
BASINS_SIDE, GOAL_BASINS_S = 256, 2.5
SIX = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")
VALLEY, HIMMELBLAU = LANDSCAPES["valley"](), LANDSCAPES["himmelblau"]()
ROSENBROCK = LANDSCAPES["rosenbrock"]()


# --- NumPy: rules, each a function that makes the step of one coordinate ------------------------


def sgd(lr: Any) -> Step:
    """x ← x − lr g."""
    return lambda g, t: -lr * g


def momentum(lr: Any, rho: Any) -> Step:
    """v ← ρv − lr g."""
    v: Any = 0.0

    def step(g: Array, t: int) -> Array:
        nonlocal v
        v = rho * v - lr * g
        return v

    return step


def adagrad(lr: Any, eps: float) -> Step:
    """lr g / (√Σg² + ε)."""
    total: Any = 0.0

    def step(g: Array, t: int) -> Array:
        nonlocal total
        total = total + g * g
        return -lr * g / (np.sqrt(total) + eps)

    return step


def rmsprop(lr: Any, decay: Any, eps: float) -> Step:
    """lr g / (√v + ε), v an average of g²."""
    v: Any = 0.0

    def step(g: Array, t: int) -> Array:
        nonlocal v
        v = decay * v + (1 - decay) * (g * g)
        return -lr * g / (np.sqrt(v) + eps)

    return step


def adam(lr: Any, beta1: Any, beta2: Any, eps: float) -> Step:
    """lr m̂ / (√v̂ + ε)."""
    m: Any = 0.0
    v: Any = 0.0

    def step(g: Array, t: int) -> Array:
        nonlocal m, v
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * (g * g)
        return -lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)

    return step


def in_numpy(slug: str) -> Callable[[], Step]:
    """One of the `SIX` with its defaults; Nesterov's velocity is momentum's, asked elsewhere."""
    r: Any = OPTIMIZERS[slug]()
    return {
        "sgd": lambda: sgd(r.lr),
        "momentum": lambda: momentum(r.lr, r.rho),
        "nesterov": lambda: momentum(r.lr, r.rho),
        "adagrad": lambda: adagrad(r.lr, r.eps),
        "rmsprop": lambda: rmsprop(r.lr, r.decay_rate, r.eps),
        "adam": lambda: adam(r.lr, r.beta1, r.beta2, r.eps),
    }[slug]


# --- NumPy: the maps -----------------------------------------------------------------------------


class Followed:
    """What tells growth, as `thalweg.simulation.growth` asks for it, gathered step by step."""

    def __init__(self, steps: int) -> None:
        self.steps, (self.early, self.late) = steps, quarters(steps)
        self.sums: list[Any] = [0.0] * 4

    def see(self, t: int, dx: Array, dy: Array, f: Array) -> None:
        """Step ``t`` by (dx, dy) from where the loss is ``f``."""
        first = 0 if t <= self.early else 2 if t > self.late else None
        if first is not None:
            self.sums[first] = self.sums[first] + np.sqrt(dx * dx + dy * dy)
            self.sums[first + 1] = self.sums[first + 1] + f

    def growing(self, last: Array) -> Any:
        """Whether the runs that end at the loss ``last`` grow."""
        early, early_f, late, late_f = (s / self.early for s in self.sums)
        return is_growing(early, late, early_f, late_f, last) | ~np.isfinite(last)


def valley(x: Array, y: Array) -> Array:
    """f = ½(x² + 100y²)."""
    return 0.5 * (x * x + 100.0 * (y * y))


def numpy_stability(lr: Array, beta1: Array) -> tuple[Array, Any, Any]:
    """Loss, settled and growing of Adam on the valley for every pair."""
    rate, decay = (a.ravel() for a in np.meshgrid(lr, beta1))
    x, y = np.full(rate.size, START[0]), np.full(rate.size, START[1])
    moves = adam(rate, decay, 0.999, 1e-8), adam(rate, decay, 0.999, 1e-8)
    above, followed = np.zeros(rate.size, np.int64), Followed(STEPS)
    for t in range(1, STEPS + 1):
        f = valley(x, y)
        above[f > ARRIVED] = t
        dx, dy = moves[0](x, t), moves[1](100.0 * y, t)
        followed.see(t, dx, dy, f)
        x, y = x + dx, y + dy
    f = valley(x, y)
    return f, np.where(f <= ARRIVED, above, -1), followed.growing(f)


def himmelblau(x: Array, y: Array) -> Array:
    """(x² + y − 11)² + (x + y² − 7)²."""
    return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2


def slope(x: Array, y: Array) -> tuple[Array, Array]:
    """Its gradient."""
    a, b = x * x + y - 11, x + y * y - 7
    return 4 * x * a + 2 * b, 2 * a + 4 * y * b


def numpy_basins(slug: str, xs: Array, ys: Array) -> tuple[Any, Any]:
    """Which and settled for one rule: two passes, as ours, the second over those that arrived."""
    ends = minima_of(HIMMELBLAU)
    x0, y0 = (a.ravel() for a in np.meshgrid(xs, ys))
    ahead = OPTIMIZERS[slug]().rho if slug.startswith("nest") else 0.0  # type: ignore[attr-defined]

    def runs(x: Array, y: Array, see: Callable[..., None]) -> tuple[Array, Array]:
        one, other = in_numpy(slug)(), in_numpy(slug)()
        dx, dy = np.zeros_like(x), np.zeros_like(y)
        for t in range(1, STEPS + 1):
            g = slope(x + ahead * dx, y + ahead * dy) if ahead else slope(x, y)
            before, dx, dy = (x, y), one(g[0], t), other(g[1], t)
            see(t, *before, dx, dy)
            x, y = x + dx, y + dy
        return x, y

    followed = Followed(STEPS)
    x, y = runs(x0, y0, lambda t, x, y, dx, dy: followed.see(t, dx, dy, himmelblau(x, y)))
    grows = followed.growing(himmelblau(x, y))
    which = np.full(x.size, -1)
    for k, (end, radius) in enumerate(zip(ends.x, ends.radius, strict=True)):
        which[(x - end[0]) ** 2 + (y - end[1]) ** 2 <= radius**2] = k
    which[grows] = -2
    there = np.flatnonzero(which >= 0)
    (a, b), square = ends.x[which[there]].T, ends.radius[which[there]] ** 2
    outside = np.zeros(there.size, np.int64)

    def away(t: int, x: Array, y: Array, dx: Array, dy: Array) -> None:
        outside[(x - a) ** 2 + (y - b) ** 2 > square] = t

    runs(x0[there], y0[there], away)
    settled = np.full(x.size, -1)
    settled[there] = outside
    shape = len(ys), len(xs)
    return which.reshape(shape), settled.reshape(shape)


def numpy_ensemble(seeds: int, sigma: float, lr: float, rho: float) -> tuple[Array, Array, Array]:
    """Path, quantiles and covariance of momentum on Rosenbrock's function."""
    z = np.stack(
        [np.random.RandomState(s).standard_normal((STEPS, 2)) for s in range(seeds)], axis=-1
    )
    x, y = np.full(seeds, ROSENBROCK.start[0]), np.full(seeds, ROSENBROCK.start[1])
    path, f = np.empty((STEPS + 1, seeds, 2)), np.empty((STEPS + 1, seeds))
    one, other = momentum(lr, rho), momentum(lr, rho)
    for t in range(STEPS + 1):
        path[t, :, 0], path[t, :, 1] = x, y
        r = y - x * x
        f[t] = (1 - x) ** 2 + 100 * r * r
        if t < STEPS:
            gx, gy = -2 * (1 - x) - 400 * x * r, 200 * r
            noise = sigma * z[t]
            x, y = x + one(gx + noise[0], t + 1), y + other(gy + noise[1], t + 1)
    away = path - path.mean(axis=1, keepdims=True)
    covariance = np.einsum("nsi,nsj->nij", away, away) / (seeds - 1)
    return path, np.quantile(f, (0.1, 0.5, 0.9), axis=1), covariance


def numpy_batches(sizes: Array, seeds: int, sigma: float, lr: float) -> Array:
    """The variance of gradient descent on the valley for every size."""
    z = np.stack(
        [np.random.RandomState(s).standard_normal((STEPS, 2)) for s in range(seeds)], axis=-1
    )
    scale = (sigma / np.sqrt(sizes))[:, None]
    x = y = np.zeros((len(sizes), seeds))
    late = []
    for t in range(STEPS):
        if t >= (STEPS + 1) // 2:
            late.append(np.stack([x, y]))
        x, y = x - lr * (x + scale * z[t, 0]), y - lr * (100 * y + scale * z[t, 1])
    u = np.array([*late, np.stack([x, y])])  # (late, 2, sizes, seeds)
    variance: Array = u.var(axis=(0, 3)).T
    return variance


TRIALS, BUDGET = 1024, 1000


def numpy_trials() -> Array:
    """As many runs of momentum, of as many evaluations, in as many goes, as the search makes."""
    lowest = []
    for count in (512, 128, 128, 128, 128):
        lr, rho = np.geomspace(1e-4, 0.05, count), np.linspace(0, 0.99, count)
        x, y = np.full(count, START[0]), np.full(count, START[1])
        one, other, followed = momentum(lr, rho), momentum(lr, rho), Followed(BUDGET)
        above = np.zeros(count, np.int64)
        for t in range(1, BUDGET + 1):
            f = valley(x, y)
            above[f > 1e-8] = t
            dx, dy = one(x, t), other(100.0 * y, t)
            followed.see(t, dx, dy, f)
            x, y = x + dx, y + dy
        f = valley(x, y)
        followed.growing(f)
        lowest.append(f.min())
    return np.array(lowest)


# --- measuring -----------------------------------------------------------------------------------


class Took(NamedTuple):
    """Milliseconds."""

    wall: float
    cpu: float


def took(call: Callable[[], Any]) -> Took:
    """How long one call takes."""
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return Took(1e3 * (time.perf_counter() - wall), 1e3 * (time.process_time() - cpu))


def side_by_side(
    ours: Callable[[], Any], theirs: Callable[[], Any], rounds: int, turn: int = 1
) -> dict[str, Any]:
    """Medians of both, in turns; what the first call of ours took; and the ratio."""
    first = took(ours)
    times: tuple[list[Took], list[Took]] = ([], [])
    for _ in range(rounds):
        for call, seen in zip((ours, theirs), times, strict=True):
            seen += [took(call) for _ in range(turn)]
    medians = [Took(*(statistics.median(column) for column in zip(*s, strict=True))) for s in times]
    return {
        "ms": rounded(medians[0].wall),
        "cpu ms": rounded(medians[0].cpu),
        "least ms": rounded(min(t.wall for t in times[0])),
        "first call, compiling, ms": rounded(first.wall),
        "numpy ms": rounded(medians[1].wall),
        "times as fast as numpy": rounded(medians[1].wall / medians[0].wall),
    }


def rounded(value: float) -> float:
    """To three digits."""
    return float(f"{value:.3g}")


def longest_piece(pieces: Progress[Any]) -> float:
    """Milliseconds of the longest piece."""
    longest, since = 0.0, time.perf_counter()
    for _ in pieces:
        now = time.perf_counter()
        longest, since = max(longest, now - since), now
    return rounded(1e3 * longest)


def measured_stability() -> dict[str, Any]:
    """128 × 128 runs of 500 steps of Adam on the valley."""
    lr, beta1 = np.geomspace(1e-3, 1.0, SIDE), np.linspace(0.0, 0.99, SIDE)
    rule = OPTIMIZERS["adam"]()

    def pieces() -> Progress[Any]:
        return stability(VALLEY, rule, ("lr", lr), ("beta1", beta1), START, STEPS)

    with np.errstate(all="ignore"):
        ours, (loss, settled, growing) = collect(pieces()), numpy_stability(lr, beta1)
    assert np.allclose(ours.loss.ravel(), loss, rtol=1e-6, atol=1e-9)
    assert np.mean(ours.settled.ravel() == settled) > 0.999
    assert (ours.growing.ravel() == growing).all()
    jax_cleared()
    with np.errstate(all="ignore"):
        found = side_by_side(
            lambda: collect(pieces()), lambda: numpy_stability(lr, beta1), rounds=8, turn=3
        )
    found["longest piece, ms"] = longest_piece(pieces())
    return found | {"goal": {"at most ms": GOAL_STABILITY_MS}, "reached": found["ms"] <= 50}


def measured_basins() -> dict[str, Any]:
    """256 × 256 runs of 500 steps on Himmelblau's function, six rules in turn."""
    xs = np.linspace(-6.0, 6.0, BASINS_SIDE)

    def pieces(slug: str) -> Progress[Any]:
        return basins(HIMMELBLAU, OPTIMIZERS[slug](), xs, xs, STEPS)

    found = {}
    for slug in SIX:
        with np.errstate(all="ignore"):
            ours, (which, settled) = collect(pieces(slug)), numpy_basins(slug, xs, xs)
            assert np.mean(ours.which == which) > 0.995, slug
            near = np.abs(ours.settled - settled) <= 2  # RMSProp steps to and fro
            assert np.mean(near) > 0.995, slug
            jax_cleared()
            found[slug] = side_by_side(
                lambda slug=slug: collect(pieces(slug)),  # type: ignore[misc]
                lambda slug=slug: numpy_basins(slug, xs, xs),  # type: ignore[misc]
                rounds=2,
            )
        found[slug]["longest piece, ms"] = longest_piece(pieces(slug))
    whole, cpu, theirs = (
        sum(f[key] for f in found.values()) / 1e3 for key in ("ms", "cpu ms", "numpy ms")
    )
    return {
        "s": rounded(whole),
        "cpu s": rounded(cpu),
        "numpy s": rounded(theirs),
        "times as fast as numpy": rounded(theirs / whole),
        "goal": {"at most s": GOAL_BASINS_S},
        "reached": whole <= GOAL_BASINS_S,
        "each rule": found,
    }


def measured_ensemble() -> dict[str, Any]:
    """256 seeds, 500 steps of momentum on Rosenbrock's function, path and all."""
    rule, sigma, seeds = OPTIMIZERS["momentum"](lr=2e-4, rho=0.9), 3.0, 256

    def ours() -> Any:
        return collect(ensemble(ROSENBROCK, rule, ROSENBROCK.start, STEPS, sigma, seeds))

    def theirs() -> Any:
        return numpy_ensemble(seeds, sigma, 2e-4, 0.9)

    e, (path, band, covariance) = ours(), theirs()
    f_min = ROSENBROCK.f_min or 0.0
    assert np.allclose(e.x, path, rtol=1e-6, atol=1e-9)
    assert np.allclose([e.low, e.median, e.high], band - f_min, rtol=1e-6, atol=1e-9)
    assert np.allclose(e.covariance, covariance, rtol=1e-6, atol=1e-9)
    jax_cleared()
    return side_by_side(ours, theirs, rounds=5, turn=3)


def measured_batches() -> dict[str, Any]:
    """Nine sizes of 256 seeds, 500 steps of gradient descent on the valley."""
    rule, sizes = OPTIMIZERS["sgd"](lr=0.01), np.geomspace(1.0, 256.0, 9)

    def ours() -> Any:
        return collect(batches(VALLEY, rule, (0.0, 0.0), STEPS, 0.5, sizes))

    def theirs() -> Any:
        return numpy_batches(sizes, 256, 0.5, 0.01)

    assert np.allclose(ours().variance, theirs(), rtol=0.01)  # ours adds the variance of the mean
    jax_cleared()
    return side_by_side(ours, theirs, rounds=5, turn=3)


def measured_race() -> dict[str, Any]:
    """1024 trials of 1000 evaluations of momentum on the valley; one rule of the race."""
    rule = OPTIMIZERS["momentum"]()

    def ours() -> Any:
        return collect(tuned(VALLEY, rule, START, BUDGET, TRIALS))

    jax_cleared()
    with np.errstate(all="ignore"):
        return side_by_side(ours, numpy_trials, rounds=5, turn=3)


def jax_cleared() -> None:
    """Forget what was compiled, so that the first call shows what compiling takes."""
    import jax

    from thalweg.simulation.cells import block_of

    block_of.cache_clear()
    jax.clear_caches()


def main() -> None:
    """Measure, and print JSON."""
    one = measured_stability()
    report: dict[str, Any] = {
        f"stability, {SIDE} × {SIDE} × {STEPS}, Adam on the valley": one,
        f"basins, {BASINS_SIDE} × {BASINS_SIDE} × {STEPS}, Himmelblau, six rules": (
            measured_basins()
        ),
        f"ensemble, 256 seeds × {STEPS}, momentum on Rosenbrock": measured_ensemble(),
        f"batches, 9 sizes × 256 seeds × {STEPS}, sgd on the valley": measured_batches(),
        f"fair race, {TRIALS} trials × {BUDGET}, momentum on the valley": measured_race(),
    }
    report |= measured_page(one["numpy ms"])
    report["machine"] = {
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        **{name: version(name) for name in ("jax", "jaxlib", "numpy")},
    }
    print(json.dumps(report, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
