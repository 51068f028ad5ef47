"""Simplifications that are exact: each takes an operation's operands and returns the scalar that
the result is already, or None where it has to be computed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from calculus.kernels.program import Scalar


class Emits(Protocol):
    """Who writes an operation into a program: see `builder.Builder`."""

    def op(self, name: str, *args: Scalar, dtype: str | None = None) -> Scalar: ...


Simplify = Callable[[Emits, str, tuple[Scalar, ...]], Scalar | None]
"""(who writes, dtype of the result, operands) → the scalar that the result is, or None."""


def _is(s: Scalar, number: float) -> bool:
    return s.op == "const" and s.of == number and s.dtype != "bool"


def plus(b: Emits, d: str, args: tuple[Scalar, ...]) -> Scalar | None:
    """x + 0 is x, as for XLA: only the sign of a zero may differ."""
    x, y = args
    return x if _is(y, 0) else y if _is(x, 0) else None


def minus(b: Emits, d: str, args: tuple[Scalar, ...]) -> Scalar | None:
    return args[0] if _is(args[1], 0) else None


def product(b: Emits, d: str, args: tuple[Scalar, ...]) -> Scalar | None:
    x, y = args
    if _is(y, 1):
        return x
    if _is(x, 1):
        return y
    if _is(x, -1):
        return b.op("neg", y)
    return b.op("neg", x) if _is(y, -1) else None


def quotient(b: Emits, d: str, args: tuple[Scalar, ...]) -> Scalar | None:
    return args[0] if _is(args[1], 1) else None


def twice(op: str) -> Callable[[Emits, str, tuple[Scalar, ...]], Scalar | None]:
    """An operation that undoes itself: −(−x) is x, and not not x."""
    return lambda b, d, args: args[0].args[0] if args[0].op == op else None


def both(b: Emits, d: str, args: tuple[Scalar, ...]) -> Scalar | None:
    if d != "bool":
        return None
    x, y = args
    for known, other in ((x, y), (y, x)):
        if known.op == "const":
            return other if known.of else known
    return x if x is y else None


def either(b: Emits, d: str, args: tuple[Scalar, ...]) -> Scalar | None:
    if d != "bool":
        return None
    x, y = args
    for known, other in ((x, y), (y, x)):
        if known.op == "const":
            return known if known.of else other
    return x if x is y else None


def chosen(b: Emits, d: str, args: tuple[Scalar, ...]) -> Scalar | None:
    which, yes, no = args
    if which.op == "const":
        return yes if which.of else no
    if which.op == "not":
        return b.op("select", which.args[0], no, yes)
    return yes if yes is no else None


def differs(b: Emits, d: str, args: tuple[Scalar, ...]) -> Scalar | None:
    """A truth made a number and compared with 0 is itself."""
    x, y = args
    came_from_bool = x.op == "convert" and x.args[0].dtype == "bool"
    return x.args[0] if came_from_bool and _is(y, 0) else None


def same_type(b: Emits, d: str, args: tuple[Scalar, ...]) -> Scalar | None:
    (x,) = args
    if x.dtype == d:
        return x
    # a truth made one kind of number and then another
    if x.op == "convert" and x.args[0].dtype == "bool" and d != "bool":
        return b.op("convert", x.args[0], dtype=d)
    return None
