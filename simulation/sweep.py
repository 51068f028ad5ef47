"""Many runs at once: one loop over a whole grid of settings, keeping only what is asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from numpy.typing import NDArray

from landscapes import Surface
from optimizers import Rule
from simulation.growth import is_growing, overflow_is_growth, quarters
from simulation.noise import Noise, as_noise, unit_draws
from simulation.run import BLOCK, as_setting, check_clip, check_start, check_steps
from simulation.schedules import Schedule
from simulation.step import Setting, advance, begin

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


class Watch(NamedTuple):
    """What is followed through a run to judge it without keeping its path. Scalars."""

    diverged_at: Array
    first: Array  # the loss at the start
    finite: Array  # the last finite loss
    early_step: Array  # sums over the first and the last quarter
    late_step: Array
    early_loss: Array
    late_loss: Array


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
    seeds, which = np.unique(grid.get("seed", np.full(cells, seed)), return_inverse=True)
    blocks = max(1, -(-steps // BLOCK))
    z = np.stack(
        [unit_draws(drawn, _whole(float(s)), blocks * BLOCK) for s in seeds]
    )  # (seeds, n, 2)

    leaves = tuple(places[name] for name in varied)
    values = tuple(varied.values())
    carry = _begin(setting, values, x0, leaves=leaves)
    losses = []
    for done in range(0, blocks * BLOCK, BLOCK):
        carry, f = _block(
            setting, values, carry, done, min(BLOCK, steps - done), steps,
            z[:, done : done + BLOCK], which if len(seeds) > 1 else None,
            leaves=leaves, every_loss="f" in keep,
        )  # fmt: skip
        losses.append(np.asarray(f))
    finished = jax.device_get(_finish(setting, values, carry, steps, leaves=leaves))
    x, loss, diverged_at, growing = finished
    shape = tuple(len(np.asarray(v)) for v in axes.values())
    over = (diverged_at >= 0) & (diverged_at < steps)
    loss, x = np.where(over, np.nan, loss), np.where(over[:, None], np.nan, x)
    every = None
    if "f" in keep:
        every = np.concatenate(losses)[:steps].T  # (cells, steps)
        every = np.concatenate([every, loss[:, None]], axis=1)
        late = np.arange(steps + 1)[None] > np.where(diverged_at < 0, steps, diverged_at)[:, None]
        every = np.where(late, np.nan, every).reshape(*shape, steps + 1)
    return Sweep(
        axes={name: np.asarray(v, np.float64) for name, v in axes.items()},
        loss=loss.reshape(shape),
        diverged_at=diverged_at.reshape(shape),
        growing=growing.reshape(shape),
        x=x.reshape(*shape, 2) if "x" in keep else None,
        f=every,
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


def _with(setting: Setting, leaves: tuple[int, ...], values: tuple[Array, ...]) -> Setting:
    flat, tree = jax.tree.flatten(setting)
    for i, value in zip(leaves, values, strict=True):
        flat[i] = value
    return jax.tree.unflatten(tree, flat)


@partial(jax.jit, static_argnames="leaves")
def _begin(setting: Setting, values: Any, x0: Array, *, leaves: tuple[int, ...]) -> Any:
    def one(values: Any, x: Array) -> tuple[Array, Any, Watch]:
        own = _with(setting, leaves, values)
        f = own.surface(x)
        zero = jnp.zeros(())
        return x, begin(own, x), Watch(jnp.int64(-1), f, f, zero, zero, zero, zero)

    return jax.vmap(one)(values, x0)


def _seen(watch: Watch, x: Array, f: Array, t: Array) -> Watch:
    """The watch after point ``x`` with loss ``f`` was reached at step ``t``."""
    finite = jnp.isfinite(f) & jnp.isfinite(x).all()
    fine = (watch.diverged_at < 0) & finite
    lost = (watch.diverged_at < 0) & ~finite
    return watch._replace(
        diverged_at=jnp.where(lost, t, watch.diverged_at),
        finite=jnp.where(fine, f, watch.finite),
    )


@partial(jax.jit, static_argnames=("leaves", "every_loss"))
def _block(
    setting: Setting,
    values: Any,
    carry: Any,
    done: Array,
    count: Array,
    steps: Array,
    z: Array,
    which: Array | None,
    *,
    leaves: tuple[int, ...],
    every_loss: bool,
) -> tuple[Any, Array]:
    """``count`` ≤ BLOCK steps of every cell; the losses (BLOCK, cells), or nothing, before each."""
    early, late = quarters(steps)

    def one(values: Any, x: Array, state: Any, watch: Watch, t: Array, z: Array) -> Any:
        own = _with(setting, leaves, values)
        f = own.surface(x)
        watch = _seen(watch, x, f, t - 1)
        moved = advance(own, x, state, t, steps, z)
        length = jnp.sqrt((moved.x[0] - x[0]) ** 2 + (moved.x[1] - x[1]) ** 2)
        begun, ending = t <= early, t > late
        watch = watch._replace(
            early_step=watch.early_step + jnp.where(begun, length, 0.0),
            early_loss=watch.early_loss + jnp.where(begun, f, 0.0),
            late_step=watch.late_step + jnp.where(ending, length, 0.0),
            late_loss=watch.late_loss + jnp.where(ending, f, 0.0),
        )
        return (moved.x, moved.state, watch), f

    per_seed = None if which is None else 0
    batch: Any = jax.vmap(one, in_axes=(0, 0, 0, 0, None, per_seed))

    def body(i: Array, carry: Any) -> Any:
        cells, table = carry
        now = z[0, i] if which is None else z[which, i]
        cells, f = batch(values, *cells, done + i + 1, now)
        return cells, table.at[i].set(f) if every_loss else table

    table = jnp.zeros((BLOCK, len(carry[0])) if every_loss else (0, 0))
    return jax.lax.fori_loop(0, count, body, (carry, table))


@partial(jax.jit, static_argnames="leaves")
def _finish(
    setting: Setting, values: Any, carry: Any, steps: Array, *, leaves: tuple[int, ...]
) -> tuple[Array, Array, Array, Array]:
    early, _ = quarters(steps)

    def one(values: Any, x: Array, state: Any, watch: Watch) -> Any:
        f = _with(setting, leaves, values).surface(x)
        watch = _seen(watch, x, f, steps)
        many = jnp.maximum(early, 1)
        grown = is_growing(
            watch.early_step / many,
            watch.late_step / many,
            watch.early_loss / many,
            watch.late_loss / many,
            f,
        )
        burst = (watch.diverged_at > 0) & overflow_is_growth(watch.first, watch.finite)
        return (
            x,
            f,
            watch.diverged_at,
            jnp.where(watch.diverged_at >= 0, burst, grown & (steps > 1)),
        )

    return jax.vmap(one)(values, *carry)
