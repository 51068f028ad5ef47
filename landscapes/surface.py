"""What every surface has, with or without a penalty, and small functions that surfaces use."""

from collections.abc import Iterable
from typing import Protocol, Self

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from numpy.typing import NDArray

from calculus import Window as Window

Points = NDArray[np.float64]  # (k, 2)


class Surface(Protocol):
    """Anything with a loss over the plane: a landscape, or one with a penalty on it.

    Always a frozen, hashable pytree. The attributes are described at `Landscape`.
    """

    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def source(self) -> str: ...
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
    def lr_scale(self) -> float: ...
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
    def equations(self) -> tuple[str, ...]: ...
    def penalized(self, kind: str, strength: float) -> "Surface": ...
    def replace(self, **changes: float) -> Self: ...
    def __call__(self, p: Array) -> Array: ...


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
