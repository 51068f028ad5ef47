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
    h = np.cbrt(EPSILON) * np.maximum(1.0, np.abs(p))
    g, forward, back = map(np.asarray, _both(jax.tree.map(np.float64, surface), p, h))
    numeric = (forward - back) / (2 * h)
    error = float(np.hypot(*(g - numeric)))
    lengths = float(np.hypot(*g) + np.hypot(*numeric))
    rounding = float(10 * EPSILON * np.max((np.abs(forward) + np.abs(back)) / h))
    relative = error / lengths if lengths else 0.0
    return GradientCheck(p, g, numeric, error, relative, rounding, surface.not_smooth)


@jax.jit
def _both(surface: Any, x: Array, h: Array) -> tuple[Array, Array, Array]:
    values = jax.vmap(surface)
    shift = jnp.diag(h)
    return jax.grad(surface)(x), values(x + shift), values(x - shift)
