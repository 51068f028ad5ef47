"""Every rule on every surface: the JavaScript in V8 against XLA, and how long writing it takes.

    python benchmarks/kernel_matrix.py [--rules sgd,adam] [--surfaces valley] [--settings 4]

prints JSON; 1450 pairs take some 15 minutes. For each a few runs of 50 steps at random settings are
computed three times: by `thalweg.simulation.run`, by the stage's own loop (web/model/run.js) with
the kernels of `simulation.step_kernels`, and by the one kernel that `to_javascript` makes of the
whole step. They must be equal in the sense of the design, here held at every step to the extent
so far: |difference| ≤ 1e-12 × the path's extent + 100 × what a change of the start by its last bit
does to XLA's own path. So must every number that a step shows, to 1e-9 × its extent instead of
1e-12, where the step is longer than that. The step of overflow may differ by one, the verdict on
growth not.

Paths that are not equal in this sense are followed step by step (`wrong_steps`): each of V8's steps
must then be XLA's from V8's own numbers, to the last bits. Where the last bit of the start grows to
everything, the comparison allows everything: the report counts the numbers for which it could fail.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from calculus.fields import Described, Knob
from calculus.kernels import to_javascript
from landscapes import LANDSCAPES, PENALTIES, Surface
from optimizers import OPTIMIZERS, Rule
from tests.v8 import Engine
from thalweg.simulation import SCHEDULES, Noise, Schedule, run
from thalweg.simulation.noise import as_noise, unit_draws
from thalweg.simulation.packing import Layout
from thalweg.simulation.run import as_setting
from thalweg.simulation.step import Exact, Setting, advance, begin
from thalweg.simulation.step_kernels import (
    RuleKernel,
    growth_source,
    numbers_of,
    rule_kernel,
    surface_source,
)
from thalweg.simulation.step_kernels import _rule_kernel as kept_rules
from thalweg.simulation.step_kernels import _surface_source as kept_surfaces

jax.config.update("jax_enable_x64", True)  # what is written in JAX here is in 64 bits too

ROOT = Path(__file__).resolve().parent.parent
STEPS = 50
EXTENT, BITS = 1e-12, 100
"""What two computations of a path may differ by: so much of its extent, so many last bits."""
EXTENT_OF_PARTS = 1e-9
"""The same for f and the parts of a row: some are quotients of small differences."""
LAST = 1e-15
"""What a point's last bits may be after one step, as a share of the point."""
NUDGED = 128
HUGE = 1e40
"""Beyond it a path goes to infinity, or a quotient by what is subnormal, which to XLA is 0.

Products of such numbers overflow before the path does, those that XLA fuses later than others.
"""
TIGHT = 1e-3
"""A comparison that allows less than this share of a number's extent could have failed."""
KINDS = ("none", *PENALTIES)
NO_NOISE = Noise("none", 0.0)
MEDIAN_MS, WORST_MS = 30, 200
"""The goals for writing the kernel of a step."""

Numbers = NDArray[np.float64]


# --- settings -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """One run: everything that `thalweg.simulation.run` is given."""

    surface: Surface
    rule: Rule
    start: tuple[float, float]
    schedule: Schedule
    noise: Noise
    seed: int
    clip: float | None
    steps: int = STEPS

    def __str__(self) -> str:
        return (
            f"run({self.surface}, {self.rule}, {self.start}, {self.steps}, {self.noise}, "
            f"{self.seed}, {self.schedule}, {self.clip})"
        )


def anywhere(rng: np.random.Generator, knob: Knob) -> float:
    """A number from a knob's range, by ratios where its slider goes by ratios."""
    if knob.log:
        value = float(np.exp(rng.uniform(np.log(knob.low), np.log(knob.high))))
    else:
        value = float(rng.uniform(knob.low, knob.high))
    return float(min(max(value, knob.low), knob.high))


def random_fields(rng: np.random.Generator, cls: type[Described]) -> dict[str, float]:
    """Every numeric field anywhere in its range; steps of a schedule within the run, half at 0."""
    return {
        name: float(max(0, int(rng.integers(-STEPS, STEPS)))) if knob.whole else anywhere(rng, knob)
        for name, knob in cls.knobs().items()
    }


