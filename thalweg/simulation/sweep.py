"""Many runs at once: one loop over a whole grid of settings, keeping only what is asked for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import jax
import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray

from calculus.precision import in_float64
from landscapes import Surface
from optimizers import Rule
from thalweg.simulation.cells import Floats, cost, cost_of_a_step
from thalweg.simulation.chunks import Cells, Whole, criteria_of, run_cells, settling, verdicts
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
from thalweg.simulation.progress import Progress, collect
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
    evaluations: Floats | None = None
    """Evaluations up to the step ``settled``, with a ``level`` and a ``budget``; NaN: never."""


@dataclass(frozen=True)
class SweepPlan:
    """What a sweep runs and keeps: ``rule`` on ``surface`` for all combinations of ``axes``.

    An axis is a field of the rule, "surface.FIELD", "schedule.FIELD", "noise.sigma",
    "noise.batch" (of Gaussian noise where there is none else), "clip", "start" (values (k, 2)) or
    "seed". ``start``, ``steps``, ``noise``, ``seed``, ``schedule`` and ``clip`` are as in `run`.
    """

    surface: Surface
    rule: Rule
    axes: Mapping[str, ArrayLike | Sequence[Any]]
    start: ArrayLike | Sequence[float] | None = None
    steps: int = 300
    noise: Noise | float | None = None
    seed: int = 0
    schedule: Schedule | None = None
    clip: float | None = None
    keep: Iterable[str] = ()
    """What is stored beside the last loss: "x", the last point; "f", the loss at every step;
    "path", every point."""
    level: ArrayLike | None = None
    """A loss, or one for each cell of the grid: followed to tell `Sweep.settled`."""
    target: ArrayLike | None = None
    """Points (…, 2), as many as cells: followed to tell `Sweep.arrived` (NaN: never)."""
    radius: ArrayLike = 0.0
    """The distance from ``target`` that counts as there; a number or one for each cell."""
    budget: float | None = None
    """Evaluations that a run may take, counted in gradients (a value is as much, a Hessian two),
    those of its start included; ``steps`` is then the most, and what a schedule spans. Where steps
    differ in what they cost, a run that its budget stops stands still to the end, and so does not
    grow."""
    together: bool = False
    """The axes have one length and are taken side by side, not crossed."""
    chunk: int | None = None
    """Cells of one call of the program; fewer cells are filled up to it, so that nothing compiles
    again for another number of them."""


def sweep(
    surface: Surface,
    rule: Rule,
    axes: Mapping[str, ArrayLike | Sequence[Any]],
    start: ArrayLike | Sequence[float] | None = None,
    steps: int = 300,
    **options: Any,
) -> Sweep:
    """Run ``rule`` on ``surface`` for every combination of the values in ``axes``.

    The options are those of `SweepPlan`: noise, seed, schedule, clip, keep,
    level, target, radius, budget. Raises ValueError, with a sentence, for an unknown axis or
    result and for what `run` refuses.
    """
    return collect(sweep_with_progress(SweepPlan(surface, rule, axes, start, steps, **options)))


@in_float64
def sweep_with_progress(plan: SweepPlan) -> Progress[Sweep]:
    """As `sweep`, a slice of the work at a time. Its errors are raised here, before the first."""
    drawn, steps, keep = as_noise(plan.noise), check_steps(plan.steps), frozenset(plan.keep)
    if drawn.kind == "none" and "noise.sigma" in plan.axes:
        drawn = replace(drawn, kind="gaussian")
    if unknown := sorted(keep - {*KEEPS, PATH}):
        allowed = f"{', '.join(KEEPS)}. For few cells also: {PATH}."
        raise ValueError(f"keep has {unknown[0]!r}; it may have: {allowed}")
    setting = as_setting(plan.surface, plan.rule, plan.schedule, drawn, plan.clip)
    grid = grid_of(plan.axes, plan.together)
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
    lengths = tuple(len(np.asarray(v)) for v in plan.axes.values())
    shape = lengths[:1] if plan.together else lengths
    criteria = criteria_of(shape, plan.level, plan.target, plan.radius, plan.budget)
    x0 = np.broadcast_to(grid["start"] if "start" in grid else check_start(plan.start), (cells, 2))
    seeds, which = np.unique(grid.get("seed", [plan.seed]), return_inverse=True)
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
        criteria,
    )
    values = {name: np.asarray(v, np.float64) for name, v in plan.axes.items()}
    return _swept(cells_of, values, shape, keep, plan.chunk)


def _swept(
    cells: Cells, axes: dict[str, Floats], shape: tuple[int, ...], keep: frozenset[str],
    chunk: int | None,
) -> Progress[Sweep]:  # fmt: skip
    steps, budget = cells.steps, cells.criteria.budget
    before, each, made = float(cost(cells.setting.rule.init_calls)), None, steps
    if budget is not None and (each := _each(cells.setting)) is not None:
        made = min(steps, _affordable(budget, before, each))
        cells = replace(cells, criteria=cells.criteria._replace(budget=None))
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
    settled, arrived, counted, evaluations = settling(
        found, loss, cells.criteria, alive, before, each
    )
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
        evaluations=shaped(evaluations),
    )


@in_float64
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
