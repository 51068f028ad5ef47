"""McCormick's function."""

import math

import jax.numpy as jnp
from jax import Array

from landscapes.base import Landscape, Points, points


def _at(u: float) -> tuple[float, float]:
    """The point with x + y = u on the line x − y = 1, where all critical points are."""
    return (u + 1) / 2, (u - 1) / 2


class McCormick(Landscape):
    r"""A valley that goes down in waves, for ever.

    $$f(x, y) = \sin(x + y) + (x - y)^2 - 1.5\,x + 2.5\,y + 1$$

    With u = x + y and v = x − y it is sin u + u/2 + (v − 1)²: a minimum in every wave, each lower
    by π than the one before. The minimum of the literature is that of the box; a method with
    momentum rolls past it and out of the window.
    """

    slug, title = "mccormick", "McCormick"
    source = "McCormick, Computability of global solutions to factorable programs, 1976"
    domain = ((-1.5, 4.0), (-3.0, 4.0))
    start = (-1.0, 2.9)
    boxed = "Outside the window, down the waves, the loss is lower."
    unbounded = "The loss falls without end along x = y towards the lower left."

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        return jnp.sin(x + y) + (x - y) ** 2 - 1.5 * x + 2.5 * y + 1

    @property
    def minima(self) -> Points:
        return points(_at(-2 * math.pi / 3))

    @property
    def local_minima(self) -> Points:
        return points(_at(4 * math.pi / 3))

    @property
    def saddles(self) -> Points:
        return points(_at(2 * math.pi / 3))
