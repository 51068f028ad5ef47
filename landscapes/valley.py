"""The ill-conditioned valley."""

import jax.numpy as jnp
from jax import Array

from calculus.fields import knob
from landscapes.base import Landscape, Points, points


class Valley(Landscape):
    r"""A quadratic valley, one direction steeper than the other.

    $$f(x, y) = \tfrac12\,(u^2 + \kappa\, w^2), \quad (u, w) = (x, y) \text{ rotated by } -\theta$$

    Plain gradient descent must keep its rate below 2/κ for the steep direction and then crawls
    along the shallow one.
    """

    slug, title = "valley", "Ill-conditioned valley"
    source = "Polyak 1964; Goh, Why Momentum Really Works, Distill 2017"
    domain = ((-3.0, 3.0), (-2.0, 2.0))
    start = (-2.0, 1.0)

    condition: float = knob(
        100.0, r"\kappa", 1, 1e4, "how much steeper the steep direction is", log=True
    )
    angle: float = knob(0.0, r"\theta", -90, 90, "rotation of the valley", unit="°")

    def __call__(self, p: Array) -> Array:
        turn = jnp.deg2rad(self.angle)
        u = jnp.cos(turn) * p[0] + jnp.sin(turn) * p[1]
        w = jnp.cos(turn) * p[1] - jnp.sin(turn) * p[0]
        return 0.5 * u**2 + 0.5 * self.condition * w**2

    @property
    def minima(self) -> Points:
        return points((0.0, 0.0))
