"""The operations on scalars: each in JavaScript, in JAX, and on numbers that are known.

One line an operation, one table. JavaScript computes in float64; the other types are kept exact
by wrapping: 32 bits and fewer with its bitwise operators, 64 bits as BigInt, float32 by rounding
after each operation (a double holds the exact result of + − × ÷ √ of two floats, so rounding it
once more is what single precision does).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from calculus.kernels.simplify import (
    Simplify,
    both,
    chosen,
    differs,
    either,
    minus,
    plus,
    product,
    quotient,
    same_type,
    twice,
)  # fmt: skip

FLOATS = ("float64", "float32")
BIG = ("int64", "uint64")
SMALL = ("int8", "int16", "int32", "uint8", "uint16", "uint32")
DTYPES = (*FLOATS, "bool", *SMALL, *BIG)

JavaScript = Callable[..., str]
"""(dtype of the operands, *texts) → an expression; the texts are names, numbers or bracketed."""


def is_float(dtype: str) -> bool:
    """Whether a dtype has fractions."""
    return dtype in FLOATS


def bits(dtype: str) -> int:
    """How many bits an integer type has."""
    return np.iinfo(dtype).bits


def bare(text: str) -> str:
    """An expression without the brackets around the whole of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0 and i < len(text) - 1:
            return text
    return text[1:-1]


def called(name: str, *texts: str) -> str:
    """A call of a function in JavaScript."""
    return f"{name}({', '.join(map(bare, texts))})"


def whole(text: str) -> int | None:
    """The number that a text is, if it is a whole one."""
    found = re.fullmatch(r"\(?(-?\d+)n?\)?", text)
    return int(found[1]) if found else None


def wrapped(dtype: str, text: str) -> str:
    """JavaScript that brings a number back into its type's range, as the hardware would."""
    if dtype == "float32":
        return called("Math.fround", text)
    if dtype in BIG:
        return called("BigInt.asIntN" if dtype == "int64" else "BigInt.asUintN", "64", text)
    if dtype == "int32":
        return f"({text} | 0)"
    if dtype == "uint32":
        return f"({text} >>> 0)"
    if dtype in SMALL:
        shift = 32 - bits(dtype)
        return f"({text} << {shift} {'>>>' if dtype.startswith('u') else '>>'} {shift})"
    return text


@dataclass(frozen=True)
class Operation:
    """One operation. ``fold`` and ``simplify`` are there only where they are exact."""

    js: JavaScript
    jax: Callable[..., Any]
    fold: Callable[..., Any] | None = None
    simplify: Simplify | None = None
    commutes: bool = False
    dtype: str | None = None
    """The result's type, where it is not the operands'."""


def _infix(sign: str) -> JavaScript:
    return lambda d, a, b: wrapped(d, f"({a} {sign} {b})")


def _call(name: str) -> JavaScript:
    """A function of Math or out of `HELPERS`."""
    return lambda d, *texts: wrapped(d, called(name, *texts))


def _times(d: str, a: str, b: str) -> str:
    if d == "int32":
        return called("Math.imul", a, b)
    return wrapped(d, called("Math.imul", a, b) if d == "uint32" else f"({a} * {b})")


def _zero(d: str) -> str:
    return "0n" if d in BIG else "0"


def _ones(d: str) -> str:
    """The number of a whole type all of whose bits are set."""
    return f"{np.iinfo(d).max if d.startswith('u') else -1}{'n' if d in BIG else ''}"


def _divided(d: str, a: str, b: str) -> str:
    """Whole division as XLA defines it, by 0 and at the ends of the range too."""
    quotient = wrapped(d, f"({a} / {b})")  # which cuts off what is behind the point
    if is_float(d) or whole(b):
        return quotient
    return f"({b} === {_zero(d)} ? {_ones(d)} : {quotient})"


def _remainder(d: str, a: str, b: str) -> str:
    if is_float(d):
        return wrapped(d, f"({a} % {b})")
    rest = f"({a} % {b})" if d in BIG else f"({a} % {b} {'>>>' if d == 'uint32' else '|'} 0)"
    return rest if whole(b) else f"({b} === {_zero(d)} ? {a} : {rest})"


