"""The six-hump camel function."""

from jax import Array

from landscapes.base import Landscape, Points, both_signs, points


class SixHumpCamel(Landscape):
    r"""Six minima in three equal pairs.

    $$f(x, y) = \bigl(4 - 2.1\,x^2 + \tfrac13 x^4\bigr) x^2 + x y + (4 y^2 - 4)\, y^2$$

    The surface is the same turned by half a turn, so every minimum has a twin. Fifteen critical
    points: two global and four local minima, seven saddles, two maxima.
    """

    slug, title = "six_hump_camel", "Six-hump camel"
    source = "Dixon & Szegő, Towards Global Optimisation 2, 1978"
    domain = ((-3.0, 3.0), (-2.0, 2.0))
    start = (-2.4, 0.2)

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        return (4 - 2.1 * x**2 + x**4 / 3) * x**2 + x * y + (4 * y**2 - 4) * y**2

    @property
    def minima(self) -> Points:
        return both_signs((0.089842013100318062, -0.71265640302073963))

    @property
    def local_minima(self) -> Points:
        return both_signs(
            (1.7036067149699808, -0.79608356867262512),
            (1.6071047529201972, 0.56865145488413137),
        )

    @property
    def saddles(self) -> Points:
        pairs = both_signs(
            (1.1092053368047864, -0.76826809250953984),
            (1.6380679841897786, 0.22867406904439407),
            (1.2960702671671092, 0.6050843880386585),
        )
        return points((0.0, 0.0), *pairs)

    @property
    def maxima(self) -> Points:
        return both_signs((1.2302298765166526, 0.16233458445899497))
