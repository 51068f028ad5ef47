"""A surface's values over a window, for a picture of it."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from calculus.precision import in_float64
from landscapes.base import Surface, Window


class Field(NamedTuple):
    """Values on a grid: ``x`` (n,), ``y`` (n,), ``f`` (n, n) with the row for y."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    f: NDArray[np.float64]


@in_float64
def field(surface: Surface, window: Window, points: int) -> Field:
    """``surface`` on ``points`` × ``points`` of the ``window`` ((x0, x1), (y0, y1))."""
    (x0, x1), (y0, y1) = window
    x, y = np.linspace(x0, x1, points), np.linspace(y0, y1, points)
    return Field(x, y, np.asarray(_values(jax.tree.map(np.float64, surface), x, y)))


@jax.jit
def _values(surface: Surface, x: Array, y: Array) -> Array:
    row = jax.vmap(lambda x, y: surface(jnp.stack([x, y])), in_axes=(0, None))
    return jax.vmap(row, in_axes=(None, 0))(x, y)
