"""All cells of a sweep, in chunks that the processor's cores share, and what has come of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray

from calculus.precision import in_float64
from thalweg.simulation.cells import ChunkResult, Criteria, Floats, Marks, block_of, marks_before
from thalweg.simulation.growth import is_growing, overflow_is_growth, quarters
from thalweg.simulation.progress import Progress, in_parallel
from thalweg.simulation.run import BLOCK
from thalweg.simulation.step import Setting

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
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
    criteria: Criteria


def criteria_of(
    shape: tuple[int, ...],
    level: ArrayLike | None,
    target: ArrayLike | None,
    radius: ArrayLike,
    budget: float | None,
) -> Criteria:
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
    return Criteria(
        level=None if level is None else over("level", level),
        target=circle,
        budget=None if budget is None else np.float64(budget),
    )


def run_cells(
    cells: Cells, steps: int, before: float, every_loss: bool, every_point: bool,
    chunk: int | None,
) -> Progress[tuple[ChunkResult, Floats | None, Floats | None]]:  # fmt: skip
    """``steps`` of every cell, in chunks that the processor's cores share.

    Returns what they have come to; the losses (cells, cells.steps+1) and points (…, 2), those of
    the steps made but for the last, or None.
    """
    numbers, structure = jax.tree.flatten(cells.setting)
    seed, criteria, count = cells.seed, cells.criteria, cells.x0.shape[1]
    counted = criteria.budget is not None
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
        None if a is None else padded(a) for a in (criteria.level, criteria.target, seed)
    )

    def part(array: Any, chunk: slice) -> Any:
        return None if array is None else array[..., chunk]

    chunks = [slice(at, at + size) for at in range(0, count, size)]
    own = [
        (
            values[:, c],
            part(seed, c),
            criteria._replace(level=part(level, c), target=part(target, c)),
        )
        for c in chunks
    ]
    marks = marks_before(criteria, size, before)
    nothing = block.nothing(size)._replace(marks=marks)
    carries: list[Any] = [nothing._replace(x=(x0[0, c], x0[1, c])) for c in chunks]
    rows: list[Any] = [None] * len(chunks)
    # Steps are the outer axis in memory, as a block gives them.
    f = np.empty((cells.steps + 1, count)) if every_loss else None
    path = np.empty((cells.steps + 1, 2, count)) if every_point else None

    @in_float64  # also in the other threads
    def go_on(k: int, done: int, z: ArrayLike) -> None:
        varied, seed, criteria = own[k]
        span = _span(done, cells.steps, steps)
        carries[k], found, losses, points = block.steps(
            shared, varied, carries[k], span, z, seed, criteria
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

    kind = (size, jax.tree.structure(criteria))
    if len(chunks) > 1 and kind not in block.compiled:
        # No step, before every thread compiles it.
        first = own[0]
        block.steps(shared, first[0], carries[0], _span(0, 0), cells.z[:BLOCK], *first[1:])
        block.compiled.add(kind)
    yield from in_parallel(rounds(), max(1, -(-steps // BLOCK)), len(chunks))
    found = ChunkResult.of_rows(np.concatenate(rows, axis=1)[:, :count], marks)
    return found, None if f is None else f.T, None if path is None else np.moveaxis(path, -1, 0)


def _span(done: int, steps: int, made: int | None = None) -> Whole:
    """Where a block is in the run, as `block_of`'s function asks for it; ``made`` of its steps."""
    made = steps if made is None else made
    early, late = quarters(made)
    ends = np.array([early, max(early, late), made]) - done
    return np.array([done, steps, *ends.clip(0, BLOCK)])


@np.errstate(all="ignore")  # what is not finite is found here, and reported
def verdicts(found: ChunkResult, steps: int) -> tuple[Whole, NDArray[np.bool_]]:
    """When each run diverged (−1: never) and whether it grew."""
    (x, y), last, watch, _ = found
    finite = np.isfinite(last) & np.isfinite(x) & np.isfinite(y)
    diverged_at = np.where(
        watch.finite_steps < steps, watch.finite_steps, np.where(finite, -1, steps)
    )
    many = max(quarters(steps)[0], 1)
    means = (total / many for total in (*watch.early, *watch.late))
    early_step, early_loss, late_step, late_loss = means
    grown = is_growing(early_step, late_step, early_loss, late_loss, last)
    burst = (diverged_at > 0) & overflow_is_growth(watch.first, watch.finite)
    return diverged_at.astype(np.int64), np.where(diverged_at >= 0, burst, grown)


@np.errstate(all="ignore")
def settling(
    found: ChunkResult, loss: Floats, criteria: Criteria, alive: NDArray[np.bool_], before: float,
    each: float | None,
) -> tuple[Any, Any, Any, Any]:  # fmt: skip
    """What the criteria say, the last point included: settled, arrived, made, evaluations."""
    marks: Marks = found.marks
    settled = arrived = evaluations = None
    if marks.settled is not None:
        low = alive & (loss <= criteria.level)
        settled = np.where(low, marks.settled, -1).astype(np.int64)
        so_far = marks.evaluations if each is None else before + each * marks.settled
        evaluations = None if so_far is None else np.where(low, so_far, np.nan)
    if marks.arrived is not None:
        a, b, square = criteria.target
        near = (found.x[0] - a) ** 2 + (found.x[1] - b) ** 2 <= square
        arrived = np.where(alive & near, marks.arrived, -1).astype(np.int64)
    made = None if marks.made is None else marks.made.astype(np.int64)
    return settled, arrived, made, evaluations
