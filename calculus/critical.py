r"""Critical points in a window: Newton's method from every point of a grid.

$$x \leftarrow x - H^{+} g, \quad \|x_{\text{new}} - x\| \le 0.1 \times \text{window}$$

Newton's method walks to minima, saddles and maxima alike (Nocedal & Wright 2006, §3.3), so a grid
finer than the surface's features meets them all. A connected set of critical points (a ring, a
line) is one entry, marked as extended: f is the same all along it.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from calculus.jets import (
    DEGENERATE,
    KINDS,
    NOT_CRITICAL,
    Function,
    Window,
    jet,
    kind_index,
    window_size,
)
from calculus.matrices import eigen
from calculus.precision import in_float64

Numbers = NDArray[np.float64]

STEPS = 60
CHUNK = 2048
"""Starts that one call of the compiled program takes, so that no size of grid compiles anew."""


@dataclass(frozen=True)
class Critical:
    """A critical point: ``x`` (2,), its loss, kind (of `KINDS`), eigenvalues (2,), directions.

    ``extended``: it stands for a connected set of critical points, all with this loss.
    """

    x: Numbers
    loss: float
    kind: str
    eigenvalues: Numbers
    directions: Numbers
    extended: bool = False


class Ends(NamedTuple):
    """Where the starts ended; every array begins with their number."""

    x: Any
    loss: Any
    slope: Any
    eigenvalues: Any
    directions: Any
    kind: Any

    def only(self, which: NDArray[Any]) -> "Ends":
        """Those with these indices."""
        return Ends(*(column[which] for column in self))


@in_float64
def critical_points(f: Function, window: Window, side: int = 97) -> tuple[Critical, ...]:
    """The critical points of ``f``, smooth and a pytree, in ``window``, the lowest first.

    ``side`` × ``side`` starts: what is smaller than a cell of that grid may be missed.
    """
    size = window_size(window)
    low, high = np.array(window).T
    columns = [np.linspace(a, b, side) for a, b in window]
    starts = np.stack(np.meshgrid(*columns), axis=-1).reshape(-1, 2)

    ends = _ends(jax.tree.map(np.float64, f), starts, size)
    slack = 1e-9 * size
    inside = ((ends.x >= low - slack) & (ends.x <= high + slack)).all(axis=1)
    flat = ends.kind == DEGENERATE
    regular = np.flatnonzero(inside & ~flat & (ends.kind != NOT_CRITICAL))
    points = _merged(ends.only(regular), 1e-5 * size)
    points += _merged(ends.only(np.flatnonzero(inside & flat)), 3 * size / (side - 1))
    return tuple(sorted(points, key=lambda point: (point.loss, *point.x)))


def _ends(f: Any, starts: Numbers, size: float) -> Ends:
    padded = np.resize(starts, (-(-len(starts) // CHUNK) * CHUNK, 2))
    parts = [_walk(f, chunk, size) for chunk in padded.reshape(-1, CHUNK, 2)]
    return Ends(*(np.concatenate(column)[: len(starts)] for column in zip(*parts, strict=True)))


@jax.jit
def _walk(f: Any, starts: Array, size: Array) -> Ends:
    def one(x: Array) -> Ends:
        def newton(_: Array, x: Array) -> Array:
            _, g, h = jet(f, x)
            step = damped_inverse_times(h, g)
            length = jnp.sqrt(step[0] ** 2 + step[1] ** 2)
            return x - step * jnp.minimum(1.0, 0.1 * size / jnp.where(length > 0, length, 1.0))

        x = jax.lax.fori_loop(0, STEPS, newton, x)
        at = jet(f, x)
        slope = jnp.sqrt(at.gradient[0] ** 2 + at.gradient[1] ** 2)
        kind = kind_index(f, x, at, size)
        return Ends(x, at.value, slope, *eigen(at.hessian), kind)

    return jax.vmap(one)(starts)


def damped_inverse_times(hessian: Array, g: Array) -> Array:
    """Nearly H⁻¹g (2,): curvatures below 1e-10 of the largest fade out, and 0 gives no step."""
    values, vectors = eigen(hessian)
    steepest = jnp.maximum(jnp.abs(values[0]), jnp.abs(values[1]))
    share = values / jnp.where(steepest > 0, steepest, 1.0)
    inverse = share / (share**2 + 1e-20) / jnp.where(steepest > 0, steepest, 1.0)
    along = inverse * (vectors[0] * g[0] + vectors[1] * g[1])
    return vectors[:, 0] * along[0] + vectors[:, 1] * along[1]


def _merged(ends: Ends, near: float) -> list[Critical]:
    """One entry for each group of ends linked by distances up to ``near`` at one loss."""
    order = np.argsort(ends.slope, kind="stable")
    cells = np.round(ends.x[order] / (near / 64))
    ends = ends.only(order[np.unique(cells, axis=0, return_index=True)[1]])  # the stillest of each
    found = []
    for members in _groups(ends, near):
        x = ends.x[members]
        extended = bool(np.ptp(x, axis=0).max() > 0.5 * near)
        middle = np.hypot(*(x - x.mean(axis=0)).T)
        best = members[np.argmin(middle if extended else ends.slope[members])]
        at = ends.only(np.array([best]))
        kind = KINDS[int(at.kind[0])]
        loss = float(at.loss[0])
        found.append(Critical(at.x[0], loss, kind, at.eigenvalues[0], at.directions[0], extended))
    return found


def _groups(ends: Ends, near: float) -> list[NDArray[np.int64]]:
    count = len(ends.x)
    if count == 0:
        return []
    pairs = cKDTree(ends.x).query_pairs(near, output_type="ndarray")
    one, other = ends.loss[pairs[:, 0]], ends.loss[pairs[:, 1]]
    level = np.abs(one - other) <= 1e-9 * (1e-3 + np.abs(one)) + 1e-300
    i, j = pairs[level].T
    links = coo_array((np.ones(len(i)), (i, j)), shape=(count, count))
    _, label = connected_components(links, directed=False)
    return [np.flatnonzero(label == k) for k in np.unique(label)]