def _compared(sign: str) -> JavaScript:
    return lambda d, a, b: f"({a} {sign} {b})"


def _extreme(name: str, sign: str, logical: str) -> JavaScript:
    def text(d: str, a: str, b: str) -> str:
        if d == "bool":
            return f"({a} {logical} {b})"
        return f"({a} {sign} {b} ? {a} : {b})" if d in BIG else called(f"Math.{name}", a, b)

    return text


def _absolute(d: str, a: str) -> str:
    if is_float(d):
        return called("Math.abs", a)
    return a if d.startswith("u") else wrapped(d, f"({a} < 0 ? -{a} : {a})")


def _signum(d: str, a: str) -> str:
    if d in BIG:
        return f"({a} > 0n ? 1n : {a} < 0n ? -1n : 0n)"
    return called("Math.sign", a)


def _logical(sign: str, bitwise: str) -> JavaScript:
    return lambda d, a, b: (
        f"({a} {sign} {b})" if d == "bool" else wrapped(d, f"({a} {bitwise} {b})")
    )


def _twin(d: str, to: str, a: str) -> str:
    """A whole number's bits as its type with (``to`` = "int") or without a sign."""
    other = d.replace("uint", "int").replace("int", to)
    return a if other == d else wrapped(other, a)


def _shifted(kind: str) -> JavaScript:
    """Shifts as XLA defines them: by as many bits as the type has, or more, nothing is left."""

    def text(d: str, a: str, b: str) -> str:
        zero, n = _zero(d), "64n" if d in BIG else str(bits(d))
        if kind == "left":
            inside, over = f"({a} << {b})", zero
        elif kind == "right":
            sign = ">>" if d in BIG else ">>>"
            inside, over = f"({_twin(d, 'uint', a)} {sign} {b})", zero
        else:  # the sign comes in from the left
            a = _twin(d, "int", a)
            inside, over = f"({a} >> {b})", f"({a} < {zero} ? {_ones(d)} : {zero})"
        known = whole(b)
        if known is not None:
            return wrapped(d, inside) if 0 <= known < bits(d) else over
        return f"({_twin(d, 'uint', b)} < {n} ? {wrapped(d, inside)} : {over})"

    return text


def _count_of_ones(d: str, a: str) -> str:
    return f"BigInt(ones({a}))" if d in BIG else f"ones({bare(_twin(d, 'uint', a))})"


def _leading_zeros(d: str, a: str) -> str:
    if d in BIG:
        return f"BigInt(leading({a}))"
    less = 32 - bits(d)
    count = called("Math.clz32", _twin(d, "uint", a))
    return f"({count} - {less})" if less else count


def _bits_of(d: str, a: str) -> str:
    return called("bitsOf" if d == "float64" else "bitsOf32", a)


def _of_bits(d: str, a: str) -> str:
    return called("ofBits" if d in BIG else "ofBits32", a)


def _converted(d: str, a: str, to: str) -> str:
    """From dtype ``d`` to ``to``."""
    if to == "bool":
        return f"({a} !== {_zero(d)})"
    if d == "bool":
        return f"({a} ? 1n : 0n)" if to in BIG else f"({a} ? 1 : 0)"
    if is_float(d):
        if is_float(to):
            return wrapped(to, a) if to == "float32" else a
        low, high = np.iinfo(to).min, np.iinfo(to).max
        if to in BIG:
            return called("toBig", a, f"{low}n", f"{high}n")
        return called("toWhole", a, str(low), str(high))
    if d in BIG and to == "float32":
        return called("toSingle", a)
    if is_float(to):
        return wrapped(to, called("Number", a) if d in BIG else a)
    if to in BIG:
        return wrapped(to, a if d in BIG else called("BigInt", a))
    return wrapped(to, called("Number", called("BigInt.asIntN", "32", a)) if d in BIG else a)


def _next_after(least: str, bits: str, of_bits: str, one: str) -> str:
    return f"""(x, y) => {{
  if (x !== x || y !== y) return NaN;
  if (x === y) return y;
  if (x === 0) return y > 0 ? {least} : -{least};
  return {of_bits}({bits}(x) + ((y > x) === (x > 0) ? {one} : -{one}));
}}"""


