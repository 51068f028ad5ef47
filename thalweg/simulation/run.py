"""The one loop: a rule on a surface, and everything it showed on the way."""

import numbers
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.typing import ArrayLike
from numpy.typing import NDArray

from calculus.precision import in_float64, one_kernel
from landscapes import Surface
from optimizers import Rule
from thalweg.simulation.cache_limit import note
from thalweg.simulation.growth import is_growing, overflow_is_growth, quarters
from thalweg.simulation.noise import Noise, as_noise, unit_draws
from thalweg.simulation.packing import Layout, pack
from thalweg.simulation.schedules import Constant, Schedule
from thalweg.simulation.step import Setting, advance, begin

Column = NDArray[np.float64]

BLOCK = 512
"""Steps that one call of the compiled program makes; longer runs go on from its last state.

So the number of steps is never part of a program: it compiles once for 3 steps and for 20 000.
"""
MOST_STEPS = 20_000


@dataclass(frozen=True)
class Trajectory:
    """A finished run. Arrays are always full length, NaN after ``diverged_at``.

    ``x`` (steps+1, 2) and ``f`` (steps+1,) begin with the start; ``f`` is without noise, with the
    penalty. Row t−1 of the others belongs to step t: ``grad`` (steps, 2) as the rule was given it,
    ``query`` (steps, 2) where it was taken, ``velocity``, ``rate`` (the effective rate of each
    coordinate) and ``update`` (what x really moved by), each (steps, 2); ``lr`` (steps,), the rate
    after the schedule; ``calls`` (steps, 3), evaluations of f, gradient and Hessian; ``terms``,
    the quantities of the rule's equations by name.
    """

    x: Column
    f: Column
    grad: Column
    query: Column
    velocity: Column
    rate: Column
    update: Column
    lr: Column
    calls: Column
    terms: dict[str, Column]
    diverged_at: int | None
    """The first step whose point or loss is not finite; None: never."""
    growing: bool
    """Whether the run moves away: late steps longer than early ones and no fall in loss for it."""

    @property
    def steps(self) -> int:
        """The number of steps that were asked for."""
        return len(self.f) - 1

    def steps_to(self, loss: float) -> int | None:
        """The first step with f below ``loss`` (0: the start itself); None: never."""
        below = np.flatnonzero(self.f < loss)
        return int(below[0]) if below.size else None


