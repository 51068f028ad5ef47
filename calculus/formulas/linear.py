"""Algebra of vectors (2,) and matrices (2, 2) in closed form, and lengths with derivatives at 0."""

from typing import Any

import jax.numpy as jnp
from jax import Array

Value = Any  # an Array or a Python float


def magnitude(a: Value) -> Array:
    """|a|, element by element; its derivative at 0 is 0, where that of jnp.abs is 1."""
    return jnp.multiply(a, jnp.sign(a))


def length(a: Value, b: Value) -> Array:
    """√(a² + b²), element by element; its gradient at (0, 0) is 0 rather than NaN."""
    square = jnp.add(jnp.square(a), jnp.square(b))
    zero = square == 0
    return jnp.where(zero, 0.0, jnp.sqrt(jnp.where(zero, 1.0, square)))


def dot(u: Array, v: Array) -> Array:
    """uᵀv of two vectors."""
    return u[0] * v[0] + u[1] * v[1]


def times(a: Array, b: Array) -> Array:
    """a @ b: uᵀv, the vector H v or the matrix A B, after the number of dimensions."""
    if a.ndim == 1:
        return dot(a, b)
    return a[:, 0] * b[0] + a[:, 1] * b[1] if b.ndim == 1 else jnp.sum(a[:, :, None] * b, axis=1)


def solve(h: Array, v: Array) -> Array:
    """The d with H d = v; the shortest one of least error where H is singular, never NaN for that.

    H counts as singular where its smaller singular value is below 1e-12 of the larger: it is then
    u wᵀ with one direction each, whose pseudo-inverse is Hᵀ/‖H‖². For H = 0 that is 0.
    """
    det = h[0, 0] * h[1, 1] - h[0, 1] * h[1, 0]
    size = jnp.sum(h**2)
    singular = ~(jnp.abs(det) > 1e-12 * size)
    adjugate = jnp.stack([h[1, 1] * v[0] - h[0, 1] * v[1], h[0, 0] * v[1] - h[1, 0] * v[0]])
    shortest = times(h.T, v) / jnp.where(size > 0, size, 1.0)
    return jnp.where(singular, shortest, adjugate / jnp.where(singular, 1.0, det))
