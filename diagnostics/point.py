r"""What a surface is like at one point: value, gradient, Hessian, and the kind of the point.

$$\nabla^2 f(x)\, v_i = \lambda_i\, v_i, \quad \lambda_1 \le \lambda_2$$

A critical point with both λ > 0 is a minimum, both < 0 a maximum, one of each a saddle; with a
λ that cannot be told from 0 it is degenerate, and the second derivative does not decide
(Nocedal & Wright, Numerical Optimization, 2006, §2.1).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from numpy.typing import NDArray

from landscapes import Surface
from landscapes.base import Window
from optimizers.closed_forms import eigen

Numbers = NDArray[np.float64]
Function = Callable[[Array], Array]

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


@dataclass(frozen=True)
class Point:
    """What is known at ``x`` (2,).

    ``eigenvalues`` (2,) ascend, ``directions`` (2, 2) has their unit vectors as columns. Where
    the surface is not smooth, ``reason`` is its sentence, and all that needs second derivatives
    is None.
    """

    x: Numbers
    value: float
    gradient: Numbers
    hessian: Numbers | None
    eigenvalues: Numbers | None
    directions: Numbers | None
    kind: str | None
    """One of `KINDS`."""
    reason: str | None = None

    @property
    def slope(self) -> float:
        """The length of the gradient: loss per unit of length."""
        return float(np.hypot(*self.gradient))


def diagnose(surface: Surface, x: ArrayLike | Sequence[float]) -> Point:
    """All that is known of ``surface`` at ``x`` (2,).

    Raises ValueError, with a sentence, for a point that is not two finite numbers.
    """
    p = check_point(x)
    numbers = jax.tree.map(np.float64, surface)
    if surface.not_smooth is not None:
        value, gradient = _slope(numbers, p)
        none = dict.fromkeys(("hessian", "eigenvalues", "directions", "kind"))
        return Point(p, float(value), np.asarray(gradient), **none, reason=surface.not_smooth)
    at, values, vectors, kind = _diagnosed(numbers, p, window_size(surface.domain))
    return Point(
        p,
        float(at.value),
        np.asarray(at.gradient),
        np.asarray(at.hessian),
        np.asarray(values),
        np.asarray(vectors),
        KINDS[int(kind)],
    )


def check_point(x: ArrayLike | Sequence[float], name: str = "x") -> Numbers:
    """``x`` as an array (2,). Raises ValueError with a sentence."""
    try:
        p = np.asarray(x, dtype=np.float64)
    except (TypeError, ValueError):
        p = np.zeros(0)
    if p.shape != (2,) or not np.isfinite(p).all():
        raise ValueError(f"{name} is {x!r}; it must be two finite numbers.")
    return p


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


@jax.jit
def _diagnosed(surface: Any, x: Array, size: Array) -> tuple[Jet, Array, Array, Array]:
    at = jet(surface, x)
    return at, *eigen(at.hessian), kind_index(surface, x, at, size)


@jax.jit
def _slope(surface: Any, x: Array) -> tuple[Array, Array]:
    return jax.value_and_grad(surface)(x)
