"""A run in a few numbers, and in a word."""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from thalweg.simulation.run import Trajectory

ARRIVED = 1e-3
"""A run has arrived from the step on at which f − f_min is below this."""


class Known(Protocol):
    """What a summary asks of a surface."""

    @property
    def minima(self) -> NDArray[np.float64] | None: ...

    @property
    def f_min(self) -> float | None: ...

    @property
    def local_minima(self) -> NDArray[np.float64]: ...


class Summary(NamedTuple):
    """What the table shows of one run; None where it does not exist."""

    loss: float | None
    """f at the last finite point."""
    distance: float | None
    """From the last finite point to the nearest known minimum, global or local."""
    arrived: int | None
    """The first step with f − f_min below `ARRIVED`."""
    evaluations: tuple[int, int, int]
    """Of f, of the gradient and of the Hessian, over all steps."""
    verdict: str
    """A word on how it ended."""


def summary(t: Trajectory, surface: Known, init_calls: tuple[int, int, int]) -> Summary:
    """The numbers of run ``t`` on ``surface``; ``init_calls`` are those before the first step."""
    last = t.steps if t.diverged_at is None else t.diverged_at - 1
    loss = float(t.f[last]) if last >= 0 else None
    minima = [m for m in (surface.minima, surface.local_minima) if m is not None and len(m)]
    distance = None
    if minima and last >= 0:
        gaps = np.concatenate(minima) - t.x[last]
        distance = float(np.hypot(gaps[:, 0], gaps[:, 1]).min())
    f_min = surface.f_min
    arrived = None if f_min is None else t.steps_to(f_min + ARRIVED)
    values, gradients, hessians = (int(n) for n in np.nansum(t.calls, axis=0) + init_calls)
    return Summary(loss, distance, arrived, (values, gradients, hessians), verdict(t, f_min))


def verdict(t: Trajectory, f_min: float | None) -> str:
    """How the run ended: not finite, growing, arrived, gone again, or still under way."""
    if t.diverged_at is not None:
        return f"not finite after step {t.diverged_at}"
    if t.growing:
        return "growing: its steps get longer and the loss does not fall"
    arrived = None if f_min is None else t.steps_to(f_min + ARRIVED)
    if f_min is None or arrived is None:
        return "under way"
    stayed = t.f[-1] < f_min + ARRIVED
    return f"arrived at step {arrived}" if stayed else f"was there at step {arrived}, and left"


def excess(t: Trajectory, f_min: float | None) -> NDArray[np.float64]:
    """f − f_min at every step (steps+1,); f itself where the surface has no minimum."""
    return t.f if f_min is None else t.f - f_min
