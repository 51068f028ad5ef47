"""What a landscape is: a function of a point (2,), with everything known about it as data."""

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from numpy.typing import NDArray
from scipy.optimize import brentq

from calculus.fields import Described
from calculus.precision import in_float64
from landscapes.penalty import penalize
from landscapes.surface import (
    Points,
    Surface,
    Window,
    both_signs,
    contour_levels,
    grid,
    points,
    root,
    size,
)  # fmt: skip

# A surface's file needs no other import of this folder.
__all__ = [
    "LANDSCAPES", "Landscape", "Points", "Surface", "Window", "both_signs", "contour_levels",
    "grid", "points", "root", "size", "stationary",
]  # fmt: skip

LANDSCAPES: dict[str, type["Landscape"]] = {}


class Landscape(Described):
    """A loss surface over the plane.

    ``p`` has shape (2,), the value is a scalar; gradients and Hessians come by differentiation
    only. What is known about the surface is data for the CURRENT fields: ``minima`` (k, 2) and
    ``f_min`` (None, None where unbounded below), ``local_minima``, ``saddles`` and ``maxima``
    (k, 2) each, those inside ``domain``. The three flags are None or the reason, a sentence:
    ``not_smooth`` (no Hessian to show), ``boxed`` (the minimum is one only inside ``domain``),
    ``unbounded`` (below, over the whole plane; one that is boxed as well keeps its minimum).
    """

    if TYPE_CHECKING:  # a class out of the registry takes its own fields

        def __init__(self, **fields: float) -> None: ...

    registry = LANDSCAPES
    domain: ClassVar[Window] = ((-2.0, 2.0), (-2.0, 2.0))
    not_smooth: ClassVar[str | None] = None
    boxed: ClassVar[str | None] = None
    unbounded: ClassVar[str | None] = None
    lr_scale: ClassVar[float] = 1.0
    """How fast plain descent may go here: a good first rate, as a multiple of the rules' own."""
    detail: ClassVar[int] = 201
    """Grid points a side that show the surface's shape over ``domain``."""

    @property
    def start(self) -> tuple[float, float]:
        """Where a run worth watching begins. A class whose start never moves sets a tuple."""
        raise NotImplementedError

    def __call__(self, p: Array) -> Array:
        """The loss at ``p`` (2,), a scalar; a JAX function."""
        raise NotImplementedError

    @property
    def minima(self) -> Points | None:
        """Global minimizers (k, 2); None where the surface is unbounded below."""
        raise NotImplementedError

    @property
    @in_float64
    def f_min(self) -> float | None:
        """The value at the global minimizers; None where the surface is unbounded below."""
        best = self.minima
        return None if best is None else float(self(jnp.asarray(best[0])))

    @property
    def local_minima(self) -> Points:
        """Minimizers that are not global (k, 2), as far as they are known."""
        return points()

    @property
    def saddles(self) -> Points:
        """Saddle points (k, 2), as far as they are known."""
        return points()

    @property
    def maxima(self) -> Points:
        """Local maximizers (k, 2), as far as they are known."""
        return points()

    def levels(self, values: ArrayLike, count: int = 24) -> NDArray[np.float64]:
        """Contour levels for a field of this surface's values: see `contour_levels`."""
        return contour_levels(values, self.f_min, count)

    def penalized(self, kind: str, strength: float) -> Surface:
        """This surface plus ``strength`` times a penalty: "l2", "l1", "elastic" ("none": itself).

        Raises ValueError for another kind or a strength that is not a finite number ≥ 0.
        """
        return penalize(self, kind, strength)


@jax.jit
def _slope(surface: Landscape, x: ArrayLike) -> Array:
    slope: Array = jax.grad(lambda x: surface(jnp.stack([x, 0.0])))(x)
    return slope


@in_float64
def stationary(surface: Landscape, knots: Iterable[float]) -> list[float]:
    """The x where ∂f/∂x(x, 0) changes its sign, one between two knots; for f = g(x) + h(y).

    All of them, if between neighbouring knots ∂f/∂x is monotone.
    """
    knots = list(knots)
    slopes = [float(_slope(surface, x)) for x in knots]
    return [
        brentq(lambda x: float(_slope(surface, x)), a, b, xtol=1e-300, rtol=1e-15)
        for (a, at_a), (b, at_b) in pairwise(zip(knots, slopes, strict=True))
        if at_a * at_b < 0
    ]
