"""Booth's function."""

from jax import Array

from landscapes.base import Landscape, Points, points


class Booth(Landscape):
    r"""A quadratic bowl along the diagonals, with curvatures 2 and 18.

    $$f(x, y) = (x + 2y - 7)^2 + (2x + y - 5)^2$$

    Small enough for theory in whole numbers: the best rate of gradient descent is 0.1 and takes
    a factor 0.8 a step, heavy ball with rate 1/8 and momentum 1/4 takes 1/2.
    """

    slug, title = "booth", "Booth"
    source = "Jamil & Yang, A literature survey of benchmark functions, 2013, no. 17"
    domain = ((-10.0, 10.0), (-10.0, 10.0))
    start = (-8.0, -3.0)
    lr_scale = 3

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        return (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2

    @property
    def minima(self) -> Points:
        return points((1.0, 3.0))
