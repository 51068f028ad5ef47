r"""What is known about each rule on a quadratic: one table, from class to `Theory`.

$$\alpha\,\lambda_{\max}(P^{-1/2} H P^{-1/2}) < \text{limit}$$

P is the diagonal by which an adaptive rule divides (the identity for the others), taken as frozen:
Cohen et al., Adaptive Gradient Methods at the Edge of Stability, arXiv:2207.14484. A rule that is
not in the table has no theory.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from optimizers import Rule
from optimizers.adagrad import AdaGrad
from optimizers.adam import Adam
from optimizers.adamw import AdamW
from optimizers.amsgrad import AMSGrad
from optimizers.momentum import Momentum
from optimizers.nadam import Nadam
from optimizers.nesterov import Nesterov
from optimizers.rmsprop import RMSProp
from optimizers.sgd import SGD
from thalweg.diagnostics.recurrence import (
    Recurrence,
    decaying_average,
    gradient_descent,
    heavy_ball,
    nesterov,
)
from thalweg.diagnostics.tuning import (
    Tuning,
    best_gradient_descent,
    nesterov_quadratic,
    nesterov_standard,
    polyak,
    polyak_average,
)

Terms = Mapping[str, ArrayLike]
"""The quantities of a rule's equations at one step, each (2,): `Info.terms`."""


@dataclass(frozen=True)
class Theory:
    """``recurrence(rule, λ)``; ``limit(rule)``, the largest stable lr·λ; ``best(rule)``, tunings.

    ``preconditioner(rule, terms)`` (2,) is P's diagonal, None for P = 1; λ is then an eigenvalue
    of P^{−1/2} H P^{−1/2}. All are pure JAX functions of the rule's numbers.
    """

    recurrence: Callable[[Any, ArrayLike], Recurrence]
    limit: Callable[[Any], ArrayLike]
    source: str
    best: Callable[[Any], tuple[Tuning, ...]] = lambda rule: ()
    preconditioner: Callable[[Any, Terms], Array] | None = None


def root(name: str) -> Callable[[Any, Terms], Array]:
    """P of a rule that divides by the root of this term, ε where the rule has it."""

    def preconditioner(rule: Any, terms: Terms) -> Array:
        mean = jnp.asarray(terms[name])
        inside = getattr(rule, "eps_inside_root", False)
        return jnp.sqrt(mean + rule.eps) if inside else jnp.sqrt(mean) + rule.eps

    return preconditioner


def heavy_ball_limit(rho: ArrayLike) -> ArrayLike:
    """2(1 + ρ): rises with momentum."""
    return 2 * (1 + rho)


def average_limit(beta1: ArrayLike, lr_decay: ArrayLike = 0.0) -> ArrayLike:
    """2(1 + β)/(1 − β) for momentum as an average; (1 + β)(2 − lr·wd)/(1 − β) with decay."""
    return (1 + beta1) * (2 - lr_decay) / (1 - beta1)


def nesterov_limit(rho: ArrayLike) -> ArrayLike:
    """(2 + 2ρ)/(1 + 2ρ): falls with momentum, from 2 to 4/3."""
    return (2 + 2 * rho) / (1 + 2 * rho)


_POLYAK = "Polyak 1964"
_COHEN = "Cohen et al. 2022, arXiv:2207.14484"
_JURY = "the roots of the rule's recurrence inside the unit circle"

_DESCENT = (Tuning("best constant rate", best_gradient_descent, "Polyak 1987"),)
_HEAVY = (Tuning("Polyak's", polyak, _POLYAK),)
_AVERAGE = (Tuning("Polyak's", polyak_average, _POLYAK),)
_NESTEROV = (
    Tuning("best on quadratics", nesterov_quadratic, "Lessard, Recht & Packard 2016, Table 1"),
    Tuning("standard", nesterov_standard, "Nesterov 2004, §2.2"),
)


def _momentum(r: Momentum, curvature: ArrayLike) -> Recurrence:
    return heavy_ball(r.lr * (1 - r.rho) if r.ema else r.lr, r.rho, curvature)


def _nesterov(r: Nesterov, curvature: ArrayLike) -> Recurrence:
    return nesterov(r.lr, r.rho, curvature, r.rho if r.lookahead else 0.0)


def _average(r: Adam | AMSGrad, curvature: ArrayLike) -> Recurrence:
    return decaying_average(r.lr, r.beta1, 0.0, curvature)


def _average_limit(r: Adam | AMSGrad) -> ArrayLike:
    return average_limit(r.beta1)


def _plain(r: SGD | RMSProp | AdaGrad, curvature: ArrayLike) -> Recurrence:
    return gradient_descent(r.lr, curvature)


THEORY: dict[type[Rule], Theory] = {
    SGD: Theory(_plain, lambda r: 2.0, _POLYAK, lambda r: _DESCENT),
    Momentum: Theory(
        _momentum,
        lambda r: average_limit(r.rho) if r.ema else heavy_ball_limit(r.rho),
        _POLYAK,
        lambda r: _AVERAGE if r.ema else _HEAVY,
    ),
    Nesterov: Theory(
        _nesterov,
        lambda r: nesterov_limit(r.rho),
        "Lessard, Recht & Packard 2016, §4",
        lambda r: _NESTEROV,
    ),
    AdaGrad: Theory(_plain, lambda r: 2.0, _COHEN, preconditioner=root("s")),
    RMSProp: Theory(_plain, lambda r: 2.0, _COHEN, preconditioner=root("s")),
    Adam: Theory(_average, _average_limit, _COHEN, preconditioner=root("v_hat")),
    AMSGrad: Theory(_average, _average_limit, _COHEN, preconditioner=root("v_max")),
    AdamW: Theory(
        lambda r, c: decaying_average(r.lr, r.beta1, r.weight_decay, c),
        lambda r: average_limit(r.beta1, r.lr * r.weight_decay),
        _JURY,
        preconditioner=root("v_hat"),
    ),
    Nadam: Theory(
        lambda r, c: nesterov(r.lr * (1 - r.beta1), r.beta1, c),
        lambda r: nesterov_limit(r.beta1) / (1 - r.beta1),
        _JURY,
        preconditioner=root("v_hat"),
    ),
}
