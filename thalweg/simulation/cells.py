"""The loop of a chunk of cells: many runs that differ in some numbers.

Every number of a step is an array over the chunk, so that each coordinate is one of its own; a
number that is the same for all stays one. The loop keeps what a run is judged by, and no path but
where one is asked for; what else can be followed costs nothing where it is not.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike
from numpy.typing import NDArray

from calculus.kernels import Unsupported, trace
from calculus.precision import in_float64, one_kernel
from optimizers import Loss
from thalweg.simulation.batched import Form, form_of
from thalweg.simulation.cache_limit import MOST_PROGRAMS
from thalweg.simulation.run import BLOCK
from thalweg.simulation.step import Exact, Setting, begin

Floats = NDArray[np.float64]
Numbers = Any  # (chunk,); JAX's within a loop, NumPy's before and after

CHUNK = 1024
"""Cells of one loop: its twenty-odd arrays then lie in a core's own cache."""
CHUNK_OF_SEARCHES = 256
"""The same where a step searches: the fewer wait for the slowest."""
OPTIONS = {"xla_cpu_prefer_vector_width": 512}
"""Eight numbers at a time where the processor can: half the time for divisions and roots."""


class Quarter(NamedTuple):
    """Sums over the steps of a quarter of the run: of ‖Δx‖, and of the loss where they began."""

    step: Numbers
    loss: Numbers


class Watch(NamedTuple):
    """What is followed through a run to judge it without keeping its path."""

    finite_steps: Numbers  # how many points were finite before the first that was not
    first: Numbers  # the loss at the start
    finite: Numbers  # the last finite loss
    early: Quarter
    late: Quarter


class Criteria(NamedTuple):
    """What is followed through a run if it is asked for: numbers, traced; None where it is not."""

    level: Any = None  # (chunk,), of the loss
    target: Any = None  # (3, chunk): x and y of a point, and the square of a distance from it
    budget: Any = None  # (): evaluations; a run makes no step that would take more


class Marks(NamedTuple):
    """What has been seen of it; None where it is not asked for."""

    settled: Any = None  # the first point since which no loss was above the level
    arrived: Any = None  # the first point since which none was farther from the target
    made: Any = None  # steps before the budget was spent
    spent: Any = None  # evaluations of these
    evaluations: Any = None  # evaluations up to the point ``settled``


def marks_before(criteria: Criteria, cells: int, before: float) -> Marks:
    """The marks of so many cells before the first step, which ``before`` evaluations precede."""
    none = np.zeros(cells, np.int64)
    spent = None if criteria.budget is None else np.full(cells, before)
    return Marks(
        settled=None if criteria.level is None else none,
        arrived=None if criteria.target is None else none,
        made=None if spent is None else none,
        spent=spent,
        evaluations=None if criteria.level is None else spent,
    )


class ChunkResult(NamedTuple):
    """What a chunk has come to."""

    x: tuple[Numbers, Numbers]
    loss: Numbers  # at x
    watch: Watch
    marks: Marks

    @classmethod
    def of_rows(cls, rows: Floats, like: Marks) -> "ChunkResult":
        """From the rows (10 and more, cells) that a block gives; marks as in ``like``."""
        x, y, loss, finite_steps, first, finite, *sums = rows[:10]
        watch = Watch(finite_steps, first, finite, Quarter(*sums[:2]), Quarter(*sums[2:]))
        marks = jax.tree.unflatten(jax.tree.structure(like), list(rows[10:]))
        return cls((x, y), loss, watch, marks)


class Carry(NamedTuple):
    """A chunk between two blocks of steps. A number of the state may be the same for all: ()."""

    x: tuple[Numbers, Numbers]
    state: tuple[Numbers, ...]
    watch: Watch
    marks: Marks = Marks()


