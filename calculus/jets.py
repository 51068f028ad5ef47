r"""A function near one point: its jet, and what kind of point it is.

$$\nabla^2 f(x)\, v_i = \lambda_i\, v_i, \quad \lambda_1 \le \lambda_2$$

A critical point with both λ > 0 is a minimum, both < 0 a maximum, one of each a saddle; with a
λ that cannot be told from 0 it is degenerate, and the second derivative does not decide
(Nocedal & Wright, Numerical Optimization, 2006, §2.1).
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from calculus.matrices import eigen

Function = Callable[[Array], Array]
"""A function of a point (n,); a pytree where it is compiled."""
Window = tuple[tuple[float, float], tuple[float, float]]  # ((x0, x1), (y0, y1))

KINDS = ("minimum", "maximum", "saddle", "degenerate", "not critical")
MINIMUM, MAXIMUM, SADDLE, DEGENERATE, NOT_CRITICAL = range(5)

NEAR = 1e-6
"""A point is critical if the one it stands for is nearer than this share of the window."""
TINY = 1e-8
"""A curvature counts as 0 if a move by this share of the window could change its sign."""


class Jet(NamedTuple):
    """Value (), gradient (n,) and Hessian (n, n) at one point."""

    value: Array
    gradient: Array
    hessian: Array


def jet(f: Function, x: Array) -> Jet:
    """The jet of a JAX function at ``x`` (n,), by automatic differentiation."""
    return Jet(f(x), jax.grad(f)(x), jax.hessian(f)(x))


def kind_index(f: Function, x: Array, at: Jet, size: ArrayLike) -> Array:
    """Which of `KINDS` the point ``x`` (2,) with the jet ``at`` is; ``size`` is the window's.

    Critical: along each eigenvector a Newton step shorter than ``NEAR * size``, or a slope of no
    more than rounding. Degenerate: a curvature that is 0 within rounding, or that would change
    its sign within ``TINY * size``, to judge by how much the Hessian changes over that length.
    """
    values, vectors = eigen(at.hessian)
    slopes = jnp.abs(vectors[0] * at.gradient[0] + vectors[1] * at.gradient[1])
    steepest = jnp.maximum(jnp.abs(values[0]), jnp.abs(values[1]))
    reach = size + jnp.abs(x[0]) + jnp.abs(x[1])
    still = slopes <= jnp.abs(values) * NEAR * size + 1e-14 * steepest * reach

    nearby = x + TINY * size * jnp.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    change = jnp.max(jnp.abs(jax.vmap(jax.hessian(f))(nearby) - at.hessian))
    flat = jnp.abs(values) <= 2 * change + 1e-9 * steepest

    regular = jnp.where(values[0] > 0, MINIMUM, jnp.where(values[1] < 0, MAXIMUM, SADDLE))
    kind = jnp.where(flat[0] | flat[1], DEGENERATE, regular)
    return jnp.where(still[0] & still[1], kind, NOT_CRITICAL)


def window_size(window: Window) -> float:
    """The longer side of a window ((x0, x1), (y0, y1))."""
    (x0, x1), (y0, y1) = window
    return float(max(x1 - x0, y1 - y0))
