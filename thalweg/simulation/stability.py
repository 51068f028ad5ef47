"""A map of stability: where over two settings a run settles, and where it grows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray

from calculus.precision import in_float64
from landscapes import Surface
from optimizers import Rule
from thalweg.simulation.cells import Floats
from thalweg.simulation.chunks import Whole
from thalweg.simulation.minima import lowest_over
from thalweg.simulation.noise import Noise
from thalweg.simulation.progress import Progress
from thalweg.simulation.schedules import Schedule
from thalweg.simulation.summary import ARRIVED
from thalweg.simulation.sweep import Sweep, SweepPlan, sweep_with_progress

Axis = tuple[str, ArrayLike]
"""A setting by its name in `sweep`, and its values (n,), ascending."""


@dataclass(frozen=True)
class Stability:
    """What became of a run for each pair of settings; every array is (ny, nx)."""

    loss: Floats
    """The loss after the last step; NaN after a step that was not finite."""
    settled: Whole
    """The first step from which on the loss is at most the level, to the end; −1: never."""
    growing: NDArray[np.bool_]
    """Whether the run moves away, as `Trajectory.growing`."""
    diverged_at: Whole
    """The first step whose point or loss is not finite; −1: never."""


@in_float64
def stability(
    surface: Surface,
    rule: Rule,
    x: Axis,
    y: Axis,
    start: ArrayLike | Sequence[float],
    steps: int = 300,
    noise: Noise | float | None = None,
    seed: int = 0,
    schedule: Schedule | None = None,
    clip: float | None = None,
    level: ArrayLike | None = None,
) -> Progress[Stability]:
    """One run for each value of the axis ``y`` (rows) and each of the axis ``x`` (columns).

    ``level`` is the loss at which a run counts as settled, a number or one for each cell; without
    it `ARRIVED` above the surface's minimum, also where axes move that minimum; where there is
    none, nothing settles. The rest is as in
    `sweep`. Raises ValueError, with a sentence, for two axes of one name, values that do not
    ascend, and for what `sweep` refuses.
    """
    (across, xs), (up, ys) = ((name, _ascending(name, values)) for name, values in (x, y))
    if across == up:
        raise ValueError(f"Both axes are {across!r}; a map needs two different ones.")
    axes = {up: ys, across: xs}

    def runs(level: ArrayLike) -> Progress[Sweep]:
        return sweep_with_progress(
            SweepPlan(surface, rule, axes, start, steps, noise, seed, schedule, clip, level=level)
        )

    runs(-np.inf if level is None else level)  # raises what it refuses
    return _mapped(runs, _levels(surface, axes) if level is None else None, level)


def _mapped(
    runs: Callable[[ArrayLike], Progress[Sweep]],
    levels: Progress[Floats] | None,
    level: ArrayLike | None,
) -> Progress[Stability]:
    if levels is not None:
        level = yield from levels
    assert level is not None
    s = yield from runs(level)
    assert s.settled is not None
    return Stability(s.loss, s.settled, s.growing, s.diverged_at)


def _ascending(name: str, values: ArrayLike) -> Floats:
    array = np.asarray(values, np.float64)
    if name == "start" or array.ndim != 1 or not (np.diff(array) > 0).all():
        raise ValueError(f"The values of {name!r} must be a list of numbers that ascend.")
    return array


def _levels(surface: Surface, axes: dict[str, Floats]) -> Progress[Floats]:
    """`ARRIVED` above the minimum, for all (ny, nx) or spreading over them; −∞ where none is."""
    lows = yield from lowest_over(surface, axes)
    return np.full((1, 1), -np.inf) if lows is None else lows + ARRIVED
