"""The Goldstein–Price function."""

from jax import Array

from landscapes.base import Landscape, Points, points


class GoldsteinPrice(Landscape):
    r"""Four minima in the fork of two steep valleys.

    $$f = \bigl[1 + (x + y + 1)^2 (19 - 14x + 3x^2 - 14y + 6xy + 3y^2)\bigr]$$
    $$\quad\cdot\, \bigl[30 + (2x - 3y)^2 (18 - 32x + 12x^2 + 48y - 36xy + 27y^2)\bigr]$$

    Values run from 3 to a million within the window, so a learning rate that is safe on the
    walls is tiny on the floor. All nine critical points inside have coordinates of one decimal.
    """

    slug, title = "goldstein_price", "Goldstein–Price"
    source = "Goldstein & Price, On descent from local minima, 1971"
    domain = ((-2.0, 2.0), (-2.0, 2.0))
    start = (-0.4, 0.0)
    lr_scale = 0.01

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        a = 19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2
        b = 18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2
        return (1 + (x + y + 1) ** 2 * a) * (30 + (2 * x - 3 * y) ** 2 * b)

    @property
    def minima(self) -> Points:
        return points((0.0, -1.0))

    @property
    def local_minima(self) -> Points:
        return points((-0.6, -0.4), (1.8, 0.2), (1.2, 0.8))

    @property
    def saddles(self) -> Points:
        return points((-0.4, -0.6), (1.2, -0.2), (1.4, 0.6), (0.6, 0.4))

    @property
    def maxima(self) -> Points:
        return points((0.8, 0.2))
