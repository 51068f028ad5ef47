"""A plateau between two falls."""

import jax
from jax import Array

from calculus.fields import knob
from landscapes.base import Landscape, Points, grid, stationary


class Plateau(Landscape):
    r"""A fall onto a plateau, then another fall to the minimum.

    $$f(x, y) = \sigma(s\,x) + \sigma\bigl(s\,(x - w)\bigr)
      + \tfrac1s \log\bigl(1 + e^{-s\,(x + 2)}\bigr) + \tfrac12\,y^2,
      \quad \sigma(z) = \frac{1}{1 + e^{-z}}$$

    Midway across the plateau the gradient is about 2s·exp(−sw/2): almost nothing, so gradient
    descent needs hundreds of steps for it, and on a wide and steep-edged one it never arrives.
    Momentum arrives with the speed of the first fall; rules that divide by the gradient's own
    size hardly notice the plateau.
    """

    slug, title = "plateau", "Plateau"
    source = "made for this collection from two saturated sigmoids"
    domain = ((-3.0, 7.0), (-2.5, 2.5))
    lr_scale = 8

    width: float = knob(3.0, "w", 1, 6, "width of the plateau")
    slope: float = knob(4.0, "s", 2, 10, "steepness of its two edges")

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        w, s = self.width, self.slope
        steps = jax.nn.sigmoid(s * x) + jax.nn.sigmoid(s * (x - w))
        wall = jax.nn.softplus(-s * (x + 2)) / s
        return steps + wall + 0.5 * y**2

    @property
    def start(self) -> tuple[float, float]:
        return (self.width + 0.5, 1.0)

    @property
    def minima(self) -> Points:
        return grid(stationary(self, (-10.0, 0.0)), [0.0])
