"""The Matyas function."""

from jax import Array

from landscapes.base import Landscape, Points, points


class Matyas(Landscape):
    r"""A quadratic valley along the diagonal, 25 times as steep across as along.

    $$f(x, y) = 0.26\,(x^2 + y^2) - 0.48\,x y$$

    No coordinate axis points along the valley, so a rate of its own for each coordinate, as in
    AdaGrad or Adam, does not help as it does on an upright one.
    """

    slug, title = "matyas", "Matyas"
    source = "Matyas, Random optimization, 1965"
    domain = ((-10.0, 10.0), (-10.0, 10.0))
    start = (-9.0, -4.0)
    lr_scale = 20

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        return 0.26 * (x**2 + y**2) - 0.48 * x * y

    @property
    def minima(self) -> Points:
        return points((0.0, 0.0))
