"""Bukin's function no. 6."""

from jax import Array

from landscapes.base import Landscape, Points, points, root, size


class Bukin6(Landscape):
    r"""A valley as sharp as a knife, along a parabola.

    $$f(x, y) = 10 \sqrt{\lvert 100\,y - x^2 \rvert} + 0.01\,\lvert x + 10 \rvert$$

    Towards the floor the slope grows without bound, so any method that follows the gradient
    jumps from wall to wall and hardly moves along it. Exactly on the floor, where there is no
    gradient, that of the second term alone is taken. The root is often written 100√|y − 0.01x²|;
    this form is the same and leaves no rounding at the minimum.
    """

    slug, title = "bukin6", "Bukin no. 6"
    source = "Jamil & Yang, A literature survey of benchmark functions, 2013, no. 28"
    domain = ((-15.0, -5.0), (-3.0, 3.0))
    start = (-6.0, -1.5)
    lr_scale = 0.02
    not_smooth = "The floor y = 0.01 x² is a sharp edge with unbounded slope, and x = −10 a kink."

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        return 10 * root(size(100 * y - x**2)) + 0.01 * size(x + 10)

    @property
    def minima(self) -> Points:
        return points((-10.0, 1.0))
