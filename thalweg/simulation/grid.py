"""The axes of a sweep: their values in every cell, where in a setting they belong, their noise."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import jax
import numpy as np
from jax.typing import ArrayLike

from thalweg.simulation.cells import Floats
from thalweg.simulation.noise import Noise, unit_draws
from thalweg.simulation.run import check_clip, check_start
from thalweg.simulation.step import Setting

MOST_DRAWS = 2**20
"""Seeds times steps whose noise is kept for the next call: 16 MB."""


def grid_of(
    axes: Mapping[str, ArrayLike | Sequence[Any]], together: bool = False
) -> dict[str, Floats]:
    """Every axis spread over the cells of the grid: (cells,), or (cells, 2) for "start"."""
    arrays = {}
    for name, values in axes.items():
        array = np.asarray(values, np.float64)
        wanted = 2 if name == "start" else 1
        if array.ndim != wanted or (name == "start" and array.shape[1] != 2):
            shape = "points (k, 2)" if name == "start" else "a list of numbers"
            raise ValueError(f"the axis {name!r} has shape {array.shape}; it must be {shape}.")
        if len(array) == 0:
            raise ValueError(f"the axis {name!r} is empty; it must have at least one value.")
        if name == "start":
            for point in array[~np.isfinite(array).all(axis=1)]:
                check_start(point)
        arrays[name] = array
    if together:
        if len({len(a) for a in arrays.values()}) > 1:
            lengths = ", ".join(f"{name} {len(a)}" for name, a in arrays.items())
            raise ValueError(f"Axes taken together must be of one length; they have {lengths}.")
        return arrays
    counts = [np.arange(len(a)) for a in arrays.values()]
    cells = [m.ravel() for m in np.meshgrid(*counts, indexing="ij")] if counts else []
    return {name: a[i] for (name, a), i in zip(arrays.items(), cells, strict=True)}


def places_in(setting: Setting) -> dict[str, int]:
    """Axis name → which leaf of the setting it replaces."""
    prefix = {"rule": "", "surface": "surface.", "schedule": "schedule.", "clip": "clip"}
    found = {}
    for i, (path, _) in enumerate(jax.tree_util.tree_flatten_with_path(setting)[0]):
        names = [getattr(key, "name", "") for key in path]
        if names[0] in prefix:
            found[prefix[names[0]] + (names[-1] if len(names) > 1 else "")] = i
        else:
            found["noise.scale"] = i
    return found


def noise_scales(varied: dict[str, Floats], noise: Noise) -> dict[str, Floats]:
    """σ/√B for every cell, where σ or B is an axis; takes both out of ``varied``."""
    if not {"noise.sigma", "noise.batch"} & set(varied):
        return {}
    sigma = varied.pop("noise.sigma", np.float64(noise.sigma))
    return {"noise.scale": sigma / np.sqrt(varied.pop("noise.batch", np.float64(noise.batch)))}


def check_values(grid: dict[str, Floats], noise: Noise) -> None:
    """Raise ValueError, with a sentence, for an amount of noise or a clip that `run` refuses."""
    for name in {"noise.sigma", "noise.batch"} & set(grid):
        for value in np.unique(grid[name]):
            changed: dict[str, Any] = {name.removeprefix("noise."): float(value)}
            replace(noise, **changed)
    for value in np.unique(grid.get("clip", np.inf)):
        check_clip(float(value))


def whole(seed: float) -> Any:
    """The int that ``seed`` is; itself where it is none, for `unit_draws` to refuse."""
    return int(seed) if seed.is_integer() else seed


@lru_cache(maxsize=4)
def draws(kind: str, dof: float, seeds: tuple[Any, ...], steps: int) -> Floats:
    """The unit numbers (steps, 2, seeds) of all seeds. To draw them takes longer than to step."""
    noise = Noise(kind, dof=dof)
    z = np.stack([unit_draws(noise, seed, steps) for seed in seeds], axis=-1)
    z.flags.writeable = False
    return z
