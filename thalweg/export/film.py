"""How a film is to be: its length, its rate, and the step that each picture shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from thalweg.messages.export import Refused

Watch = Callable[[int, int], bool]
"""(frames done, frames in all) → whether to go on; the film stops where it says False."""

MOST_SECONDS = 120.0
HELD_FIRST, HELD_LAST = 0.5, 1.5
"""Seconds that the first and the last picture stay; at most a tenth and a fifth of the film."""


@dataclass(frozen=True)
class Film:
    """How long, and how many pictures a second. Raises `Refused` for what is out of range."""

    seconds: float = 10.0
    rate: int = 25

    def __post_init__(self) -> None:
        if not 0.2 <= self.seconds <= MOST_SECONDS:
            raise _outside("The length in seconds", self.seconds, 0.2, MOST_SECONDS)
        if not (isinstance(self.rate, int) and 1 <= self.rate <= 60):
            raise _outside("The rate", self.rate, 1, 60)

    def steps(self, last: int) -> list[int]:
        """The step that each frame shows: even in time, the ends held."""
        count = max(2, round(self.seconds * self.rate))
        first = round(min(HELD_FIRST, 0.1 * self.seconds) * self.rate)
        held = round(min(HELD_LAST, 0.2 * self.seconds) * self.rate)
        moving = np.linspace(0, last, max(count - first - held, 2)).round().astype(int)
        return [*[0] * first, *moving.tolist(), *[last] * held][:count]


def _outside(name: str, value: object, low: float, high: float) -> Refused:
    return Refused("number", name=name, value=value, low=low, high=high)
