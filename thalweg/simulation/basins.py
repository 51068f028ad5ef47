"""A map of basins: at which minimum a run ends, for every start in a window."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jax.typing import ArrayLike

from calculus.precision import in_float64
from landscapes import Surface
from optimizers import Rule
from thalweg.simulation.cells import Floats
from thalweg.simulation.chunks import Whole
from thalweg.simulation.minima import KnownMinima, minima_of
from thalweg.simulation.noise import Noise
from thalweg.simulation.progress import Progress, part
from thalweg.simulation.schedules import Schedule
from thalweg.simulation.sweep import Sweep, SweepPlan, sweep_with_progress

NOT_ARRIVED, GROWING = -1, -2
"""Classes of runs that ended at no minimum: elsewhere; or on their way out, or not finite."""


@dataclass(frozen=True)
class Basins:
    """What became of the run from every start; the arrays are (ny, nx)."""

    which: Whole
    """The index in ``ends`` of the minimum where it ended; `NOT_ARRIVED` or `GROWING`."""
    settled: Whole
    """The first step from which on it is within that minimum's radius, to the end; −1: none."""
    ends: KnownMinima

    def shares(self) -> dict[int, float]:
        """The share of the starts in each class: every end, `NOT_ARRIVED`, `GROWING`."""
        classes = [*range(len(self.ends.x)), NOT_ARRIVED, GROWING]
        return {c: float(np.mean(self.which == c)) for c in classes}


@in_float64
def basins(
    surface: Surface,
    rule: Rule,
    xs: ArrayLike,
    ys: ArrayLike,
    steps: int = 300,
    noise: Noise | float | None = None,
    seed: int = 0,
    schedule: Schedule | None = None,
    clip: float | None = None,
    ends: KnownMinima | None = None,
) -> Progress[Basins]:
    """A run from every point of ``xs`` (nx,) and ``ys`` (ny,); all are given the same noise.

    ``ends`` are what a run can arrive at: `minima_of` the surface, unless given. The rest is as in
    `sweep`. Raises ValueError, with a sentence, for what `sweep` refuses.
    """
    starts = np.stack(np.meshgrid(_list("xs", xs), _list("ys", ys)), axis=-1)
    cells = starts.reshape(-1, 2)

    def runs(x0: Floats, target: Floats, radius: ArrayLike) -> Progress[Sweep]:
        return sweep_with_progress(
            SweepPlan(
                surface,
                rule,
                {"start": x0},
                None,
                steps,
                noise,
                seed,
                schedule,
                clip,
                ("x",),
                target=target,
                radius=radius,
            )
        )

    runs(cells[:1], NOWHERE, 0.0)  # raises what it refuses
    return _mapped(surface, cells, starts.shape[:2], runs, ends)


NOWHERE = np.full(2, np.nan)
AT_ONCE = 1024
"""The least cells of the second pass, if the first has as many: its program is the same then."""


def _mapped(
    surface: Surface,
    starts: Floats,
    shape: tuple[int, ...],
    runs: Callable[[Floats, Floats, ArrayLike], Progress[Sweep]],
    ends: KnownMinima | None,
) -> Progress[Basins]:
    """Twice the same program: where each run ends, and since when it has been there."""
    yield 0, 1
    ends = ends or minima_of(surface)
    s = yield from part(runs(starts, NOWHERE, 0.0), 0, 1, 2)
    assert s.x is not None
    which = np.where(s.growing | (s.diverged_at >= 0), GROWING, ends.nearest(s.x))
    settled = np.full(len(which), -1)
    if len(there := np.flatnonzero(which >= 0)):
        again = np.resize(there, max(len(there), min(len(which), AT_ONCE)))
        end = which[again]
        s = yield from part(runs(starts[again], ends.x[end], ends.radius[end]), 1, 1, 2)
        assert s.arrived is not None
        settled[again] = s.arrived
    return Basins(which.reshape(shape), settled.reshape(shape), ends)


def _list(name: str, values: ArrayLike) -> Floats:
    array = np.asarray(values, np.float64)
    if array.ndim != 1 or not array.size or not np.isfinite(array).all():
        raise ValueError(f"{name} must be a list of finite numbers.")
    return array