HELPERS = {
    "bytes": "new DataView(new ArrayBuffer(8))",
    "bitsOf": "(x) => { bytes.setFloat64(0, x); return bytes.getBigInt64(0); }",
    "ofBits": "(x) => { bytes.setBigInt64(0, x); return bytes.getFloat64(0); }",
    "bitsOf32": "(x) => { bytes.setFloat32(0, x); return bytes.getInt32(0); }",
    "ofBits32": "(x) => { bytes.setInt32(0, x); return bytes.getFloat32(0); }",
    "after": _next_after("5e-324", "bitsOf", "ofBits", "1n"),
    "after32": _next_after("1.401298464324817e-45", "bitsOf32", "ofBits32", "1"),
    "power": """(x, y) => {
  const one = x === 1 || (x === -1 && Math.abs(y) === Infinity);
  return one ? 1 : Math.pow(x, y);
}""",
    "away": "(x) => Math.sign(x) * Math.round(Math.abs(x))",
    "nearest": "(x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : away(x))",
    # A zero has no sign among the whole numbers: −0 + 0 is 0.
    "toWhole": """(x, low, high) => {
  return x !== x ? 0 : Math.trunc(Math.max(low, Math.min(high, x))) + 0;
}""",
    "toBig": """(x, low, high) => {
  if (x !== x) return 0n;
  return x >= Number(high) ? high : x <= Number(low) ? low : BigInt(Math.trunc(x));
}""",
    # Rounded once: what does not fit into a double is kept as a last bit that says "and more".
    "toSingle": """(x) => {
  if (BigInt.asIntN(53, x) === x) return Math.fround(Number(x));
  const more = (x & 2047n) === 0n ? 0n : 1n;
  return Math.fround(Number(x >> 11n | more) * 2048);
}""",
    "ones": """(x) => {
  let n = 0;
  for (let v = BigInt.asUintN(64, BigInt(x)); v; v >>= 1n) n += Number(v & 1n);
  return n;
}""",
    "leading": """(x) => {
  const high = Number(BigInt.asUintN(64, x) >> 32n);
  return high ? Math.clz32(high) : 32 + Math.clz32(Number(BigInt.asUintN(32, x)));
}""",
    # erfc from 1 on, by its continued fraction. x² = h² + (x − h)(x + h) keeps exp(−x²) exact: h
    # has half as many bits as x.
    "erfTail": """(x) => {
  if (x > 28) return 0;
  let f = 0;
  for (let n = Math.ceil(200 / (x * x)) + 8; n > 0; n--) f = n / 2 / (x + f);
  const h = Math.fround(x);
  return Math.exp(-h * h) * Math.exp((h - x) * (h + x)) / (Math.sqrt(Math.PI) * (x + f));
}""",
    "erf": """(x) => {
  if (!(Math.abs(x) < 1)) return Math.sign(x) * (1 - erfTail(Math.abs(x)));
  let term = x, sum = x;
  for (let n = 3; n < 50; n += 2) sum += term *= 2 * x * x / n;
  return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
}""",
    "erfc": "(x) => (x < -1 ? 2 - erfTail(-x) : x < 1 ? 1 - erf(x) : erfTail(x))",
    # A first guess (Winitzki 2008), then Halley's method with what is left to 1 where that is less.
    "erfInv": """(x) => {
  if (!(Math.abs(x) < 1)) return Math.abs(x) === 1 ? x * Infinity : NaN;
  const a = 0.147, q = Math.log1p(-x * x), t = 2 / (Math.PI * a) + q / 2, z = Math.abs(x);
  let y = Math.sqrt(Math.max(0, Math.sqrt(t * t - q / a) - t));
  for (let round = 0; round < 3; round++) {
    const miss = z < 0.5 ? erf(y) - z : 1 - z - erfc(y);
    const e = Math.sqrt(Math.PI) / 2 * Math.exp(y * y) * miss;
    y -= e / (1 + y * e);
  }
  return x < 0 ? -y : y;
}""",
    # Both for x ≥ 8 by their asymptotic series, to which Γ(x + 1) = xΓ(x) leads from below; the
    # reflection at ½ leads to the left half.
    "lgamma": """(x) => {
  if (x === -Infinity) return Infinity;
  if (x < 0.5) {
    const sine = Math.abs(Math.sin(Math.PI * (x - Math.round(x))));
    return sine === 0 ? Infinity : Math.log(Math.PI / sine) - lgamma(1 - x);
  }
  let product = 1;
  for (; x < 8; x++) product *= x;
  const s = 1 / (x * x);
  const series = 1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s * (1 / 1188
    - s * (691 / 360360 - s * (1 / 156 - s * 3617 / 122400))))));
  const large = (x - 0.5) * (Math.log(x) - 1) - 0.5 + Math.log(2 * Math.PI) / 2 + series / x;
  return x === Infinity ? x : large - Math.log(product);
}""",
    "digamma": """(x) => {
  if (x < 0.5) {
    const from = x - Math.round(x);
    return from === 0 ? NaN : digamma(1 - x) - Math.PI / Math.tan(Math.PI * from);
  }
  let sum = 0;
  for (; x < 8; x++) sum += 1 / x;
  const s = 1 / (x * x);
  const series = s * (1 / 12 - s * (1 / 120 - s * (1 / 252 - s * (1 / 240 - s * (1 / 132
    - s * (691 / 32760 - s * (1 / 12 - s * 3617 / 8160)))))));
  return Math.log(x) - 0.5 / x - series - sum;
}""",
}
"""Functions that an operation's JavaScript calls; a kernel's text has those that it needs."""


