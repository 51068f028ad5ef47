"""Functions that nobody wrote: random trees of operations, in V8 and over a batch, against JAX."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from jax import Array, lax
from numpy.typing import NDArray

from calculus.kernels import batched, to_javascript
from tests.v8 import Engine

pytestmark = pytest.mark.float64

# An example is many trees at once, and what fails is named: there is nothing to shrink.
SETTINGS: Any = {
    "deadline": None,
    "derandomize": True,
    "database": None,
    "phases": [Phase.generate],
}

Table = NDArray[np.float64]
Tree = tuple[Any, ...]
"""A name and its operands: numbers of inputs, known numbers and trees."""

INPUTS = 3
LEAST = float(np.finfo(np.float64).smallest_normal)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def batch_of(program: Any, rows: Any) -> Table:
    columns = list(rows.T)
    together: Any = jax.jit(
        lambda columns: batched(program, columns),
        compiler_options={"xla_backend_optimization_level": 0},
    )
    results = [np.broadcast_to(np.asarray(r, np.float64), len(rows)) for r in together(columns)]
    return np.array(results).T


def xla_of(function: Callable[[Any], list[Any]], rows: Any) -> Table:
    results = jax.jit(lambda rows: lax.map(function, rows))(rows)
    return np.array([np.asarray(r, np.float64) for r in results]).T


# --- floats ---------------------------------------------------------------------------------------

OF_ONE: dict[str, Callable[[Any], Any]] = {
    name: getattr(lax, name)
    for name in (
        *("neg", "abs", "sign", "floor", "ceil", "exp", "expm1", "log", "log1p", "sin", "cos"),
        *("tanh", "atan", "asinh", "sqrt", "rsqrt", "cbrt", "logistic", "erf", "square"),
    )
} | {"cube": lambda x: lax.integer_pow(x, 3), "inverse": lambda x: lax.integer_pow(x, -1)}
OF_TWO: dict[str, Callable[[Any, Any], Any]] = {
    name: getattr(lax, name) for name in ("add", "sub", "mul", "div", "rem", "max", "min", "atan2")
} | {"hypot": jnp.hypot, "logaddexp": jnp.logaddexp, "pow": lambda x, y: lax.pow(abs(x), y)}
OF_THREE: dict[str, Callable[..., Any]] = {
    "less": lambda x, y, z: jnp.where(x < y, z, x * z),
    "between": lambda x, y, z: jnp.where((x <= y) & ~(y > z) | (z == x), y, z),
    "clamp": lax.clamp,
}
# What only passes numbers on does not round them.
NO_ROUNDING = {"neg", "abs", "sign", "floor", "ceil", "max", "min", "between", "clamp", "input"}
NO_ROUNDING |= {"sort", "place", "max of all", "known"}
POLES = {"div", "inverse", "log", "log1p", "rsqrt"}
# Without results on the way that are too small for XLA.
OF_MANY: dict[str, Callable[[Any], Any]] = {
    "sum": jnp.sum,
    "product": lambda v: jnp.prod(1 + jnp.abs(v)),
    "max of all": jnp.max,
    "sort": lambda v: jnp.sort(v)[1],
    "spread": lambda v: jnp.sort(v)[-1] - jnp.median(v),
    "cumsum": lambda v: jnp.cumsum(v)[::-1] @ jnp.arange(1.0, len(v) + 1),
    "dot": lambda v: v[1:] @ v[:-1],
    "norm": lambda v: jnp.sqrt(1 + jnp.sum(v * v)),
    "place": lambda v: v[jnp.argmax(v)] + jnp.argmin(v),
    "moved": lambda v: jnp.pad(jnp.roll(v, 1), 1, constant_values=0.5) @ jnp.arange(len(v) + 2.0),
    "put": lambda v: v.at[jnp.argmax(v)].add(v[0]).sum(),
    "logsumexp": jax.nn.logsumexp,
}


class Evaluation:
    """The value of a tree. ``noise`` changes each result by about an ulp, as rounding does.

    ``seen`` are the results on the way, as far as they are not inside a branch or a loop;
    ``grown`` those of them that are infinite only because they are too large for a double.
    """

    def __init__(self, inputs: Any, noise: Any | None = None) -> None:
        self.inputs, self.noise = inputs, noise
        self.count, self.inside = 0, 0
        self.seen: list[Any] = []
        self.grown: list[Any] = []

    def of(self, tree: Tree) -> Any:
        name, *operands = tree
        if name == "input":
            result = self.inputs[operands[0]]
        elif name == "known":
            result = jnp.float64(operands[0])
        elif name in CONTROL:
            result = CONTROL[name](self, *operands)
        elif name in OF_MANY:
            result = OF_MANY[name](jnp.stack([self.of(t) for t in operands]))
        else:
            values = [self.of(t) for t in operands]
            result = (OF_ONE | OF_TWO | OF_THREE)[name](*values)
        return self.rounded(name, result)

    def rounded(self, name: str, result: Any) -> Any:
        self.count += 1
        if self.noise is not None and name not in NO_ROUNDING:
            result = result * (1 + self.noise[self.count % len(self.noise)])
        if not self.inside:
            self.seen.append(result)
            if name not in POLES:
                self.grown.append(result)
        return result

    def within(self, function: Callable[[], Any]) -> Any:
        self.inside += 1
        result = function()
        self.inside -= 1
        return result

    # A branch and a round see the values around them; in a round the first input is what goes on
    # from round to round.

    def cond(self, test: Tree, yes: Tree, no: Tree) -> Any:
        known = self.of(test)
        return lax.cond(
            known > 0,
            lambda: self.within(lambda: self.of(yes)),
            lambda: self.within(lambda: self.of(no) - known),
        )

    def switch(self, which: Tree, *cases: Tree) -> Any:
        index = jnp.clip(jnp.nan_to_num(self.of(which)), -9, 9).astype(jnp.int32)
        return lax.switch(index, [lambda t=t: self.within(lambda: self.of(t)) for t in cases])

    def next(self, tree: Tree, first: Any) -> Any:
        around = self.inputs
        self.inputs = [first, *around[1:]]
        result = self.within(lambda: self.rounded("next", jnp.tanh(self.of(tree)) * 0.5))
        self.inputs = around
        return result

    def scan(self, step: Tree, *rows: Tree) -> Any:
        column = jnp.stack([self.of(t) for t in rows])
        column = jnp.tile(column, 6 if self.count % 2 else 1)  # a loop, or written out

        def body(c: Any, row: Any) -> Any:
            c = self.next(step, c) + row
            return c, (c > row, self.next(rows[0], row))

        last, (flags, others) = lax.scan(
            body, jnp.float64(rows[0][0] == "known"), column, reverse=True
        )
        return last + flags.sum() + others[1]

    def fori(self, step: Tree, start: Tree) -> Any:
        return lax.fori_loop(0, 12, lambda k, c: self.next(step, c) + k, self.of(start))

    def halve(self, step: Tree, start: Tree) -> Any:
        def body(c: Any) -> Any:
            x, last, k = c
            return last * 0.625 + self.next(step, x), x, k + 1

        def goes_on(c: Any) -> Any:
            return (abs(c[0]) > 0.25 + abs(self.next(start, c[1]))) & (c[2] < 20)

        first = self.of(start)
        x, last, k = lax.while_loop(goes_on, body, (first, first, jnp.int32(0)))
        return x + k + last


CONTROL: dict[str, Callable[..., Any]] = {
    name: getattr(Evaluation, name) for name in ("cond", "switch", "scan", "fori", "halve")
}


def bigger(trees: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    def of(names: Any, *operands: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        return st.tuples(st.sampled_from(sorted(names)), *operands)

    return st.one_of(
        of(OF_ONE, trees),
        of(OF_TWO, trees, trees),
        of(OF_THREE, trees, trees, trees),
        of(OF_MANY, trees, trees, trees),
        of(["cond", "switch", "scan"], trees, trees, trees),
        of(["fori", "halve"], trees, trees),
    )


LEAVES = st.one_of(
    st.tuples(st.just("input"), st.integers(0, INPUTS - 1)),
    st.tuples(st.just("known"), st.sampled_from([0.5, -1.0, 3.0, 0.1, 1e3, math.pi])),
)
TREES = st.recursive(LEAVES, bigger, max_leaves=9)
EXTREMES = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, math.inf, -math.inf, math.nan, 1e308, -1e150, 1e-300]
NUMBERS = st.one_of(
    st.sampled_from(EXTREMES),
    st.floats(-4, 4, allow_subnormal=False),
    st.floats(-1e4, 1e4, allow_subnormal=False),
)
ROWS = st.lists(st.tuples(*[NUMBERS] * INPUTS), min_size=24, max_size=24)
NOISES = np.random.default_rng(2).uniform(-4e-16, 4e-16, (8, 12))


def allowed(engine: Engine, trees: list[Tree], rows: Table) -> Table:
    """By how much results may differ: 100 times what an ulp of rounding on the way changes.

    Infinite where that decides between kinds of numbers or branches, where XLA takes a result on
    the way for zero because it is so small, and where one is too large: log xʸ is y log x there.
    """

    def noisy(x: Any, noise: Any) -> Any:
        results = []
        for tree in trees:
            run = Evaluation(x, noise)
            result = run.of(tree)
            sizes = jnp.abs(jnp.stack(run.seen))
            small = ((sizes > 0) & (sizes < 1e10 * LEAST)).any()
            large = jnp.isinf(jnp.stack([*run.grown, 0.0])).any() & jnp.isfinite(x).all()
            results += [result, small | large]
        return results

    kernel = to_javascript(noisy, rows[0], NOISES[0])
    noises = np.concatenate([np.zeros((1, NOISES.shape[1])), NOISES])
    table = [[*row, *noise] for row in rows.tolist() for noise in noises.tolist()]
    found = engine.rows(kernel.source, table, 2 * len(trees)).reshape(len(rows), len(noises), -1)
    values, beyond = found[:, :, ::2], found[:, :, 1::2].any(axis=1)
    with np.errstate(invalid="ignore", over="ignore"):
        change = np.abs(values - values[:, :1]).max(axis=1)
        same_kind = (values == values[:, :1]) | (np.isnan(values) & np.isnan(values[:, :1]))
        limit = 1e-12 * np.abs(values[:, 0]) + 100 * change
    limit[same_kind.all(axis=1) & ~np.isfinite(values[:, 0])] = 0
    limit[np.isnan(limit) | beyond] = math.inf
    return limit


def far(ways: dict[str, Table], expected: Table, limit: Table) -> list[tuple[str, int, int]]:
    """Where numbers differ by more than a limit: the way, the row and the column."""
    places = []
    for way, actual in ways.items():
        with np.errstate(invalid="ignore", over="ignore"):
            near = np.abs(actual - expected) <= limit + 8 * LEAST
        same = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
        wrong = np.argwhere(~(same | near | np.isinf(limit)))
        places += [(way, i, j) for i, j in wrong.tolist()]
    return places


def test_random_functions_agree_with_jax_as_far_as_rounding_allows(engine):
    said: list[float] = []  # how often a comparison said something

    @settings(max_examples=22, **SETTINGS)
    @given(trees=st.lists(TREES, min_size=8, max_size=8), rows=ROWS)
    def compare(trees: list[Tree], rows: list[tuple[float, ...]]) -> None:
        table = np.array(rows)

        def function(x: Any) -> list[Any]:
            return [Evaluation(x).of(tree) for tree in trees]

        kernel = to_javascript(function, table[0])
        expected = xla_of(function, table)
        limit = allowed(engine, trees, table)
        said.append(float(np.isfinite(limit).mean()))
        ways = {
            "v8": engine.rows(kernel.source, rows, len(trees)),
            "batch": batch_of(kernel.program, table),
        }
        assert [
            (way, trees[j], rows[i], ways[way][i, j], expected[i, j])
            for way, i, j in far(ways, expected, limit)
        ] == []

    compare()
    assert len(said) >= 22
    assert np.mean(said) > 0.7


# --- whole numbers --------------------------------------------------------------------------------

WHOLE = ("int32", "uint32", "int64")
WHOLE_OF_TWO: dict[str, Callable[[Any, Any], Any]] = {
    name: getattr(lax, name)
    for name in (
        *("add", "sub", "mul", "div", "rem", "max", "min", "bitwise_and", "bitwise_or"),
        *("bitwise_xor", "shift_left", "shift_right_logical", "shift_right_arithmetic"),
    )
} | {
    "choice": lambda a, b: jnp.where(a < b, b - a, a),
    "loop": lambda a, b: lax.fori_loop(0, 12, lambda k, c: c * b + a, a ^ b),
    "while": lambda a, b: lax.while_loop(
        lambda c: c[1] > 0, lambda c: (c[0] * b + 1, c[1] - 1), (a, b & 15)
    )[0],
    "cond": lambda a, b: lax.cond(a > b, lambda: a // (b | 1), lambda: b * b),
    "sum": lambda a, b: lax.cumsum(jnp.stack([a, b, a]))[2],
    "known": lambda a, b: (a // np.array(7, a.dtype)) + b % np.array(10, a.dtype),
}
WHOLE_OF_ONE: dict[str, Callable[[Any], Any]] = {
    name: getattr(lax, name)
    for name in ("neg", "sign", "bitwise_not", "population_count", "clz", "square")
} | {
    name: lambda a, name=name: a.astype(name).astype(a.dtype)
    for name in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64")
}
WHOLE_TREES = st.recursive(
    st.tuples(st.just("input"), st.integers(0, INPUTS - 1)),
    lambda trees: st.one_of(
        st.tuples(st.sampled_from(sorted(WHOLE_OF_ONE)), trees),
        st.tuples(st.sampled_from(sorted(WHOLE_OF_TWO)), trees, trees),
    ),
    max_leaves=12,
)
ENDS = [0, 1, -1, 2, 31, 32, 63, 2**31 - 1, -(2**31), 2**32 - 1, 2**53 + 1, 2**63 - 1, -(2**63)]
HALVES = st.lists(
    st.tuples(*[st.one_of(st.sampled_from(ENDS), st.integers(-(2**63), 2**63 - 1))] * INPUTS),
    min_size=24,
    max_size=24,
)


def whole_value(tree: Tree, inputs: list[Array]) -> Any:
    name, *operands = tree
    if name == "input":
        return inputs[operands[0]]
    values = [whole_value(t, inputs) for t in operands]
    return WHOLE_OF_ONE[name](*values) if len(values) == 1 else WHOLE_OF_TWO[name](*values)


@settings(max_examples=10, **SETTINGS)
@given(trees=st.lists(WHOLE_TREES, min_size=6, max_size=6), rows=HALVES)
def test_random_functions_of_whole_numbers_are_exactly_those_of_jax(engine, trees, rows):
    halves = np.array([[h for k in row for h in (k >> 32, k & 0xFFFFFFFF)] for row in rows])

    def function(halves: Any) -> list[Any]:
        results = []
        for j, tree in enumerate(trees):
            dtype = WHOLE[j % len(WHOLE)]
            inputs = [
                (halves[2 * i] << 32 | halves[2 * i + 1]).astype(dtype) for i in range(INPUTS)
            ]
            result = whole_value(tree, inputs).astype(jnp.int64)
            results += [result >> 32, result & 0xFFFFFFFF]  # exact as floats, too
        return results

    kernel = to_javascript(function, halves[0])
    expected = xla_of(function, halves)
    ways = {
        "v8": engine.rows(kernel.source, halves.tolist(), 2 * len(trees)),
        "batch": batch_of(kernel.program, halves),
    }
    assert [
        (way, trees[j // 2], WHOLE[j // 2 % len(WHOLE)], rows[i])
        for way, i, j in far(ways, expected, np.zeros(expected.shape))
    ] == []
