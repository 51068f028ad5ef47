"""The loop of a chunk of cells: many runs that differ in some numbers.

Every number of a step is an array over the chunk, so that each coordinate is one of its own; a
number that is the same for all stays one. The loop keeps what a run is judged by, and no path.
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

from kernels import Unsupported, batched, trace
from kernels.batched import searches, varying
from optimizers import Loss
from simulation.programs import MOST_PROGRAMS
from simulation.run import BLOCK
from simulation.step import Exact, Setting, begin

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

    fine: Numbers  # how many points were finite before the first that was not
    first: Numbers  # the loss at the start
    finite: Numbers  # the last finite loss
    early: Quarter
    late: Quarter


class Found(NamedTuple):
    """What a chunk has come to."""

    x: tuple[Numbers, Numbers]
    loss: Numbers  # at x
    watch: Watch

    @classmethod
    def of_rows(cls, rows: Floats) -> "Found":
        """From the rows of numbers (10, cells) that a block gives."""
        x, y, loss, fine, first, finite, *sums = rows
        watch = Watch(fine, first, finite, Quarter(*sums[:2]), Quarter(*sums[2:]))
        return cls((x, y), loss, watch)


class Carry(NamedTuple):
    """A chunk between two blocks of steps. A number of the state may be the same for all: ()."""

    x: tuple[Numbers, Numbers]
    state: tuple[Numbers, ...]
    watch: Watch


class CellLoss(NamedTuple):
    """As `simulation.step.GivenLoss`; but where nothing is clipped, no norm is computed."""

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
    rule = setting.rule.paced(setting.schedule.factor(t, steps))
    moved, state, _ = rule.step(x, state, loss)
    return moved, state, setting.surface(x)


def _value(setting: Setting, x: Array) -> Array:
    return setting.surface(x)


class Form(NamedTuple):
    """A function over a batch: the numbers of its arguments in, those of its results out."""

    call: Callable[[Sequence[Any]], Sequence[Array]]
    varying: Callable[[Sequence[bool]], list[bool]]
    """Which results differ over the batch, if these arguments do."""
    searches: bool
    """Whether it goes on until the slowest of the batch has found."""


def _form(function: Callable[..., Any], *examples: Any) -> Form:
    try:
        program = trace(function, *examples)
    except (Unsupported, TypeError, ValueError):
        return _form_over_arrays(function, *examples)
    return Form(partial(batched, program), partial(varying, program), searches(program))


def _form_over_arrays(function: Callable[..., Any], *examples: Any) -> Form:
    """The slow form, for a function that has none over scalars: some call linear algebra."""
    leaves, tree = jax.tree.flatten(examples)
    ends = np.cumsum([np.size(leaf) for leaf in leaves])

    def one(*numbers: Array) -> list[Array]:
        arrays = [
            jnp.stack(numbers[end - np.size(leaf) : end]).reshape(leaf.shape)
            for leaf, end in zip(leaves, ends, strict=True)
        ]
        results = jax.tree.leaves(function(*jax.tree.unflatten(tree, arrays)))
        return [number for array in results for number in jnp.ravel(array)]

    def call(numbers: Sequence[Any]) -> Sequence[Array]:
        return jax.vmap(one)(*jnp.broadcast_arrays(*numbers))

    count = sum(leaf.size for leaf in jax.tree.leaves(jax.eval_shape(function, *examples)))
    return Form(call, lambda _: [True] * count, searches=True)


class Kind(NamedTuple):
    """What settings of one structure share: the functions of their runs, and the state's types."""

    begin: Form  # setting, x → state
    step: Form  # setting, x, state, t, steps, z → x, state, loss at x
    value: Form  # setting, x → loss
    dtypes: tuple[Any, ...]  # of each number of the state


@lru_cache(maxsize=MOST_PROGRAMS)
def _kind(structure: Any) -> Kind:
    """The functions for settings of a structure; the numbers in these are arguments."""
    setting = jax.tree.unflatten(structure, [np.float64(1)] * structure.num_leaves)
    x, t = np.zeros(2), np.int64(1)
    state = jax.eval_shape(begin, setting, x)
    return Kind(
        _form(begin, setting, x),
        _form(_step, setting, x, state, t, t, x),
        _form(_value, setting, x),
        tuple(leaf.dtype for leaf in jax.tree.leaves(state) for _ in range(leaf.size)),
    )


class Block(NamedTuple):
    """The compiled `_block` of settings of one structure with the same leaves varied."""

    steps: Any
    nothing: Callable[[int], Carry]  # of so many cells: what the first block begins with, but x
    chunk: int  # the most cells that it should be given
    compiled: set[int]  # the chunks' sizes that it has been called with


