r"""A rule on a quadratic, along one eigenvector of curvature λ: a linear recurrence of two terms.

$$x_{t+1} = a\, x_t - b\, x_{t-1} - \eta\, \xi_t, \quad z^2 - a z + b = 0$$

ξ is gradient noise of variance σ². Everything follows from a, b and η: the error shrinks by the
largest |z| a step, it is stable while |b| < 1 and |a| < 1 + b (the triangle of Jury), and the
noise keeps it at the variance of an autoregression of order two (Box & Jenkins, Time Series
Analysis, §3.2). Gradient descent and momentum: Polyak 1964; all of them as 2×2 systems: Lessard,
Recht & Packard 2016, §4; Goh, Why Momentum Really Works, 2017. Pure JAX over scalars.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike


class Recurrence(NamedTuple):
    """The numbers a, b, η of the recurrence, scalars.

    ``lead``: the rule shows x + lead·(x − x⁻) instead of x, as Nesterov's look-ahead form does.
    """

    a: ArrayLike
    b: ArrayLike
    eta: ArrayLike
    lead: ArrayLike = 0.0


def gradient_descent(lr: ArrayLike, curvature: ArrayLike) -> Recurrence:
    """x⁺ = (1 − lr λ) x: of one term only."""
    return Recurrence(1 - jnp.asarray(lr) * curvature, 0.0, lr)


def heavy_ball(lr: ArrayLike, rho: ArrayLike, curvature: ArrayLike) -> Recurrence:
    """x⁺ = (1 + ρ − lr λ) x − ρ x⁻."""
    return Recurrence(1 + jnp.asarray(rho) - jnp.asarray(lr) * curvature, rho, lr)


def nesterov(
    lr: ArrayLike, rho: ArrayLike, curvature: ArrayLike, lead: ArrayLike = 0.0
) -> Recurrence:
    """x⁺ = (1 − lr λ)((1 + ρ) x − ρ x⁻)."""
    kept = 1 - jnp.asarray(lr) * curvature
    return Recurrence((1 + jnp.asarray(rho)) * kept, rho * kept, lr, lead)


def decaying_average(
    lr: ArrayLike, beta1: ArrayLike, decay: ArrayLike, curvature: ArrayLike
) -> Recurrence:
    """Momentum as an average of gradients, x kept to a share w = 1 − lr·decay a step.

    x⁺ = (w + β − lr (1 − β) λ) x − β w x⁻.
    """
    lr, beta1 = jnp.asarray(lr), jnp.asarray(beta1)
    w = 1 - lr * decay
    eta = lr * (1 - beta1)
    return Recurrence(w + beta1 - eta * curvature, beta1 * w, eta)


def roots(r: Recurrence) -> Array:
    """Both roots of z² − a z + b, (2, 2): a row each, real and imaginary part, the longer first."""
    a, b = jnp.asarray(r.a, float), jnp.asarray(r.b, float)
    gap = a**2 - 4 * b
    spread = jnp.sqrt(jnp.abs(gap))
    far = jnp.where(a < 0, a - spread, a + spread) / 2  # no cancellation
    near = jnp.where(far == 0, 0.0, b / jnp.where(far == 0, 1.0, far))
    real = jnp.stack([jnp.stack([far, 0 * a]), jnp.stack([near, 0 * a])])
    pair = jnp.stack([jnp.stack([a / 2, spread / 2]), jnp.stack([a / 2, -spread / 2])])
    return jnp.where(gap < 0, pair, real)


def radius(r: Recurrence) -> Array:
    """The longest root: by how much the error is multiplied a step, in the long run."""
    a, b = jnp.asarray(r.a, float), jnp.asarray(r.b, float)
    gap = a**2 - 4 * b
    real = (jnp.abs(a) + jnp.sqrt(jnp.maximum(gap, 0.0))) / 2
    return jnp.where(gap < 0, jnp.sqrt(jnp.maximum(b, 0.0)), real)


def is_stable(r: Recurrence) -> Array:
    """Whether both roots lie inside the unit circle."""
    a, b = jnp.asarray(r.a), jnp.asarray(r.b)
    return (jnp.abs(b) < 1) & (jnp.abs(a) < 1 + b)


def variance(r: Recurrence, sigma: ArrayLike) -> Array:
    r"""The variance of what the rule shows, once the start is forgotten; ∞ where it grows.

    $$\operatorname{Var} x = \frac{\eta^2 \sigma^2 (1 + b)}{(1 - b)\,((1 + b)^2 - a^2)}, \quad
      \operatorname{Cov}(x_t, x_{t-1}) = \frac{a}{1 + b} \operatorname{Var} x$$
    """
    a, b, lead = jnp.asarray(r.a), jnp.asarray(r.b), jnp.asarray(r.lead)
    stable = is_stable(r)
    below = jnp.where(stable, (1 - b) * ((1 + b) ** 2 - a**2), 1.0)
    own = (jnp.asarray(r.eta) * sigma) ** 2 * (1 + b) / below
    shown = own * ((1 + lead) ** 2 + lead**2 - 2 * lead * (1 + lead) * a / (1 + b))
    return jnp.where(stable, shown, jnp.inf)
