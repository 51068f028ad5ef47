"""Branin's function."""

import math

import jax.numpy as jnp
from jax import Array

from landscapes.base import Landscape, Points, points


def _on_parabola(k: int) -> tuple[float, float]:
    """The critical point at x = kπ: a minimum for odd k, a saddle for even k."""
    return k * math.pi, 1.275 * k**2 - 5 * k + 6


class Branin(Landscape):
    r"""A parabolic valley with equal minima along its floor.

    $$f(x, y) = \Bigl(y - \frac{5.1}{4\pi^2}\,x^2 + \frac5\pi\,x - 6\Bigr)^2
      + 10\,\Bigl(1 - \frac1{8\pi}\Bigr) \cos x + 10$$

    On the parabola only the cosine is left, so minima and saddles take turns at x = kπ; three
    minima and two saddles lie in the window. Minima of one value need not be alike: their
    curvatures, and with them the largest stable learning rate, differ by a factor of two.
    """

    slug, title = "branin", "Branin"
    source = "Branin, Widely convergent method for finding multiple solutions, 1972"
    domain = ((-5.0, 10.0), (0.0, 15.0))
    start = (1.0, 13.0)
    lr_scale = 3

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        bend = y - 5.1 / (4 * jnp.pi**2) * x**2 + 5 / jnp.pi * x - 6
        return bend**2 + 10 * (1 - 1 / (8 * jnp.pi)) * jnp.cos(x) + 10

    @property
    def minima(self) -> Points:
        return points(*map(_on_parabola, (-1, 1, 3)))

    @property
    def saddles(self) -> Points:
        return points(*map(_on_parabola, (0, 2)))
