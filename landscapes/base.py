"""What a surface is: a function of a point (2,), with everything known about it as data."""

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from numpy.typing import NDArray
from scipy.optimize import brentq

from calculus import Window as Window
from calculus.fields import Described

Points = NDArray[np.float64]  # (k, 2)

LANDSCAPES: dict[str, type["Landscape"]] = {}


class Surface(Protocol):
    """Anything with a loss over the plane: a landscape, or one with a penalty on it.

    Always a frozen, hashable pytree. The attributes are described at `Landscape`.
    """

    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def domain(self) -> Window: ...
    @property
    def start(self) -> tuple[float, float]: ...
    @property
    def not_smooth(self) -> str | None: ...
    @property
    def boxed(self) -> str | None: ...
    @property
    def unbounded(self) -> str | None: ...
    @property
    def pace(self) -> float: ...
    @property
    def detail(self) -> int: ...
    @property
    def minima(self) -> Points | None: ...
    @property
    def f_min(self) -> float | None: ...
    @property
    def local_minima(self) -> Points: ...
    @property
    def saddles(self) -> Points: ...
    @property
    def maxima(self) -> Points: ...
    def levels(self, values: ArrayLike, count: int = 24) -> NDArray[np.float64]: ...
    def penalized(self, kind: str, strength: float) -> "Surface": ...
    def replace(self, **changes: float) -> Self: ...
    def __call__(self, p: Array) -> Array: ...


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

    into = LANDSCAPES
    domain: ClassVar[Window] = ((-2.0, 2.0), (-2.0, 2.0))
    not_smooth: ClassVar[str | None] = None
    boxed: ClassVar[str | None] = None
    unbounded: ClassVar[str | None] = None
    pace: ClassVar[float] = 1.0
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

    def penalized(self, kind: str, strength: float) -> Any:
        """This surface plus ``strength`` times a penalty: "l2", "l1", "elastic" ("none": itself).

        Raises ValueError for another kind or a strength that is not a finite number ≥ 0.
        """
        from landscapes.penalty import penalize

        return penalize(self, kind, strength)


def points(*coordinates: tuple[float, float]) -> Points:
    """Points as an array (k, 2), also for k = 0."""
    return np.array(coordinates, dtype=np.float64).reshape(-1, 2)


def grid(xs: Iterable[float], ys: Iterable[float]) -> Points:
    """Every (x, y) with x from ``xs`` and y from ``ys``: critical points of g(x) + h(y)."""
    ys = tuple(ys)
    return points(*((x, y) for x in xs for y in ys))


def both_signs(*coordinates: tuple[float, float]) -> Points:
    """The points and their reflections through the origin: where f(p) = f(−p)."""
    return points(*coordinates, *((-x, -y) for x, y in coordinates))


def root(u: Array) -> Array:
    """√u for u ≥ 0, with derivative 0 instead of ∞ at u = 0."""
    return jnp.where(u > 0, jnp.sqrt(jnp.where(u > 0, u, 1.0)), 0.0)


def size(u: Array) -> Array:
    """|u|, with derivative 0 at u = 0 (that of `jnp.abs` is 1 there)."""
    return u * jnp.sign(u)


@jax.jit
def _slope(surface: Landscape, x: ArrayLike) -> Array:
    slope: Array = jax.grad(lambda x: surface(jnp.stack([x, 0.0])))(x)
    return slope


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


def contour_levels(values: ArrayLike, f_min: float | None, count: int = 24) -> NDArray[np.float64]:
    """``count`` increasing levels for a field of values; fewer only where the field is constant.

    Each is the geometric mean, in height above the minimum, of two that would not do alone: even
    ratios show a valley's floor and leave plateaus and hills empty, even shares of the field's
    area do the reverse. A surface with no minimum has no height to take ratios of: even shares.
    """
    finite = np.asarray(values, dtype=np.float64)
    finite = finite[np.isfinite(finite)]
    if finite.size == 0 or np.ptp(finite) == 0:
        return np.zeros(0)
    shares = np.quantile(finite, np.arange(1, count + 1) / (count + 1))
    if f_min is None:
        return np.unique(shares)
    floor = min(f_min, finite.min())
    height = finite[finite > floor] - floor
    low, top = np.quantile(height, 0.002), height.max()
    ratios = np.geomspace(max(low, 1e-8 * top), top, count + 1)[:-1]
    return np.unique(floor + np.sqrt(ratios * np.maximum(shares - floor, ratios[0])))
