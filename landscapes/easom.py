"""Easom's function."""

import math

import jax.numpy as jnp
from jax import Array

from landscapes.base import Landscape, Points, grid, points

MIDDLE = math.pi
RIM = (math.pi - 1.8365972031521257, math.pi + 1.8365972031521257)  # tan v = −2v
ZERO = (math.pi / 2, 3 * math.pi / 2)


class Easom(Landscape):
    r"""A single hole in an endless plain.

    $$f(x, y) = -\cos x\,\cos y\; e^{-(x - \pi)^2 - (y - \pi)^2}$$

    A few units from the hole the gradient is not small but nothing: at the origin f is −2.7e-9.
    Only rules that divide the gradient by its own size move there at all. The critical points in
    the window are listed, faint as they are; beyond it follow infinitely many, fainter still.
    """

    slug, title = "easom", "Easom"
    source = "Easom, A survey of global optimization techniques, 1990"
    domain = ((0.0, 2 * math.pi), (0.0, 2 * math.pi))
    start = (2.2, 4.2)

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        hole = jnp.exp(-((x - jnp.pi) ** 2) - (y - jnp.pi) ** 2)
        return -jnp.cos(x) * jnp.cos(y) * hole

    @property
    def minima(self) -> Points:
        return points((MIDDLE, MIDDLE))

    @property
    def local_minima(self) -> Points:
        return grid(RIM, RIM)

    @property
    def saddles(self) -> Points:
        return grid(ZERO, ZERO)

    @property
    def maxima(self) -> Points:
        return points(*grid(RIM, [MIDDLE]), *grid([MIDDLE], RIM))