def random_case(
    rng: np.random.Generator,
    surface: str,
    rule: str,
    penalty: str = "none",
    schedule: str = "constant",
    noise: str = "none",
    wild: bool = False,
    **switches: bool,
) -> Case:
    """A run of a rule on a surface with everything random that has a range.

    The rate is within a factor of 30 below and 3 above the rule's own, as the surface bears it;
    ``wild``, anywhere up to 10 000 times above, and not clipped: there many runs overflow.
    """
    kind = LANDSCAPES[surface]
    bare = kind(**random_fields(rng, kind))
    of_rule: dict[str, Any] = random_fields(rng, OPTIMIZERS[rule])
    knob = OPTIMIZERS[rule].knobs().get("lr")
    if knob is not None:
        lr_scale = bare.lr_scale if OPTIMIZERS[rule].follows_slope and not wild else 1.0
        tens = rng.uniform(0, 4) if wild else rng.uniform(-1.5, 0.5)
        of_rule["lr"] = float(np.clip(knob.default * lr_scale * 10**tens, knob.low, knob.high))
    x, y = bare.domain
    return Case(
        surface=bare.penalized(penalty, 0.0 if penalty == "none" else 10 ** rng.uniform(-3, 0)),
        rule=OPTIMIZERS[rule](**of_rule, **switches),
        start=(float(rng.uniform(*x)), float(rng.uniform(*y))),
        schedule=SCHEDULES[schedule](**random_fields(rng, SCHEDULES[schedule])),
        noise=NO_NOISE
        if noise == "none"
        else Noise(noise, 10 ** rng.uniform(-3, 0.5), float(rng.integers(1, 65))),
        seed=int(rng.integers(0, 1000)),
        clip=None if wild or rng.uniform() < 0.5 else 10 ** rng.uniform(-1, 3),
    )


# --- the same run, computed three times ---------------------------------------------------------


@dataclass
class Computed:
    """A run's numbers by name, (n, count) each, NaN after the step that was not finite."""

    columns: dict[str, Numbers]
    diverged_at: int
    growing: bool


def by_xla(case: Case) -> Computed:
    """By `thalweg.simulation.run`."""
    t = run(
        case.surface, case.rule, case.start, case.steps, case.noise, case.seed, case.schedule,
        case.clip,
    )  # fmt: skip
    columns = {
        "x": t.x, "f": t.f, "lr": t.lr, "query": t.query, "grad": t.grad, "velocity": t.velocity,
        "rate": t.rate, "calls": t.calls,
    } | {f"terms.{name}": column for name, column in t.terms.items()}  # fmt: skip
    flat = {
        name: column.reshape(len(column), int(np.prod(column.shape[1:])))
        for name, column in columns.items()
    }
    return Computed(flat, -1 if t.diverged_at is None else t.diverged_at, t.growing)


