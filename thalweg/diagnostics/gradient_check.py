r"""The gradient by automatic differentiation against central differences.

$$\frac{\partial f}{\partial x_i} \approx \frac{f(x + h e_i) - f(x - h e_i)}{2h}, \quad
  h = \sqrt[3]{\epsilon}\, \max(1, |x_i|)$$

That h balances the truncation, of order h², against the rounding, ε|f|/h (Nocedal & Wright 2006,
§8.1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from calculus.precision import in_float64
from landscapes import Surface
from thalweg.diagnostics.point import Numbers, check_point

EPSILON = float(np.finfo(np.float64).eps)
CLOSE = 1e-6
"""Relative errors up to this one count as agreement."""


@dataclass(frozen=True)
class GradientCheck:
    """Both gradients (2,) at ``x`` (2,) and their distance.

    ``error`` is the length of the difference, ``relative`` that over the sum of both lengths (0
    where both are 0), ``rounding`` the error that rounding alone may cause.
    """

    x: Numbers
    automatic: Numbers
    numeric: Numbers
    error: float
    relative: float
    rounding: float
    reason: str | None = None
    """The surface's sentence where it is not smooth."""

    @property
    def agrees(self) -> bool:
        """Whether the difference is no more than differences of floating point numbers make."""
        return self.relative <= CLOSE or self.error <= self.rounding

    @property
    def verdict(self) -> str:
        """The result as a sentence."""
        figures = f"they are {self.error:.2g} apart, {self.relative:.2g} of their lengths"
        if self.agrees:
            return f"The gradient agrees with central differences: {figures}."
        sentence = f"The gradient does not agree with central differences: {figures}."
        return f"{sentence} {self.reason}" if self.reason else sentence


@in_float64
def check_gradient(surface: Surface, x: ArrayLike | Sequence[float]) -> GradientCheck:
    """Compare both gradients of ``surface`` at ``x`` (2,).

    Raises ValueError, with a sentence, for a point that is not two finite numbers.
    """
    p = check_point(x)
    g, found = _checked(jax.tree.map(np.float64, surface), p)
    numeric, error, relative, rounding = map(np.asarray, found)
    return GradientCheck(
        p, np.asarray(g), numeric, float(error), float(relative), float(rounding),
        surface.not_smooth,
    )  # fmt: skip


def widths(x: Array) -> Array:
    """h (2,): how far to either side of ``x`` (2,) the loss is taken."""
    return np.cbrt(EPSILON) * jnp.maximum(1.0, jnp.abs(x))


def compare(g: Array, forward: Array, back: Array, h: Array) -> tuple[Array, Array, Array, Array]:
    """The gradient ``g`` (2,) against the losses at x ± h e_i, (2,) each.

    Returns the differences' gradient (2,), and error, relative and rounding of `GradientCheck`.
    """
    numeric = (forward - back) / (2 * h)
    apart = g - numeric
    error = jnp.hypot(apart[0], apart[1])
    lengths = jnp.hypot(g[0], g[1]) + jnp.hypot(numeric[0], numeric[1])
    relative = jnp.where(lengths > 0, error / jnp.where(lengths > 0, lengths, 1.0), 0.0)
    rounding = 10 * EPSILON * jnp.max((jnp.abs(forward) + jnp.abs(back)) / h)
    return numeric, error, relative, rounding


@jax.jit
def _checked(surface: Any, x: Array) -> tuple[Array, tuple[Array, Array, Array, Array]]:
    values, h, g = jax.vmap(surface), widths(x), jax.grad(surface)(x)
    shift = jnp.diag(h)
    return g, compare(g, values(x + shift), values(x - shift), h)
