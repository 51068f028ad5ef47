"""Many runs at once: one loop over a whole grid of settings, keeping only what is asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray

from landscapes import Surface
from optimizers import Rule
from thalweg.simulation.cells import Floats, cost, cost_of_a_step
from thalweg.simulation.chunks import Cells, Whole, asked_of, judged, run_cells, verdicts
from thalweg.simulation.grid import (
    MOST_DRAWS,
    check_values,
    draws,
    grid_of,
    noise_scales,
    places_in,
    whole,
)
from thalweg.simulation.noise import Noise, as_noise
from thalweg.simulation.progress import Pieces, finish
from thalweg.simulation.run import BLOCK, MOST_STEPS, as_setting, check_start, check_steps
from thalweg.simulation.schedules import Schedule
from thalweg.simulation.step import Setting

KEEPS = ("f", "x")
PATH = "path"
"""Kept as well, where cells are few."""
MOST_NUMBERS = 2**27
"""Of kept paths, together: a gigabyte."""


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
    grid = grid_of(axes, together)
    check_values(grid, drawn)
    places = places_in(setting)
    varied = {name: v for name, v in grid.items() if name not in ("start", "seed")}
    varied |= noise_scales(varied, drawn)
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
    asked = asked_of(shape, level, target, radius, budget)
    x0 = np.broadcast_to(grid["start"] if "start" in grid else check_start(start), (cells, 2))
    seeds, which = np.unique(grid.get("seed", [seed]), return_inverse=True)
    blocks = max(1, -(-steps // BLOCK))
    own = tuple(whole(float(s)) for s in seeds)
    few = len(own) * blocks * BLOCK <= MOST_DRAWS
    z = (draws if few else draws.__wrapped__)(drawn.kind, drawn.dof, own, blocks * BLOCK)
    cells_of = Cells(
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


def _swept(
    cells: Cells, axes: dict[str, Floats], shape: tuple[int, ...], keep: frozenset[str],
    chunk: int | None,
) -> Pieces[Sweep]:  # fmt: skip
    steps, budget = cells.steps, cells.asked.budget
    before, each, made = float(cost(cells.setting.rule.init_calls)), None, steps
    if budget is not None and (each := _each(cells.setting)) is not None:
        made = min(steps, _affordable(budget, before, each))
        cells = replace(cells, asked=cells.asked._replace(budget=None))
    found, f, path = yield from run_cells(cells, made, before, "f" in keep, PATH in keep, chunk)

    diverged_at, growing = verdicts(found, made)
    over = (diverged_at >= 0) & (diverged_at < made)
    x, loss = np.where(over, np.nan, found.x), np.where(over, np.nan, found.loss)
    last = np.where(over, diverged_at, steps)
    for table, end in ((f, loss), (path, x.T)):
        if table is not None:
            table[:, made:] = end[:, None]
            if over.any():
                table[np.arange(steps + 1) > last[:, None]] = np.nan
    alive = diverged_at < 0
    settled, arrived, counted, paid = judged(found, loss, cells.asked, alive, before, each)
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