class Stage:
    """The stage's loop in one V8, and the kernels that it was given."""

    def __init__(self) -> None:
        self.engine = Engine()
        self.loop = self.engine.load((ROOT / "thalweg/stage/web/model/run.js").read_text("utf-8"))
        self.modules: dict[str, str] = {}
        self.arrays: dict[tuple[str, int], tuple[str, Numbers]] = {}
        self.paths: dict[tuple[int, int], tuple[str, Numbers, Numbers, Numbers]] = {}
        self.growth = self.module(growth_source())

    def module(self, source: str) -> str:
        """The name of a module, loaded once."""
        if source not in self.modules:
            self.modules[source] = self.engine.load(source)
        return self.modules[source]

    def array(self, use: str, size: int) -> tuple[str, Numbers]:
        """An array for a use: the same one at every call."""
        if (use, size) not in self.arrays:
            self.arrays[use, size] = self.engine.array(size)
        return self.arrays[use, size]

    def filled(self, use: str, numbers: Iterable[float]) -> str:
        """The name of an array with these numbers."""
        values = np.asarray(list(numbers), np.float64)
        name, memory = self.array(use, values.size)
        memory[:] = values
        return name

    def path(self, steps: int, width: int) -> tuple[str, Numbers, Numbers, Numbers]:
        """A `Path`: its name, and the memory of x, f and rows; the same one at every call."""
        if (steps, width) not in self.paths:
            name = f"path{steps}_{width}"
            self.engine.run(f"globalThis.{name} = new {self.loop}.Path({steps}, {width}); 0")
            parts = []
            for part in ("x", "f", "rows"):
                memory: Any = self.engine.run(f"{name}.{part}.buffer") if steps else b""
                self.engine._kept.append(memory)
                parts.append(np.frombuffer(memory, np.uint8).view(np.float64))
            self.paths[steps, width] = (name, parts[0], parts[1], parts[2])
        return self.paths[steps, width]

    def surface(self, surface: Surface) -> str:
        """An expression: the surface with its numbers, to be asked for f, gradient, Hessian."""
        numbers = self.filled("surface", map(float, jax.tree.leaves(surface)))
        return f"{self.loop}.surfaceOf({self.module(surface_source(surface))}, {numbers})"

    def runner(self, case: Case, kernel: RuleKernel) -> str:
        """An expression: the rule's kernel with its numbers."""
        clip = np.inf if case.clip is None else case.clip
        own = numbers_of(case.rule, case.schedule, case.noise.scale, clip)
        return (
            f"{{rule: {self.module(kernel.source)}, numbers: {self.filled('rule', own)}, "
            f"carry: {kernel.carry}, width: {kernel.width}}}"
        )

    def compute(self, case: Case) -> Computed:
        """By the stage's loop, with the kernels of the surface and of the rule."""
        kernel = rule_kernel(case.rule, case.schedule)
        name, x, f, rows = self.path(case.steps, kernel.width)
        z = self.filled("z", unit_draws(case.noise, case.seed, case.steps).flat)
        self.engine.run(
            f"{self.loop}.compute({self.surface(case.surface)}, {self.runner(case, kernel)}, "
            f"[{case.start[0]!r}, {case.start[1]!r}], {case.steps}, {z}, {self.growth}, {name}); 0"
        )
        diverged_at, growing = self.engine.run(
            f"[{name}.divergedAt, +{name}.growing].join()"
        ).split(",")
        end = int(diverged_at) if int(diverged_at) >= 0 else case.steps
        table = rows.reshape(case.steps, kernel.width).copy()
        x, f = x.reshape(-1, 2).copy(), f.reshape(-1, 1).copy()
        x[end + 1 :], f[end + 1 :], table[end:] = np.nan, np.nan, np.nan
        columns = {n: table[:, at : at + count] for n, (at, count) in kernel.row.items()}
        return Computed({"x": x, "f": f} | columns, int(diverged_at), growing == "1")

    def steps(self, case: Case, kernel: RuleKernel) -> tuple[Numbers, Numbers, Numbers]:
        """The numbers carried before each step, those after it, and the rows; all finite."""
        table, carried = self.array("carried", (case.steps + 1) * kernel.carry)
        out, rows = self.array("rows", case.steps * kernel.width)
        z = self.filled("z", unit_draws(case.noise, case.seed, case.steps).flat)
        self.engine.run(
            f"{{ const on = {self.surface(case.surface)}, {{ rule, numbers, carry, width }} = "
            f"{self.runner(case, kernel)};"
            f"{table}.set([{case.start[0]!r}, {case.start[1]!r}]);"
            f"rule.init(on, numbers, 0, {table}, 0, {table}, 0);"
            f"for (let t = 0; t < {case.steps}; t++) "
            f"rule.step(on, numbers, 0, {table}, t * carry, [t + 1, {case.steps}], 0, "
            f"{z}, 2 * t, {table}, (t + 1) * carry, {out}, t * width); 0 }}"
        )
        path = carried.reshape(-1, kernel.carry).copy()
        over = np.flatnonzero(~np.isfinite(path[1:, :2]).all(axis=1))
        end = int(over[0]) if over.size else case.steps
        return path[:end], path[1 : end + 1], rows.reshape(case.steps, -1)[:end].copy()

    def in_one(self, case: Case, source: str) -> Computed:
        """By the one kernel of the whole step, made of `simulation.step.advance`."""
        setting, x, state = beginning(case)
        leaves = [float(v) for v in jax.tree.leaves(setting)]
        carried = [float(v) for leaf in jax.tree.leaves((x, state)) for v in np.ravel(leaf)]
        shown = jax.eval_shape(advance, setting, x, state, 1.0, 1.0, x)
        info = {name: v for name, v in shown.info._asdict().items() if name != "terms"}
        info |= {f"terms.{name}": shown.info.terms[name] for name in sorted(shown.info.terms)}
        sizes = {name: int(np.prod(v.shape)) for name, v in (info | {"lr": shown.lr}).items()}
        width = len(carried) + sum(sizes.values())
        numbers, first = self.filled("numbers", leaves), self.filled("carried", carried)
        z = self.filled("z", unit_draws(case.noise, case.seed, case.steps).flat)
        out, table = self.array("table", case.steps * width)
        self.engine.run(
            f"{{ const kernel = {self.engine.load(source)}.default;"
            f"let carried = [...{first}];"
            f"for (let t = 0; t < {case.steps}; t++) {{"
            f"  const row = kernel(...{numbers}, ...carried, t + 1, {case.steps}, "
            f"    {z}[2 * t], {z}[2 * t + 1]);"
            f"  {out}.set(row, t * {width}); carried = row.slice(0, {len(carried)}); }} 0 }}"
        )
        rows = table.reshape(case.steps, width).copy()
        columns = {"x": np.concatenate([np.asarray(x)[None], rows[:, :2]])}
        at = len(carried)
        for name, size in sizes.items():
            columns[name], at = rows[:, at : at + size], at + size
        return Computed(columns, -1, False)