@in_float64
def run(
    surface: Surface,
    rule: Rule,
    start: ArrayLike | Sequence[float],
    steps: int,
    noise: Noise | float | None = None,
    seed: int = 0,
    schedule: Schedule | None = None,
    clip: float | None = None,
) -> Trajectory:
    """``steps`` steps of ``rule`` on ``surface`` from ``start`` (2,), in float64.

    ``noise`` is None, the σ of Gaussian noise on each coordinate of the gradient, or a `Noise`;
    the same ``seed`` gives every rule the same noise. ``schedule`` acts on the rule's lr. ``clip``
    is the largest norm of a gradient that the rule is given. Raises ValueError, with a sentence,
    for a start that is not two finite numbers, steps outside 0 … 20 000, or a bad seed or clip.
    """
    drawn = as_noise(noise)
    setting = as_setting(surface, rule, schedule, drawn, clip)
    x0, steps = check_start(start), check_steps(steps)
    blocks = max(1, -(-steps // BLOCK))
    z = unit_draws(drawn, seed, blocks * BLOCK)

    note(jax.tree.structure(setting), _block, _begin)
    x, state = _begin(setting, x0)
    rows, losses = [], []
    for block in range(blocks):
        done = block * BLOCK
        count = min(BLOCK, steps - done)
        x, state, table, f = _block(setting, x, state, done, count, steps, z[done : done + BLOCK])
        rows.append(np.asarray(table)[:count])
        losses.append(float(f))
    return _trajectory(_row_layout(setting, x, state), np.concatenate(rows), x, losses[-1])


def as_setting(
    surface: Surface, rule: Rule, schedule: Schedule | None, noise: Noise, clip: float | None
) -> Setting:
    """The `Setting` with every number a float64, so that 1 and 1.0 are the same program.

    Raises ValueError for a clip that is not a positive number.
    """
    setting = Setting(surface, rule, schedule or Constant(), noise.scale, check_clip(clip))
    return jax.tree.map(np.float64, setting)


def check_clip(clip: float | None) -> float:
    """``clip`` as a float, infinite for None. Raises ValueError with a sentence."""
    if clip is not None and not (isinstance(clip, numbers.Real) and clip > 0):
        raise ValueError(f"clip is {clip!r}; it must be a number above 0, or None.")
    return np.inf if clip is None else float(clip)


def check_start(start: ArrayLike | Sequence[float] | None) -> Column:
    """``start`` as an array (2,). Raises ValueError with a sentence."""
    try:
        x0 = np.asarray(start, dtype=np.float64)
    except (TypeError, ValueError):
        x0 = np.zeros(0)
    if x0.shape != (2,) or not np.isfinite(x0).all():
        raise ValueError(f"start is {start!r}; it must be two finite numbers.")
    return x0


def check_steps(steps: int) -> int:
    """``steps`` as an int. Raises ValueError with a sentence."""
    whole = isinstance(steps, (int, np.integer)) and not isinstance(steps, bool)
    if not (whole and 0 <= steps <= MOST_STEPS):
        raise ValueError(f"steps is {steps!r}; it must be a whole number from 0 to {MOST_STEPS}.")
    return int(steps)


@jax.jit
def _begin(setting: Setting, x0: Array) -> tuple[Array, Any]:
    return x0, begin(setting, x0)


def _row(setting: Setting, x: Array, state: Any, t: Array, steps: Array, z: Array) -> Any:
    """Step t: the next point and state, and the row of the table, beginning with x and f(x)."""
    f = setting.surface(x)
    stepped = advance(setting, x, state, t, steps, z)
    return (stepped.x, stepped.state), (x, f, stepped.lr, stepped.info)


@one_kernel
def _block(
    setting: Setting, x: Array, state: Any, done: Array, count: Array, steps: Array, z: Array
) -> tuple[Array, Any, Array, Array]:
    """``count`` ≤ BLOCK steps after the first ``done``; the table (BLOCK, width) and the last f."""
    carried = Layout.of((x, state))

    def body(i: Array, carry: tuple[Array, Array]) -> tuple[Array, Array]:
        last, table = carry
        x, state = carried.unpack(last)
        moved, row = _row(setting, x, state, done + i + 1, steps, z[i])
        return pack(moved), table.at[i].set(pack(row))

    table = jnp.zeros((BLOCK, sum(_row_layout(setting, x, state).sizes)))
    last, table = jax.lax.fori_loop(0, count, body, (pack((x, state)), table))
    x, state = carried.unpack(last)
    return x, state, table, setting.surface(x)


def _row_layout(setting: Setting, x: Any, state: Any) -> Layout:
    leaves, structure = jax.tree.flatten((setting, x, state))
    return _layout_of(structure, tuple((v.shape, v.dtype) for v in leaves))


@lru_cache(maxsize=1024)
def _layout_of(structure: Any, kinds: tuple[tuple[tuple[int, ...], Any], ...]) -> Layout:
    """Depends only on the kind of surface, rule and schedule, never on their numbers."""
    abstract = jax.tree.unflatten(structure, [jax.ShapeDtypeStruct(*kind) for kind in kinds])
    step = jax.ShapeDtypeStruct((), jnp.int64)
    z = jax.ShapeDtypeStruct((2,), jnp.float64)
    return Layout.of(jax.eval_shape(lambda *a: _row(*a)[1], *abstract, step, step, z))


@np.errstate(all="ignore")  # what is not finite is found here, and reported
def _trajectory(layout: Layout, table: Column, last: ArrayLike, f: float) -> Trajectory:
    points, losses, lr, info = layout.columns(table)
    x = np.concatenate([points, np.asarray(last)[None]])
    f_all = np.append(losses, f)
    columns = [x, f_all, np.diff(x, axis=0), lr, *info[:-1]]
    terms = dict(info.terms)
    finite = np.isfinite(f_all) & np.isfinite(x).all(axis=1)
    diverged_at = None if finite.all() else int(np.argmin(finite))
    if diverged_at is not None:
        x[diverged_at + 1 :], f_all[diverged_at + 1 :] = np.nan, np.nan
        columns[2:] = [blank_after(c, diverged_at) for c in columns[2:]]
        terms = {name: blank_after(c, diverged_at) for name, c in terms.items()}
    _, _, update, lr, query, grad, velocity, rate, calls = columns
    return Trajectory(
        x, f_all, grad, query, velocity, rate, update, lr, calls, terms,
        diverged_at, _growing(update, f_all, diverged_at),
    )  # fmt: skip


def blank_after(column: Column, step: int) -> Column:
    """A copy with NaN in the rows of the steps after ``step`` (row 0 is step 1)."""
    column = column.copy()
    column[step:] = np.nan
    return column


def _growing(update: Column, f: Column, diverged_at: int | None) -> bool:
    if diverged_at is not None:
        return bool(diverged_at > 0 and overflow_is_growth(f[0], f[diverged_at - 1]))
    if len(update) < 2:
        return False
    length = np.sqrt(update[:, 0] ** 2 + update[:, 1] ** 2)
    early, late = quarters(len(update))
    return bool(
        is_growing(
            length[:early].mean(), length[late:].mean(), f[:early].mean(), f[late:-1].mean(), f[-1]
        )
    )
