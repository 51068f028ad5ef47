r"""A surface as a person types it; what is known of it is found in its window."""

import dataclasses
import math
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, Self

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from scipy.ndimage import minimum_filter

from calculus import Window, critical_points, window_size
from calculus.fields import NOT_IN_PYTREE, EitherWay, Equation, short
from calculus.formulas import SURFACE_TEXTS, SurfaceText, read_surface
from calculus.formulas.typed import Typed, check_text, filled, keep_few, numbers_for, reader_of
from calculus.precision import in_float64
from landscapes.base import Landscape, Points, points

TEXT, WINDOW = SURFACE_TEXTS[1].text, SURFACE_TEXTS[1].window
FARTHEST = 1e6
"""The window's sides lie within ±this."""
MOST_FOUND = 128
"""Surfaces, with their numbers and window, whose known points are kept."""
CORNERS = ("abs", "sign", "floor", "ceil", "min", "max", "where")
"""Functions that may have a kink or a jump."""

_read = reader_of(read_surface)


class Own(Typed, Landscape):
    """A surface that was typed as a formula of x and y.

    Its minima, saddles and maxima are those that Newton's method finds from a grid over its
    window; where the formula may have kinks, the lowest places of ever finer grids.
    """

    slug, title = "own", "Custom surface"
    source = "You"
    boxed: ClassVar[str | None] = "Minima are searched for in the window only."
    text_fields: ClassVar[tuple[str, ...]] = ("text", "window")

    domain: Window = dataclasses.field(default=WINDOW, metadata=NOT_IN_PYTREE)  # type: ignore[misc]

    def __init__(self, text: str = TEXT, window: Window = WINDOW, **numbers: float) -> None:
        """``text`` as `formulas.read_surface` takes it, ``numbers`` its parameters.

        Raises FormulaError for a text, ValueError for a window, with a sentence.
        """
        formula: SurfaceText = _read(check_text(text))
        made = {"formula": formula, "values": numbers_for(formula, numbers), "text": text}
        for name, value in (made | {"domain": check_window(window)}).items():
            object.__setattr__(self, name, value)

    def __call__(self, p: Array) -> Array:
        value: Array = self.formula(p, self.numbers)
        return value

    def texts(self) -> dict[str, Any]:
        return {
            "text": self.text or self.formula.text,
            "window": [list(side) for side in self.domain],
        }

    def within(self, window: Any) -> Self:
        """This in another window. Raises ValueError with a sentence."""
        made: Self = filled(type(self), vars(self) | {"domain": check_window(window)})
        return made

    def equations(self) -> tuple[str, ...]:
        return (f"f(x, y) = {self.formula.latex}",)

    @EitherWay
    def lines(self) -> tuple[Equation, ...]:  # type: ignore[override]
        """The formula."""
        return tuple(Equation(latex) for latex in self.equations())

    @property
    def start(self) -> tuple[float, float]:
        """Off the middle of the window, where little is symmetric."""
        (x0, x1), (y0, y1) = self.domain
        return (x0 + 0.2 * (x1 - x0), y0 + 0.7 * (y1 - y0))

    @property
    def not_smooth(self) -> str | None:  # type: ignore[override]
        """Where the formula calls what may have a corner: second derivatives do not tell of it."""
        found = [name for name in CORNERS if name in self.formula.functions]
        if not found:
            return None
        return f"The formula may have kinks or jumps: it uses {', '.join(found)}."

    @property
    def minima(self) -> Points | None:
        return _found(self).minima

    @property
    def local_minima(self) -> Points:
        return _found(self).local_minima

    @property
    def saddles(self) -> Points:
        return _found(self).saddles

    @property
    def maxima(self) -> Points:
        return _found(self).maxima


def check_window(window: Any) -> Window:
    """``window`` as ((x0, x1), (y0, y1)). Raises ValueError with a sentence."""
    try:
        (x0, x1), (y0, y1) = window
        sides = [float(v) for v in (x0, x1, y0, y1) if not isinstance(v, (bool, str))]
    except (TypeError, ValueError, OverflowError):
        sides = []
    fits = len(sides) == 4 and all(math.isfinite(v) and abs(v) <= FARTHEST for v in sides)
    if not (fits and sides[0] < sides[1] and sides[2] < sides[3]):
        raise ValueError(
            f"The window is {short(window)}; it must be [[x0, x1], [y0, y1]], each side from a "
            f"lower to a higher number, from {-FARTHEST:g} to {FARTHEST:g}."
        )
    return (sides[0], sides[1]), (sides[2], sides[3])


