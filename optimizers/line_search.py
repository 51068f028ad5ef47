"""Backtracking along a direction until the loss has fallen enough (Armijo 1966)."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from optimizers.base import Loss

MOST_TRIALS = 60


class Search(NamedTuple):
    """The accepted step length (0 where none was found) and the number of f it took."""

    length: Array
    trials: Array


def backtrack(
    loss: Loss,
    x: Array,
    f: Array,
    direction: Array,
    slope: Array,
    first: ArrayLike,
    shrink: ArrayLike,
    armijo: ArrayLike,
) -> Search:
    """The first of ``first``·``shrink``ᵏ, k = 0, 1, …, with f(x + a d) ≤ f(x) + armijo·a·slope.

    ``slope`` is gᵀd, below zero for a direction of descent. A trial that is not finite is not
    accepted; after `MOST_TRIALS` the length is 0 and the rule stays where it is.
    """

    def fails(a: Array) -> Array:
        return ~(loss.value(x + a * direction) <= f + armijo * a * slope)

    def search(s: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
        a, trials, _ = s
        return a * shrink, trials + 1, fails(a * shrink)

    def searching(s: tuple[Array, Array, Array]) -> Array:
        return s[2] & (s[1] < MOST_TRIALS)

    a = jnp.asarray(first, float)
    a, trials, failed = jax.lax.while_loop(searching, search, (a, jnp.array(1.0, float), fails(a)))
    return Search(jnp.where(failed, 0.0, a), trials)
