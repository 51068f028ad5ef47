"""The minima that a run can arrive at, and how near to one it has."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import jax
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from calculus import KINDS, Window, critical_points, window_size
from calculus.precision import in_float64
from landscapes import Surface
from thalweg.simulation.cells import Floats
from thalweg.simulation.progress import SHORT, Progress

MINIMUM = KINDS[0]

MOST_KEPT = 128
"""Surfaces, with their numbers, whose ends are kept."""
NEAR = 0.02
"""Arrived is within this share of the window's shorter side."""
APART = 1e-4
"""Minima nearer to each other than this share of the window are one."""


@dataclass(frozen=True)
class KnownMinima:
    """Minima, the global ones first; k may be 0."""

    x: Floats
    """(k, 2)"""
    loss: Floats
    """(k,)"""
    radius: Floats
    """(k,): within it a run has arrived. The circles have room between them."""

    def nearest(self, x: ArrayLike) -> NDArray[np.int64]:
        """Which of them each point of ``x`` (n, 2) is within the radius of; −1: of none."""
        points = np.asarray(x, np.float64)
        which = np.full(len(points), -1)
        fine = np.flatnonzero(np.isfinite(points).all(axis=1))
        if len(self.x) and len(fine):
            away, end = cKDTree(self.x).query(points[fine])
            end = np.minimum(end, len(self.x) - 1)  # none is near a point whose distance overflows
            which[fine] = np.where(away <= self.radius[end], end, -1)
        return which


@in_float64
def minima_of(surface: Surface, window: Window | None = None) -> KnownMinima:
    """The minima of ``surface``: those it knows, and those Newton's method finds in a window.

    First the global ones, then the local ones that it lists, then, on a smooth surface, further
    ones in ``window`` (its domain) by `calculus.critical_points`, the lowest first. A connected
    set of minima (a ring, a line) is no end: no circle holds those who arrive at it. The
    ``radius`` is `NEAR` of the domain's shorter side, and at most a third of the distance to the
    nearest other minimum. The result is shared: its arrays cannot be written to.
    """
    key: Any = surface  # every surface can be hashed
    return _ends(key, window or surface.domain)


@lru_cache(maxsize=MOST_KEPT)
def _ends(surface: Any, window: Window) -> KnownMinima:
    x = np.concatenate([p for p in (surface.minima, surface.local_minima, NONE) if p is not None])
    near = APART * window_size(window)
    if surface.not_smooth is None:
        points = critical_points(surface, window)
        sets = [c.x for c in points if c.extended]  # a typed surface lists a point of each
        x = np.array([p for p in x if all(np.hypot(*(p - q)) > near for q in sets)])
        minima = [c.x for c in points if c.kind == MINIMUM and not c.extended]
        x = np.concatenate([x.reshape(-1, 2), np.reshape(minima, (-1, 2))])
    apart = _distances(x)
    own = [i for i in range(len(x)) if (apart[i, :i] > near).all()]
    x, apart = x[own], apart[np.ix_(own, own)]
    (x0, x1), (y0, y1) = surface.domain
    between = apart.min(axis=1, initial=np.inf, where=apart > 0)
    radius = np.minimum(NEAR * min(x1 - x0, y1 - y0), between / 3)
    ends = KnownMinima(x, np.array([loss_at(surface, point) for point in x]), radius)
    for array in (ends.x, ends.loss, ends.radius):
        array.flags.writeable = False
    return ends


@in_float64
def lowest(surface: Surface) -> float | None:
    """f at the surface's minimum, None where there is none: as ``f_min``, and faster."""
    minima = surface.minima
    return None if minima is None else loss_at(surface, minima[0])


SURFACE = "surface."
"""What the names of axes that are a surface's fields begin with."""


@in_float64
def lowest_over(surface: Surface, axes: Mapping[str, Floats]) -> Progress[Floats | None]:
    """`lowest` in every cell of a grid of ``axes``, or spreading over it; None where there is none.

    Only the surface's own fields move it. Each cell's surface is asked for its own, which may have
    to search; where the ends and the middles of the axes agree, all do.
    """
    if lowest(surface) is None:
        return None
    moved = {n.removeprefix(SURFACE): v for n, v in axes.items() if n.startswith(SURFACE)}
    shape = tuple(len(v) if n.startswith(SURFACE) else 1 for n, v in axes.items())

    def at(values: Sequence[float]) -> float:
        found = lowest(surface.replace(**dict(zip(moved, map(float, values), strict=True))))
        return np.nan if found is None else found

    few = {at(some) for some in product(*(v[[0, len(v) // 2, -1]] for v in moved.values()))}
    if len(few) == 1:
        return np.full((1,) * len(axes), few.pop())
    found, since = [], time.perf_counter()
    for values in product(*moved.values()):
        found.append(at(values))
        if time.perf_counter() - since > SHORT:
            yield len(found), int(np.prod(shape))
            since = time.perf_counter()
    return np.reshape(found, shape)


NONE = np.zeros((0, 2))


def _distances(x: Floats) -> Floats:
    """Between every two of the points (k, 2): (k, k)."""
    gaps = x[:, None] - x
    return np.hypot(gaps[..., 0], gaps[..., 1])


@in_float64
def loss_at(surface: Surface, x: Floats) -> float:
    """f at ``x`` (2,)."""
    return float(_value(jax.tree.map(np.float64, surface), x))


@jax.jit
def _value(surface: Any, x: Array) -> Array:
    """f at x (2,): a program for each kind of surface."""
    f: Array = surface(x)
    return f
