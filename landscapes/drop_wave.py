"""The drop-wave function."""

import jax.numpy as jnp
from jax import Array

from landscapes.base import Landscape, Points, points


class DropWave(Landscape):
    r"""The rings of a drop in water.

    $$f(x, y) = -\frac{1 + \cos 12 r}{\tfrac12 r^2 + 2}
      = -\frac{2 - 72\,r^2 \operatorname{sinc}^2 6r}{\tfrac12 r^2 + 2},
      \quad r^2 = x^2 + y^2,\; \operatorname{sinc} t = \frac{\sin t}{t}$$

    Ring after ring, each a circle of local minima, round a narrow hole. The second form is the
    one computed: smooth at the origin, as the function is, where r has no derivative. The
    circles of minima and maxima have no single points to list.
    """

    slug, title = "drop_wave", "Drop-wave"
    source = "Molga & Smutnicki, Test functions for optimization needs, 2005"
    domain = ((-5.12, 5.12), (-5.12, 5.12))
    start = (0.6, 0.45)
    detail = 301

    def __call__(self, p: Array) -> Array:
        r2 = jnp.sum(p**2)
        t2 = 36 * r2
        near = t2 < 1e-6
        t = jnp.sqrt(jnp.where(near, 1.0, t2))
        sinc = jnp.where(near, 1 - t2 / 6 + t2**2 / 120, jnp.sin(t) / t)
        return -(2 - 72 * r2 * sinc**2) / (0.5 * r2 + 2)

    @property
    def minima(self) -> Points:
        return points((0.0, 0.0))