def beginning(case: Case) -> tuple[Setting, Any, Any]:
    """The setting, the point and the state before step 1."""
    setting = as_setting(case.surface, case.rule, case.schedule, as_noise(case.noise), case.clip)
    x = jnp.array(case.start)
    return setting, np.asarray(x), jax.tree.map(np.asarray, begin(setting, x))


def step_source(case: Case) -> str:
    """The one kernel of the whole step."""
    setting, x, state = beginning(case)
    return to_javascript(advance, setting, x, state, 1.0, float(STEPS), x).source


# --- comparing ----------------------------------------------------------------------------------


@dataclass
class Verdict:
    """How two computations of one run compare."""

    ratio: float = 0.0
    """The largest difference in units of what is allowed."""
    where: str = ""
    step: int | None = None
    """The first step at which more than is allowed lies between them."""
    parts: tuple[str, ...] = ()
    """What lies apart at that step."""
    complaints: list[str] = field(default_factory=list)
    numbers: int = 0
    tight: int = 0


def neighbours(case: Case) -> Iterator[Case]:
    """The run from each of the four starts that differ by the last bit of both coordinates."""
    for signs in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        x, y = np.nextafter(case.start, np.inf * np.array(signs))
        yield replace(case, start=(float(x), float(y)))


@dataclass
class Reference:
    """XLA's run, and those of its neighbours."""

    case: Case
    ours: Computed
    moved: list[Computed]

    @classmethod
    def of(cls, case: Case) -> Reference:
        """Compute them."""
        return cls(case, by_xla(case), [by_xla(n) for n in neighbours(case)])

    def ends(self) -> list[int]:
        """The step that was not finite for each of them; a step beyond the last: never."""
        never = self.case.steps + 1
        found = [c.diverged_at for c in (self.ours, *self.moved)]
        return [e if e >= 0 else never for e in found]

    @np.errstate(over="ignore")
    def allowed(self, name: str, rows: int) -> tuple[Numbers, Numbers]:
        """How far another may lie from the first ``rows`` of a column, and the column's extent."""
        own = self.ours.columns[name][:rows]
        size = np.abs(own - own[0]) if name == "x" else np.abs(own)
        extent = np.maximum.accumulate(np.where(np.isfinite(size), size, 0.0).max(axis=1))
        change = np.zeros(rows)
        for c in self.moved:
            change = np.maximum(change, apart(own, c.columns[name][:rows]).max(axis=1))
        share = EXTENT if name == "x" else EXTENT_OF_PARTS
        allowed = share * extent + BITS * np.maximum.accumulate(change)
        if name == "rate":  # the step over the gradient: as exact as the points it lies between
            slope = smallest(self.ours.columns["grad"][:rows])
            allowed = allowed + self.allowed("x", rows)[0] / slope
        return allowed, extent

    def moves(self, rows: int) -> Any:
        """Which of the first ``rows`` steps are longer than what two equal paths may lie apart.

        The parts of a shorter one are quotients of rounding errors.
        """
        x = self.ours.columns["x"][: rows + 1]
        return np.abs(np.diff(x, axis=0)).max(axis=1) > self.allowed("x", rows + 1)[0][1:]