class CellLoss(NamedTuple):
    """As `thalweg.simulation.step.GivenLoss`; but where nothing is clipped, no norm is computed."""

    exact: Loss
    noise: ArrayLike  # (2,)
    clip: Any

    def value(self, x: Array) -> Array:
        """f(x), exact."""
        return self.exact.value(x)

    def grad(self, x: Array) -> Array:
        """∇f(x) plus this step's noise, scaled down to the norm ``clip`` where it is longer."""

        def clipped(g: Array) -> Array:
            norm = jnp.hypot(g[0], g[1])
            return g * jnp.where(norm > self.clip, self.clip / norm, 1.0)

        g = self.exact.grad(x) + self.noise
        result: Array = lax.cond(self.clip < jnp.inf, clipped, lambda g: g, g)
        return result

    def hess(self, x: Array) -> Array:
        """∇²f(x), exact."""
        return self.exact.hess(x)


def _step(setting: Setting, x: Array, state: Any, t: Array, steps: Array, z: Array) -> Any:
    """Step ``t`` of ``steps`` from ``x`` (2,): the next point and state, and the loss at ``x``."""
    loss = CellLoss(Exact(setting.surface), setting.noise_scale * z, setting.clip)
    rule = setting.rule.with_lr_scaled(setting.schedule.factor(t, steps))
    moved, state, _ = rule.step(x, state, loss)
    return moved, state, setting.surface(x)


def _counted(setting: Setting, x: Array, state: Any, t: Array, steps: Array, z: Array) -> Any:
    """As `_step`, and the evaluations of f, of the gradient and of the Hessian (3,) it takes."""
    loss = CellLoss(Exact(setting.surface), setting.noise_scale * z, setting.clip)
    rule = setting.rule.with_lr_scaled(setting.schedule.factor(t, steps))
    moved, state, info = rule.step(x, state, loss)
    return moved, state, setting.surface(x), info.calls


def _value(setting: Setting, x: Array) -> Array:
    return setting.surface(x)


class Kind(NamedTuple):
    """What settings of one structure share: the functions of their runs, and the state's types."""

    begin: Form  # setting, x → state
    step: Form  # setting, x, state, t, steps, z → x, state, loss at x (and calls, where counted)
    value: Form  # setting, x → loss
    dtypes: tuple[Any, ...]  # of each number of the state


@lru_cache(maxsize=MOST_PROGRAMS)
def _kind(structure: Any, counted: bool = False) -> Kind:
    """The functions for settings of a structure; the numbers in these are arguments."""
    setting, x, t, state = _example(structure)
    return Kind(
        form_of(begin, setting, x),
        form_of(_counted if counted else _step, setting, x, state, t, t, x),
        form_of(_value, setting, x),
        tuple(leaf.dtype for leaf in jax.tree.leaves(state) for _ in range(leaf.size)),
    )


def _example(structure: Any) -> tuple[Any, Floats, Any, Any]:
    """A setting of a structure, a point, a number of steps, and a state: none of them meant."""
    setting = jax.tree.unflatten(structure, [np.float64(1)] * structure.num_leaves)
    x = np.zeros(2)
    return setting, x, np.int64(1), jax.eval_shape(begin, setting, x)


def cost(calls: Any) -> Any:
    """Evaluations (3,) of f, of the gradient and of the Hessian, counted in gradients.

    A value counts as much as a gradient, a Hessian as two: so many Hessian-vector products it is.
    """
    return calls[0] + calls[1] + 2 * calls[2]


@lru_cache(maxsize=MOST_PROGRAMS)
@in_float64
def cost_of_a_step(structure: Any) -> float | None:
    """What every step costs under settings of a structure; None where steps differ in it."""
    setting, x, t, state = _example(structure)
    try:
        calls = trace(lambda *given: _counted(*given)[3], setting, x, state, t, t, x).outputs
    except (Unsupported, TypeError, ValueError):
        return None
    return float(cost([c.of for c in calls])) if all(c.is_const for c in calls) else None


class Block(NamedTuple):
    """The compiled `_block` of settings of one structure with the same leaves varied."""

    steps: Any
    nothing: Callable[[int], Carry]  # of so many cells: what the first block begins with, but x
    chunk: int  # the most cells that it should be given
    compiled: set[Any]  # the chunks' sizes, and kinds of `Criteria`, that it has been called with


