"""Himmelblau's function."""

from jax import Array

from landscapes.base import Landscape, Points, points


class Himmelblau(Landscape):
    r"""Four equal minima round one hill.

    $$f(x, y) = (x^2 + y - 11)^2 + (x + y^2 - 7)^2$$

    Which of the four a run reaches depends on the start and on the method: a map of the
    outcomes has four basins with frayed borders once the steps are large.
    """

    slug, title = "himmelblau", "Himmelblau"
    source = "Himmelblau, Applied Nonlinear Programming, 1972"
    domain = ((-6.0, 6.0), (-6.0, 6.0))
    start = (-0.5, -0.5)
    lr_scale = 0.5

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2

    @property
    def minima(self) -> Points:
        return points(
            (3.0, 2.0),
            (-2.8051180869527449, 3.131312518250573),
            (-3.7793102533777469, -3.2831859912861694),
            (3.5844283403304917, -1.8481265269644036),
        )

    @property
    def saddles(self) -> Points:
        return points(
            (3.3851541836070209, 0.073851879837749288),
            (0.086677504555396352, 2.8842547011747761),
            (-3.0730257507643896, -0.081353044287967512),
            (-0.12796134673068007, -1.9537149802445764),
        )

    @property
    def maxima(self) -> Points:
        return points((-0.27084459066734761, -0.92303855647998146))
