r"""The best settings for a quadratic with curvatures from μ to L.

Rates are factors by which the error shrinks a step; κ = L/μ. Pure JAX over scalars.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike


class Best(NamedTuple):
    """Settings and the rate they reach; ``rho`` is NaN for a rule without momentum."""

    lr: Array
    rho: Array
    rate: Array


def best_gradient_descent(mu: ArrayLike, L: ArrayLike) -> Best:
    """lr = 2/(L + μ), rate (κ − 1)/(κ + 1). Source: Polyak, Introduction to Optimization, 1987."""
    mu, L = _both(mu, L)
    return Best(2 / (L + mu), jnp.full_like(mu, jnp.nan), (L - mu) / (L + mu))


def polyak(mu: ArrayLike, L: ArrayLike) -> Best:
    """Heavy ball: lr = (2/(√L + √μ))², ρ = ((√κ − 1)/(√κ + 1))², rate √ρ. Source: Polyak 1964."""
    mu, L = _both(mu, L)
    low, high = jnp.sqrt(mu), jnp.sqrt(L)
    rate = (high - low) / (high + low)
    return Best(4 / (high + low) ** 2, rate**2, rate)


def polyak_average(mu: ArrayLike, L: ArrayLike) -> Best:
    """Polyak's settings where the velocity averages gradients: lr/(1 − ρ), the same path."""
    lr, rho, rate = polyak(mu, L)
    return Best(lr / (1 - rho), rho, rate)


def nesterov_standard(mu: ArrayLike, L: ArrayLike) -> Best:
    """lr = 1/L, ρ = (√κ − 1)/(√κ + 1), rate 1 − 1/√κ.

    Source: Nesterov, Introductory Lectures on Convex Optimization, 2004, §2.2; for any smooth
    strongly convex function. The rate is that on a quadratic: Lessard, Recht & Packard, Table 1.
    """
    mu, L = _both(mu, L)
    low, high = jnp.sqrt(mu), jnp.sqrt(L)
    return Best(1 / L, (high - low) / (high + low), 1 - low / high)


def nesterov_quadratic(mu: ArrayLike, L: ArrayLike) -> Best:
    """lr = 4/(3L + μ), ρ = (√(3κ+1) − 2)/(√(3κ+1) + 2), rate 1 − 2/√(3κ+1).

    The best on quadratics. Source: Lessard, Recht & Packard 2016, Table 1.
    """
    mu, L = _both(mu, L)
    s = jnp.sqrt(3 * L / mu + 1)
    return Best(4 / (3 * L + mu), (s - 2) / (s + 2), 1 - 2 / s)


@dataclass(frozen=True)
class Tuning:
    """A named choice of settings: ``of(mu, L)`` gives `Best`."""

    name: str
    of: Callable[[ArrayLike, ArrayLike], Best]
    source: str


def _both(mu: ArrayLike, L: ArrayLike) -> tuple[Array, Array]:
    return jnp.asarray(mu, float), jnp.asarray(L, float)
