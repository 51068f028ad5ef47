"""A penalty on any surface: f(p) + λ R(p), with its minimum found for the current numbers."""

import dataclasses
import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from numpy.typing import NDArray
from scipy.ndimage import minimum_filter
from scipy.optimize import minimize

from calculus.fields import register_pytree
from calculus.precision import in_float64
from landscapes.surface import Points, Surface, Window, contour_levels, points, size


class Penalty(NamedTuple):
    """R as a function of the weights w (2,) and of |w| (2,); ``kinked`` if it uses |w|.

    |w| is an argument of their own so that within a quadrant, where |w| is ±w, R is smooth.
    """

    of: Callable[[Array, Array], Array]
    latex: str
    kinked: bool = False


PENALTIES = {
    "l2": Penalty(lambda w, _: jnp.sum(w**2), r"\textstyle\sum_i w_i^2"),
    "l1": Penalty(lambda _, abs_w: jnp.sum(abs_w), r"\textstyle\sum_i |w_i|", kinked=True),
    "elastic": Penalty(
        lambda w, abs_w: jnp.sum(w**2 + abs_w), r"\textstyle\sum_i (w_i^2 + |w_i|)", kinked=True
    ),
}


def penalize(surface: Surface, kind: str, strength: float) -> Surface:
    """``surface`` plus ``strength`` times the penalty ``kind``; for "none" the surface itself.

    Raises ValueError, with a sentence, for an unknown kind or a strength not finite and ≥ 0.
    """
    if isinstance(strength, bool) or not isinstance(strength, (int, float)):
        raise ValueError(f"The penalty's strength is {strength!r}; it must be a number from 0 up.")
    if not (math.isfinite(strength) and strength >= 0):
        raise ValueError(
            f"The penalty's strength is {strength:g}; it must be finite and from 0 up."
        )
    if kind == "none":
        return surface
    if kind not in PENALTIES:
        allowed = ", ".join(["none", *PENALTIES])
        raise ValueError(f"There is no penalty {kind!r}; the penalties are: {allowed}.")
    return Penalized(surface, float(strength), kind)


@register_pytree
@dataclass(frozen=True)
class Penalized:
    r"""A surface with a penalty on the size of its two weights.

    $$f(w) + \lambda\,R(w)$$

    A surface like the one it carries: the same names, the same start and window. Its minimum is
    found numerically; its saddles and other minima are not known. With strength 0 everything
    known about the surface stays known.
    """

    surface: Surface
    strength: float
    kind: str = dataclasses.field(metadata={"static": True})

    def __call__(self, p: Array) -> Array:
        """The penalized loss at ``p`` (2,), a scalar; a JAX function."""
        return self.surface(p) + self.strength * PENALTIES[self.kind].of(p, size(p))

    @property
    def slug(self) -> str:
        return self.surface.slug

    @property
    def title(self) -> str:
        return self.surface.title

    @property
    def source(self) -> str:
        return self.surface.source

    @property
    def domain(self) -> Window:
        return self.surface.domain

    @property
    def start(self) -> tuple[float, float]:
        return self.surface.start

    @property
    def lr_scale(self) -> float:
        return self.surface.lr_scale

    @property
    def detail(self) -> int:
        return self.surface.detail

    @property
    def boxed(self) -> str | None:
        """A surface's box bounds the search too."""
        searched = "The minimum is searched for in the window only."
        return searched if self.strength and self.surface.boxed else self.surface.boxed

    @property
    def not_smooth(self) -> str | None:
        """The surface's own reason, and the penalty's where it has one."""
        kink = "|w| has a kink on both axes."
        own = self.surface.not_smooth
        if not (self.strength and PENALTIES[self.kind].kinked):
            return own
        return f"{own} {kink}" if own else kink

    @property
    def unbounded(self) -> str | None:
        """The surface's reason, unless the penalty rises faster than the surface falls."""
        return self.surface.unbounded if _falls_for_ever(self) else None

    @property
    def minima(self) -> Points | None:
        """Global minimizers (k, 2); None where unbounded below, or where none could be found."""
        return self.surface.minima if self.strength == 0 else _minimizers(self)

    @property
    @in_float64
    def f_min(self) -> float | None:
        """The value at the global minimizers; None where there are none."""
        best = self.minima
        return None if best is None else float(self(jnp.asarray(best[0])))

    @property
    def local_minima(self) -> Points:
        return points() if self.strength else self.surface.local_minima

    @property
    def saddles(self) -> Points:
        return points() if self.strength else self.surface.saddles

    @property
    def maxima(self) -> Points:
        return points() if self.strength else self.surface.maxima

    def levels(self, values: ArrayLike, count: int = 24) -> NDArray[np.float64]:
        """Contour levels for a field of this surface's values: see `contour_levels`."""
        return contour_levels(values, self.f_min, count)

    def equations(self) -> tuple[str, ...]:
        """LaTeX of the surface and of what is added to it, in order."""
        added = rf"{{}}+ \lambda R(w), \quad R(w) = {PENALTIES[self.kind].latex}, \quad w = (x, y)"
        return (*self.surface.equations(), added)

    def penalized(self, kind: str, strength: float) -> Any:
        """Raises ValueError: a surface carries one penalty."""
        raise ValueError(f"{self.title} already carries the penalty {self.kind!r}; it takes one.")

    def replace(self, **changes: float) -> Self:
        """A copy with another ``strength`` or other fields of the surface."""
        strength = changes.pop("strength", self.strength)
        surface = self.surface.replace(**changes)
        return dataclasses.replace(self, surface=surface, strength=strength)


