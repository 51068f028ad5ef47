"""The function on which the heavy ball goes round for ever."""

import jax.numpy as jnp
from jax import Array

from landscapes.base import Landscape, Points, points


class HeavyBallCycle(Landscape):
    r"""Strongly convex, and yet heavy ball with the rates that are best for a quadratic cycles.

    $$f(x, y) = g(x) + \tfrac12\,y^2, \quad
      g'(x) = \begin{cases} 25x & x < 1 \\ x + 24 & 1 \le x < 2 \\ 25x - 24 & x \ge 2 \end{cases}$$

    The curvature lies between 1 and 25. With rate 1/9 and momentum 4/9, from x between about
    3.07 and 3.46, heavy ball ends in the cycle 792/1225, −2208/1225, 2592/1225. Gradient descent
    and Nesterov's method converge, and so does heavy ball from x = 5.
    """

    slug, title = "heavy_ball_cycle", "Heavy-ball cycle"
    source = "Lessard, Recht & Packard, Analysis and design of optimization algorithms, 2016, §4.6"
    domain = ((-3.0, 4.0), (-2.5, 2.5))
    start = (3.3, 1.5)
    lr_scale = 2
    not_smooth = "The slope has kinks at x = 1 and x = 2: no second derivative there."

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        middle = 0.5 * x**2 + 24 * x - 12
        right = 12.5 * x**2 - 24 * x + 36
        g = jnp.where(x < 1, 12.5 * x**2, jnp.where(x < 2, middle, right))
        return g + 0.5 * y**2

    @property
    def minima(self) -> Points:
        return points((0.0, 0.0))
