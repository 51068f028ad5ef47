"""A gentle bowl with a cliff in it."""

import jax
from jax import Array

from calculus.fields import knob
from landscapes.base import Landscape, Points, grid, stationary


class Cliff(Landscape):
    r"""A gentle bowl with a steep step across it.

    $$f(x, y) = \tfrac{1}{10}\,(x^2 + y^2) + h\,\sigma\bigl(s\,(x - 1)\bigr),
      \quad \sigma(z) = \frac{1}{1 + e^{-z}}$$

    On the face of the cliff the gradient is about h·s/4, hundreds of times that of the bowl. One
    step taken there throws the point far beyond the minimum; with the gradient clipped it lands
    at the foot. How far it flies depends on where exactly the step before ended, so small
    changes of the learning rate change it a lot.
    """

    slug, title = "cliff", "Cliff"
    source = "Pascanu, Mikolov & Bengio, On the difficulty of training recurrent networks, 2013"
    domain = ((-5.0, 3.0), (-2.5, 2.5))
    start = (1.95, 1.5)
    lr_scale = 5

    height: float = knob(20.0, "h", 1, 50, "height of the cliff", log=True)
    steepness: float = knob(12.0, "s", 4, 30, "steepness of its face", log=True)

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        return 0.1 * (x**2 + y**2) + self.height * jax.nn.sigmoid(self.steepness * (x - 1))

    @property
    def minima(self) -> Points:
        return grid(stationary(self, (-5.0, 0.0)), [0.0])
