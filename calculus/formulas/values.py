"""A tree's value: pure JAX, differentiable as often as its functions are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import jax.numpy as jnp
from jax import lax

from calculus.formulas.functions import FUNCTIONS, OF_POINTS
from calculus.formulas.linear import times
from calculus.formulas.names import CONSTANTS
from calculus.formulas.tree import (
    Call,
    Chain,
    Comparison,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Sum,
    names_in,
)  # fmt: skip

Value = Any  # an Array, or a Python float that JAX makes one of

SIGNS: dict[str, Callable[[Value, Value], Value]] = {
    "+": jnp.add, "-": jnp.subtract, "*": jnp.multiply, "/": jnp.divide, "@": times,
    "<": jnp.less, ">": jnp.greater, "<=": jnp.less_equal, ">=": jnp.greater_equal,
}  # fmt: skip

LARGEST_INTEGER_POWER = 100  # beyond it, a product of that many factors is no better than a power

_OF = {name: f.of for name, f in (FUNCTIONS | OF_POINTS).items() if f.of is not None}


@dataclass(frozen=True)
class Known:
    """What names stand for; ``of`` has the functions, those of the step's loss included."""

    names: Mapping[str, Value]
    of: Mapping[str, Callable[..., Value]] = field(default_factory=lambda: _OF)


def knowing(names: Mapping[str, Value], **of_loss: Callable[..., Value]) -> Known:
    """Values of names, those of the constants added, and functions that depend on the loss."""
    return Known({**CONSTANTS, **names}, {**_OF, **of_loss})


def value(node: Node, known: Known) -> Value:
    """The value of a formula; KeyError for a name that is not ``known``."""
    return _VALUES[type(node)](node, known)


def _chain(node: Chain, known: Known) -> Value:
    total = value(node.of[0], known)
    for sign, part in zip(node.signs, node.of[1:], strict=True):
        total = SIGNS[sign](total, value(part, known))
    return total


def _power(node: Power, known: Known) -> Value:
    """A whole exponent is a product: its gradient is right at 0 and where the base is negative."""
    base, whole = value(node.base, known), _whole(node.exponent)
    if whole is None:
        return jnp.power(base, value(node.exponent, known))
    return lax.integer_pow(jnp.asarray(base, float), whole)


def _whole(exponent: Node) -> int | None:
    """The small whole number that an exponent is written as, if it is one."""
    if isinstance(exponent, Negative):
        inner = _whole(exponent.of)
        return None if inner is None else -inner
    if isinstance(exponent, Number) and exponent.value <= LARGEST_INTEGER_POWER:
        return int(exponent.value) if exponent.value.is_integer() else None
    return None


def _comparison(node: Comparison, known: Known) -> Value:
    true = SIGNS[node.sign](value(node.left, known), value(node.right, known))
    return jnp.where(true, 1.0, 0.0)


def _call(node: Call, known: Known) -> Value:
    if node.function in _UNEVALUATED:
        return _UNEVALUATED[node.function](node, known)
    return known.of[node.function](*(value(part, known) for part in node.of))


def _where(node: Call, known: Known) -> Value:
    condition, a, b = node.of
    true = value(condition, known) != 0
    chosen = value(a, _only(true, a, known)), value(b, _only(~jnp.asarray(true), b, known))
    return jnp.where(true, *chosen)


def _only(true: Value, branch: Node, known: Known) -> Known:
    """The names of a branch of where, that differentiation sees only where it is taken.

    Otherwise a branch that is not taken and has no derivative there would make the whole NaN.
    """
    seen = dict(known.names)
    for name in names_in(branch).keys() - CONSTANTS.keys():
        if jnp.ndim(true) in (0, jnp.ndim(seen[name])):
            seen[name] = jnp.where(true, seen[name], lax.stop_gradient(seen[name]))
    return replace(known, names=seen)


_UNEVALUATED = {"where": _where}
"""Functions that take their arguments as they are written."""

_VALUES: dict[type[Node], Callable[[Any, Known], Value]] = {
    Number: lambda node, known: node.value,
    Name: lambda node, known: known.names[node.name],
    Negative: lambda node, known: jnp.negative(value(node.of, known)),
    Power: _power,
    Sum: _chain,
    Product: _chain,
    Comparison: _comparison,
    Call: _call,
}