@lru_cache(maxsize=MOST_PROGRAMS)
@in_float64
def block_of(
    structure: Any,
    leaves: tuple[int, ...],
    seeds: bool,
    every_loss: bool,
    every_point: bool = False,
    counted: bool = False,
) -> Block:
    """The block for settings of a structure, its ``leaves`` varied; compiled once a chunk's size.

    ``seeds``: whether the cells have noise of their own. ``every_loss``, ``every_point``: whether
    it returns them. ``counted``: whether evaluations are counted, for a budget.
    """
    kind = _kind(structure, counted)
    setting = [leaf in leaves for leaf in range(structure.num_leaves)]
    varied = kind.begin.varying([*setting, True, True])
    known: list[bool] = []
    while known != varied:  # what varies after one step varies in the next
        known = varied
        given = [*setting, True, True, *known, False, False, seeds, seeds]
        after = kind.step.varying(given)[2 : 2 + len(kind.dtypes)]
        varied = [a or b for a, b in zip(known, after, strict=True)]

    def nothing(cells: int) -> Carry:
        zeros = np.zeros(cells)
        state = [
            np.zeros(zeros.shape if v else (), dtype)
            for v, dtype in zip(varied, kind.dtypes, strict=True)
        ]
        quarter = Quarter(zeros, zeros)
        watch = Watch(zeros.astype(np.int64), zeros, zeros, quarter, quarter)
        return Carry((zeros, zeros), tuple(state), watch)

    block = partial(_block, kind, leaves, tuple(varied), (every_loss, every_point))
    most = CHUNK_OF_SEARCHES if kind.step.searches else CHUNK
    return Block(one_kernel(block, compiler_options=OPTIONS), nothing, most, set())