@in_float64
def interesting_window(surface: Own) -> Window:
    """The smallest of some squares about the origin that has minima well inside, and room around.

    A surface without any, as far as was looked, keeps its window.
    """
    for half in HALVES:
        square = ((-half, half), (-half, half))
        found = _found(surface.within(square))
        all_of = [found.minima, found.local_minima, found.saddles]
        known = np.concatenate([p for p in all_of if p is not None])
        if found.minima is None or np.abs(found.minima).max() > 0.8 * half:
            continue
        known = known[(np.abs(known) < 0.9 * half).all(axis=1)]
        middle = (known.max(axis=0) + known.min(axis=0)) / 2
        reach = np.maximum(0.75 * np.ptp(known, axis=0), 0.75 * half)
        reach = np.maximum(reach, 0.6 * reach.max())
        sides = zip(middle - reach, middle + reach, strict=True)
        return check_window([[_round(low), _round(high)] for low, high in sides])
    return surface.domain


HALVES = (2.0, 5.0, 12.0, 30.0, 100.0)


def _round(value: float) -> float:
    """To two digits: a window's sides are read by people."""
    return float(f"{value:.2g}")


# --- what is found -------------------------------------------------------------------------------


class Found(NamedTuple):
    """Critical points (k, 2) in the window; ``minima`` None where the lowest place is none."""

    minima: Points | None
    local_minima: Points
    saddles: Points
    maxima: Points


@lru_cache(maxsize=MOST_FOUND)
@in_float64
def _found(surface: Own) -> Found:
    """Critical points, by kind; the lowest minima are global unless the window holds lower."""
    keep_few(surface)
    if surface.not_smooth is None:
        rounding = 1e-15 * window_size(surface.domain)
        all_of = [
            (c.kind, np.where(np.abs(c.x) < rounding, 0.0, c.x), c.loss)
            for c in critical_points(surface, surface.domain)
        ]
    else:
        all_of = [("minimum", x, f) for x, f in _hollows(surface)]
    low = [(x, f) for kind, x, f in all_of if np.isfinite(f) and _is_low(surface, kind, x, f)]
    best = min((f for _, f in low), default=math.inf)
    slack = 1e-9 * (1 + abs(best))
    lowest = np.nanmin(_on_grid(surface)[1], initial=math.inf)
    is_global = bool(low) and best <= lowest + slack
    ties = [x for x, f in low if f <= best + slack] if is_global else []

    def of(kind: str) -> Points:
        return points(*(tuple(x) for k, x, _ in all_of if k == kind))

    others = [x for x, f in low if not is_global or f > best + slack]
    return Found(
        points(*map(tuple, ties)) if ties else None,
        points(*map(tuple, others)),
        of("saddle"),
        of("maximum"),
    )


def _is_low(surface: Own, kind: str, x: Points, f: float) -> bool:
    """Whether a point is a minimum. Where curvature does not tell, points around it do."""
    if kind != "degenerate":
        return kind == "minimum"
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1) * window_size(surface.domain)
    around = np.concatenate([x + circle * radius for radius in (1e-3, 1e-2)])
    lowest = np.nanmin(_values(jax.tree.map(np.float64, surface), jnp.asarray(around)))
    return bool(lowest >= f - 1e-12 * (1 + abs(f)))


SIDE = 161


@jax.jit
def _values(surface: Any, at: Array) -> Array:
    values: Array = jax.vmap(surface)(at)
    return values


def _on_grid(surface: Own, side: int = SIDE, window: Window | None = None) -> tuple[Points, Any]:
    """The points (side², 2) of a grid over the window, and the values there; inf for NaN."""
    x, y = (np.linspace(low, high, side) for low, high in window or surface.domain)
    at = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    values = np.asarray(_values(jax.tree.map(np.float64, surface), jnp.asarray(at)))
    return at, np.where(np.isnan(values), np.inf, values)


def _hollows(surface: Own, most: int = 8) -> list[tuple[Points, float]]:
    """The lowest of the grid's inner hollows, each followed into ever finer grids."""
    at, values = _on_grid(surface)
    field = values.reshape(SIDE, SIDE)
    inner = np.isfinite(field) & (field == minimum_filter(field, 3))
    inner[[0, -1]] = inner[:, [0, -1]] = False
    hollow = np.argwhere(inner)
    order = np.argsort(field[tuple(hollow.T)], kind="stable")[:most]
    steps = np.array([(high - low) / (SIDE - 1) for low, high in surface.domain])
    found: list[tuple[Points, float]] = []
    for row, column in hollow[order]:
        x, f = _finer(surface, at[row * SIDE + column], steps)
        if all(np.abs(x - other).max() > 1e-5 * steps.max() for other, _ in found):
            found.append((x, f))
    return found


def _finer(surface: Own, x: Points, steps: Points) -> tuple[Points, float]:
    """The lowest place around ``x``: on ever finer grids around the best."""
    f = math.inf
    for _ in range(9):
        window = tuple((float(c - 2 * s), float(c + 2 * s)) for c, s in zip(x, steps, strict=True))
        at, values = _on_grid(surface, SIDE, window)  # type: ignore[arg-type]
        best = int(np.argmin(values))
        x, f, steps = at[best], float(values[best]), steps * 4 / (SIDE - 1)
    return x, f
