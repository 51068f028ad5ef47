r"""Taylor models of a surface, and a step judged by them.

$$m_1(p) = f + g^\top (p - x), \quad m_2(p) = m_1(p) + \tfrac12 (p - x)^\top H\, (p - x)$$

The predicted change of a step s is m(x + s) − f; the ratio of the actual change to it is what a
trust-region method looks at (Nocedal & Wright 2006, eq. 4.4). The functions of arrays are pure
JAX; `step_change` and `section` take a surface and plain numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from calculus import Function, jet
from calculus.matrices import dot, eigen, inverse_times
from calculus.precision import in_float64
from landscapes import Surface
from thalweg.diagnostics.point import Numbers, check_point


class Model(NamedTuple):
    """The Taylor models of a function around ``x`` (2,): f, gradient (2,), Hessian (2, 2)."""

    x: Array
    value: Array
    gradient: Array
    hessian: Array

    def first(self, p: Array) -> Array:
        """The plane m₁ at ``p`` (2,)."""
        return self.value + dot(self.gradient, p - self.x)

    def second(self, p: Array) -> Array:
        """The quadric m₂ at ``p`` (2,)."""
        return self.first(p) + curvature_along(self.hessian, p - self.x) / 2

    def newton_step(self) -> Array:
        """The step (2,) to where m₂ is stationary, −H⁻¹g; NaN where H is singular."""
        d, flat = inverse_times(*eigen(self.hessian), self.gradient)
        return jnp.where(flat > 0, jnp.nan, -d)

    def minimizer(self) -> Array:
        """Where m₂ is lowest (2,); NaN where it has no lowest point (H not positive definite)."""
        values, _ = eigen(self.hessian)
        return jnp.where(values[0] > 0, self.x + self.newton_step(), jnp.nan)


def model(f: Function, x: Array) -> Model:
    """Both Taylor models of a JAX function around ``x`` (2,)."""
    return Model(x, *jet(f, x))


def curvature_along(hessian: Array, s: Array) -> Array:
    """sᵀHs."""
    hs = hessian[0] * s[0] + hessian[1] * s[1]  # H is symmetric: rows are columns
    return dot(s, hs)


class Change(NamedTuple):
    """How the loss changes by a step: by the plane, by the quadric, really; units of the loss.

    ``ratio`` is actual over second: 1 where the quadric is right, NaN for 0/0. Scalar arrays, or
    floats from `step_change`.
    """

    first: Any
    second: Any
    actual: Any
    ratio: Any


def change(f: Function, around: Model, s: Array) -> Change:
    """Predicted and actual change of ``f`` by a step ``s`` (2,) from ``around.x``."""
    first = dot(around.gradient, s)
    second = first + curvature_along(around.hessian, s) / 2
    actual = f(around.x + s) - around.value
    return Change(first, second, actual, actual / second)


def alpha(f0: ArrayLike, slope0: ArrayLike, f1: ArrayLike, slope1: ArrayLike) -> Array:
    r"""How far a step went across the parabola that fits its two ends.

    $$q(s) = c_0 + c_1 s + c_2 s^2, \quad \alpha = -\frac{2 c_2}{c_1} - 1$$

    −1: no step at all; 0: to the floor of the parabola; 1: to the mirror image on the other side;
    above 1: higher than before. ``f`` are the losses at s = 0 and s = 1 (the whole step),
    ``slope`` the derivatives by s there. Three coefficients and four numbers: least squares, whose
    solution is c₁ = (2(f₁ − f₀) + 9 q′₀ − q′₁)/10, c₂ = (q′₁ − q′₀)/2. Where the parabola has no
    floor ahead the step only went downhill, −1. Source: Schneider, Dangel & Hennig, Cockpit,
    NeurIPS 2021, without the noise.
    """
    f0, slope0, f1, slope1 = (jnp.asarray(v, float) for v in (f0, slope0, f1, slope1))
    c1 = (2 * (f1 - f0) + 9 * slope0 - slope1) / 10
    c2 = (slope1 - slope0) / 2
    falls = (c2 > 0) & (c1 < 0)
    return jnp.where(falls, -2 * c2 / jnp.where(falls, c1, 1.0), 0.0) - 1


def step_alpha(f: Function, x: Array, s: Array) -> Array:
    """The `alpha` of a step ``s`` (2,) from ``x`` (2,)."""
    f0, g0 = jax.value_and_grad(f)(x)
    f1, g1 = jax.value_and_grad(f)(x + s)
    return alpha(f0, dot(g0, s), f1, dot(g1, s))


@dataclass(frozen=True)
class Section:
    """The loss along a step: at x + at·step, ``at`` (n,), 0 the start and 1 the end.

    ``loss`` (n,) is the true loss; ``first`` and ``second`` (n,) are the models around the start,
    None where the surface is not smooth.
    """

    at: Numbers
    loss: Numbers
    first: Numbers | None
    second: Numbers | None
    alpha: float
    reason: str | None = None


@in_float64
def step_change(
    surface: Surface, x: ArrayLike | Sequence[float], step: ArrayLike | Sequence[float]
) -> Change:
    """Predicted and actual change of the loss by ``step`` (2,) from ``x`` (2,), as floats.

    ``second`` and ``ratio`` are NaN where the surface is not smooth. Raises ValueError, with a
    sentence, for what is not two finite numbers.
    """
    found = _change(jax.tree.map(np.float64, surface), check_point(x), check_point(step, "step"))
    first, second, actual, ratio = map(float, found)
    if surface.not_smooth is not None:
        second = ratio = np.nan
    return Change(first, second, actual, ratio)


@in_float64
def section(
    surface: Surface,
    x: ArrayLike | Sequence[float],
    step: ArrayLike | Sequence[float],
    span: tuple[float, float] = (-0.5, 1.5),
    points: int = 101,
) -> Section:
    """The loss and its models along ``step`` (2,) from ``x`` (2,), for ``span`` times the step.

    Raises ValueError, with a sentence, for what is not two finite numbers.
    """
    at = np.linspace(*span, points)
    loss, first, second, gauge = _section(
        jax.tree.map(np.float64, surface), check_point(x), check_point(step, "step"), at
    )
    if surface.not_smooth is not None:
        return Section(at, np.asarray(loss), None, None, float(gauge), surface.not_smooth)
    return Section(at, np.asarray(loss), np.asarray(first), np.asarray(second), float(gauge))


@jax.jit
def _change(surface: Any, x: Array, s: Array) -> Change:
    return change(surface, model(surface, x), s)


@jax.jit
def _section(surface: Any, x: Array, s: Array, at: Array) -> tuple[Array, Array, Array, Array]:
    around = model(surface, x)
    p = x + at[:, None] * s
    first, second = jax.vmap(around.first)(p), jax.vmap(around.second)(p)
    return jax.vmap(surface)(p), first, second, step_alpha(surface, x, s)
