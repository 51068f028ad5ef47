"""Two wells, one deeper than the other."""

from jax import Array

from calculus.fields import knob
from landscapes.base import Landscape, Points, points


class DoubleWell(Landscape):
    r"""A shallow and a deep minimum with a barrier between them.

    $$f(x, y) = h\,(x^2 - 1)^2 + \tfrac{d}{4}\,(3x - x^3) + \tfrac12\,y^2$$
    $$f(\mp 1, 0) = \mp\tfrac{d}{2}$$

    The tilt is made so that both minima stay in place and differ by d exactly. From the shallow
    side gradient descent rests in the first minimum it meets, while momentum has speed enough to
    roll over the barrier; with a higher barrier or more friction it does not.
    """

    slug, title = "double_well", "Double well"
    source = "the quartic double well, tilted by the cubic that keeps both minima in place"
    domain = ((-2.2, 2.2), (-2.0, 2.0))
    start = (1.8, 1.0)
    lr_scale = 2

    depth: float = knob(0.5, "d", 0, 1, "how much deeper the left well is")
    barrier: float = knob(0.5, "h", 0.2, 5, "height of the barrier at d = 0", log=True)

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        return self.barrier * (x**2 - 1) ** 2 + self.depth * (3 * x - x**3) / 4 + 0.5 * y**2

    @property
    def minima(self) -> Points:
        return points((-1.0, 0.0)) if self.depth else points((-1.0, 0.0), (1.0, 0.0))

    @property
    def local_minima(self) -> Points:
        return points((1.0, 0.0)) if self.depth else points()

    @property
    def saddles(self) -> Points:
        return points((3 * self.depth / (16 * self.barrier), 0.0))
