"""The monkey saddle."""

from jax import Array

from landscapes.base import Landscape, Points, points


class MonkeySaddle(Landscape):
    r"""Three valleys and three ridges that meet in one flat point: room for two legs and a tail.

    $$f(x, y) = x^3 - 3\,x\,y^2$$

    At the origin the Hessian is zero as well as the gradient: no second derivative tells the way
    out, and steps shrink with the square of the distance. Methods that invert the Hessian are
    lost there.
    """

    slug, title = "monkey_saddle", "Monkey saddle"
    source = "Hilbert & Cohn-Vossen, Geometry and the Imagination, 1932"
    domain = ((-2.0, 2.0), (-2.0, 2.0))
    start = (1.6, 0.02)
    lr_scale = 0.2
    unbounded = "The loss falls without end along three valleys."

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        return x**3 - 3 * x * y**2

    @property
    def minima(self) -> None:
        return None

    @property
    def saddles(self) -> Points:
        return points((0.0, 0.0))
