"""One setting, many seeds: the cloud of points, the band of losses, and what a batch does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray

from calculus.precision import in_float64
from landscapes import Surface
from optimizers import Rule
from thalweg.simulation.cells import Floats
from thalweg.simulation.noise import Noise, as_noise
from thalweg.simulation.progress import Progress, part
from thalweg.simulation.run import check_start
from thalweg.simulation.schedules import Schedule
from thalweg.simulation.sweep import Sweep, SweepPlan, sweep_with_progress

SHARES = (0.1, 0.5, 0.9)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


@dataclass(frozen=True)
class Ensemble:
    """Runs that differ in their seed alone, at every step.

    What is told of many is told of the runs that are still finite; NaN where none is.
    """

    x: Floats
    """(steps+1, seeds, 2)"""
    f: Floats
    """(steps+1, seeds)"""
    low: Floats
    """(steps+1,), the loss above the surface's minimum (f itself if it has none) that a tenth of
    the runs is below."""
    median: Floats
    high: Floats
    """The same for nine tenths."""
    covariance: Floats
    """(steps+1, 2, 2), of x over the seeds, unbiased; NaN where less than two runs are finite."""


@in_float64
def ensemble(
    surface: Surface,
    rule: Rule,
    start: ArrayLike | Sequence[float],
    steps: int = 300,
    noise: Noise | float | None = None,
    seeds: int = 256,
    first_seed: int = 0,
    schedule: Schedule | None = None,
    clip: float | None = None,
) -> Progress[Ensemble]:
    """The run with each of ``seeds`` seeds from ``first_seed`` on; the rest is as in `run`.

    Raises ValueError, with a sentence, for less than two seeds and for what `sweep` refuses.
    """
    axes = {"seed": _seeds(seeds, first_seed)}
    pieces = sweep_with_progress(
        SweepPlan(surface, rule, axes, start, steps, noise, 0, schedule, clip, ("f", "path"))
    )
    return _told(pieces, surface)


def _told(pieces: Progress[Sweep], surface: Surface) -> Progress[Ensemble]:
    s = yield from pieces
    assert s.f is not None
    assert s.path is not None
    x, f = np.ascontiguousarray(s.path.swapaxes(0, 1)), np.ascontiguousarray(s.f.T)
    fine = np.isfinite(f) & np.isfinite(x).all(axis=-1)
    f_min = surface.f_min
    losses = np.where(fine, f - (0.0 if f_min is None else f_min), np.inf)
    low, median, high = _quantiles(losses, fine.sum(axis=1))
    return Ensemble(x, f, low, median, high, _covariance(x, fine))


def _quantiles(values: Floats, count: NDArray[np.int64]) -> tuple[Floats, ...]:
    """The `SHARES` of each row's ``count`` smallest values, in proportion between two; or NaN."""
    ordered, rows = np.sort(values, axis=1), np.arange(len(values))
    found = []
    for share in SHARES:
        at = share * np.maximum(count - 1, 0)
        below = at.astype(np.int64)
        above = np.minimum(below + 1, np.maximum(count - 1, 0))
        one, other = ordered[rows, below], ordered[rows, above]
        with np.errstate(invalid="ignore"):  # of none: ∞ − ∞, which is NaN
            found.append(one + (at - below) * (other - one))
    return tuple(found)


def _covariance(x: Floats, fine: NDArray[np.bool_]) -> Floats:
    """Over the second axis of x (n, seeds, 2), of the points that are ``fine`` (n, seeds)."""
    count = fine.sum(axis=1)[:, None]
    at = np.where(fine[..., None], x, 0.0)
    with np.errstate(all="ignore"):
        away = np.where(fine[..., None], at - (at.sum(axis=1) / count)[:, None], 0.0)
        spread = np.einsum("nsi,nsj->nij", away, away) / (count[..., None] - 1)
    return np.where(count[..., None] > 1, spread, np.nan)


@dataclass(frozen=True)
class Batches:
    """How far noise keeps x from rest, for each size of the batch.

    ``variance`` and ``error`` (k, 2) are those of x along each of two directions; NaN where a run
    was not finite.
    """

    sizes: Floats
    """(k,)"""
    variance: Floats
    error: Floats
    """The standard error of the variance."""
    directions: Floats
    """(2, 2), unit vectors, as columns."""


