"""The axes of the curves: their range and their few ticks, as on the stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from thalweg.export.picture.text import number, power

Column = NDArray[np.float64]
LOWEST = -20
"""The lowest power of ten that is shown: below it is what rounding leaves."""
ABOVE = 8
"""Powers of ten above the first values that are shown where every run grows."""


@dataclass(frozen=True)
class Scale:
    """An axis: ``low`` and ``high`` in its own numbers; ``unit`` 0: powers of ten, else symlog.

    Symlog is asinh(v / unit): even below the unit, logarithmic above it.
    """

    low: float
    high: float
    unit: float = 0.0

    def place(self, values: Column) -> Column:
        """Values in the axis' own numbers; NaN where a log axis has no place for them."""
        with np.errstate(all="ignore"):
            if self.unit:
                return np.arcsinh(values / self.unit)
            return np.where(values > 0, np.log10(np.where(values > 0, values, 1.0)), np.nan)

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Where the ticks are, and their words."""
        if not self.unit:
            every = max(1, int(np.ceil((self.high - self.low) / most)))
            first = int(np.ceil(self.low / every)) * every
            return [(float(d), power(d)) for d in range(first, int(np.floor(self.high)) + 1, every)]
        base = round(np.log10(self.unit))
        reach = max(abs(self.low), abs(self.high)) / np.log(10)
        every = max(1, int(np.ceil(2 * reach / most)))
        ticks = [(0.0, "0")]
        for d in range(every, int(reach) + 2, every):
            for sign in (-1, 1):
                at = float(np.arcsinh(sign * 10.0 ** (base + d) / self.unit))
                word = number(sign * 10.0 ** (base + d))
                ticks.append((at, power(base + d, sign) if abs(base + d) > 3 else word))
        return [tick for tick in ticks if self.low <= tick[0] <= self.high]


def scale_of(curves: Sequence[Column], fine: Sequence[bool], signed: bool) -> Scale:
    """The scale of curves: of those that are fine, so that a run that grows without end leaves it
    at the top and does not squeeze the others flat; where none is, of what is not too far up."""
    kept = [c for c, own in zip(curves, fine, strict=True) if own or not any(fine)]
    seen = np.concatenate([np.zeros(0), *kept])
    seen = seen[np.isfinite(seen)]
    firsts = [
        abs(c[np.isfinite(c) & (c != 0)][0]) for c in kept if (np.isfinite(c) & (c != 0)).any()
    ]
    first = max(firsts, default=1.0)
    if not any(fine):
        seen = seen[np.abs(seen) <= first * 10.0**ABOVE]
    if signed:
        unit = 10.0 ** round(np.log10(first / 100))
        low, high = (
            np.arcsinh(seen.min(initial=0.0) / unit),
            np.arcsinh(seen.max(initial=0.0) / unit),
        )
        spare = 0.04 * (high - low) or 1.0
        return Scale(low - spare, high + spare, unit)
    seen = np.log10(seen[seen > 0])
    if not seen.size:
        return Scale(-1.0, 1.0)
    top = max(np.ceil(seen.max() - 0.05), LOWEST + 1)
    bottom = min(max(np.floor(seen.min() + 0.05), LOWEST), top - 1)
    room = 0.04 if all(fine) else 0.1
    return Scale(bottom - 0.04 * (top - bottom), top + room * (top - bottom))
