"""Many runs at once: one loop over a whole grid of settings, keeping only what is asked for."""

import os
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import jax
import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray

from landscapes import Surface
from optimizers import Rule
from simulation.cells import Floats, Found, block_of
from simulation.growth import is_growing, overflow_is_growth, quarters
from simulation.noise import Noise, as_noise, unit_draws
from simulation.run import BLOCK, as_setting, check_clip, check_start, check_steps
from simulation.schedules import Schedule
from simulation.step import Setting

KEEPS = ("f", "x")


@dataclass(frozen=True)
class Sweep:
    """The results of a grid of runs; every array begins with the lengths of the axes, in order."""

    axes: dict[str, NDArray[np.float64]]
    loss: NDArray[np.float64]
    """The loss after the last step; NaN after a step that was not finite."""
    diverged_at: NDArray[np.int64]
    """The first step whose point or loss is not finite; −1: never."""
    growing: NDArray[np.bool_]
    x: NDArray[np.float64] | None = None
    """(…, 2), the last point, where "x" was kept."""
    f: NDArray[np.float64] | None = None
    """(…, steps+1), the loss at every step, where "f" was kept."""


def sweep(
    surface: Surface,
    rule: Rule,
    axes: Mapping[str, ArrayLike | Sequence[Any]],
    start: ArrayLike | Sequence[float] | None = None,
    steps: int = 300,
    noise: Noise | float | None = None,
    seed: int = 0,
    schedule: Schedule | None = None,
    clip: float | None = None,
    keep: Iterable[str] = (),
) -> Sweep:
    """Run ``rule`` on ``surface`` for every combination of the values in ``axes``.

    An axis is a field of the rule, "surface.FIELD", "schedule.FIELD", "noise.sigma",
    "noise.batch" (of Gaussian noise where there is none else), "clip", "start" (values (k, 2)) or
    "seed". ``keep`` names what is stored beside the last loss: "x", the last point; "f", the loss
    at every step. The rest is as in `run`. Raises ValueError, with a sentence, for an unknown axis
    or result and for what `run` refuses.
    """
    drawn, steps, keep = as_noise(noise), check_steps(steps), frozenset(keep)
    if drawn.kind == "none" and "noise.sigma" in axes:
        drawn = replace(drawn, kind="gaussian")
    if unknown := sorted(keep - set(KEEPS)):
        raise ValueError(f"keep has {unknown[0]!r}; it may have: {', '.join(KEEPS)}.")
    setting = as_setting(surface, rule, schedule, drawn, clip)
    grid = _grid(axes)
    _check_values(grid, drawn)
    places = _places(setting)
    varied = {name: v for name, v in grid.items() if name not in ("start", "seed")}
    varied |= _noise_scales(varied, drawn)
    if unknown := [name for name in varied if name not in places]:
        allowed = ", ".join([*places, "noise.sigma", "noise.batch", "start", "seed"])
        raise ValueError(f"{unknown[0]!r} is not an axis here; axes are: {allowed}.")

    cells = len(next(iter(grid.values()))) if grid else 1
    x0 = np.broadcast_to(grid["start"] if "start" in grid else check_start(start), (cells, 2))
    seeds, which = np.unique(grid.get("seed", [seed]), return_inverse=True)
    blocks = max(1, -(-steps // BLOCK))
    z = [unit_draws(drawn, _whole(float(s)), blocks * BLOCK) for s in seeds]
    found, f = _run(
        setting,
        tuple(places[name] for name in varied),
        np.array([*varied.values()]).reshape(len(varied), cells),
        x0.T,
        steps,
        np.stack(z, axis=-1),
        which if len(seeds) > 1 else None,
        "f" in keep,
    )
    diverged_at, growing = _verdicts(found, steps)
    over = (diverged_at >= 0) & (diverged_at < steps)
    x, loss = np.where(over, np.nan, found.x), np.where(over, np.nan, found.loss)
    if f is not None:
        f[:, steps] = loss
        f[np.arange(steps + 1) > np.where(over, diverged_at, steps)[:, None]] = np.nan
    shape = tuple(len(np.asarray(v)) for v in axes.values())
    return Sweep(
        axes={name: np.asarray(v, np.float64) for name, v in axes.items()},
        loss=loss.reshape(shape),
        diverged_at=diverged_at.reshape(shape),
        growing=growing.reshape(shape),
        x=x.T.reshape(*shape, 2) if "x" in keep else None,
        f=None if f is None else f.reshape(*shape, steps + 1),
    )


def _grid(axes: Mapping[str, ArrayLike | Sequence[Any]]) -> dict[str, NDArray[np.float64]]:
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
            for point in array:
                check_start(point)
        arrays[name] = array
    counts = [np.arange(len(a)) for a in arrays.values()]
    cells = [m.ravel() for m in np.meshgrid(*counts, indexing="ij")] if counts else []
    return {name: a[i] for (name, a), i in zip(arrays.items(), cells, strict=True)}


def _places(setting: Setting) -> dict[str, int]:
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


def _noise_scales(
    varied: dict[str, NDArray[np.float64]], noise: Noise
) -> dict[str, NDArray[np.float64]]:
    """σ/√B for every cell, where σ or B is an axis; takes both out of ``varied``."""
    if not {"noise.sigma", "noise.batch"} & set(varied):
        return {}
    sigma = varied.pop("noise.sigma", np.float64(noise.sigma))
    return {"noise.scale": sigma / np.sqrt(varied.pop("noise.batch", np.float64(noise.batch)))}


def _check_values(grid: dict[str, NDArray[np.float64]], noise: Noise) -> None:
    """Raise ValueError, with a sentence, for an amount of noise or a clip that `run` refuses."""
    for name in {"noise.sigma", "noise.batch"} & set(grid):
        for value in np.unique(grid[name]):
            changed: dict[str, Any] = {name.removeprefix("noise."): float(value)}
            replace(noise, **changed)
    for value in np.unique(grid.get("clip", np.inf)):
        check_clip(float(value))


def _whole(seed: float) -> Any:
    """The int that ``seed`` is; itself where it is none, for `unit_draws` to refuse."""
    return int(seed) if seed.is_integer() else seed


def _run(
    setting: Setting,
    leaves: tuple[int, ...],
    values: Floats,
    x0: Floats,
    steps: int,
    z: Floats,
    seed: NDArray[np.int64] | None,
    every_loss: bool,
) -> tuple[Found, Floats | None]:
    """Every cell to its end, in chunks that the processor's cores share.

    ``values`` (leaves, cells) are what the ``leaves`` of the setting are in each, ``x0``
    (2, cells) the starts; ``z`` and ``seed`` are as for a chunk, for all steps and cells. Returns
    what they have come to, and the losses (cells, steps+1) without the last, or None.
    """
    numbers, structure = jax.tree.flatten(setting)
    block = block_of(structure, leaves, seed is not None, every_loss)
    shared, cells = np.array(numbers), x0.shape[1]
    size = min(block.chunk, 1 << (cells - 1).bit_length())
    if rest := -cells % size:  # the last chunk is filled up with the last cell
        values, x0 = (np.pad(a, ((0, 0), (0, rest)), mode="edge") for a in (values, x0))
        seed = None if seed is None else np.pad(seed, (0, rest), mode="edge")
    chunks = [slice(at, at + size) for at in range(0, cells, size)]
    own = [(values[:, c], None if seed is None else seed[c]) for c in chunks]
    nothing = block.nothing(size)
    carries: list[Any] = [nothing._replace(x=(x0[0, c], x0[1, c])) for c in chunks]
    rows: list[Any] = [None] * len(chunks)
    f = np.empty((cells, steps + 1)) if every_loss else None

    def go_on(k: int, done: int, z: ArrayLike) -> None:
        varied, seed = own[k]
        span = _span(done, steps)
        carries[k], found, before = block.steps(shared, varied, carries[k], span, z, seed)
        rows[k] = np.asarray(found)  # waits for it
        if f is not None:
            part = f[chunks[k], done : min(done + BLOCK, steps)]
            part[:] = np.asarray(before).T[: part.shape[0], : part.shape[1]]

    alone = len(chunks) == 1
    if not alone and size not in block.compiled:  # no step, before every thread compiles it
        block.steps(shared, own[0][0], carries[0], _span(0, 0), z[:BLOCK], own[0][1])
        block.compiled.add(size)
    for done in range(0, max(steps, 1), BLOCK):
        now = z[done : done + BLOCK]
        call = partial(go_on, done=done, z=now if seed is None else jax.device_put(now))
        list((map if alone else _cores().map)(call, range(len(chunks))))
    return Found.of_rows(np.concatenate(rows, axis=1)[:, :cells]), f


@lru_cache(maxsize=1)
def _cores() -> ThreadPoolExecutor:
    """A thread for each of the processor's cores, kept: JAX takes a while in a new one."""
    return ThreadPoolExecutor(os.cpu_count() or 1, "sweep")


def _span(done: int, steps: int) -> NDArray[np.int64]:
    """Where a block is in the run, as `block_of`'s function asks for it."""
    early, late = quarters(steps)
    ends = np.array([early, max(early, late), steps]) - done
    return np.array([done, steps, *ends.clip(0, BLOCK)])


@np.errstate(all="ignore")  # what is not finite is found here, and reported
def _verdicts(found: Found, steps: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """When each run diverged (−1: never) and whether it grew."""
    (x, y), last, watch = found
    finite = np.isfinite(last) & np.isfinite(x) & np.isfinite(y)
    diverged_at = np.where(watch.fine < steps, watch.fine, np.where(finite, -1, steps))
    many = max(quarters(steps)[0], 1)
    means = (total / many for total in (*watch.early, *watch.late))
    early_step, early_loss, late_step, late_loss = means
    grown = is_growing(early_step, late_step, early_loss, late_loss, last)
    burst = (diverged_at > 0) & overflow_is_growth(watch.first, watch.finite)
    return diverged_at.astype(np.int64), np.where(diverged_at >= 0, burst, grown)
