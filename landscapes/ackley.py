"""Ackley's function."""

import jax.numpy as jnp
from jax import Array

from calculus.fields import knob
from landscapes.base import Landscape, Points, points, root


class Ackley(Landscape):
    r"""A funnel with ripples in a nearly flat plain.

    $$f(x, y) = a\,\bigl(1 - e^{-b\,r}\bigr) + e - e^{\frac12(\cos 2\pi x + \cos 2\pi y)},
      \quad r = \sqrt{\tfrac12 (x^2 + y^2)}$$

    Outside the middle the ripples are steeper than the funnel, so a method that only follows the
    gradient stays in the first one it meets. The bottom is the tip of a cone, where a constant
    step never settles. The local minima, close to the other points of the integer grid, are not
    listed.
    """

    slug, title = "ackley", "Ackley"
    source = "Ackley, A Connectionist Machine for Genetic Hillclimbing, 1987"
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    start = (-2.6, 1.7)
    lr_scale = 2
    not_smooth = "The minimum is the tip of a cone: f has no gradient at (0, 0)."

    a: float = knob(20.0, "a", 1, 50, "depth of the funnel")
    b: float = knob(0.2, "b", 0.05, 1, "how fast the funnel falls", log=True)

    def __call__(self, p: Array) -> Array:
        r = root(0.5 * jnp.sum(p**2))
        funnel = -self.a * jnp.expm1(-self.b * r)
        ripples = -jnp.e * jnp.expm1(jnp.mean(jnp.cos(2 * jnp.pi * p)) - 1)
        return funnel + ripples  # both 0 at the minimum, with no rounding left

    @property
    def minima(self) -> Points:
        return points((0.0, 0.0))
