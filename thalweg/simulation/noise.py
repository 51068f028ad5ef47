"""Gradient noise: unit numbers drawn once per seed, an input of every step."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

MOST_SEEDS = 2**32


def _none(stream: np.random.RandomState, dof: float, steps: int) -> NDArray[np.float64]:
    return np.zeros((steps, 2))


def _gaussian(stream: np.random.RandomState, dof: float, steps: int) -> NDArray[np.float64]:
    return stream.standard_normal((steps, 2))


def _student_t(stream: np.random.RandomState, dof: float, steps: int) -> NDArray[np.float64]:
    return stream.standard_t(dof, (steps, 2))


DRAWS: dict[str, Callable[[np.random.RandomState, float, int], NDArray[np.float64]]] = {
    "none": _none,
    "gaussian": _gaussian,
    "student_t": _student_t,
}


@dataclass(frozen=True)
class Noise:
    """What is added to each coordinate of every gradient: σ/√B times a unit number z_t.

    ``kind`` is "gaussian" (z of variance 1), "student_t" (heavy tails, ``dof`` degrees of freedom;
    σ is its scale, the variance dof/(dof − 2) where dof > 2 and infinite below) or "none".
    Raises ValueError for a kind or a number that is not allowed.
    """

    kind: str = "gaussian"
    sigma: float = 0.1
    batch: float = 1.0
    dof: float = 3.0

    def __post_init__(self) -> None:
        if self.kind not in DRAWS:
            raise ValueError(f"noise kind is {self.kind!r}; it must be one of: {', '.join(DRAWS)}.")
        for name, low in (("sigma", 0.0), ("batch", 1.0), ("dof", 0.1)):
            value = getattr(self, name)
            if not (isinstance(value, (int, float)) and np.isfinite(value) and value >= low):
                raise ValueError(f"noise {name} is {value!r}; it must be a number from {low:g} up.")
            object.__setattr__(self, name, float(value))  # 4 and 4.0 are one noise, also as text

    @property
    def scale(self) -> float:
        """σ/√B."""
        return float(self.sigma / np.sqrt(self.batch))


def as_noise(noise: "Noise | float | None") -> Noise:
    """None is no noise; a number is the σ of Gaussian noise."""
    if noise is None:
        return Noise("none", 0.0)
    return noise if isinstance(noise, Noise) else Noise("gaussian", noise)


def unit_draws(noise: Noise, seed: int, steps: int) -> NDArray[np.float64]:
    """The unit numbers z (steps, 2) of a seed; a longer run begins with those of a shorter one.

    The stream is numpy's `RandomState`, which is frozen: a shared run looks the same in ten years.
    Raises ValueError for a seed that is not a whole number in 0 … 2³² − 1.
    """
    whole = isinstance(seed, (int, np.integer)) and not isinstance(seed, bool)
    if not (whole and 0 <= seed < MOST_SEEDS):
        raise ValueError(f"seed is {seed!r}; it must be a whole number from 0 to {MOST_SEEDS - 1}.")
    return _drawn(noise.kind, noise.dof, int(seed), steps)


@lru_cache(maxsize=64)
def _drawn(kind: str, dof: float, seed: int, steps: int) -> NDArray[np.float64]:
    z = DRAWS[kind](np.random.RandomState(seed), dof, steps)
    z.setflags(write=False)
    return z
