"""The Styblinski–Tang function."""

import jax.numpy as jnp
from jax import Array

from landscapes.base import Landscape, Points, grid, points

# 4x³ − 32x + 5 = 0
DEEP, TOP, SHALLOW = -2.9035340277711771, 0.1567312567803401, 2.746802770990837


class StyblinskiTang(Landscape):
    r"""Four wells in a square, one of them the deepest.

    $$f(x, y) = g(x) + g(y), \quad g(x) = \tfrac12\,(x^4 - 16 x^2 + 5 x)$$

    Each coordinate chooses its well for itself, by the side of the hill it starts on, so about one
    run in four finds the global minimum. Momentum may carry one coordinate over and not the other.
    """

    slug, title = "styblinski_tang", "Styblinski–Tang"
    source = "Styblinski & Tang, Experiments in nonconvex optimization, 1990"
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    start = (0.5, 4.2)

    def __call__(self, p: Array) -> Array:
        return 0.5 * jnp.sum(p**4 - 16 * p**2 + 5 * p)

    @property
    def minima(self) -> Points:
        return points((DEEP, DEEP))

    @property
    def local_minima(self) -> Points:
        return points((DEEP, SHALLOW), (SHALLOW, DEEP), (SHALLOW, SHALLOW))

    @property
    def saddles(self) -> Points:
        return points(*grid([DEEP, SHALLOW], [TOP]), *grid([TOP], [DEEP, SHALLOW]))

    @property
    def maxima(self) -> Points:
        return points((TOP, TOP))
