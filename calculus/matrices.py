"""Linear algebra of 2 × 2 in closed form: no solver runs inside a loop."""

import jax.numpy as jnp
from jax import Array


def eigen(h: Array) -> tuple[Array, Array]:
    """Eigenvalues (2,), ascending, and unit eigenvectors as columns (2, 2), of a symmetric h."""
    mean, half, off = (h[0, 0] + h[1, 1]) / 2, (h[0, 0] - h[1, 1]) / 2, h[0, 1]
    radius = jnp.sqrt(half**2 + off**2)
    turn = jnp.arctan2(off, half) / 2
    along = jnp.stack([jnp.cos(turn), jnp.sin(turn)])
    across = jnp.stack([-along[1], along[0]])
    return jnp.stack([mean - radius, mean + radius]), jnp.stack([across, along], axis=1)


def inverse_times(values: Array, vectors: Array, g: Array) -> tuple[Array, Array]:
    """The solution of H d = g for H with the given eigenvalues (2,) and eigenvectors (2, 2).

    Directions without curvature (below 1e-12 of the largest) are left out, which makes d the
    shortest least-squares solution; the second result counts them: 0 for a regular H.
    """
    size = jnp.abs(values)
    flat = ~(size > 1e-12 * jnp.maximum(size[0], size[1]))
    inverse = jnp.where(flat, 0.0, 1 / jnp.where(flat, 1.0, values))
    along = vectors[0] * g[0] + vectors[1] * g[1]  # components of g along each eigenvector
    d = vectors[:, 0] * (inverse[0] * along[0]) + vectors[:, 1] * (inverse[1] * along[1])
    return d, jnp.array(0.0, float) + flat[0] + flat[1]


def dot(a: Array, b: Array) -> Array:
    """aᵀb of two vectors (2,)."""
    return a[0] * b[0] + a[1] * b[1]
