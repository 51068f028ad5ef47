"""A saddle."""

from jax import Array

from calculus.fields import knob
from landscapes.base import Landscape, Points, points


class Saddle(Landscape):
    r"""A pass between two hills: up along x, down along y.

    $$f(x, y) = \tfrac12\,(a\,x^2 - b\,y^2)$$

    The gradient vanishes at the pass although nothing is low there. Gradient descent leaves along
    y by a factor 1 + α·b a step, so it lingers near the axis and momentum leaves sooner. A start
    exactly on the axis never leaves, unless the gradient is noisy.
    """

    slug, title = "saddle", "Saddle"
    source = "Dauphin et al., Identifying and attacking the saddle point problem, 2014"
    domain = ((-2.0, 2.0), (-2.0, 2.0))
    start = (-1.8, 0.01)
    lr_scale = 1.5
    unbounded = "The loss falls without end along y."

    curvature_up: float = knob(1.0, "a", 0.1, 100, "curvature of the way up, along x", log=True)
    curvature_down: float = knob(1.0, "b", 0.1, 100, "curvature of the way down, along y", log=True)

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        return 0.5 * (self.curvature_up * x**2 - self.curvature_down * y**2)

    @property
    def minima(self) -> None:
        return None

    @property
    def saddles(self) -> Points:
        return points((0.0, 0.0))