# --- the minimum -----------------------------------------------------------------------------
# |w| is not smooth, but between the axes it is: within one quadrant the penalized surface is a
# smooth function under bounds. A minimizer that a bound holds on an axis is exactly 0 there.

PLANE = (-np.inf, np.inf)
HALVES = ((0.0, np.inf, 1.0), (-np.inf, 0.0, -1.0))  # low, high, sign of w


class Region(NamedTuple):
    """A rectangle, and the signs of the weights within it."""

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    sign: NDArray[np.float64]


def _within(penalized: Penalized, w: Array, sign: Array) -> Array:
    """The penalized loss with sign·w for |w|: itself in the region, smooth beyond its borders."""
    return penalized.surface(w) + penalized.strength * PENALTIES[penalized.kind].of(w, sign * w)


_value_and_slope = jax.jit(jax.value_and_grad(_within, argnums=1))
_curvature = jax.jit(jax.hessian(_within, argnums=1))
_values = jax.jit(jax.vmap(Penalized.__call__, in_axes=(None, 0)))


@functools.lru_cache(maxsize=256)
@in_float64
def _minimizers(penalized: Penalized) -> Points | None:
    """Every point that shares the lowest value, or None where no such point could be found."""
    if penalized.boxed is None and _falls_for_ever(penalized):
        return None
    seeds = _seeds(penalized)
    found = [
        _descend(penalized, region, np.clip(seed, region.low, region.high))
        for region in _regions(penalized)
        for seed in seeds
    ]
    found.sort(key=lambda candidate: candidate.value)
    best = found[0].value
    ties = [c for c in found if c.value <= best + 1e-12 * (1 + abs(best))]
    distinct: list[NDArray[np.float64]] = []
    for point in (c.point for c in ties if c.settled):
        if all(np.abs(point - other).max() > 1e-5 for other in distinct):
            distinct.append(point)
    if not distinct:
        return None
    minimizers = np.array(distinct)
    minimizers.flags.writeable = False  # shared by every caller
    return minimizers


@functools.lru_cache(maxsize=256)
@in_float64
def _falls_for_ever(penalized: Penalized) -> bool:
    """Whether a surface unbounded below stays so: far out it is lower than at the origin."""
    if penalized.surface.unbounded is None or penalized.strength == 0:
        return penalized.surface.unbounded is not None
    turn = np.linspace(0, 2 * np.pi, 721)
    circle = 1e6 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    lowest = _values(penalized, jnp.asarray(circle)).min()
    return bool(lowest < penalized(jnp.zeros(2)) - 1.0)


def _regions(penalized: Penalized) -> Iterator[Region]:
    """Quadrants if the penalty has kinks, else the plane; within a surface's box."""
    box = np.array(penalized.domain if penalized.boxed else (PLANE, PLANE))
    halves = HALVES if PENALTIES[penalized.kind].kinked else ((*PLANE, 1.0),)
    for half_x in halves:
        for half_y in halves:
            low, high, sign = np.array([half_x, half_y]).T
            low, high = np.maximum(low, box[:, 0]), np.minimum(high, box[:, 1])
            if (low <= high).all():
                yield Region(low, high, sign)


def _seeds(penalized: Penalized, side: int = 161, most: int = 8) -> Points:
    """Where to begin: the lowest hollows of the window's grid, the bare minima, the origin."""
    x, y = (np.linspace(low, high, side) for low, high in penalized.domain)
    lattice = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    values = np.asarray(_values(penalized, jnp.asarray(lattice)))
    hollow = np.flatnonzero(values == minimum_filter(values.reshape(side, side), 3).ravel())
    lowest = hollow[np.argsort(values[hollow], kind="stable")[:most]]
    bare = penalized.surface.minima
    return np.concatenate([lattice[lowest], points() if bare is None else bare, np.zeros((1, 2))])


class Candidate(NamedTuple):
    """Where a descent ended; ``settled`` if nothing but the region's bounds holds it there."""

    value: float
    point: NDArray[np.float64]
    settled: bool


def _descend(penalized: Penalized, region: Region, seed: NDArray[np.float64]) -> Candidate:
    """Down from a seed inside a region, then Newton's method on the coordinates left free."""

    def value_and_slope(p: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        value, slope = _value_and_slope(penalized, p, region.sign)
        return float(value), np.asarray(slope)

    end = minimize(
        value_and_slope,
        seed,
        jac=True,
        method="L-BFGS-B",
        bounds=np.stack([region.low, region.high], axis=1),
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 500},
    )
    p = np.asarray(end.x)
    free = (p > region.low) & (p < region.high)
    value, slope = value_and_slope(p)
    for _ in range(4):
        curvature = np.asarray(_curvature(penalized, p, region.sign))[np.ix_(free, free)]
        if not np.isfinite(curvature).all():
            break
        trial = p.copy()
        trial[free] -= np.linalg.lstsq(curvature, slope[free], rcond=None)[0]
        trial = np.clip(trial, region.low, region.high)
        trial_value, trial_slope = value_and_slope(trial)
        if not np.abs(trial_slope[free]).max(initial=0) < np.abs(slope[free]).max(initial=0):
            break
        p, value, slope = trial, trial_value, trial_slope
    held_low, held_high = p == region.low, p == region.high
    pull = np.where(
        held_low, np.minimum(slope, 0), np.where(held_high, np.maximum(slope, 0), slope)
    )
    settled = bool(np.abs(pull).max() <= 1e-6 * (1 + abs(value)))
    return Candidate(value, p + 0.0, settled)  # −0.0 + 0.0 is 0.0
