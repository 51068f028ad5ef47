r"""Where theory puts the border between settings that settle and settings that grow.

$$\text{margin} = \max\{|a| - 1 - b,\; |b| - 1\}, \quad
  z^2 - a\, z + b = 0 \quad\text{at } \lambda = L$$

The run settles where the margin is below 0, inside the triangle of Jury. It is nearly linear in
lr·L, so that the border can be drawn between two cells. L is the largest curvature at the
surface's first minimum, for the surface that the cell has.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import ArrayLike, NDArray

from calculus.matrices import eigen
from calculus.precision import in_float64
from landscapes import Surface
from optimizers import Rule
from thalweg.diagnostics.rules import THEORY
from thalweg.diagnostics.theory import theory_of

Axis = tuple[str, ArrayLike]
"""The name of a field, one of a surface with "surface." before it, and its values (n,)."""
SURFACE = "surface."


@in_float64
def margins_over(surface: Surface, rule: Rule, x: Axis, y: Axis) -> NDArray[np.float64] | None:
    """How far ``rule`` is beyond its limit near the minimum, (len(y), len(x)): above 0 it grows.

    None where theory has no word: of a rule that is not in its table or that scales each
    coordinate by itself, of a surface that is not smooth or has no minimum, of a field that is
    neither the rule's nor the surface's. A minimum that is no quadric has its quadric's border.
    """
    theory = theory_of(rule)
    if theory is None or theory.preconditioner is not None or surface.not_smooth is not None:
        return None
    own = {name for name, _ in (x, y) if not name.startswith(SURFACE)}
    if not own <= set(rule.knobs()):
        return None
    grid = dict(zip((x[0], y[0]), np.meshgrid(x[1], y[1]), strict=True))
    curvatures = _curvatures(surface, {n: v for n, v in grid.items() if n not in own})
    if curvatures is None or not (curvatures[..., 0] > 0).all():
        return None
    changed: Any = {name: grid[name] for name in own}
    varied = jax.tree.map(np.float64, rule.replace(**changed))
    shape = next(iter(grid.values())).shape
    return np.broadcast_to(np.asarray(_margin(varied, curvatures[..., 1])), shape)


@jax.jit
def _margin(rule: Any, curvature: Array) -> Array:
    """See the head of the module; the rule's numbers are arrays over the cells."""
    r = THEORY[type(rule)].recurrence(rule, curvature)
    a, b = jnp.asarray(r.a), jnp.asarray(r.b)
    return jnp.maximum(jnp.abs(a) - 1 - b, jnp.abs(b) - 1)


def _curvatures(
    surface: Surface, varied: dict[str, NDArray[np.float64]]
) -> NDArray[np.float64] | None:
    """The eigenvalues (…, 2) at the first minimum for each cell; None where one has no minimum."""
    if not varied:
        return _at_minimum(surface)
    names = [name.removeprefix(SURFACE) for name in varied]
    settings = np.stack([v.ravel() for v in varied.values()], axis=-1)
    different, which = np.unique(settings, axis=0, return_inverse=True)
    found = []
    for numbers in different:
        changes = dict(zip(names, map(float, numbers), strict=True))
        eigenvalues = _at_minimum(surface.replace(**changes))
        if eigenvalues is None:
            return None
        found.append(eigenvalues)
    shape = next(iter(varied.values())).shape
    return np.stack(found)[which].reshape(*shape, 2)


def _at_minimum(surface: Surface) -> NDArray[np.float64] | None:
    minima = surface.minima
    if minima is None or len(minima) == 0:
        return None
    return np.asarray(_eigenvalues(jax.tree.map(np.float64, surface), jnp.asarray(minima[0])))


@jax.jit
def _eigenvalues(surface: Any, x: Array) -> Array:
    return eigen(jax.hessian(surface)(x))[0]