@np.errstate(all="ignore")  # differences of infinities are sorted out here
def apart(a: Numbers, b: Numbers) -> Numbers:
    """|a − b|, 0 where both are the same infinity or both are no number."""
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    difference = np.abs(a - b)
    return np.where(same, 0.0, np.where(np.isnan(difference), np.inf, difference))


def smallest(gradients: Numbers) -> Numbers:
    """The smaller part of each gradient; infinite where there is none."""
    g = np.abs(gradients)
    return np.asarray(np.where(g > 0, g, np.inf).min(axis=1))


@np.errstate(all="ignore")
def units(difference: Numbers, allowed: Numbers) -> Numbers:
    """Differences in units of what is allowed; 0 where anything is."""
    return np.where((difference == 0) | np.isinf(allowed), 0.0, difference / allowed)


def compare(reference: Reference, theirs: Computed, verdicts: bool = True) -> Verdict:
    """Every number of ``theirs`` with XLA's, up to the step before one of them is not finite."""
    case, ours = reference.case, reference.ours
    found, ends, shown = Verdict(), reference.ends(), ours.columns
    if verdicts:
        end = theirs.diverged_at if theirs.diverged_at >= 0 else case.steps + 1
        if not min(ends) - 1 <= end <= max(ends) + 1:
            found.complaints.append(f"not finite at {end}, for XLA at {ends}: {case}")
        if theirs.growing not in {c.growing for c in (ours, *reference.moved)}:
            found.complaints.append(f"growing is {theirs.growing}, for XLA it is not so: {case}")
        ends = [*ends, end]
    if set(shown) - {"f"} != set(theirs.columns) - {"f"}:
        found.complaints.append(f"{sorted(theirs.columns)} instead of {sorted(shown)}")
    for name in sorted(shown.keys() & theirs.columns.keys()):
        after = name in ("x", "f")  # row t is after step t; of the others, that of step t + 1
        rows = min(*ends, len(shown[name])) - (0 if after else min(ends) <= case.steps)
        if rows < 1:
            continue
        allowed, extent = reference.allowed(name, rows)
        ratios = units(apart(shown[name][:rows], theirs.columns[name][:rows]).max(axis=1), allowed)
        seen = np.ones(rows, bool) if after else reference.moves(rows)
        ratios = np.where(seen, ratios, 0.0)
        found.numbers += int(seen.sum())
        found.tight += int((seen & (allowed <= TIGHT * extent)).sum())
        worst = int(np.argmax(ratios))
        if ratios[worst] > found.ratio:
            found.ratio = float(ratios[worst])
            found.where = (
                f"{name} in row {worst}: {shown[name][worst]} by XLA, "
                f"{theirs.columns[name][worst]} in V8, {allowed[worst]:.3g} allowed, {case}"
            )
        over = np.flatnonzero(~(ratios <= 1))
        if over.size:
            step = int(over[0]) + (not after)
            if found.step is None or step < found.step:
                found.step, found.parts = step, ()
            if step == found.step:
                found.parts = (*found.parts, name)
    if found.step is not None:
        found.complaints.append(f"from step {found.step} on: {found.where}")
    return found


# --- step by step -------------------------------------------------------------------------------


class Rounded(NamedTuple):
    """A surface that is right but for last bits, of the point and of the result.

    ``which`` chooses them, others for every point; it is exact where ``which`` is 0.
    """

    exact: Exact
    which: Any

    def bits(self, x: Any) -> Any:
        """1 and up to 2 units of the last bit."""
        chance = jnp.sin(self.which * 1e15 * jnp.stack([x[0] + jnp.pi * x[1], jnp.e * x[1] - x[0]]))
        return 1 + self.which % 3 * np.finfo(float).eps * chance

    def value(self, x: Any) -> Any:
        """f(x)."""
        return self.exact.value(x * self.bits(x)) * self.bits(x[::-1])[0]

    def grad(self, x: Any) -> Any:
        """∇f(x)."""
        return self.exact.grad(x * self.bits(x)) * self.bits(x[::-1])

    def hess(self, x: Any) -> Any:
        """∇²f(x)."""
        return self.exact.hess(x * self.bits(x)) * self.bits(x[::-1])[0]


