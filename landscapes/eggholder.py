"""The eggholder function."""

import jax.numpy as jnp
from jax import Array

from landscapes.base import Landscape, Points, points, root, size


class Eggholder(Landscape):
    r"""Steep waves all over, growing outwards.

    $$f(x, y) = -(y + 47) \sin\sqrt{\lvert \tfrac12 x + y + 47 \rvert}
      - x \sin\sqrt{\lvert x - y - 47 \rvert}$$

    Its best point in the window lies on the border and is no minimum of the function: the
    gradient there points out of the window, and descent follows it. The many local minima inside
    are not listed.
    """

    slug, title = "eggholder", "Eggholder"
    source = "Whitley et al., Evaluating evolutionary algorithms, 1996"
    domain = ((-512.0, 512.0), (-512.0, 512.0))
    start = (320.0, 260.0)
    lr_scale = 5
    detail = 301
    not_smooth = "Where a root vanishes, on x/2 + y + 47 = 0 and x − y − 47 = 0, there is an edge."
    boxed = "The best point lies on the border of the window; outside the loss is lower."

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        first = (y + 47) * jnp.sin(root(size(x / 2 + y + 47)))
        second = x * jnp.sin(root(size(x - y - 47)))
        return -first - second

    @property
    def minima(self) -> Points:
        return points((512.0, 404.23180511375781))