@in_float64
def batches(
    surface: Surface,
    rule: Rule,
    start: ArrayLike | Sequence[float],
    steps: int = 300,
    noise: Noise | float | None = None,
    sizes: ArrayLike | Sequence[float] = SIZES,
    seeds: int = 256,
    first_seed: int = 0,
    schedule: Schedule | None = None,
    clip: float | None = None,
    directions: ArrayLike | Sequence[Sequence[float]] = ((1.0, 0.0), (0.0, 1.0)),
) -> Progress[Batches]:
    r"""The variance of x along ``directions`` for every size of the batch in ``sizes``.

    $$q_s = \operatorname*{mean}_{t > T/2} (u_{s,t} - \bar u)^2, \quad
      \operatorname{Var} u = \operatorname*{mean}_s q_s + \operatorname{Var} \bar u, \quad
      \text{error} = \sqrt{\operatorname*{Var}_s q_s / S}$$

    u is x along a direction, s one of S seeds, t a step of the later half, ū the mean of all; what
    it takes off the variance, Var ū, is put back. The steps of one run depend on each other, but
    the runs do not: so the error is that of a mean of S independent numbers, whatever the
    correlation in them. The sizes share their seeds: their errors are not independent.

    The earlier half is not counted, for what is left of the start: begin at a minimum, and take
    steps enough that the slowest direction forgets in half of them. Raises ValueError, with a
    sentence, for directions that are not orthonormal and for what `sweep` refuses.
    """
    along = np.asarray(directions, np.float64)
    if along.shape != (2, 2) or not np.allclose(along.T @ along, np.eye(2), atol=1e-6):
        raise ValueError("The directions must be two orthonormal columns, an array (2, 2).")
    x0, seed = check_start(start), _seeds(seeds, first_seed)

    counts = np.asarray(sizes, np.float64)

    def runs(sizes: Floats) -> Progress[Sweep]:
        axes = {"noise.batch": sizes, "seed": seed}
        return sweep_with_progress(
            SweepPlan(surface, rule, axes, x0, steps, noise, 0, schedule, clip, ("path",))
        )

    for size in counts:
        replace(as_noise(noise), batch=float(size))  # raises what it refuses
    many = max(1, MOST_HELD // (2 * seeds * (steps + 1)))
    groups = [counts[at : at + many] for at in range(0, len(counts), many)]
    return _measured(runs, runs(groups[0]), groups, along)


MOST_HELD = 2**23
"""Numbers of the paths that are held at once."""


def _measured(
    runs: Callable[[Floats], Progress[Sweep]],
    work: Progress[Sweep],
    groups: list[Floats],
    along: Floats,
) -> Progress[Batches]:
    """The sizes in groups, ``work`` the first's: what is told of one, and its paths forgotten."""
    sizes, found = np.concatenate(groups), list[Any]()
    for k, group in enumerate(groups):
        pieces = runs(group) if k else work
        s = yield from part(pieces, len(found), len(group), len(sizes))
        assert s.path is not None
        found += [_variance(path, along) for path in s.path]
    variance, error = np.array(found).swapaxes(0, 1)
    return Batches(sizes, variance, error, along)


@np.errstate(all="ignore")  # a run that was not finite makes it NaN
def _variance(path: Floats, along: Floats) -> tuple[Floats, Floats]:
    """The variance (2,) of a path (seeds, steps+1, 2) over its later half, and its error (2,)."""
    late = path[:, path.shape[1] // 2 :]
    found = []
    for a, b in along.T:
        u = a * late[..., 0] + b * late[..., 1]
        means = u.mean(axis=1)
        squares = ((u - means.mean()) ** 2).mean(axis=1)
        variance = squares.mean() + means.var(ddof=1) / len(u)
        found.append((variance, squares.std(ddof=1) / np.sqrt(len(u))))
    variances, errors = np.transpose(found)
    return variances, errors


def _seeds(seeds: int, first_seed: int) -> NDArray[np.int64]:
    if isinstance(seeds, bool) or not isinstance(seeds, (int, np.integer)) or seeds < 2:
        raise ValueError(f"seeds is {seeds!r}; it must be a whole number from 2 up.")
    return np.arange(first_seed, first_seed + seeds)