@jax.jit
def _steps_from(setting: Setting, carried: Any, which: Any, t: Any, steps: Any, z: Any) -> Any:
    """XLA's step from many carried points and states."""

    def one(own: Any, which: Any, t: Any, z: Any) -> Any:
        x, state = own
        return advance(setting, x, state, t, steps, z, lambda s: Rounded(Exact(s), which))

    return jax.vmap(one)(carried, which, t, z)


class Wrong(NamedTuple):
    """Steps of V8's that XLA does not take from the same numbers."""

    ordinary: tuple[int, ...]
    huge: tuple[int, ...]
    """Those that deal with numbers beyond `HUGE`."""


@np.errstate(all="ignore")
def wrong_steps(reference: Reference, stage: Stage) -> Wrong:
    """The steps of V8's own path that XLA does not take from V8's own numbers.

    For paths that lie apart. Here every step begins anew from what V8 carried, so nothing grows,
    and no more is allowed than last bits, and 100 × what they make of the one step, in any carried
    number and in all that the surface gives. So a path whose steps are right is
    another only by rounding: in chaos, at a sign of what is 0 but for rounding, on a kink, or in a
    line search that compares losses which differ by their last bit.
    """
    case = reference.case
    kernel = rule_kernel(case.rule, case.schedule)
    before, after, rows = stage.steps(case, kernel)
    count = len(before)
    setting, x, state = beginning(case)
    layout = Layout.of((x, state))
    carried = np.repeat(before[:, None], 1 + NUDGED, axis=1)  # (steps, trials, carry)
    rng, at = np.random.default_rng(0), 0
    often = rng.choice([0.05, 0.3, 0.7], (1, NUDGED, 1))  # few of the numbers in some trials
    for dtype, size in zip(layout.dtypes, layout.sizes, strict=True):
        if np.dtype(dtype).kind == "f":
            part = carried[:, 1:, at : at + size]
            up = np.where(rng.random(part.shape) < 0.5, -np.inf, np.inf)
            part[:] = np.where(rng.random(part.shape) < often, np.nextafter(part, up), part)
        at += size
    which = np.tile(np.arange(1.0 + NUDGED), count)
    t = np.repeat(np.arange(1.0, count + 1), 1 + NUDGED)
    z = np.repeat(unit_draws(case.noise, case.seed, case.steps)[:count], 1 + NUDGED, axis=0)
    tree = layout.columns(carried.reshape(-1, carried.shape[-1]))
    tree = jax.tree.map(lambda v, like: v.astype(like), tree, layout_dtypes(layout))
    done = jax.device_get(_steps_from(setting, tree, which, t, float(case.steps), z))
    columns = {"x": done.x, "lr": done.lr, **done.info._asdict()}
    columns |= {f"terms.{name}": v for name, v in columns.pop("terms").items()}
    right = np.ones(count, bool)
    point = np.abs(np.concatenate([before[:, :2], after[:, :2]], axis=1)).max(axis=1)
    extent_of_x = reference.allowed("x", len(reference.ours.columns["x"]))[1][-1]
    still = np.abs(after[:, :2] - before[:, :2]).max(axis=1) <= EXTENT * extent_of_x
    at, size = kernel.row["grad"]
    slope = smallest(rows[:, at : at + size])
    for name, column in columns.items():
        column = column.reshape(count, 1 + NUDGED, -1)
        at, size = (0, 2) if name == "x" else kernel.row[name]
        v8 = (after if name == "x" else rows)[:, at : at + size]
        extent = reference.allowed(name, len(reference.ours.columns[name]))[1][-1]
        spread = apart(column[:, 1:], column[:, :1]).max(axis=(1, 2))
        allowed = (LAST * point if name == "x" else EXTENT * extent) + BITS * spread
        if name == "rate":
            allowed += LAST * point / slope
        fits = units(apart(column[:, 0], v8).max(axis=1), allowed) <= 1
        right &= fits if name == "x" else fits | still
    numbers = np.concatenate([before, after, rows], axis=1)
    huge = (np.where(np.isnan(numbers), 0.0, np.abs(numbers)) > HUGE).any(axis=1)
    number = np.arange(1, count + 1)
    return Wrong(tuple(number[~right & ~huge].tolist()), tuple(number[~right & huge].tolist()))


