"""Lévy's function no. 13."""

import jax.numpy as jnp
from jax import Array

from landscapes.base import Landscape, Points, points


class Levy13(Landscape):
    r"""A bowl crossed by ripples in both directions.

    $$f(x, y) = \sin^2 3\pi x + (x - 1)^2 (1 + \sin^2 3\pi y) + (y - 1)^2 (1 + \sin^2 2\pi y)$$

    At the minimum the curvature along x is ninety times that along y. The
    local minima, several hundred in the window, are not listed.
    """

    slug, title = "levy13", "Lévy no. 13"
    source = "Lévy & Montalvo, The tunneling algorithm, 1985"
    domain = ((-10.0, 10.0), (-10.0, 10.0))
    start = (-4.3, 6.2)
    lr_scale = 0.1
    detail = 401

    def __call__(self, p: Array) -> Array:
        x, y = p[0], p[1]
        ripples = jnp.sin(3 * jnp.pi * x) ** 2
        along_x = (x - 1) ** 2 * (1 + jnp.sin(3 * jnp.pi * y) ** 2)
        along_y = (y - 1) ** 2 * (1 + jnp.sin(2 * jnp.pi * y) ** 2)
        return ripples + along_x + along_y

    @property
    def minima(self) -> Points:
        return points((1.0, 1.0))