def _folded(f: Callable[..., Any]) -> Callable[..., Any]:
    return lambda d, *numbers: f(*numbers)


def _fold_convert(d: str, x: Any) -> Any:
    if is_float(x.dtype.name) and not is_float(d) and d != "bool":
        info = np.iinfo(d)
        if np.isnan(x):
            return 0
        return info.max if x >= float(info.max) else info.min if x <= float(info.min) else int(x)
    return x.astype(d)


def _fold_division(d: str, x: Any, y: Any) -> Any:
    if is_float(d):
        return x / y
    if y == 0:
        return np.array(-1).astype(d)
    a, b = int(x), int(y)
    quotient = abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    return np.array([quotient % 2 ** bits(d)], np.uint64).astype(d)[0]


def _fold_remainder(d: str, x: Any, y: Any) -> Any:
    return np.fmod(x, y) if is_float(d) or y else x


def _fold_max(d: str, x: Any, y: Any) -> Any:
    return np.maximum(x, y)


def _fold_min(d: str, x: Any, y: Any) -> Any:
    return np.minimum(x, y)


def _table() -> dict[str, Operation]:
    o: dict[str, Operation] = {}

    # arithmetic, in every type
    o["add"] = Operation(_infix("+"), lax.add, _folded(operator.add), plus, commutes=True)
    o["sub"] = Operation(_infix("-"), lax.sub, _folded(operator.sub), minus)
    o["mul"] = Operation(_times, lax.mul, _folded(operator.mul), product, commutes=True)
    o["div"] = Operation(_divided, lax.div, _fold_division, quotient)
    o["rem"] = Operation(_remainder, lax.rem, _fold_remainder)
    o["neg"] = Operation(
        lambda d, a: wrapped(d, f"(-{a})"), lax.neg, _folded(operator.neg), twice("neg")
    )
    o["abs"] = Operation(_absolute, lax.abs, _folded(np.abs))
    o["sign"] = Operation(_signum, lax.sign, _folded(np.sign))
    o["max"] = Operation(_extreme("max", ">", "||"), lax.max, _fold_max, commutes=True)
    o["min"] = Operation(_extreme("min", "<", "&&"), lax.min, _fold_min, commutes=True)

    # comparison
    for name, sign, np_f, lax_f in (
        ("eq", "===", operator.eq, lax.eq),
        ("ne", "!==", operator.ne, lax.ne),
        ("lt", "<", operator.lt, lax.lt),
        ("le", "<=", operator.le, lax.le),
        ("gt", ">", operator.gt, lax.gt),
        ("ge", ">=", operator.ge, lax.ge),
    ):
        o[name] = Operation(
            _compared(sign), lax_f, _folded(np_f), differs if name == "ne" else None, dtype="bool"
        )

    # logic, and bits of whole numbers
    o["and"] = Operation(
        _logical("&&", "&"), lax.bitwise_and, _folded(operator.and_), both, commutes=True
    )
    o["or"] = Operation(
        _logical("||", "|"), lax.bitwise_or, _folded(operator.or_), either, commutes=True
    )
    o["xor"] = Operation(
        _logical("!==", "^"), lax.bitwise_xor, _folded(operator.xor), commutes=True
    )
    o["not"] = Operation(
        lambda d, a: f"(!{a})" if d == "bool" else wrapped(d, f"(~{a})"),
        lax.bitwise_not,
        _folded(np.invert),
        twice("not"),
    )
    o["shift_left"] = Operation(_shifted("left"), lax.shift_left)
    o["shift_right_logical"] = Operation(_shifted("right"), lax.shift_right_logical)
    o["shift_right_arithmetic"] = Operation(_shifted("signed"), lax.shift_right_arithmetic)
    o["population_count"] = Operation(_count_of_ones, lax.population_count)
    o["clz"] = Operation(_leading_zeros, lax.clz)

    # choice and change of type
    o["select"] = Operation(
        lambda d, which, yes, no: f"({which} ? {yes} : {no})",
        lambda which, yes, no: lax.select(which, yes, no),
        simplify=chosen,
    )
    o["convert"] = Operation(_converted, lax.convert_element_type, _fold_convert, same_type)

    # elementary functions
    for name in (
        *("exp", "expm1", "log", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "atan2"),
        *("sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "cbrt"),
    ):
        o[name] = Operation(_call(f"Math.{name}"), getattr(lax, name))
    for name in ("erf", "erfc", "lgamma", "digamma"):
        o[name] = Operation(_call(name), getattr(lax, name))
    o["erf_inv"] = Operation(_call("erfInv"), lax.erf_inv)
    o["pow"] = Operation(_call("power"), lax.pow)
    o["sqrt"] = Operation(_call("Math.sqrt"), lax.sqrt, _folded(np.sqrt))
    o["rsqrt"] = Operation(lambda d, a: wrapped(d, f"(1 / {called('Math.sqrt', a)})"), lax.rsqrt)
    o["exp2"] = Operation(lambda d, a: wrapped(d, called("Math.pow", "2", a)), lax.exp2)
    o["logistic"] = Operation(lambda d, a: wrapped(d, f"(1 / (1 + Math.exp(-{a})))"), lax.logistic)

    # fractions
    o["floor"] = Operation(_call("Math.floor"), lax.floor, _folded(np.floor))
    o["ceil"] = Operation(_call("Math.ceil"), lax.ceil, _folded(np.ceil))
    o["round_even"] = Operation(
        _call("nearest"),
        lambda a: lax.round(a, lax.RoundingMethod.TO_NEAREST_EVEN),
        _folded(np.round),
    )
    o["round_away"] = Operation(
        _call("away"), lambda a: lax.round(a, lax.RoundingMethod.AWAY_FROM_ZERO)
    )
    o["is_finite"] = Operation(
        lambda d, a: called("Number.isFinite", a),
        lax.is_finite,
        _folded(np.isfinite),
        dtype="bool",
    )
    o["nextafter"] = Operation(
        lambda d, a, b: called("after" if d == "float64" else "after32", a, b), lax.nextafter
    )
    o["bits_of"] = Operation(
        _bits_of,
        lambda a: lax.bitcast_convert_type(a, jnp.int64 if a.dtype == jnp.float64 else jnp.int32),
    )
    o["of_bits"] = Operation(
        _of_bits,
        lambda a: lax.bitcast_convert_type(a, jnp.float64 if a.dtype == jnp.int64 else jnp.float32),
    )
    return o


OPERATIONS = _table()
