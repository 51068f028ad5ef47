"""Rastrigin's function."""

import math

import jax.numpy as jnp
from jax import Array

from calculus.fields import knob
from landscapes.base import Landscape, Points, grid, points, stationary


class Rastrigin(Landscape):
    r"""A bowl with a regular grid of many local minima.

    $$f(x, y) = g(x) + g(y), \quad g(x) = x^2 + A\,(1 - \cos 2\pi x)$$

    With A = 0 it is a plain bowl. As A grows every cell of the grid gets a minimum of its own,
    and a method that only follows the gradient stays in the cell it starts in, unless its steps
    or its noise are as large as a cell.
    """

    slug, title = "rastrigin", "Rastrigin"
    source = "Rastrigin, Systems of Extremal Control, 1974; Mühlenbein et al. 1991"
    domain = ((-5.12, 5.12), (-5.12, 5.12))
    start = (-3.2, 2.3)
    lr_scale = 0.2
    detail = 251

    amplitude: float = knob(10.0, "A", 0, 20, "height of the ripples")

    def __call__(self, p: Array) -> Array:
        return jnp.sum(p**2 + self.amplitude * (1 - jnp.cos(2 * jnp.pi * p)))

    @property
    def minima(self) -> Points:
        return points((0.0, 0.0))

    @property
    def local_minima(self) -> Points:
        bottoms, _ = self._turns()
        return grid(bottoms, bottoms)[1:]

    @property
    def saddles(self) -> Points:
        bottoms, tops = self._turns()
        return points(*grid(bottoms, tops), *grid(tops, bottoms))

    @property
    def maxima(self) -> Points:
        _, tops = self._turns()
        return grid(tops, tops)

    def _turns(self) -> tuple[list[float], list[float]]:
        """Minimizers of g in the window, 0 the first of them, and maximizers."""
        if 2 * math.pi**2 * self.amplitude <= 1:
            return [0.0], []
        bend = math.acos(-1 / (2 * math.pi**2 * self.amplitude)) / (2 * math.pi)
        bends = [bend, *(k + side for k in range(1, 7) for side in (-bend, bend))]  # g″ = 0
        right = [x for x in stationary(self, bends) if x <= self.domain[0][1]]
        bottoms = [x for x in right if abs(x - round(x)) < bend]
        tops = [x for x in right if abs(x - round(x)) > bend]
        return [0.0, *bottoms, *(-x for x in bottoms)], [*tops, *(-x for x in tops)]
