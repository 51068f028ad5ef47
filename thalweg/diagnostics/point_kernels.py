"""The diagnostics that a live picture shows, as JavaScript: written once, here in JAX.

Functions over Float64Arrays and offsets, in the form of `kernels.Kernel.inner`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from calculus.kernels import module, trace
from calculus.matrices import eigen, inverse_times
from calculus.precision import in_float64
from optimizers import Rule
from thalweg.diagnostics.gradient_check import compare, widths
from thalweg.diagnostics.recurrence import (
    Recurrence,
    gradient_descent,
    heavy_ball,
    nesterov,
    radius,
)
from thalweg.diagnostics.rules import Theory
from thalweg.diagnostics.stability import preconditioned
from thalweg.diagnostics.taylor import alpha
from thalweg.diagnostics.theory import STEP_LENGTHS, theory_of
from thalweg.diagnostics.tuning import best_gradient_descent, nesterov_quadratic, polyak

MOST_KERNELS = 256


@lru_cache(maxsize=1)
@in_float64
def point_source() -> str:
    """The ES module of what is the same for all: at a point, and across a step.

    ``eigen(hessian, values, vectors)``, eigenvalues ascending, vectors as columns;
    ``newton(hessian, gradient, step)``, −H⁻¹g, NaN where H is singular;
    ``widths(x, h)`` and ``compare(g, forward, back, h, [numeric, error, relative, rounding])``,
    see `gradient_check`; ``alpha([f₀, slope₀, f₁, slope₁], α)``, see `taylor.alpha`. For a quadric
    with two curvatures: ``rates([lr, ρ], curvatures, rates)``, the factor a step of gradient
    descent, the heavy ball and Nesterov, in this order; ``settings(curvatures, settings)``, the
    best lr, ρ and rate of each, one after the other, for curvatures above 0 (ρ of gradient descent
    is 0).
    """
    h, g = np.zeros((2, 2)), np.zeros(2)
    ends = [0.0] * 4
    return module(
        {
            "eigen": trace(eigen, h),
            "newton": trace(_newton, h, g),
            "widths": trace(widths, g),
            "compare": trace(lambda *given: jnp.hstack(compare(*given)), g, g, g, g),
            "alpha": trace(lambda v: alpha(*v), ends),
            "rates": trace(_rates, g, g),
            "settings": trace(_best_settings, g),
        }
    )


def _rates(setting: Array, curvatures: Array) -> Array:
    lr, rho = setting
    found = (
        gradient_descent(lr, curvatures),
        heavy_ball(lr, rho, curvatures),
        nesterov(lr, rho, curvatures),
    )
    return jnp.stack([jnp.max(radius(r)) for r in found])


def _best_settings(curvatures: Array) -> Array:
    low, high = curvatures
    found = (best_gradient_descent(low, high), polyak(low, high), nesterov_quadratic(low, high))
    return jnp.stack([jnp.where(jnp.isnan(v), 0.0, v) for best in found for v in best])


@in_float64
def theory_source(rule: Rule) -> str | None:
    """The ES module of what theory says of a kind of rule; None where it says nothing.

    ``limit(numbers, limit)``: the largest stable lr·λ. ``sharpness(numbers, terms, hessian,
    scaled)``: lr times the curvatures (2,) that the rule meets, ascending; ``terms`` are those of
    a step, sorted by name. ``rate(numbers, curvatures, rate)``: the factor a step on a quadratic
    with these curvatures (2,). ``best(numbers, curvatures, settings)``: lr, ρ and rate of each
    tuning that theory knows, NaN for a ρ that the rule has not. ``numbers`` are the rule's.
    """
    return None if theory_of(rule) is None else _theory_source(jax.tree.structure(rule))


@in_float64
def tunings(rule: Rule) -> tuple[str, ...]:
    """The names of the settings that ``best`` gives, in order."""
    theory = theory_of(rule)
    return () if theory is None else tuple(t.name for t in theory.best(rule))


@in_float64
def length_source(rule: Rule) -> str | None:
    """The ES module of how long a rule's steps are on a constant gradient; None: not known.

    ``length(numbers, t, length)``, in units of lr; ``numbers`` are the rule's.
    """
    length = STEP_LENGTHS.get(type(rule))
    if length is None or length(rule, 1.0) is None:
        return None
    return _length_source(jax.tree.structure(rule))


@lru_cache(maxsize=MOST_KERNELS)
def _length_source(structure: Any) -> str:
    rule: Rule = jax.tree.unflatten(structure, [np.float64(0)] * structure.num_leaves)
    length = STEP_LENGTHS[type(rule)]
    return module({"length": trace(lambda r, t: jnp.asarray(length(r, t)), rule, np.float64(1))})


PLANES = {
    "gd": lambda lr, rho, curvature: gradient_descent(lr, curvature),
    "heavy_ball": heavy_ball,
    "nesterov": nesterov,
}
"""The methods whose (lr, ρ) plane is shown, in the order of ``rates``."""


@in_float64
def plane_of(rule: Rule) -> str | None:
    """Which of `PLANES` a rule's own lr and ρ lie in; None: in none of them."""
    theory = theory_of(rule)
    if theory is None or theory.preconditioner is not None:
        return None
    wanted: dict[str, Any] = {n: v for n, v in (("lr", 0.3), ("rho", 0.6)) if n in rule.knobs()}
    own = theory.recurrence(rule.replace(**wanted), 0.7)

    def is_own(method: Any) -> bool:
        other: Recurrence = method(0.3, 0.6, 0.7)
        return all(bool(jnp.isclose(a, b)) for a, b in zip(own, other, strict=True))

    return next((name for name, method in PLANES.items() if is_own(method)), None)