def _block(
    kind: Kind,
    leaves: tuple[int, ...],
    varied: tuple[bool, ...],
    every: tuple[bool, bool],
    shared: Array,
    values: Array,
    carry: Carry,
    span: Array,
    z: Array,
    seed: Array | None,
    criteria: Criteria = Criteria(),  # noqa: B008 (a tuple)
) -> tuple[Carry, Array, Array | None, Array | None]:
    """Some steps of every cell of a chunk: the carry, the rows of a `ChunkResult`, losses, points.

    ``shared`` are the setting's numbers, ``values`` (leaves, chunk) those that differ. ``span`` is
    (the steps done before, those of the run, …), and then, counted from the block's first step: the
    ends of the run's first quarter, of its middle, and of the run, none beyond the block's. ``z``
    (BLOCK, 2, seeds) is the unit noise, ``seed`` (chunk,) which of it is a cell's; None: there is
    one. The losses before each step are (BLOCK, chunk), the points (BLOCK, 2, chunk); None
    where ``every`` does not ask for them.
    """
    shape = values.shape[1:]
    done, steps, *ends = span
    setting = list(shared)
    for leaf, value in zip(leaves, values, strict=True):
        setting[leaf] = value

    def wide(number: Array) -> Array:
        return jnp.broadcast_to(number, shape)

    def loss(x: tuple[Array, Array]) -> Array:
        return wide(kind.value.call([*setting, *x])[0])

    def fitted(state: Sequence[Array]) -> tuple[Array, ...]:
        return tuple(wide(s) if v else s for s, v in zip(state, varied, strict=True))

    def body(i: Array, loop: tuple[Carry, Quarter, Any]) -> tuple[Carry, Quarter, Any]:
        (x, state, watch, marks), sums, (losses, points) = loop
        t = done + i + 1
        noise = z[i, :, 0] if seed is None else z[i].at[:, seed].get(mode="promise_in_bounds")
        after = kind.step.call([*setting, *x, *state, t, steps, *noise])
        rest = 2 + len(varied)
        moved, f, calls = (wide(after[0]), wide(after[1])), wide(after[rest]), after[rest + 1 :]
        finite = jnp.isfinite(f) & jnp.isfinite(x[0]) & jnp.isfinite(x[1])
        finite_steps = jnp.where(finite & (watch.finite_steps == t - 1), t, watch.finite_steps)
        watch = watch._replace(
            finite_steps=finite_steps, finite=jnp.where(finite_steps == t, f, watch.finite)
        )
        marks, goes_on = _marked(marks, criteria, t, x, f, calls)
        if calls:
            moved = (jnp.where(goes_on, moved[0], x[0]), jnp.where(goes_on, moved[1], x[1]))

        def add(sums: Quarter) -> Quarter:
            length = jnp.sqrt((moved[0] - x[0]) ** 2 + (moved[1] - x[1]) ** 2)
            return Quarter(sums.step + length, sums.loss + f)

        between = (ends[0] <= i) & (i < ends[1])
        sums = lax.cond(between, lambda sums: sums, add, sums)
        losses = losses.at[i].set(f) if every[0] else None
        points = points.at[i].set(jnp.stack(x)) if every[1] else None
        return Carry(moved, fitted(after[2:rest]), watch, marks), sums, (losses, points)

    def part(k: Array, loop: tuple[Carry, Any]) -> tuple[Carry, Any]:
        """The steps in the first quarter of the run (k = 0), in its middle, in its last one (2).

        One pair of sums is all that a step then has to carry, and the body is compiled once.
        """
        carry, tables = loop
        bounds = jnp.stack([jnp.zeros_like(done), *ends])
        sums = Quarter(jnp.zeros(shape), jnp.zeros(shape))
        carry, sums, tables = lax.fori_loop(bounds[k], bounds[k + 1], body, (carry, sums, tables))
        early, late = (
            jax.tree.map(partial(jnp.where, k == own), jax.tree.map(jnp.add, so_far, sums), so_far)
            for own, so_far in ((0, carry.watch.early), (2, carry.watch.late))
        )
        return carry._replace(watch=carry.watch._replace(early=early, late=late)), tables

    fresh = done == 0
    state, f = fitted(kind.begin.call([*setting, *carry.x])), loss(carry.x)
    carry = carry._replace(
        state=tuple(jnp.where(fresh, a, b) for a, b in zip(state, carry.state, strict=True)),
        watch=carry.watch._replace(
            first=jnp.where(fresh, f, carry.watch.first),
            finite=jnp.where(fresh, f, carry.watch.finite),
        ),
    )
    losses = jnp.zeros((BLOCK, *shape)) if every[0] else None
    points = jnp.zeros((BLOCK, 2, *shape)) if every[1] else None
    carry, (losses, points) = lax.fori_loop(0, 3, part, (carry, (losses, points)))
    found = ChunkResult(carry.x, loss(carry.x), carry.watch, carry.marks)
    rows = jnp.stack([row.astype(float) for row in jax.tree.leaves(found)])
    return carry, rows, losses, points


def _marked(
    marks: Marks, criteria: Criteria, t: Array, x: Any, f: Array, calls: Sequence[Array]
) -> tuple[Marks, Any]:
    """The marks before step ``t``, from ``x`` with the loss ``f``; and which cells take it.

    What is in ``asked`` decides, while this is compiled, what is computed.
    """
    goes_on = None
    if calls:
        dearer = marks.spent + cost(calls)
        goes_on = (marks.made == t - 1) & (dearer <= criteria.budget)
        made, spent = jnp.where(goes_on, t, marks.made), jnp.where(goes_on, dearer, marks.spent)
        marks = marks._replace(made=made, spent=spent)
    if criteria.level is not None:
        low = f <= criteria.level
        marks = marks._replace(settled=jnp.where(low, marks.settled, t))
        if calls:
            marks = marks._replace(evaluations=jnp.where(low, marks.evaluations, marks.spent))
    if criteria.target is not None:
        a, b, square = criteria.target
        near = (x[0] - a) ** 2 + (x[1] - b) ** 2 <= square
        marks = marks._replace(arrived=jnp.where(near, marks.arrived, t))
    return marks, goes_on
