r"""Questions to theory: limit, rate, best settings and noise floor of a rule on a quadratic.

$$\text{rate} = \max_{\lambda} \max\{|z| : z^2 - a(\lambda)\, z + b(\lambda) = 0\}$$

Rules are taken with the lr they have; a schedule is the caller's business. The answers are plain
numbers, or None for a rule of which nothing is known. Sources: `thalweg.diagnostics.rules`.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from calculus.precision import in_float64
from optimizers import Rule
from optimizers.adam import Adam
from thalweg.diagnostics.recurrence import radius, variance
from thalweg.diagnostics.rules import THEORY, Theory
from thalweg.diagnostics.tuning import Best


def theory_of(rule: Rule | type[Rule]) -> Theory | None:
    """The rule's theory, if it has any."""
    return THEORY.get(rule if isinstance(rule, type) else type(rule))


@in_float64
def limit_of(rule: Rule) -> float | None:
    """The largest stable lr·λ (of P^{−1/2} H P^{−1/2} for an adaptive rule)."""
    theory = theory_of(rule)
    return None if theory is None else float(jnp.asarray(theory.limit(rule)))


@in_float64
def rate_of(rule: Rule, eigenvalues: ArrayLike | Sequence[float]) -> float | None:
    """The factor a step on a quadratic with these curvatures (n,), in the long run: the slowest.

    Above 1: the run grows.
    """
    theory = theory_of(rule)
    if theory is None:
        return None
    return float(np.max(radius(theory.recurrence(rule, jnp.asarray(eigenvalues, float)))))


class Choice(NamedTuple):
    """Settings worth choosing: the rule's ``fields`` by name, and the rate that they reach."""

    name: str
    fields: dict[str, float]
    rate: float
    source: str


@in_float64
def best_of(
    rule: Rule | type[Rule], eigenvalues: ArrayLike | Sequence[float]
) -> tuple[Choice, ...] | None:
    """The best settings for a quadratic with these curvatures (n,), the fastest first.

    Those of a surface's point are `diagnose(surface, x).eigenvalues`: all of them count. A rule's
    switches choose the form, a class stands for its defaults. None where nothing is known of the
    best, or where there is none: a curvature that is not above 0.
    """
    theory = theory_of(rule)
    curvatures = np.asarray(eigenvalues, np.float64)
    if theory is None or not (curvatures > 0).all():
        return None
    low, high = curvatures.min(), curvatures.max()
    tunings = theory.best(rule() if isinstance(rule, type) else rule)
    found = [(t, t.of(low, high)) for t in tunings]
    return tuple(Choice(t.name, _fields(b), float(b.rate), t.source) for t, b in found) or None


@in_float64
def stationary_variance(rule: Rule, curvature: float, sigma: float) -> float | None:
    """The variance at which noise of σ on the gradient keeps x along one curvature λ > 0.

    Once the start is forgotten; ∞ where the run grows. None for an adaptive rule: its P moves
    with the noise.
    """
    theory = theory_of(rule)
    if theory is None or theory.preconditioner is not None:
        return None
    return float(variance(theory.recurrence(rule, curvature), sigma))


def adam_step(t: ArrayLike, beta1: ArrayLike, beta2: ArrayLike) -> Array:
    r"""The length of Adam's step t ≥ 1 without correction on a constant gradient, in units of lr.

    $$\frac{1 - \beta_1^t}{\sqrt{1 - \beta_2^t}}$$

    With the correction it is 1 at every t. From Kingma & Ba 2015, §3, for ε = 0.
    """
    t = jnp.asarray(t, float)
    return (1 - jnp.asarray(beta1) ** t) / jnp.sqrt(1 - jnp.asarray(beta2) ** t)


def _length_of_adam(rule: Any, t: ArrayLike) -> ArrayLike | None:
    if rule.printed_l3:
        return None
    return jnp.ones(()) if rule.bias_correction else adam_step(t, rule.beta1, rule.beta2)


STEP_LENGTHS: dict[Any, Callable[[Any, ArrayLike], ArrayLike | None]] = {Adam: _length_of_adam}
"""The length of a rule's step t ≥ 1 on a constant gradient, in units of lr; None: not known."""


def _fields(best: Best) -> dict[str, float]:
    values = {"lr": float(best.lr), "rho": float(best.rho)}
    return {name: value for name, value in values.items() if not np.isnan(value)}