@lru_cache(maxsize=MOST_KERNELS)
def _theory_source(structure: Any) -> str:
    rule: Rule = jax.tree.unflatten(structure, [np.float64(0)] * structure.num_leaves)
    theory = theory_of(rule)
    assert theory is not None
    curvatures, hessian = np.zeros(2), np.zeros((2, 2))
    programs = {
        "limit": trace(lambda r: jnp.asarray(theory.limit(r), jnp.float64), rule),
        "sharpness": trace(_sharpness(theory), rule, _terms(rule), hessian),
        "rate": trace(lambda r, c: jnp.max(radius(theory.recurrence(r, c))), rule, curvatures),
    }
    if theory.best(rule):
        programs["best"] = trace(lambda r, c: [_settings(theory, r, c)], rule, curvatures)
    return module(programs)


def _settings(theory: Theory, rule: Any, curvatures: Array) -> Array:
    low = jnp.minimum(curvatures[0], curvatures[1])
    high = jnp.maximum(curvatures[0], curvatures[1])
    return jnp.stack([jnp.stack(t.of(low, high)) for t in theory.best(rule)])


def _sharpness(theory: Theory) -> Any:
    def sharpness(rule: Any, terms: dict[str, Array], hessian: Array) -> Array:
        if theory.preconditioner is not None:
            hessian = preconditioned(hessian, theory.preconditioner(rule, terms))
        return rule.lr * eigen(hessian)[0]

    return sharpness


def _terms(rule: Rule) -> Any:
    """The terms of a rule's equations as shapes."""

    class Flat:
        """A loss of no shape: only the terms' own shapes count."""

        value = staticmethod(lambda x: jnp.sum(x))
        grad = staticmethod(lambda x: x)
        hess = staticmethod(lambda x: jnp.outer(x, x))

    def terms(rule: Rule, x: Array) -> Any:
        return rule.step(x, jax.tree.map(jnp.asarray, rule.init(x, Flat)), Flat)[2].terms

    return jax.eval_shape(terms, rule, np.zeros(2))


def _newton(hessian: Array, gradient: Array) -> Array:
    d, flat = inverse_times(*eigen(hessian), gradient)
    return jnp.where(flat > 0, jnp.nan, -d)
