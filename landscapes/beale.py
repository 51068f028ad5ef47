"""Beale's function."""

from jax import Array

from landscapes.base import Landscape, Points, points


class Beale(Landscape):
    r"""A flat middle between sharp walls at the corners.

    $$f(x, y) = (1.5 - x + x y)^2 + (2.25 - x + x y^2)^2 + (2.625 - x + x y^3)^2$$

    Gradients range over five powers of ten within the window. The saddle at (0, 1) is as steep
    down as up; from its left gradient descent ends in the long flat tongue that leads away
    to infinity.
    """

    slug, title = "beale", "Beale"
    source = "Beale, On an iterative method for finding a local minimum, 1958"
    domain = ((-4.5, 4.5), (-4.5, 4.5))
    start = (1.0, 1.5)
    lr_scale = 0.3

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2

    @property
    def minima(self) -> Points:
        return points((3.0, 0.5))

    @property
    def saddles(self) -> Points:
        return points((0.0, 1.0), (0.10053793732415836, -2.644513585023125))
