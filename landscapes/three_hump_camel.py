"""The three-hump camel function."""

import math

from jax import Array

from landscapes.base import Landscape, Points, both_signs, points


class ThreeHumpCamel(Landscape):
    r"""One global minimum between two local ones.

    $$f(x, y) = 2 x^2 - 1.05\,x^4 + \tfrac16 x^6 + x y + y^2$$

    All critical points lie on the line y = −x/2, at x = 0 and x² = 2.1 ± √0.91. A run from
    outside meets a local minimum first and needs speed to reach the middle.
    """

    slug, title = "three_hump_camel", "Three-hump camel"
    source = "Jamil & Yang, A literature survey of benchmark functions, 2013, no. 29"
    domain = ((-5.0, 5.0), (-5.0, 5.0))
    start = (-2.2, 2.0)
    lr_scale = 3

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        return 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2

    @property
    def minima(self) -> Points:
        return points((0.0, 0.0))

    @property
    def local_minima(self) -> Points:
        x = math.sqrt(2.1 + math.sqrt(0.91))
        return both_signs((x, -x / 2))

    @property
    def saddles(self) -> Points:
        x = math.sqrt(2.1 - math.sqrt(0.91))
        return both_signs((x, -x / 2))
