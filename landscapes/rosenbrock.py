"""Rosenbrock's banana valley."""

from jax import Array

from calculus.fields import knob
from landscapes.base import Landscape, Points, points


class Rosenbrock(Landscape):
    r"""A curved valley with steep walls and a nearly flat floor.

    $$f(x, y) = (a - x)^2 + b\,(y - x^2)^2$$

    Every method finds the valley at once and then has to turn with it. At the minimum the
    condition number is about 2500 with the usual b = 100.
    """

    slug, title = "rosenbrock", "Rosenbrock"
    source = "Rosenbrock, An automatic method for finding the greatest or least value, 1960"
    domain = ((-2.0, 2.0), (-1.0, 3.0))
    start = (-1.2, 1.0)
    lr_scale = 0.1

    a: float = knob(1.0, "a", -1.5, 1.5, "where along the valley the minimum is")
    b: float = knob(100.0, "b", 1, 1000, "how steep the walls are", log=True)

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        return (self.a - x) ** 2 + self.b * (y - x**2) ** 2

    @property
    def minima(self) -> Points:
        return points((self.a, self.a**2))
