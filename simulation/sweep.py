"""Many runs at once: one loop over a whole grid of settings, keeping only what is asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any

import jax
import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray

from landscapes import Surface
from optimizers import Rule
from simulation.cells import Asked, Floats, Found, Marks, block_of, cost, cost_of_a_step, marks_of
from simulation.growth import is_growing, overflow_is_growth, quarters
from simulation.noise import Noise, as_noise, unit_draws
from simulation.pieces import Pieces, finish, in_turns
from simulation.run import BLOCK, MOST_STEPS, as_setting, check_clip, check_start, check_steps
from simulation.schedules import Schedule
from simulation.step import Setting

Whole = NDArray[np.int64]

KEEPS = ("f", "x")
PATH = "path"
"""Kept as well, where cells are few."""
MOST_NUMBERS = 2**27
"""Of kept paths, together: a gigabyte."""
MOST_DRAWS = 2**20
"""Seeds times steps whose noise is kept for the next call: 16 MB."""


@dataclass(frozen=True)
class Sweep:
    """The results of a grid of runs; every array begins with the lengths of the axes, in order.

    What was not asked for is None.
    """

    axes: dict[str, Floats]
    loss: Floats
    """The loss after the last step; NaN after a step that was not finite."""
    diverged_at: Whole
    """The first step whose point or loss is not finite; −1: never."""
    growing: NDArray[np.bool_]
    x: Floats | None = None
    """(…, 2), the last point, where "x" was kept."""
    f: Floats | None = None
    """(…, steps+1), the loss at every step, where "f" was kept."""
    path: Floats | None = None
    """(…, steps+1, 2), every point, where "path" was kept; NaN after ``diverged_at``."""
    settled: Whole | None = None
    """The first step from which on the loss is at most ``level``, to the end; −1: never."""
    arrived: Whole | None = None
    """The first step from which on x is within ``radius`` of ``target``, to the end; −1: never."""
    made: Whole | None = None
    """Steps that the ``budget`` was enough for; where they end the run stands still to the end."""
    paid: Floats | None = None
    """Evaluations up to the step ``settled``, with a ``level`` and a ``budget``; NaN: never."""


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
    level: ArrayLike | None = None,
    target: ArrayLike | None = None,
    radius: ArrayLike = 0.0,
    budget: float | None = None,
) -> Sweep:
    """Run ``rule`` on ``surface`` for every combination of the values in ``axes``.

    An axis is a field of the rule, "surface.FIELD", "schedule.FIELD", "noise.sigma",
    "noise.batch" (of Gaussian noise where there is none else), "clip", "start" (values (k, 2)) or
    "seed". ``keep`` names what is stored beside the last loss: "x", the last point; "f", the loss
    at every step; "path", every point. ``level`` and ``radius`` are numbers or arrays like the
    grid, ``target`` points (…, 2) of as many: they are followed to tell `Sweep.settled` and
    `Sweep.arrived` (NaN: never). ``budget`` is how many evaluations a run may take, counted in
    gradients (a value is as much, a Hessian two), those of its start included; ``steps`` is then
    the most, and what a schedule spans. (Where steps differ in what they cost, a run that its
    budget stops stands still to the end, and so does not grow.) The rest is as in `run`. Raises
    ValueError, with a sentence, for an unknown axis or result and for what `run` refuses.
    """
    return finish(
        sweep_in_pieces(
            surface, rule, axes, start, steps, noise, seed, schedule, clip, keep,
            level, target, radius, budget,
        )
    )  # fmt: skip


def sweep_in_pieces(
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
    level: ArrayLike | None = None,
    target: ArrayLike | None = None,
    radius: ArrayLike = 0.0,
    budget: float | None = None,
    together: bool = False,
    chunk: int | None = None,
) -> Pieces[Sweep]:
    """As `sweep`, a piece at a time. Its errors are raised here, before the first.

    ``together``: the axes have one length and are taken side by side, not crossed. ``chunk``:
    cells of one call of the program; fewer cells are filled up to it, so that nothing compiles
    again for another number of them.
    """
    drawn, steps, keep = as_noise(noise), check_steps(steps), frozenset(keep)
    if drawn.kind == "none" and "noise.sigma" in axes:
        drawn = replace(drawn, kind="gaussian")
    if unknown := sorted(keep - {*KEEPS, PATH}):
        allowed = f"{', '.join(KEEPS)}. For few cells also: {PATH}."
        raise ValueError(f"keep has {unknown[0]!r}; it may have: {allowed}")
    setting = as_setting(surface, rule, schedule, drawn, clip)
    grid = _grid(axes, together)
    _check_values(grid, drawn)
    places = _places(setting)
    varied = {name: v for name, v in grid.items() if name not in ("start", "seed")}
    varied |= _noise_scales(varied, drawn)
    if unknown := [name for name in varied if name not in places]:
        allowed = ", ".join([*places, "noise.sigma", "noise.batch", "start", "seed"])
        raise ValueError(f"{unknown[0]!r} is not an axis here; axes are: {allowed}.")

    cells = len(next(iter(grid.values()))) if grid else 1
    if PATH in keep and cells * (steps + 1) * 2 > MOST_NUMBERS:
        raise ValueError(
            f"The paths of {cells} runs of {steps} steps are too many numbers to keep."
        )
    lengths = tuple(len(np.asarray(v)) for v in axes.values())
    shape = lengths[:1] if together else lengths
    asked = _asked(shape, level, target, radius, budget)
    x0 = np.broadcast_to(grid["start"] if "start" in grid else check_start(start), (cells, 2))
    seeds, which = np.unique(grid.get("seed", [seed]), return_inverse=True)
    blocks = max(1, -(-steps // BLOCK))
    own = tuple(_whole(float(s)) for s in seeds)
    few = len(own) * blocks * BLOCK <= MOST_DRAWS
    z = (_draws if few else _draws.__wrapped__)(drawn.kind, drawn.dof, own, blocks * BLOCK)
    cells_of = _Cells(
        setting,
        tuple(places[name] for name in varied),
        np.array([*varied.values()]).reshape(len(varied), cells),
        x0.T,
        steps,
        z,
        which if len(seeds) > 1 else None,
        asked,
    )
    values = {name: np.asarray(v, np.float64) for name, v in axes.items()}
    return _swept(cells_of, values, shape, keep, chunk)


@dataclass(frozen=True)
class _Cells:
    """What is to be run, cell by cell.

    ``values`` (leaves, cells) are what the ``leaves`` of the setting are in each, ``x0``
    (2, cells) the starts; ``z`` and ``seed`` are as for a chunk, for all steps and cells.
    """

    setting: Setting
    leaves: tuple[int, ...]
    values: Floats
    x0: Floats
    steps: int
    z: Floats
    seed: Whole | None
    asked: Asked


def _swept(
    cells: _Cells, axes: dict[str, Floats], shape: tuple[int, ...], keep: frozenset[str],
    chunk: int | None,
) -> Pieces[Sweep]:  # fmt: skip
    steps, budget = cells.steps, cells.asked.budget
    before, each, made = float(cost(cells.setting.rule.init_calls)), None, steps
    if budget is not None and (each := _each(cells.setting)) is not None:
        made = min(steps, _affordable(budget, before, each))
        cells = replace(cells, asked=cells.asked._replace(budget=None))
    found, f, path = yield from _run(cells, made, before, "f" in keep, PATH in keep, chunk)

    diverged_at, growing = _verdicts(found, made)
    over = (diverged_at >= 0) & (diverged_at < made)
    x, loss = np.where(over, np.nan, found.x), np.where(over, np.nan, found.loss)
    last = np.where(over, diverged_at, steps)
    for table, end in ((f, loss), (path, x.T)):
        if table is not None:
            table[:, made:] = end[:, None]
            if over.any():
                table[np.arange(steps + 1) > last[:, None]] = np.nan
    alive = diverged_at < 0
    settled, arrived, counted, paid = _marks(found, loss, cells.asked, alive, before, each)
    if budget is not None and each is not None:
        counted = np.full(len(loss), made)

    def shaped(array: Any, *more: int) -> Any:
        return None if array is None else array.reshape((*shape, *more))

    return Sweep(
        axes=axes,
        loss=shaped(loss),
        diverged_at=shaped(diverged_at),
        growing=shaped(growing),
        x=shaped(x.T, 2) if "x" in keep else None,
        f=shaped(f, steps + 1),
        path=shaped(path, steps + 1, 2),
        settled=shaped(settled),
        arrived=shaped(arrived),
        made=shaped(counted),
        paid=shaped(paid),
    )


@np.errstate(all="ignore")
def _marks(
    found: Found, loss: Floats, asked: Asked, alive: NDArray[np.bool_], before: float,
    each: float | None,
) -> tuple[Any, Any, Any, Any]:  # fmt: skip
    """What was followed, judged by the last point too: settled, arrived, made, paid, or None."""
    marks: Marks = found.marks
    settled = arrived = paid = None
    if marks.settled is not None:
        low = alive & (loss <= asked.level)
        settled = np.where(low, marks.settled, -1).astype(np.int64)
        so_far = marks.paid if each is None else before + each * marks.settled
        paid = None if so_far is None else np.where(low, so_far, np.nan)
    if marks.arrived is not None:
        a, b, square = asked.target
        near = (found.x[0] - a) ** 2 + (found.x[1] - b) ** 2 <= square
        arrived = np.where(alive & near, marks.arrived, -1).astype(np.int64)
    made = None if marks.made is None else marks.made.astype(np.int64)
    return settled, arrived, made, paid


def steps_within(
    budget: float, surface: Surface, rule: Rule, schedule: Schedule | None = None
) -> int:
    """The steps that ``budget`` evaluations are enough for; no more, where steps differ in cost."""
    each = _each(as_setting(surface, rule, schedule, as_noise(None), None))
    before = float(cost(rule.init_calls))
    return _affordable(budget, before, 1.0 if each is None else each)


def _each(setting: Setting) -> float | None:
    """What every step costs, None where steps differ."""
    return cost_of_a_step(jax.tree.structure(setting))


def _affordable(budget: float, before: float, each: float) -> int:
    return int(min(MOST_STEPS, max(0.0, budget - before) // each)) if each else MOST_STEPS


def _asked(
    shape: tuple[int, ...],
    level: ArrayLike | None,
    target: ArrayLike | None,
    radius: ArrayLike,
    budget: float | None,
) -> Asked:
    """What is followed, for every cell. Raises ValueError with a sentence."""

    def over(name: str, value: ArrayLike, *more: int) -> Floats:
        array = np.asarray(value, np.float64)
        try:
            if array.shape[-1:] != more and more:
                raise ValueError
            spread = np.broadcast_to(array, (*shape, *more))
        except ValueError:
            raise ValueError(
                f"{name} has shape {array.shape}; it must spread over {(*shape, *more)}."
            ) from None
        return np.ascontiguousarray(spread).reshape(-1, *more)

    if budget is not None and not budget >= 0:
        raise ValueError(f"budget is {budget!r}; it must be a number from 0 up, or None.")
    circle = None
    if target is not None:
        square = over("radius", radius) ** 2
        circle = np.stack([*over("target", target, 2).T, square])
    return Asked(
        level=None if level is None else over("level", level),
        target=circle,
        budget=None if budget is None else np.float64(budget),
    )


def _grid(
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


def _noise_scales(varied: dict[str, Floats], noise: Noise) -> dict[str, Floats]:
    """σ/√B for every cell, where σ or B is an axis; takes both out of ``varied``."""
    if not {"noise.sigma", "noise.batch"} & set(varied):
        return {}
    sigma = varied.pop("noise.sigma", np.float64(noise.sigma))
    return {"noise.scale": sigma / np.sqrt(varied.pop("noise.batch", np.float64(noise.batch)))}


def _check_values(grid: dict[str, Floats], noise: Noise) -> None:
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


@lru_cache(maxsize=4)
def _draws(kind: str, dof: float, seeds: tuple[Any, ...], steps: int) -> Floats:
    """The unit numbers (steps, 2, seeds) of all seeds. To draw them takes longer than to step."""
    noise = Noise(kind, dof=dof)
    z = np.stack([unit_draws(noise, seed, steps) for seed in seeds], axis=-1)
    z.flags.writeable = False
    return z


def _run(
    cells: _Cells, steps: int, before: float, every_loss: bool, every_point: bool,
    chunk: int | None,
) -> Pieces[tuple[Found, Floats | None, Floats | None]]:  # fmt: skip
    """``steps`` of every cell, in chunks that the processor's cores share.

    Returns what they have come to; the losses (cells, cells.steps+1) and points (…, 2), those of
    the steps made but for the last, or None.
    """
    numbers, structure = jax.tree.flatten(cells.setting)
    seed, asked, count = cells.seed, cells.asked, cells.x0.shape[1]
    counted = asked.budget is not None
    block = block_of(
        structure, cells.leaves, seed is not None, every_loss, every_point, counted
    )  # fmt: skip
    size = chunk or min(block.chunk, 1 << (count - 1).bit_length())

    def padded(array: Any) -> Any:
        """The last chunk is filled up with the last cell."""
        rest = [(0, 0)] * (array.ndim - 1) + [(0, -count % size)]
        return np.pad(array, rest, mode="edge") if rest[-1][1] else array

    shared, values, x0 = np.array(numbers), padded(cells.values), padded(cells.x0)
    level, target, seed = (
        None if a is None else padded(a) for a in (asked.level, asked.target, seed)
    )

    def part(array: Any, chunk: slice) -> Any:
        return None if array is None else array[..., chunk]

    chunks = [slice(at, at + size) for at in range(0, count, size)]
    own = [
        (
            values[:, c],
            part(seed, c),
            asked._replace(level=part(level, c), target=part(target, c)),
        )
        for c in chunks
    ]
    marks = marks_of(asked, size, before)
    nothing = block.nothing(size)._replace(marks=marks)
    carries: list[Any] = [nothing._replace(x=(x0[0, c], x0[1, c])) for c in chunks]
    rows: list[Any] = [None] * len(chunks)
    # Steps are the outer axis in memory, as a block gives them.
    f = np.empty((cells.steps + 1, count)) if every_loss else None
    path = np.empty((cells.steps + 1, 2, count)) if every_point else None

    def go_on(k: int, done: int, z: ArrayLike) -> None:
        varied, seed, asked = own[k]
        span = _span(done, cells.steps, steps)
        carries[k], found, losses, points = block.steps(
            shared, varied, carries[k], span, z, seed, asked
        )
        rows[k] = np.asarray(found)  # waits for it
        for table, kept in ((f, losses), (path, points)):
            if table is not None:
                here = table[done : min(done + BLOCK, steps), ..., chunks[k]]
                here[:] = np.asarray(kept)[: len(here), ..., : here.shape[-1]]

    def rounds() -> Iterator[Callable[[int], None]]:
        for done in range(0, max(steps, 1), BLOCK):
            now = cells.z[done : done + BLOCK]
            yield partial(go_on, done=done, z=now if seed is None else jax.device_put(now))

    kind = (size, jax.tree.structure(asked))
    if len(chunks) > 1 and kind not in block.compiled:
        # No step, before every thread compiles it.
        first = own[0]
        block.steps(shared, first[0], carries[0], _span(0, 0), cells.z[:BLOCK], *first[1:])
        block.compiled.add(kind)
    yield from in_turns(rounds(), max(1, -(-steps // BLOCK)), len(chunks))
    found = Found.of_rows(np.concatenate(rows, axis=1)[:, :count], marks)
    return found, None if f is None else f.T, None if path is None else np.moveaxis(path, -1, 0)


def _span(done: int, steps: int, made: int | None = None) -> Whole:
    """Where a block is in the run, as `block_of`'s function asks for it; ``made`` of its steps."""
    made = steps if made is None else made
    early, late = quarters(made)
    ends = np.array([early, max(early, late), made]) - done
    return np.array([done, steps, *ends.clip(0, BLOCK)])


@np.errstate(all="ignore")  # what is not finite is found here, and reported
def _verdicts(found: Found, steps: int) -> tuple[Whole, NDArray[np.bool_]]:
    """When each run diverged (−1: never) and whether it grew."""
    (x, y), last, watch, _ = found
    finite = np.isfinite(last) & np.isfinite(x) & np.isfinite(y)
    diverged_at = np.where(watch.fine < steps, watch.fine, np.where(finite, -1, steps))
    many = max(quarters(steps)[0], 1)
    means = (total / many for total in (*watch.early, *watch.late))
    early_step, early_loss, late_step, late_loss = means
    grown = is_growing(early_step, late_step, early_loss, late_loss, last)
    burst = (diverged_at > 0) & overflow_is_growth(watch.first, watch.finite)
    return diverged_at.astype(np.int64), np.where(diverged_at >= 0, burst, grown)
