r"""How close a run is to its limit, where it is.

$$\alpha\,\lambda_{\max}(P^{-1/2} H(x)\, P^{-1/2}) \quad\text{against}\quad \text{limit}$$
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike

from calculus.matrices import eigen
from calculus.precision import in_float64
from landscapes import Surface
from optimizers import Rule
from thalweg.diagnostics.point import Numbers, check_point
from thalweg.diagnostics.rules import Terms
from thalweg.diagnostics.theory import theory_of


@dataclass(frozen=True)
class Sharpness:
    """lr times the curvatures (2,) that the rule meets, ascending, and the rule's limit."""

    scaled: Numbers
    limit: float
    title: str
    adaptive: bool

    @property
    def value(self) -> float:
        """lr·λmax, a pure number."""
        return float(self.scaled[1])

    @property
    def is_stable(self) -> bool:
        """Whether the largest curvature is below the limit."""
        return self.value < self.limit

    @property
    def sentence(self) -> str:
        """The comparison in words."""
        of = " of the Hessian as the rule scales it" if self.adaptive else ""
        said = f"lr · λmax{of} is {self.value:.3g}"
        if self.value <= 0:
            return f"{said}: no direction curves upwards here, so no rate is too large."
        if self.is_stable:
            return f"{said}, below {self.title}'s limit of {self.limit:.3g}: it settles here."
        return (
            f"{said}, not below {self.title}'s limit of {self.limit:.3g}: "
            "along the steepest direction it moves away."
        )


@in_float64
def sharpness(
    rule: Rule, surface: Surface, x: ArrayLike | Sequence[float], terms: Terms | None = None
) -> Sharpness | None:
    """How ``rule``, with the lr it has, stands at ``x`` (2,) of ``surface``.

    ``terms``: the quantities of the rule's equations at this step, each (2,); an adaptive rule
    needs its average of squared gradients. None where there is no theory, where that average is
    missing, or where the surface is not smooth. Raises ValueError, with a sentence, for a point
    that is not two finite numbers.
    """
    theory = theory_of(rule)
    p = check_point(x)
    if theory is None or surface.not_smooth is not None:
        return None
    scale: Any = np.ones(2)
    if theory.preconditioner is not None:
        try:
            scale = theory.preconditioner(rule, terms or {})
        except KeyError:
            return None
    scaled = rule.number("lr") * np.asarray(
        _curvatures(jax.tree.map(np.float64, surface), p, scale)
    )
    limit = float(jnp.asarray(theory.limit(rule)))
    return Sharpness(scaled, limit, rule.title, theory.preconditioner is not None)


def preconditioned(hessian: Array, scale: Array) -> Array:
    """P^{−1/2} H P^{−1/2} (2, 2) for P = diag(``scale``): similar to P⁻¹H, and symmetric."""
    r0, r1 = 1 / jnp.sqrt(scale[0]), 1 / jnp.sqrt(scale[1])
    off = hessian[0, 1] * r0 * r1
    rows = [jnp.stack([hessian[0, 0] * r0**2, off]), jnp.stack([off, hessian[1, 1] * r1**2])]
    return jnp.stack(rows)


@jax.jit
def _curvatures(surface: Any, x: Array, scale: Array) -> Array:
    return eigen(preconditioned(jax.hessian(surface)(x), scale))[0]