@lru_cache(maxsize=MOST_PROGRAMS)
def block_of(structure: Any, leaves: tuple[int, ...], seeds: bool, every_loss: bool) -> Block:
    """The block for settings of a structure, its ``leaves`` varied; compiled once a chunk's size.

    ``seeds``: whether the cells have noise of their own.
    """
    kind = _kind(structure)
    setting = [leaf in leaves for leaf in range(structure.num_leaves)]
    varied = kind.begin.varying([*setting, True, True])
    known: list[bool] = []
    while known != varied:  # what varies after one step varies in the next
        known = varied
        given = [*setting, True, True, *known, False, False, seeds, seeds]
        after = kind.step.varying(given)[2:-1]
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

    block = partial(_block, kind, leaves, tuple(varied), every_loss)
    most = CHUNK_OF_SEARCHES if kind.step.searches else CHUNK
    return Block(jax.jit(block, compiler_options=OPTIONS), nothing, most, set())


def _block(
    kind: Kind,
    leaves: tuple[int, ...],
    varied: tuple[bool, ...],
    every_loss: bool,
    shared: Array,
    values: Array,
    carry: Carry,
    span: Array,
    z: Array,
    seed: Array | None,
) -> tuple[Carry, Array, Array]:
    """Some steps of every cell of a chunk: the carry, the rows of a `Found`, the losses before.

    ``shared`` are the setting's numbers, ``values`` (leaves, chunk) those that differ. ``span`` is
    (the steps done before, those of the run, …), and then, counted from the block's first step: the
    ends of the run's first quarter, of its middle, and of the run, none beyond the block's. ``z``
    (BLOCK, 2, seeds) is the unit noise, ``seed`` (chunk,) which of it is a cell's; None: there is
    one. The losses are (BLOCK, chunk), or nothing.
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

    def body(i: Array, loop: tuple[Carry, Quarter, Array]) -> tuple[Carry, Quarter, Array]:
        (x, state, watch), sums, table = loop
        t = done + i + 1
        noise = z[i, :, 0] if seed is None else z[i].at[:, seed].get(mode="promise_in_bounds")
        *after, f = kind.step.call([*setting, *x, *state, t, steps, *noise])
        moved, f = (wide(after[0]), wide(after[1])), wide(f)
        finite = jnp.isfinite(f) & jnp.isfinite(x[0]) & jnp.isfinite(x[1])
        fine = jnp.where(finite & (watch.fine == t - 1), t, watch.fine)
        watch = watch._replace(fine=fine, finite=jnp.where(fine == t, f, watch.finite))

        def add(sums: Quarter) -> Quarter:
            length = jnp.sqrt((moved[0] - x[0]) ** 2 + (moved[1] - x[1]) ** 2)
            return Quarter(sums.step + length, sums.loss + f)

        between = (ends[0] <= i) & (i < ends[1])
        sums = lax.cond(between, lambda sums: sums, add, sums)
        table = table.at[i].set(f) if every_loss else table
        return Carry(moved, fitted(after[2:]), watch), sums, table

    def part(k: Array, loop: tuple[Carry, Array]) -> tuple[Carry, Array]:
        """The steps in the first quarter of the run (k = 0), in its middle, in its last one (2).

        One pair of sums is all that a step then has to carry, and the body is compiled once.
        """
        carry, table = loop
        bounds = jnp.stack([jnp.zeros_like(done), *ends])
        sums = Quarter(jnp.zeros(shape), jnp.zeros(shape))
        carry, sums, table = lax.fori_loop(bounds[k], bounds[k + 1], body, (carry, sums, table))
        early, late = (
            jax.tree.map(partial(jnp.where, k == own), jax.tree.map(jnp.add, so_far, sums), so_far)
            for own, so_far in ((0, carry.watch.early), (2, carry.watch.late))
        )
        return carry._replace(watch=carry.watch._replace(early=early, late=late)), table

    fresh = done == 0
    state, f = fitted(kind.begin.call([*setting, *carry.x])), loss(carry.x)
    carry = carry._replace(
        state=tuple(jnp.where(fresh, a, b) for a, b in zip(state, carry.state, strict=True)),
        watch=carry.watch._replace(
            first=jnp.where(fresh, f, carry.watch.first),
            finite=jnp.where(fresh, f, carry.watch.finite),
        ),
    )
    table = jnp.zeros((BLOCK, *shape) if every_loss else (0, 0))
    carry, table = lax.fori_loop(0, 3, part, (carry, table))
    found = Found(carry.x, loss(carry.x), carry.watch)
    return carry, jnp.stack([row.astype(float) for row in jax.tree.leaves(found)]), table
