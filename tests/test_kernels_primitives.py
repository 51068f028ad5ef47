"""Every primitive that has a kernel, in V8 and over a batch, against JAX itself.

Functions of one kind are traced together and run on a table of rows, so that a primitive costs a
few milliseconds. What JAX computes is compiled by XLA, from the same function.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from jax.ad_checkpoint import checkpoint_name
from jax.extend.core import ClosedJaxpr, Jaxpr
from numpy.typing import NDArray

from calculus.kernels import batched, external, module, to_javascript, trace
from calculus.kernels.primitives import PRIMITIVES
from tests.v8 import Engine

pytestmark = pytest.mark.float64

Function = Callable[..., Any]
Table = NDArray[np.float64]

INF, NAN = math.inf, math.nan
WHOLE = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


QUICKLY = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}


class Answers(NamedTuple):
    """What the three ways of computing give: a row of numbers for each row of arguments."""

    jax: Table
    v8: Table
    batch: Table


def flat(trees: Any, rows: int) -> Table:
    columns = [np.asarray(leaf, np.float64).reshape(rows, -1) for leaf in jax.tree.leaves(trees)]
    return np.concatenate(columns, axis=1)


def answers(
    engine: Engine, function: Function, *columns: NDArray[Any], compiled: bool = True
) -> Answers:
    """``function`` of each row of the columns, three times.

    A batch of thousands of operations takes less time when they are not ``compiled`` together.
    """
    n = len(columns[0])
    by_jax = jax.jit(lambda *c: lax.map(lambda row: function(*row), c), compiler_options=QUICKLY)
    expected = flat(by_jax(*columns), n)
    kernel = to_javascript(function, *(column[0] for column in columns))
    table = flat(columns, n)
    numbers = [
        column.reshape(n, -1)[:, i]
        for column in columns
        for i in range(math.prod(column.shape[1:]))
    ]
    over_batch = partial(batched, kernel.program)
    batch = (
        jax.jit(over_batch, compiler_options=QUICKLY)(numbers) if compiled else over_batch(numbers)
    )
    wide = [np.broadcast_to(np.asarray(result), (n,)) for result in batch]
    return Answers(
        expected,
        engine.rows(kernel.source, table.tolist(), expected.shape[1]),
        flat(wide, n),
    )


class Tolerance(NamedTuple):
    """A relative and an absolute error, and the number below which XLA takes all for zero."""

    relative: float
    absolute: float = 0
    least: float = float(np.finfo(np.float64).smallest_normal)


EXACT, CLOSE, ROUGH = Tolerance(0), Tolerance(1e-14), Tolerance(2e-12)
OF_SUMS = Tolerance(1e-13, 1e-13)  # of numbers about 1, in any order
SINGLE_LEAST = float(np.finfo(np.float32).smallest_normal)
EXACT_SINGLE, CLOSE_SINGLE = (Tolerance(r, least=SINGLE_LEAST) for r in (0, 1e-6))


def far(actual: Table, expected: Table, within: Tolerance) -> NDArray[np.bool_]:
    """Where numbers differ by more than the tolerance, or one of them is infinite or no number."""
    actual, expected = (np.where(np.abs(x) < within.least, 0.0, x) for x in (actual, expected))
    with np.errstate(all="ignore"):
        allowed = within.relative * np.maximum(np.abs(expected), within.least / 1e-15)
        near = np.abs(actual - expected) <= allowed + within.absolute
    same = (actual == expected) | (np.isnan(actual) & np.isnan(expected))
    return ~(same | (near & np.isfinite(expected)))


def complaints(found: Answers, labels: list[str], arguments: Table, within: Tolerance) -> list[str]:
    """A line for every label that is wrong somewhere: where, and by what."""
    assert found.jax.shape[1] == len(labels)
    lines = []
    for way in ("v8", "batch"):
        actual = getattr(found, way)
        wrong = far(actual, found.jax, within)
        for j in np.flatnonzero(wrong.any(axis=0)):
            i = int(np.argmax(wrong[:, j]))
            lines.append(
                f"{labels[j]} in {way}, {int(wrong[:, j].sum())} rows, such as "
                f"{arguments[i].tolist()}: {actual[i, j]!r}, not {found.jax[i, j]!r}"
            )
    return lines


def together(cases: dict[str, Function]) -> Function:
    return lambda *args: [function(*args) for function in cases.values()]


def labels_of(cases: dict[str, Function], *columns: NDArray[Any]) -> list[str]:
    """The name of a case for each of the numbers that it gives."""
    rows = [column[0] for column in columns]
    return [
        name
        for name, function in cases.items()
        for leaf in jax.tree.leaves(jax.eval_shape(function, *rows))
        for _ in range(math.prod(leaf.shape))
    ]


def check(
    engine: Engine,
    cases: dict[str, Function],
    *columns: NDArray[Any],
    within: Tolerance,
    compiled: bool = True,
) -> None:
    found = answers(engine, together(cases), *columns, compiled=compiled)
    table = flat(columns, len(columns[0]))
    lines = complaints(found, labels_of(cases, *columns), table, within)
    assert not lines, "\n".join(lines)


# --- functions of one and of two float64 ----------------------------------------------------------

# Subnormal numbers are left to a test of their own: XLA takes them for zero.
ORDINARY = [0.3, -0.7, 1.5, -2.5, 3.0, 10.0, -20.5, 100.0, 0.9999999999, 1.0000000001, math.pi]
EXTREME = [
    *(0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.5, -1.5, 3.5, INF, -INF, NAN),
    *(1e308, -1e308, 1.7976931348623157e308, 2.3e-308, -2.3e-308, 1e-300, 1e-17, -1e-8, 1e-5),
    *(1e22, -1e22, 1e300, 709.7, 710.4, -709.0, -745.5, 0.49999999999999994, 4503599627370497.5),
    *(9007199254740993.0, 2.0**63, -(2.0**63), 1e15 + 0.5, 22.0, math.pi / 2),
]
_random = np.random.default_rng(0)
XS = np.array(
    [
        *ORDINARY,
        *EXTREME,
        *_random.normal(size=40),
        *_random.normal(size=30) * 20,
        *np.exp(_random.normal(size=30) * 30),
    ]
)
SPECIAL = [
    *(0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -3.0, INF, -INF, NAN),
    *(1e308, -1e308, 2.3e-308, 7.25, -0.3, 1e16, -1e16, 1.0000000000000002, 4503599627370497.0),
]
PAIRS = np.array([*itertools.product(SPECIAL, SPECIAL), *_random.normal(size=(60, 2)) * 3])

EXACT_OF_ONE: dict[str, Function] = {
    **{name: getattr(lax, name) for name in ("neg", "abs", "sign", "sqrt", "floor", "ceil")},
    "square": lax.square,
    "is_finite": lax.is_finite,
    "round half to even": lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN),
    "round half away": lambda x: lax.round(x, lax.RoundingMethod.AWAY_FROM_ZERO),
    "to float32 and back": lambda x: lax.reduce_precision(x, 8, 23),
    "to float64 and back": lambda x: lax.reduce_precision(x, 11, 52),
    "x²": lambda x: lax.integer_pow(x, 2),
    "x⁻¹": lambda x: lax.integer_pow(x, -1),
}
CLOSE_OF_ONE: dict[str, Function] = {
    **{
        name: getattr(lax, name)
        for name in (
            *("exp", "expm1", "log", "log1p", "sin", "cos", "tan", "asin", "acos", "atan"),
            *("tanh", "asinh", "acosh", "rsqrt", "logistic", "erf"),
        )
    },
    **{f"x^{n}": lambda x, n=n: lax.integer_pow(x, n) for n in (-5, -2, 0, 1, 3, 4, 7, 13)},
    "2^x near 0": lambda x: lax.exp2(jnp.clip(x, -8, 8)),
    "sinh near 0": lambda x: lax.sinh(jnp.clip(x, -8, 8)),
    "cosh near 0": lambda x: lax.cosh(jnp.clip(x, -8, 8)),
    "erfc near 0": lambda x: lax.erfc(jnp.clip(x, -9, 3)),
}
# XLA itself is as far as that from what C computes, which the next test compares with.
ROUGH_OF_ONE: dict[str, Function] = {
    name: getattr(lax, name)
    for name in ("sinh", "cosh", "exp2", "atanh", "cbrt", "erfc", "erf_inv")
}


def test_exact_functions_of_one_number_are_those_of_xla(engine):
    check(engine, EXACT_OF_ONE, XS, within=EXACT)


def test_functions_of_one_number_agree_to_a_few_ulp(engine):
    check(engine, CLOSE_OF_ONE, XS, within=CLOSE)


def test_functions_that_xla_computes_roughly_agree_roughly(engine):
    check(engine, ROUGH_OF_ONE, XS, within=ROUGH)


def of_c(function: Callable[[float], float], x: float) -> float:
    try:
        return function(x)
    except OverflowError:
        return math.copysign(INF, x)
    except ValueError:
        return NAN


def test_functions_that_xla_computes_roughly_are_close_to_those_of_c(engine):
    theirs = {
        "sinh": math.sinh,
        "cosh": lambda x: abs(of_c(math.cosh, x)),
        "exp2": math.exp2,
        "atanh": lambda x: x * INF if abs(x) == 1 else math.atanh(x),
        "cbrt": math.cbrt,
        "erfc": math.erfc,
    }
    kernel = to_javascript(together({name: ROUGH_OF_ONE[name] for name in theirs}), 0.0)
    actual = engine.rows(kernel.source, XS[:, None].tolist(), len(theirs))
    expected = np.array([[of_c(f, x) for f in theirs.values()] for x in XS.tolist()])
    wrong = far(actual, expected, Tolerance(4e-15))
    assert [(XS[i], list(theirs)[j], actual[i, j]) for i, j in np.argwhere(wrong)] == []


def test_the_inverse_of_erf_leads_back(engine):
    x = np.array(
        [*np.linspace(-0.999, 0.999, 101), 1 - 1e-10, -1 + 1e-13, 1 - 2**-53, 1e-9, 1e-300]
    )
    kernel = to_javascript(lambda x: [lax.erf_inv(x), lax.erf(lax.erf_inv(x))], 0.0)
    inverse, back = engine.rows(kernel.source, x[:, None].tolist(), 2).T
    np.testing.assert_allclose(back, x, rtol=2e-15)
    # Near 1 there are more numbers y than erf(y): what is left to 1 tells them apart.
    left = np.array([math.erfc(y) for y in np.abs(inverse[np.abs(x) > 0.5]).tolist()])
    np.testing.assert_allclose(left, 1 - np.abs(x[np.abs(x) > 0.5]), rtol=5e-14)


GAMMA: dict[str, Function] = {"lgamma": lax.lgamma, "digamma": lax.digamma}


def test_gamma_functions_are_close_to_those_of_c_and_of_xla(engine):
    x = XS[(XS > 0) | ~np.isfinite(XS) | (np.abs(XS) < 30)]
    found = answers(engine, together(GAMMA), x)
    for actual in (found.v8, found.batch):
        np.testing.assert_allclose(actual, found.jax, rtol=1e-13, atol=1e-13)
    right = x > 0
    expected = [of_c(math.lgamma, x) for x in x[right].tolist()]
    np.testing.assert_allclose(found.v8[right, 0], expected, rtol=2e-15, atol=1e-14)


def signless(x: Any) -> Any:
    """A zero without its sign: the total order of a kernel does not look at it."""
    return jnp.where(x == 0, 0.0, x)


EXACT_OF_TWO: dict[str, Function] = {
    name: getattr(lax, name)
    for name in ("add", "sub", "mul", "div", "rem", "max", "min", "eq", "ne", "lt", "le", "gt")
} | {
    "ge": lax.ge,
    "nextafter": lambda x, y: lax.nextafter(x + 1e-300, y),
    "lt_to": lambda x, y: lax.lt_to_p.bind(signless(x), signless(y)),
    "le_to": lambda x, y: lax.le_to_p.bind(signless(x), signless(y)),
    "eq_to": lambda x, y: lax.eq_to_p.bind(signless(x), signless(y)),
}
CLOSE_OF_TWO: dict[str, Function] = {
    "atan2": lax.atan2,
    "pow": lambda x, y: lax.pow(x, jnp.clip(y, -30, 30)),
    "pow of whole numbers": lambda x, y: lax.pow(x, jnp.clip(y, -9, 9).astype(jnp.int32)),
    "hypot": jnp.hypot,
    "logaddexp": jnp.logaddexp,
}


def test_arithmetic_and_comparisons_are_exact(engine):
    check(engine, EXACT_OF_TWO, *PAIRS.T, within=EXACT)


def test_functions_of_two_numbers_agree_to_a_few_ulp(engine):
    check(engine, CLOSE_OF_TWO, *PAIRS.T, within=CLOSE)


def test_powers_are_those_of_c_even_where_they_overflow(engine):
    kernel = to_javascript(lax.pow, 0.0, 0.0)
    (actual,) = engine.rows(kernel.source, PAIRS.tolist(), 1).T
    with np.errstate(all="ignore"):
        expected = np.power(*PAIRS.T)
    assert not far(actual, expected, CLOSE).any()
    xla = np.asarray(jax.jit(lax.pow)(*PAIRS.T))
    assert (np.isnan(xla) == np.isnan(actual)).all()
    moderate = np.abs(PAIRS[:, 1]) < 100
    assert not far(actual, xla, CLOSE)[moderate].any()


def test_subnormal_numbers_are_kept_where_xla_takes_them_for_zero(engine):
    x = np.array([5e-324, -5e-324, 1e-310, -1e-308, 2.2250738585072011e-308])
    kernel = to_javascript(
        lambda x: [x * 1.5, x + x, x / 4, abs(x), jnp.sqrt(abs(x)), jnp.sign(x), 1e-300 * x + x],
        0.0,
    )
    actual = engine.rows(kernel.source, x[:, None].tolist(), 7)
    expected = [x * 1.5, x + x, x / 4, abs(x), np.sqrt(abs(x)), np.sign(x), x]
    np.testing.assert_array_equal(actual, np.array(expected).T)
    assert float(jax.jit(lambda x: x * 1.5)(x[2])) == 0


# --- float32 --------------------------------------------------------------------------------------

# A kernel takes no float32, but a function may compute in it.
SINGLES = np.array(
    [0.0, -0.0, 1.0, -1.5, 2.5, 0.1, -7.3, 3e38, -1e-20, 1e-30, 16777217.0, INF, NAN]
)
SINGLE_PAIRS = np.array([*itertools.product(SINGLES, SINGLES), *_random.normal(size=(60, 2)) * 3])


def of_first(function: Function) -> Function:
    """A function of one number as one of two."""
    return lambda x, y: function(x)


def in_single(function: Function) -> Function:
    return lambda *args: function(*(x.astype(jnp.float32) for x in args))


def test_float32_is_rounded_after_each_operation(engine):
    of_one = [
        *(lax.neg, lax.abs, lax.sign, lax.sqrt, lax.floor, lax.ceil, lax.is_finite, lax.square),
        lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN),
        lambda x: x.astype(jnp.float64),
        lambda x: lax.reduce_precision(x, 8, 23),
        lambda x: x * np.float32(0.1),
    ]
    of_two = [
        *(lax.add, lax.sub, lax.mul, lax.div, lax.rem, lax.max, lax.min, lax.nextafter),
        *(lax.eq, lax.lt, lax.ge),
    ]
    cases = {f"of one, {i}": in_single(of_first(f)) for i, f in enumerate(of_one)}
    cases |= {f"of two, {i}": in_single(f) for i, f in enumerate(of_two)}
    check(engine, cases, *SINGLE_PAIRS.T, within=EXACT_SINGLE)


def test_functions_of_float32_are_close_to_those_of_xla(engine):
    names = ("exp", "log", "sin", "tanh", "cbrt", "rsqrt", "logistic", "erf", "erfc")
    cases = {name: in_single(of_first(getattr(lax, name))) for name in names}
    cases["pow"] = in_single(lambda x, y: lax.pow(x, jnp.clip(y, -3, 3)))
    cases["atan2"] = in_single(lax.atan2)
    check(engine, cases, *SINGLE_PAIRS.T, within=CLOSE_SINGLE)


# --- whole numbers --------------------------------------------------------------------------------


def crossing(tree: Any) -> list[Any]:
    """The numbers of 64 bits in halves: outside a kernel they are exact up to 2⁵³ only."""
    halves = []
    for leaf in jax.tree.leaves(tree):
        if leaf.dtype in (jnp.int64, jnp.uint64):
            halves += [leaf >> 32, leaf & 0xFFFFFFFF]
        else:
            halves.append(leaf)
    return halves


def joined(dtype: str, high: Any, low: Any) -> Any:
    return (high << 32 | low).astype(dtype)


def ends(dtype: str) -> list[int]:
    """Numbers of a type, both ends of it among them; of 64 bits also some beyond the doubles."""
    info = np.iinfo(dtype)
    n = info.bits
    numbers = {0, 1, -1, 2, 3, -3, 7, 100, -100, n - 1, n, n + 1, 0x55, 1 << (n // 2)}
    numbers |= {info.max - k for k in (0, 1, 2)} | {info.min + k for k in (0, 1, 2)}
    numbers |= {info.max // 3, info.min // 3, info.max // 10 * 7}
    if n == 64:
        # float32 has 24 bits: the first is half of its last bit and a little, the second just half.
        numbers |= {2**60 + 2**36 + 1, 2**60 + 2**36, 2**53 + 1, -(2**62) - 1}
    return sorted(k for k in numbers if info.min <= k <= info.max)


def columns_of(dtype: str, pairs: list[tuple[int, int]]) -> list[NDArray[Any]]:
    """The arguments for pairs of numbers: as they are, or their halves."""
    if np.iinfo(dtype).bits < 64:
        return [np.array(column, dtype) for column in zip(*pairs, strict=True)]
    halves = [(a >> 32, a & 0xFFFFFFFF, b >> 32, b & 0xFFFFFFFF) for a, b in pairs]
    return [np.array(column, np.int64) for column in zip(*halves, strict=True)]


def across(dtype: str, function: Function) -> Function:
    """A function of two numbers of a type as one of what `columns_of` gives."""

    def crossed(*numbers: Any) -> list[Any]:
        if len(numbers) == 4:
            numbers = joined(dtype, *numbers[:2]), joined(dtype, *numbers[2:])
        return crossing(function(*numbers))

    return crossed


def whole_cases(dtype: str) -> dict[str, Function]:
    n, signed = np.iinfo(dtype).bits, not dtype.startswith("u")
    known = [3, 1, *([-3, -1] if signed else []), 100]
    one = np.dtype(dtype).type
    cases: dict[str, Function] = {
        name: getattr(lax, name)
        for name in (
            *("add", "sub", "mul", "div", "rem", "max", "min", "eq", "ne", "lt", "le", "gt", "ge"),
            *("bitwise_and", "bitwise_or", "bitwise_xor"),
            *("shift_left", "shift_right_logical", "shift_right_arithmetic"),
        )
    }
    of_one: dict[str, Function] = {
        name: getattr(lax, name)
        for name in ("neg", "sign", "bitwise_not", "population_count", "clz", "square")
    }
    if signed:
        of_one["abs"] = lax.abs
    for k in known:
        of_one[f"divided by {k}"] = lambda a, k=k: lax.div(a, one(k))
        of_one[f"remainder by {k}"] = lambda a, k=k: lax.rem(a, one(k))
        of_one[f"{k} divided"] = lambda a, k=k: lax.div(one(k), a)
    for k in (0, 1, n - 1, n, 127):
        of_one[f"shifted by {k}"] = lambda a, k=k: [
            lax.shift_left(a, one(k)),
            lax.shift_right_logical(a, one(k)),
            lax.shift_right_arithmetic(a, one(k)),
        ]
    of_one["³"] = lambda a: lax.integer_pow(a, 3)
    of_one["⁰"] = lambda a: lax.integer_pow(a, 0)
    of_one["converted"] = lambda a: [
        a.astype(d) for d in (*WHOLE, "bool", "float32", "float64") if d != dtype
    ]
    of_one["turned over twice"] = lambda a: [~-a, -~a, ~~a, --a]  # noqa: B002
    of_one["halved"] = lambda a: a // 2
    cases |= {name: of_first(f) for name, f in of_one.items()}
    cases["clamp"] = lambda a, b: lax.clamp(b, a, one(100))
    cases["choice"] = lambda a, b: lax.select(a < b, a, b)
    cases["power"] = lambda a, b: jnp.power(a, b & 7)
    return cases


@pytest.mark.parametrize("dtype", WHOLE)
def test_whole_numbers_wrap_as_in_xla(engine, dtype):
    cases = whole_cases(dtype)
    border = {name: across(dtype, function) for name, function in cases.items()}
    pairs = list(itertools.product(ends(dtype), ends(dtype)))
    check(engine, border, *columns_of(dtype, pairs), within=EXACT)


def test_floats_become_whole_numbers_by_cutting_off_and_stopping_at_the_ends(engine):
    x = [0.0, -0.0, 0.5, -0.5, 0.999, -1.0, -1.5, 2.5, 127.5, -128.9, 255.9, 300.0, -300.0, 65535.5]
    x += [2147483647.5, -2147483648.5, 4294967295.5, 3e9, 2.0**53 + 2, -(2.0**53) - 2, NAN, INF]
    x += [2.0**63, -(2.0**63), 2.0**64, 1e19, -1e19, 1e300, -1e300, 2.0**63 - 1024, -INF]

    def whole(x: Any) -> Any:
        # XLA leaves open what a negative number is without a sign.
        return [x.astype(d) if d[0] == "i" else jnp.maximum(x, 0).astype(d) for d in WHOLE]

    cases = {
        "float64": lambda x: crossing(whole(x)),
        "float32": lambda x: crossing(whole(x.astype(jnp.float32))),
        "truth": lambda x: [x.astype(bool), (x > 0).astype(jnp.int64), (x > 0).astype(jnp.uint8)],
        "a zero has no sign": lambda x: 1 / lax.convert_element_type(x, jnp.int32).astype(float),
    }
    check(engine, cases, np.array(x), within=EXACT)


def test_the_bits_of_a_number_are_those_of_xla(engine):
    x = np.array([*SPECIAL, *_random.normal(size=10), 5e-324, -1e-310])
    k = _random.integers(-(2**31), 2**31, (len(x), 2))
    k[:, 1] = np.abs(k[:, 1])
    cast = lax.bitcast_convert_type
    cases: dict[str, Function] = {
        "of float64": lambda x, k: crossing([cast(x, jnp.int64), cast(x, jnp.uint64)]),
        "to float64": lambda x, k: cast(joined("int64", *k), jnp.float64),
        "to float64 from uint64": lambda x, k: cast(joined("uint64", *k), jnp.float64),
        "of float32": lambda x, k: [
            cast(x.astype(jnp.float32), d) for d in (jnp.int32, jnp.uint32)
        ],
        "to float32": lambda x, k: [
            cast((k[0] % 2**23 + 2**23).astype(d), jnp.float32) for d in (jnp.int32, jnp.uint32)
        ],
        "between": lambda x, k: [
            cast(k[0].astype(jnp.int8), jnp.uint8),
            cast(k[1].astype(jnp.uint32), jnp.int32),
            *crossing(cast(joined("int64", *k), jnp.uint64)),
            cast(k[0], jnp.int64),
        ],
    }
    check(engine, cases, x, k, within=EXACT)


# --- arrays ---------------------------------------------------------------------------------------

# All of one signature: six numbers, three places. Some places are outside the arrays.
P = np.array(
    [
        *_random.normal(size=(12, 6)),
        *_random.integers(-2, 3, (14, 6)),  # many are equal
        *_random.choice([NAN, INF, -INF, 0.0, -0.0, 1.0, 1e308], (24, 6)),
        [NAN] * 6,
        [-0.0, 0.0] * 3,
    ]
)
I = np.array(  # noqa: E741
    [
        *np.array(list(itertools.product((0, 1, 2), repeat=3)))[:20],
        *_random.integers(-8, 9, (26, 3)),
        *_random.choice([-(2**31), 2**31 - 1, 0, 2, 5, 6, -6, -7], (6, 3)),
    ],
    np.int32,
)


def first(rows: int) -> tuple[Table, NDArray[Any]]:
    """The first rows of P and I, as many times as there is room: the batch keeps its shapes."""
    return np.resize(P[:rows], P.shape), np.resize(I[:rows], I.shape)


def m(p: Any) -> Any:
    return p.reshape(2, 3)


def w(p: Any) -> Any:
    """Whole numbers of a vector."""
    return jnp.nan_to_num(jnp.clip(p, -5, 5)).astype(jnp.int32)


def inside(i: Any, n: int) -> Any:
    """Places within an array."""
    return jnp.clip(i, 0, n - 1)


def gathered(p: Any, i: Any, mode: Any, sizes: tuple[int, int], fill: Any = None) -> Any:
    """Windows of a matrix at (i₀, i₁) and (i₂, i₀)."""
    numbers = lax.GatherDimensionNumbers((1, 2), (), (0, 1))
    where = jnp.stack([i[:2], i[::-2]])
    return lax.gather(m(p), where, numbers, sizes, mode=mode, fill_value=fill)


def scattered(p: Any, i: Any, mode: Any, how: Function = lax.scatter) -> Any:
    """Windows of 1 × 2 put into a matrix at (i₀, i₁) and (i₂, i₀)."""
    numbers = lax.ScatterDimensionNumbers((1, 2), (), (0, 1))
    where = jnp.stack([i[:2], i[::-2]])
    updates = 10 * jnp.arange(1.0, 5).reshape(2, 1, 2)
    return how(m(p), where, updates, numbers, mode=mode)


CLIP, FILL = lax.GatherScatterMode.CLIP, lax.GatherScatterMode.FILL_OR_DROP

MOVING: dict[str, Function] = {
    "broadcast_in_dim": lambda p, i: [jnp.broadcast_to(p[:3], (2, 3)), jnp.full((2, 2), p[0])],
    "reshape": lambda p, i: [p.reshape(3, 2), lax.reshape(m(p), (3, 2), (1, 0)), p[:1].reshape(())],
    "squeeze": lambda p, i: [jnp.squeeze(p[:1]), jnp.squeeze(p.reshape(1, 6, 1), 0)],
    "expand_dims": lambda p, i: lax.expand_dims(m(p), (0, 2)),
    "transpose": lambda p, i: [m(p).T, jnp.transpose(p.reshape(1, 3, 2), (2, 0, 1))],
    "rev": lambda p, i: [p[::-1], lax.rev(m(p), (0, 1)), jnp.flip(p[0]), lax.rev(m(p), ())],
    "slice": lambda p, i: [p[1:5:3], m(p)[1:, ::2], lax.slice(p, (6,), (6,)), p[5]],
    "split": lambda p, i: lax.split(p, (1, 2, 0, 3))[::-1],
    "concatenate": lambda p, i: [
        jnp.concatenate([p[:2], p[:0], p]),
        lax.concatenate([m(p), m(p)[:, :1]], 1),
    ],
    "stack": lambda p, i: [jnp.stack([p[:2], p[2:4]], 1), jnp.stack([p[0], p[1]])],
    "unstack": lambda p, i: [*jnp.unstack(m(p), axis=1), *jnp.unstack(p)],
    "tile": lambda p, i: [jnp.tile(m(p), (2, 1, 2)), jnp.tile(p[0], 3)],
    "pad": lambda p, i: [
        lax.pad(p, p[0], [(1, 2, 0)]),
        lax.pad(p, 7.0, [(-2, -1, 0)]),
        lax.pad(p, 7.0, [(2, -3, 2)]),
        lax.pad(p, 7.0, [(-4, 1, 1)]),
        lax.pad(p, 7.0, [(-3, -3, 0)]),
        lax.pad(p[:0], 7.0, [(1, 1, 3)]),
        lax.pad(m(p), 7.0, [(0, 1, 1), (-1, 0, 1)]),
    ],
    "pad of numpy": lambda p, i: [
        jnp.pad(m(p), 1, mode=mode) for mode in ("edge", "reflect", "symmetric", "wrap", "constant")
    ],
    "iota": lambda p, i: [
        jnp.arange(6) * w(p),
        lax.broadcasted_iota(jnp.uint8, (2, 3), 1),
        lax.iota(jnp.float64, 3),
        jnp.arange(0),
    ],
    "roll": lambda p, i: [jnp.roll(p, 2), jnp.roll(m(p), -1, 1), jnp.roll(p, i[0] % 7)],
    "nothing": lambda p, i: [jnp.zeros((0, 3)).T, jnp.zeros((2, 0)).sum(1), p[:0].sum() + p[0]],
    "copy": lambda p, i: [jnp.copy(p[0]), lax.stop_gradient(p[1]), jax.device_put(p[2])],
    "name": lambda p, i: checkpoint_name(p[3], "a name"),
    "optimization_barrier": lambda p, i: lax.optimization_barrier((p[0], i)),
    "platform_index": lambda p, i: [
        lax.platform_dependent(p, cpu=lambda p: p, default=lambda p: -p),
        lax.platform_dependent(p, tpu=lambda p: -p, default=lambda p: 2 * p),
    ],
    "empty": lambda p, i: lax.empty((2,), jnp.float64),
    "dynamic_slice": lambda p, i: [
        lax.dynamic_slice(p, (i[0],), (3,)),
        lax.dynamic_slice(m(p), (i[0], i[1]), (1, 2)),
        lax.dynamic_slice(m(p), (i[0], np.int32(1)), (2, 2)),
        lax.dynamic_slice(p, (i[0].astype(jnp.uint32),), (2,)),
        lax.dynamic_slice(p, (i[0].astype(jnp.int64) << 20,), (2,)),
    ],
    "a place of few bits": lambda p, i: lax.dynamic_slice(
        jnp.arange(300) * w(p)[0], ((i[0] * 16).astype(jnp.int8),), (2,)
    ),
    "dynamic_update_slice": lambda p, i: [
        lax.dynamic_update_slice(p, p[:2] + 1, (i[0],)),
        lax.dynamic_update_slice(m(p), m(p)[:1, :2], (i[0], i[1])),
        lax.dynamic_update_slice(p, p, (i[0],)),
        lax.dynamic_update_slice(p, p[:0], (i[0],)),
    ],
    "gather": lambda p, i: [
        gathered(p, i, CLIP, (1, 2)),
        gathered(p, i, FILL, (1, 2)),
        gathered(p, i, FILL, (2, 2), 5.0),
        gathered(p, inside(i, 2), lax.GatherScatterMode.PROMISE_IN_BOUNDS, (1, 1)),
    ],
    "place": lambda p, i: [
        *(p[0], p[-1], p[i[0]], p[i], p[::-1][i], m(p)[i[0]], m(p)[:, i[1]], m(p)[i[:2], i[1:]]),
        *(p[jnp.array([0, 5, 2])], p[i - 6], m(p)[jnp.array([1, 0]), i[:2]], i[i]),
    ],
    "take": lambda p, i: [
        p.at[i].get(mode="fill", fill_value=7.0),
        p.at[i].get(mode="clip"),
        p.at[inside(i, 6)].get(mode="promise_in_bounds"),
        w(p).at[i].get(mode="fill"),
        w(p).astype(jnp.uint8).at[i].get(mode="fill"),
        (p > 0).at[i].get(mode="fill"),
        jnp.take(p, i, mode="wrap"),
        jnp.take_along_axis(m(p), inside(i[None, :2], 3), 1),
        jax.vmap(lambda row, k: row[k])(m(p), i[:2]),
        jax.vmap(lambda k: lax.dynamic_slice(p, (k,), (2,)))(i),
    ],
    "scatter": lambda p, i: [
        p.at[i].set(p[:3] * 2),
        p.at[i[0]].set(9.0),
        p.at[2].set(p[0]),
        p.at[jnp.array([1, 3])].set(p[:2]),
        p.at[i].set(1.0, mode="clip"),
        m(p).at[i[0]].set(p[:3]),
        m(p).at[:, i[0]].set(p[:2]),
        m(p).at[i[:2], i[1:]].set(p[:2]),
        p.at[1:4].set(p[3:]),
        w(p).at[i].set(4),
        (p > 0).at[i].set(True),
        p.at[i[0]].apply(lambda x: -x),
        scattered(p, i, CLIP),
        scattered(p, i, FILL),
        jax.vmap(lambda row, k: row.at[k].set(3.0))(m(p), i[:2]),
        jax.vmap(lambda row, k: lax.dynamic_update_slice(row, p[:2], (k,)))(m(p), i[:2]),
    ],
    "scatter of extremes": lambda p, i: [
        p.at[i].max(p[3:]),
        p.at[i].min(p[3:]),
        m(p).at[i[0]].max(p[:3]),
        (p > 0).at[i].min(p[3:] > 1),
        (p > 0).at[i].max(p[3:] > 1),
        scattered(p, i, CLIP, lax.scatter_max),
        scattered(p, i, FILL, lax.scatter_min),
        w(p).at[i].max(w(p)[3:]),
    ],
    "scatter of whole numbers": lambda p, i: [
        w(p).at[i].add(w(p)[3:]),
        w(p).at[i].multiply(w(p)[3:]),
        w(p).at[i].subtract(1),
        w(p).at[i].apply(lambda x: x * x + 1),
        w(p).astype(jnp.uint8).at[i].add(250),
    ],
    "select_n": lambda p, i: [
        jnp.where(p[:3] > p[3:], p[:3], p[3:]),
        lax.select(p[0] > 0, p[:3], p[3:]),
        lax.select_n(inside(i, 3), p[:3], p[3:], -p[:3]),
        lax.select_n(inside(i[0], 4), *p[:4]),
        lax.select_n(inside(i[0], 1), p[0]),
        lax.select_n(p[:2] > 0, i[:2], i[1:]),
        lax.select_n(p[0] > 0, p[1] > 0, p[2] > 0),
    ],
    "clamp": lambda p, i: [
        lax.clamp(p[0], p[2:], p[1]),
        lax.clamp(p[:3], p[3:], p[:3] + 1),
        lax.clamp(i[0], i, i[1]),
        jnp.clip(p, -1, 1),
    ],
    "argmax": lambda p, i: [
        jnp.argmax(p),
        jnp.argmax(m(p), 0),
        lax.argmax(m(p), 1, jnp.int8),
        jnp.argmax(w(p)),
        jnp.argmax(p > 0),
        jnp.nanargmax(jnp.where(p[:3] == p[:3], p[:3], 0)),
    ],
    "argmin": lambda p, i: [
        jnp.argmin(p),
        lax.argmin(m(p), 0, jnp.int32),
        jnp.argmin(w(p)),
        jnp.argmin(p > 0),
    ],
    "sort": lambda p, i: [
        *(jnp.sort(p), jnp.sort(m(p), 0), jnp.sort(m(p), 1, descending=True), jnp.sort(p[:1])),
        *(jnp.argsort(p, stable=True), jnp.argsort(w(p), stable=True), jnp.sort(p > 0)),
        *lax.sort((w(p) // 3, p, jnp.arange(6)), num_keys=2),
        *lax.sort((w(p) // 3, jnp.arange(6)), num_keys=1, is_stable=True),
        jnp.sort(w(p).astype(jnp.uint8)),
        jnp.sort(w(p).astype(jnp.int64)),
    ],
    "top_k": lambda p, i: [lax.top_k(w(p), 4), lax.top_k(jnp.where(p == p, p, 0), 2)[0]],
    "searchsorted": lambda p, i: [
        jnp.searchsorted(jnp.sort(p), p[::2]),
        jnp.searchsorted(jnp.sort(w(p)), i, side="right"),
        jnp.searchsorted(jnp.sort(p), p[0], method="sort"),
        jnp.searchsorted(jnp.sort(p), p[0], method="compare_all"),
        jnp.digitize(p, jnp.array([-1.0, 0.0, 1.0])),
    ],
    "reduce_max": lambda p, i: [
        *(p.max(), m(p).max(0), m(p).max((0, 1)), w(p).max(), (p > 0).max(), p[:0].max(initial=2)),
        jnp.zeros((2, 0)).max(1, initial=-INF),
        lax.reduce_max_p.bind(m(p), axes=(), out_sharding=None),
    ],
    "reduce_min": lambda p, i: [p.min(), m(p).min(1), w(p).min(), i.min(), (p > 0).min()],
    "reduce_and": lambda p, i: [
        *((p > 0).all(), (m(p) > 0).all(0), (p[:0] > 0).all()),
        lax.reduce_and(i, (0,)),
        lax.reduce_and(i[:0].astype(jnp.uint8), (0,)),
    ],
    "reduce_or": lambda p, i: [(p > 0).any(), (m(p) > 0).any(1), lax.reduce_or(i, (0,))],
    "reduce_xor": lambda p, i: [lax.reduce_xor(p > 0, (0,)), lax.reduce_xor(i, (0,))],
    "reductions of whole numbers": lambda p, i: [
        *(w(p).sum(), w(p).prod(), (p > 0).sum(), i.sum(dtype=jnp.int8), w(p[:0]).sum()),
        *(jnp.count_nonzero(p), w(p).astype(jnp.uint8).prod(), w(p[:0]).prod(), p[:0].prod()),
    ],
    "cummax": lambda p, i: [lax.cummax(p), lax.cummax(m(p), 0), lax.cummax(w(p), reverse=True)],
    "cummin": lambda p, i: [lax.cummin(p), lax.cummin(m(p), 1, reverse=True), lax.cummin(i)],
    "cumsum of whole numbers": lambda p, i: [
        *(lax.cumsum(w(p)), lax.cumsum(m(w(p)), 0, reverse=True), jnp.cumsum(p > 0)),
        *(lax.cumprod(w(p)), lax.cumprod(m(w(p)), 1, reverse=True), lax.cumsum(w(p[:0]))),
    ],
    "dot_general of whole numbers": lambda p, i: [
        *(w(p) @ w(p), m(w(p)) @ i, m(w(p)).astype(jnp.uint8) @ i.astype(jnp.uint8)),
        *(m(p > 0) @ (i > 0), lax.dot(i, i, preferred_element_type=jnp.int64)),
    ],
    "bits": lambda p, i: [
        i & 6,
        i | w(p)[:3],
        i ^ 5,
        ~i,
        (p > 0) & (p < 1),
        ~(p > 0),
        (p > 0) ^ True,
    ],
    "truth": lambda p, i: [
        *((p > 0) == (p < 1), (p > 0) < (p < 1), jnp.maximum(p > 0, p < -1), p.astype(bool)),
        jnp.maximum(p[:3] > 0, p[3:] > 0) ^ (p[:3] < -1),
        jnp.minimum(p[:3] > 0, p[3:] > 0) == (p[:3] < -1),
        lax.clamp(False, p > 0, True),
    ],
}


SUMMING: dict[str, Function] = {
    "reduce_sum": lambda p, i: [p.sum(), m(p).sum(0), p.reshape(1, 3, 2).sum((0, 2)), p[:0].sum()],
    "reduce_prod": lambda p, i: [p.prod(), m(p).prod(1)],
    "mean": lambda p, i: [p.mean(), p.var(), m(p).std(1), jnp.nanmean(p), jnp.average(p)],
    "cumsum": lambda p, i: [jnp.cumsum(p), lax.cumsum(m(p), 0, reverse=True), lax.cumprod(p)],
    "cumlogsumexp": lambda p, i: [lax.cumlogsumexp(p), lax.cumlogsumexp(m(p), 1, reverse=True)],
    "logsumexp": lambda p, i: [jax.nn.logsumexp(p), jax.nn.logsumexp(m(p), 1, b=2.0)],
    "dot_general": lambda p, i: [
        *(p @ p, m(p) @ m(p).T, jnp.outer(p[:2], p[3:]), m(p) @ p[:3], jnp.dot(2.0, p)),
        jnp.einsum("ij,kj,k->i", m(p), m(p), p[:2]),
        jnp.einsum("bij,bjk->bik", p.reshape(3, 1, 2), p.reshape(3, 2, 1)),
        lax.dot(i, i, preferred_element_type=jnp.float64),
        jnp.tensordot(m(p), p.reshape(3, 2), ((0, 1), (1, 0))),
        jnp.zeros((2, 0)) @ jnp.zeros((0, 3)),
    ],
    "scatter-add": lambda p, i: [
        p.at[i].add(p[3:]),
        m(p).at[:, i[0]].add(1.5),
        scattered(p, i, CLIP, lax.scatter_add),
        scattered(p, i, FILL, lax.scatter_add),
        jnp.zeros(3).at[i].add(p[:3], mode="drop"),
        jax.ops.segment_sum(p, jnp.concatenate([i, i]), num_segments=3),
    ],
    "scatter-mul": lambda p, i: [p.at[i].multiply(p[3:]), scattered(p, i, FILL, lax.scatter_mul)],
    "scatter-sub": lambda p, i: [p.at[i].subtract(p[3:]), m(p).at[0, i].subtract(p[0])],
    "reduce": lambda p, i: [
        lax.reduce(p, np.float64(1), lambda x, y: x * y + 1, (0,)),
        lax.reduce(m(p), np.float64(0), lambda x, y: jnp.hypot(x, y), (1,)),
        lax.reduce(
            (p, jnp.arange(6)),
            (np.float64(-1), np.int64(9)),
            lambda x, y: (
                lax.max(x[0], y[0]),
                lax.select(x[0] < y[0], y[1], x[1]),
            ),
            (0,),
        ),
    ],
    "add_any": lambda p, i: jax.grad(lambda p: jnp.sin(p[0]) * p[0] + p[0] ** 3)(p),
}


def test_what_moves_and_compares_elements_is_exact(engine):
    check(engine, MOVING, P, I, within=EXACT, compiled=False)


def test_sums_and_products_agree_to_their_rounding(engine):
    check(engine, SUMMING, *first(26), within=OF_SUMS, compiled=False)


@pytest.mark.parametrize("name", ["reduce_sum", "reduce_prod", "cumsum", "cumlogsumexp"])
def test_what_is_infinite_or_no_number_is_so_in_a_sum(engine, name):
    p = np.where(np.abs(P) == 1e308, 1.0, P)  # whether a sum overflows depends on its order
    check(engine, {name: SUMMING[name]}, p, I, within=OF_SUMS)


# --- functions of jax.numpy -----------------------------------------------------------------------

FUNCTIONS: dict[str, Function] = {
    "interp": lambda p, i: [
        jnp.interp(p, jnp.arange(-2.0, 3), jnp.arange(5.0) ** 2),
        jnp.interp(p[0], jnp.sort(p[1:]), p[1:], left=-9.0, right=9.0),
        jnp.interp(p[0], jnp.array([0.0, 1.0, 2.0]), p[:3], period=2.0),
    ],
    "median": lambda p, i: [jnp.median(p), jnp.median(m(p), 1), jnp.median(w(p)[:5])],
    "quantile": lambda p, i: [
        jnp.quantile(p, jnp.array([0.0, 0.3, 1.0])),
        jnp.quantile(p, 0.25, method="nearest"),
        jnp.percentile(p, 60.0),
    ],
    "determinant": lambda p, i: jnp.linalg.det(p[:4].reshape(2, 2)),
    "norm": lambda p, i: [
        *(jnp.linalg.norm(p), jnp.linalg.norm(p, 1), jnp.linalg.norm(p, jnp.inf)),
        *(jnp.linalg.norm(m(p)), jnp.linalg.norm(m(p), axis=1), jnp.linalg.norm(p, 3)),
    ],
    "cross": lambda p, i: [jnp.cross(p[:3], p[3:]), jnp.trace(jnp.outer(p, p)), jnp.vdot(p, p)],
    "softmax": lambda p, i: [jax.nn.softmax(p), jax.nn.log_softmax(m(p), 0)],
    "activation": lambda p, i: [
        *(jax.nn.gelu(p), jax.nn.gelu(p, approximate=False), jax.nn.silu(p), jax.nn.softplus(p)),
        *(jax.nn.relu(p), jax.nn.elu(p), jax.nn.sigmoid(p), jax.nn.log_sigmoid(p), jax.nn.mish(p)),
        *(jax.nn.leaky_relu(p), jax.nn.hard_tanh(p), jax.nn.selu(p), jax.nn.relu6(3 * p)),
    ],
    "elementary": lambda p, i: [
        *(jnp.hypot(p[0], p[1]), jnp.logaddexp(p[0], p[1]), jnp.sinc(p), jnp.deg2rad(p)),
        *(jnp.log2(abs(p)), jnp.log10(abs(p)), jnp.exp2(p), jnp.cbrt(p), jnp.float_power(2.0, p)),
        *(jnp.mod(p, 0.7), jnp.remainder(w(p), 3), jnp.floor_divide(p, 0.7), jnp.divmod(w(p), 3)),
        *(jnp.round(p, 2), jnp.trunc(p), jnp.rint(p), jnp.modf(p), jnp.sign(p)),
        *(jnp.copysign(p[0], p[1] + 1e-9), jnp.heaviside(p, 0.5), jnp.frexp(p[0] + 3)[0]),
        *(jnp.ldexp(p, 3), jnp.gcd(i, 6), jnp.isclose(p, p.round()), jnp.nan_to_num(p / p)),
    ],
    "polynomial": lambda p, i: [jnp.polyval(p, 1.3), jnp.polyval(p, p[0]), jnp.polyder(p)],
    "sets": lambda p, i: [jnp.diff(p), jnp.gradient(p), jnp.trapezoid(p), jnp.cov(m(p))],
    "indices": lambda p, i: [jnp.tril(m(p)), jnp.triu(m(p), 1), jnp.eye(3, 2), jnp.diag(p[:3])],
    "choice": lambda p, i: [
        jnp.select([p > 1, p > 0], [p * 2, -p], 0.5),
        jnp.piecewise(p, [p < 0, p > 1], [lambda x: -x, lambda x: x * x, 7.0]),
        jnp.choose(inside(i, 2), [p[:3], p[3:]], mode="clip"),
        jnp.linspace(p[0], p[1], 4),
        jnp.meshgrid(p[:2], p[2:4]),
        jnp.nonzero(p > 0, size=6, fill_value=-1),
        jnp.unwrap(4 * p),
    ],
    "special": lambda p, i: [
        jax.scipy.special.ndtr(p),
        jax.scipy.special.entr(abs(p)),
        jax.scipy.special.xlogy(p, abs(p)),
        jax.scipy.special.logit(jax.nn.sigmoid(p)),
        jax.scipy.special.gammaln(abs(p) + 0.5),
        jax.scipy.stats.norm.logpdf(p),
        jax.scipy.special.betaln(abs(p) + 1, 2.0),
    ],
}
DERIVED: dict[str, Function] = {
    "vmap": lambda p, i: jax.vmap(lambda row: jnp.sin(row) @ row)(m(p)),
    "jvp": lambda p, i: jax.jvp(lambda p: jnp.prod(jnp.cos(p)), (p,), (p[::-1],)),
    "vjp": lambda p, i: jax.vjp(lambda p: jnp.cumsum(p * p), p)[1](p),
    "grad": lambda p, i: jax.grad(lambda p: jnp.sort(p)[i[0] % 6] * p.max() + p.std())(p),
    "grad of places": lambda p, i: jax.grad(lambda p: p[i % 6] @ p[:3] + p.at[i[0]].set(2).sum())(
        p
    ),
    "hessian": lambda p, i: jax.hessian(lambda p: jnp.tanh(p[0] * p[1]) + jnp.exp(p) @ p**3)(p[:3]),
    "jacobian": lambda p, i: [
        jax.jacfwd(lambda p: jax.nn.softmax(p))(p[:3]),
        jax.jacrev(lambda p: jax.nn.softmax(p))(p[:3]),
    ],
    "grad of a norm": lambda p, i: jax.grad(jnp.linalg.norm)(p),
    "grad of functions": lambda p, i: jax.grad(
        lambda p: (
            jax.nn.gelu(p[0], approximate=False)
            + jax.nn.logsumexp(p)
            + jnp.interp(p[1], jnp.arange(-3.0, 4), jnp.arange(7.0) ** 2)
            + jnp.hypot(p[2], p[3])
            + jnp.arctan2(p[4], p[5])
        )
    )(p),
}


def test_functions_of_jax_numpy_agree(engine):
    check(engine, FUNCTIONS, *first(12), within=OF_SUMS, compiled=False)


def test_derivatives_agree(engine):
    check(engine, DERIVED, *first(12), within=OF_SUMS, compiled=False)


# --- programs inside programs ---------------------------------------------------------------------


@jax.custom_jvp
def cube(x: Any) -> Any:
    return x**3


@cube.defjvp
def _(primals: Any, tangents: Any) -> Any:
    return cube(*primals), 5 * primals[0] * tangents[0]  # not its derivative, to be told apart


@jax.custom_vjp
def fourth(x: Any) -> Any:
    return x**4


fourth.defvjp(lambda x: (fourth(x), x), lambda x, g: (7 * x * g,))


def collatz(n: Any) -> Any:
    """How many steps lead from n to 1, and the largest number on the way."""

    def step(c: Any) -> Any:
        n, steps, most = c
        n = jnp.where(n % 2 == 0, n // 2, 3 * n + 1)
        return n, steps + 1, jnp.maximum(most, n)

    return lax.while_loop(lambda c: c[0] > 1, step, (n, np.int32(0), n))[1:]


def newton(x: Any, rounds: Any) -> Any:
    """A root, by so many rounds at most."""
    return lax.while_loop(
        lambda c: (c[1] < rounds) & (abs(c[0] ** 2 - abs(x)) > 1e-10),
        lambda c: ((c[0] + abs(x) / c[0]) / 2, c[1] + 1),
        (jnp.ones_like(x), jnp.zeros_like(rounds)),
    )


def counted(p: Any, n: int, reverse: bool = False) -> Any:
    """A scan of n rounds, with a carry, columns of two kinds and results."""
    table = jnp.arange(2.0 * n).reshape(n, 2) / n
    flags = jnp.arange(n) % 3 == 0

    def body(c: Any, row: Any) -> Any:
        x, best = c
        numbers, flag, k = row
        x = jnp.where(flag, jnp.sin(x + numbers[0]), x * numbers[1]) + p[0]
        return (x, jnp.maximum(best, x)), (x, best > 1, k * 2, numbers)

    first = (p[1], -jnp.inf)
    return lax.scan(body, first, (table, flags, jnp.arange(n)), reverse=reverse)


def in_turn(p: Any, around: Function = lambda f: f) -> Any:
    one: Any = 1.0
    return lax.scan(around(lambda c, x: (jnp.sin(c * x), jnp.cos(c))), one, p)[0]


NESTED: dict[str, Function] = {
    "jit": lambda p, i: jax.jit(lambda x: jax.jit(jnp.sin)(x) + 1)(p),
    "custom_jvp_call": lambda p, i: [cube(p[0]), jax.grad(cube)(p[0]), jax.nn.relu(p)],
    "custom_vjp_call": lambda p, i: [fourth(p[0]), jax.grad(fourth)(p[0])],
    "remat2": lambda p, i: [
        jax.checkpoint(jnp.sin)(p[0]),
        jax.grad(lambda p: jax.checkpoint(lambda x: jnp.sin(x @ x))(p))(p[:2]),
    ],
    "closed_call": lambda p, i: jax.grad(jax.checkpoint(in_turn))(p),
    "composite": lambda p, i: lax.composite(lambda x: x * x + 1, name="a.name")(p),
    "cond": lambda p, i: [
        lax.cond(p[0] > 0, lambda: p[1] + p[2], lambda: p[1] * p[2]),
        lax.cond(p[0] > p[1], lambda x: (x[::-1], x > 0), lambda x: (-x, x < 0), p),
        lax.cond(p[0] > 0, lambda: lax.cond(p[1] > 0, lambda: i, lambda: -i), lambda: i * 2),
        lax.cond(True, lambda: p[0], lambda: p[1]),
        jax.grad(lambda x: lax.cond(x > 0, jnp.sin, jnp.exp, x))(p[0]),
    ],
    "switch": lambda p, i: [
        lax.switch(i[0], [lambda x: x, lambda x: x * x, lambda x: -x, lambda x: 1 / x], p[0]),
        lax.switch(7, [lambda x: x, lambda x: x * x], p[0]),
        jax.vmap(lambda k, x: lax.switch(k, [jnp.sin, jnp.cos], x))(i[:2], p[:2]),
    ],
    "while": lambda p, i: [
        collatz(abs(i[0]) % 50 + 1),
        newton(p[0], i[1]),
        lax.while_loop(lambda c: c[0] < 0, lambda c: c * 2, p[:2] * 0 + 1),
    ],
    "while over a batch": lambda p, i: [
        jax.vmap(collatz)(abs(i) % 50 + 1),
        jax.vmap(newton)(p[:3], i),
        jax.vmap(jax.vmap(newton, (0, None)), (None, 0))(p[:2], i),
    ],
    "a loop of few rounds": lambda p, i: [
        counted(p, 3),
        counted(p, 3, reverse=True),
        counted(p, 0),
    ],
    "a loop of many rounds": lambda p, i: [counted(p, 11), counted(p, 11, reverse=True)],
    "rounds of one column": lambda p, i: lax.scan(
        lambda c, x: (c * 0.5 + x, c), p[0], jnp.concatenate([p, p])
    ),
    "rounds of whole numbers": lambda p, i: lax.scan(
        lambda c, k: (c * k + 1, (c, c > k)), jnp.int64(1), jnp.arange(12)
    ),
    "fori_loop": lambda p, i: [
        lax.fori_loop(0, 20, lambda k, x: x + jnp.sin(k * x), p[0]),
        lax.fori_loop(i[0], i[1], lambda k, x: x * 0.5 + k, p[0]),
        lax.fori_loop(0, 3, lambda k, q: q.at[k].set(q[k + 1] * 2), p),
        lax.fori_loop(0, 12, lambda k, q: q.at[k % 6].add(q[i[0]]), p),
    ],
    "loops in loops": lambda p, i: [
        lax.fori_loop(
            0, 9, lambda k, x: lax.fori_loop(0, k, lambda j, y: y + jnp.cos(y * j), x), p[0]
        ),
        lax.fori_loop(
            0, 10, lambda k, x: lax.fori_loop(0, 9, lambda j, y: y * 0.9 + p[1] + k, x), p[0]
        ),
        lax.while_loop(
            lambda c: c[1] < i[0],
            lambda c: (lax.scan(lambda x, q: (x * 0.5 + q, x), c[0], jnp.tile(p, 2))[0], c[1] + 1),
            (p[0], jnp.int32(0)),
        ),
    ],
    "a choice in a loop": lambda p, i: [
        lax.scan(
            lambda x, q: (lax.cond(x > q, lambda: x - q, lambda: x * 0.5 + 1), x > q),
            p[0],
            jnp.linspace(-1, 1, 12),
        ),
        lax.fori_loop(
            0, 12, lambda k, x: lax.switch(k % 3, [jnp.sin, jnp.cos, lambda x: x + p[1]], x), p[0]
        ),
    ],
    "a loop in a choice": lambda p, i: lax.cond(
        p[0] > 0,
        lambda: lax.fori_loop(0, i[0], lambda k, x: x * 0.5 + 1, p[1]),
        lambda: newton(p[2], i[1])[0],
    ),
    "a while that many leave early": lambda p, i: lax.while_loop(
        lambda c: lax.fori_loop(0, 10, lambda k, x: x + c[0], 0.0) < 100,
        lambda c: (c[0] * 1.5 + 1, lax.cond(c[0] > 3, lambda: c[1] + 1, lambda: c[1])),
        (abs(p[0]), jnp.int32(0)),
    ),
    "carries that change places": lambda p, i: [
        lax.fori_loop(0, 11, lambda k, c: (c[1], c[2], c[0] + c[1] * 0.1), tuple(p[:3])),
        lax.while_loop(
            lambda c: c[2] < i[0], lambda c: (c[1], c[0], c[2] + 1), (p[0], p[1], jnp.int32(0))
        ),
    ],
    "map": lambda p, i: [lax.map(jnp.sin, p), lax.map(lambda x: x @ p[:2], jnp.ones((10, 2)))],
    "associative_scan": lambda p, i: lax.associative_scan(jnp.multiply, p),
    "derivatives of loops": lambda p, i: [
        jax.grad(lambda x: lax.fori_loop(0, 11, lambda k, x: jnp.sin(x) + 0.1 * k, x))(p[0]),
        jax.jvp(lambda x: newton(x, jnp.int32(5))[0], (p[0],), (1.0,)),
        jax.grad(lambda p: in_turn(jnp.tanh(p)) ** 2)(p),
        jax.grad(lambda p: in_turn(p, jax.checkpoint))(jnp.concatenate([p, p])),
    ],
}


def test_programs_inside_programs_agree(engine):
    check(engine, NESTED, *first(12), within=OF_SUMS, compiled=False)


def test_a_function_from_outside_is_called_with_numbers(engine):
    def function(x: Any) -> Any:
        value, grad = external("value", ()), external("grad", (2,))
        return value(x) + value(x * 2), grad(x)[1]

    program = trace(function, np.zeros(2))
    assert program.calls() == ("grad", "value")
    loaded = engine.load(module({"kernel": program}, default="kernel"))
    given = (
        "{ value: (x, y) => 10 * x + y, grad: (x, y, into) => { into[0] = 1 / 0; into[1] = x; } }"
    )
    engine.run(f"const r = [1, 2, 0, 0]; {loaded}.default({given}, r, 0, r, 2, r, 3)")
    assert engine.run("r.join()") == "1,2,36,1"
    with pytest.raises(ValueError, match="no batched form"):
        batched(program, [1.0, 2.0])


# --- nothing is left out --------------------------------------------------------------------------


def primitives_in(jaxpr: Jaxpr) -> set[str]:
    found = set()
    for eqn in jaxpr.eqns:
        found.add(eqn.primitive.name)
        for value in jax.tree.leaves(
            list(eqn.params.values()), is_leaf=lambda v: isinstance(v, (ClosedJaxpr, Jaxpr))
        ):
            if isinstance(value, ClosedJaxpr):
                found |= primitives_in(value.jaxpr)
            elif isinstance(value, Jaxpr):
                found |= primitives_in(value)
    return found


def test_every_primitive_has_a_case():
    x, k = 0.5, np.int32(1)
    groups: list[tuple[dict[str, Function], tuple[Any, ...]]] = [
        *((cases, (x,)) for cases in (EXACT_OF_ONE, CLOSE_OF_ONE, ROUGH_OF_ONE, GAMMA)),
        *((cases, (x, x)) for cases in (EXACT_OF_TWO, CLOSE_OF_TWO)),
        (whole_cases("int32"), (k, k)),
        *((cases, (P[0], I[0])) for cases in (MOVING, SUMMING, FUNCTIONS, NESTED)),
    ]
    used = {"external"}
    for cases, arguments in groups:
        used |= primitives_in(jax.make_jaxpr(together(cases))(*arguments).jaxpr)
    assert PRIMITIVES.keys() - used == set()