def layout_dtypes(layout: Layout) -> Any:
    """The dtypes of a layout's leaves, as a tree."""
    return jax.tree.unflatten(layout.tree, layout.dtypes)


# --- the matrix ---------------------------------------------------------------------------------


def cases_of(rule: str, surface: str, settings: int) -> list[Case]:
    """The random runs of a pair: one kind of schedule and of penalty, so that XLA compiles once.

    The third of every four is wild.
    """
    i, j = list(OPTIMIZERS).index(rule), list(LANDSCAPES).index(surface)
    rng = np.random.default_rng([i, j])
    schedule = list(SCHEDULES)[(i + j) % len(SCHEDULES)]
    penalty = KINDS[max(0, (i + 2 * j) % 7 - 3)]  # none four times in seven
    names = list(OPTIMIZERS[rule].switches())
    switches = {name: bool((j >> k) & 1) for k, name in enumerate(names)}
    noises = ("none", "gaussian", "none", "student_t")
    return [
        random_case(
            rng, surface, rule, penalty, schedule, noises[k % 4], wild=k % 4 == 2, **switches
        )
        for k in range(settings)
    ]


def check_pairs(rules: list[str], surfaces: list[str], settings: int) -> dict[str, Any]:
    """Every pair in V8 against XLA, by the split kernels and by the one of the whole step."""
    total = Counter[str]()
    worst, where = 0.0, ""
    rounding: dict[str, list[str]] = {}
    overflow: dict[str, list[str]] = {}
    disagreeing: dict[str, list[str]] = {}
    for rule in rules:
        stage = Stage()  # a new one for every rule: kernels are never given back
        for surface in surfaces:
            pair = f"{rule} on {surface}"
            cases = cases_of(rule, surface, settings)
            whole = step_source(cases[0])
            for case in cases:
                reference = Reference.of(case)
                total["runs"] += 1
                total["finite"] += reference.ours.diverged_at < 0
                both = {"split": stage.compute(case), "whole": stage.in_one(case, whole)}
                for how, theirs in both.items():
                    found = compare(reference, theirs, verdicts=how == "split")
                    total["numbers"] += found.numbers
                    total["tight"] += found.tight
                    if not found.complaints:
                        if found.ratio > worst:
                            worst, where = found.ratio, found.where
                        continue
                    wrong = wrong_steps(reference, stage)
                    kind = disagreeing if wrong.ordinary else overflow if wrong.huge else rounding
                    said = f"{', '.join(found.parts)}: {found.complaints[0]}"
                    kind.setdefault(pair, []).append(f"{how} kernel, {wrong}, {said}")
            total["pairs"] += 1
            parted = rounding.keys() | overflow.keys() | disagreeing.keys()
            total["agreeing"] += pair not in parted
        print(f"{rule}: {total['agreeing']} of {total['pairs']}", file=sys.stderr, flush=True)
        jax.clear_caches()
    return {
        "pairs": total["pairs"],
        "agreeing in every run": total["agreeing"],
        "agreeing, but for runs that are right step by step and part by rounding": len(
            rounding.keys() - disagreeing.keys() - overflow.keys()
        ),
        "agreeing, but for runs that part where products overflow or underflow": len(
            overflow.keys() - disagreeing.keys()
        ),
        "disagreeing": disagreeing,
        "runs": total["runs"],
        "runs that stay finite": total["finite"],
        "numbers compared": total["numbers"],
        "share compared so tightly that it could fail": round(
            total["tight"] / max(total["numbers"], 1), 4
        ),
        "largest difference in units of what is allowed": float(f"{worst:.3g}"),
        "where": where,
        "parted where products overflow or underflow": overflow,
        "parted by rounding": rounding,
    }


