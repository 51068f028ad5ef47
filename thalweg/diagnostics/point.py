"""What a surface is like at one point: value, gradient, Hessian, and the kind of the point."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from numpy.typing import NDArray

from calculus import KINDS, Jet, eigen, jet, kind_index, window_size
from calculus.precision import in_float64
from landscapes import Surface

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Point:
    """What is known at ``x`` (2,).

    ``eigenvalues`` (2,) ascend, ``directions`` (2, 2) has their unit vectors as columns. Where
    the surface is not smooth, ``reason`` is its sentence, and all that needs second derivatives
    is None.
    """

    x: Numbers
    value: float
    gradient: Numbers
    hessian: Numbers | None
    eigenvalues: Numbers | None
    directions: Numbers | None
    kind: str | None
    """One of `KINDS`."""
    reason: str | None = None

    @property
    def slope(self) -> float:
        """The length of the gradient: loss per unit of length."""
        return float(np.hypot(*self.gradient))


@in_float64
def diagnose(surface: Surface, x: ArrayLike | Sequence[float]) -> Point:
    """All that is known of ``surface`` at ``x`` (2,).

    Raises ValueError, with a sentence, for a point that is not two finite numbers.
    """
    p = check_point(x)
    numbers = jax.tree.map(np.float64, surface)
    if surface.not_smooth is not None:
        value, gradient = _slope(numbers, p)
        none = dict.fromkeys(("hessian", "eigenvalues", "directions", "kind"))
        return Point(p, float(value), np.asarray(gradient), **none, reason=surface.not_smooth)
    at, values, vectors, kind = _diagnosed(numbers, p, window_size(surface.domain))
    return Point(
        p,
        float(at.value),
        np.asarray(at.gradient),
        np.asarray(at.hessian),
        np.asarray(values),
        np.asarray(vectors),
        KINDS[int(kind)],
    )


def check_point(x: ArrayLike | Sequence[float], name: str = "x") -> Numbers:
    """``x`` as an array (2,). Raises ValueError with a sentence."""
    try:
        p = np.asarray(x, dtype=np.float64)
    except (TypeError, ValueError):
        p = np.zeros(0)
    if p.shape != (2,) or not np.isfinite(p).all():
        raise ValueError(f"{name} is {x!r}; it must be two finite numbers.")
    return p


@jax.jit
def _diagnosed(surface: Any, x: Array, size: Array) -> tuple[Jet, Array, Array, Array]:
    at = jet(surface, x)
    return at, *eigen(at.hessian), kind_index(surface, x, at, size)


@jax.jit
def _slope(surface: Any, x: Array) -> tuple[Array, Array]:
    return jax.value_and_grad(surface)(x)