def spread(times: list[float]) -> dict[str, float]:
    """Median, 95th percentile and worst of times in milliseconds."""
    values = {"median": statistics.median(times), "p95": float(np.quantile(times, 0.95))}
    return {name: round(v, 1) for name, v in (values | {"worst": max(times)}).items()}


def milliseconds(call: Callable[[], Any]) -> float:
    """How much of a processor's time one call takes: a busy machine counts for nothing."""
    begun = time.process_time()
    call()
    return 1e3 * (time.process_time() - begun)


def write_times(rules: list[str], surfaces: list[str]) -> dict[str, Any]:
    """How long it takes to write kernels that were not written before."""
    step_source(cases_of(rules[0], surfaces[0], 1)[0])  # the first of all also pays for imports
    served: dict[str, float] = {}
    fresh: dict[str, float] = {}
    # First all pairs as in a server that has written others; then each with JAX's caches empty.
    for times, forget in ((served, False), (fresh, True)):
        for rule in rules:
            for surface in surfaces:
                case = cases_of(rule, surface, 1)[0]
                setting, x, state = beginning(case)
                if forget:
                    jax.clear_caches()
                write = partial(to_javascript, advance, setting, x, state, 1.0, float(STEPS), x)
                times[f"{rule} on {surface}"] = milliseconds(write)

    modules: dict[str, dict[str, list[float]]] = {}
    for how, forget in (("served", False), ("fresh", True)):
        kept_rules.cache_clear()
        kept_surfaces.cache_clear()
        of_rules, of_surfaces = [], []
        for rule in rules:
            for schedule in SCHEDULES.values():
                if forget:
                    jax.clear_caches()
                of_rules.append(milliseconds(partial(rule_kernel, OPTIMIZERS[rule](), schedule())))
        for name in surfaces:
            for kind in KINDS:
                penalized = LANDSCAPES[name]().penalized(kind, 0.1)
                if forget:
                    jax.clear_caches()
                of_surfaces.append(milliseconds(partial(surface_source, penalized)))
        modules[how] = {"rule": of_rules, "surface": of_surfaces}
    strict = spread(list(fresh.values()))

    def slowest(times: dict[str, float]) -> dict[str, float]:
        return {k: round(v, 1) for k, v in sorted(times.items(), key=lambda item: -item[1])[:5]}

    return {
        "whole step, JAX's caches empty": strict,
        "slowest of these": slowest(fresh),
        "whole step, JAX's caches as after other kernels": spread(list(served.values())),
        "slowest of those": slowest(served),
        "goal": {
            "median at most": MEDIAN_MS,
            "worst at most": WORST_MS,
            "reached": strict["median"] <= MEDIAN_MS and strict["worst"] <= WORST_MS,
        },
        **{
            f"module of a {kind}, {words}": spread(modules[how][kind])
            for kind in ("rule", "surface")
            for how, words in (("served", "caches as they are"), ("fresh", "caches empty"))
        },
    }


def main() -> None:
    """Measure, and print JSON."""
    parser = argparse.ArgumentParser(description="Every rule on every surface, in V8 against XLA.")
    parser.add_argument("--rules", default=",".join(OPTIMIZERS))
    parser.add_argument("--surfaces", default=",".join(LANDSCAPES))
    parser.add_argument("--settings", type=int, default=4, help="random runs of each pair")
    parser.add_argument("--no-times", action="store_true", help="check only")
    chosen = parser.parse_args()
    rules, surfaces = chosen.rules.split(","), chosen.surfaces.split(",")
    begun = time.perf_counter()
    times = {} if chosen.no_times else write_times(rules, surfaces)
    report = {
        "what": f"{STEPS} steps of every rule on every surface at random settings, V8 against XLA",
        "milliseconds of processor time to write a kernel": times,
        **check_pairs(rules, surfaces, chosen.settings),
        "seconds": round(time.perf_counter() - begun),
        "machine": {
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
            "python": platform.python_version(),
            **{name: version(name) for name in ("jax", "jaxlib", "numpy", "optax", "mini-racer")},
        },
    }
    print(json.dumps(report, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
