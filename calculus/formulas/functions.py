"""The functions a formula may call: one line each, in two tables.

``FUNCTIONS`` work on each element and are known everywhere; ``OF_POINTS`` are known in a rule and
take vectors and matrices.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp
from jax.scipy.special import erf

from calculus.formulas.linear import length, magnitude, solve, times

Value = Any  # an Array, or a Python float that JAX makes one of
MANY = 8


@dataclass(frozen=True)
class Function:
    """A function and how it is set.

    In ``latex`` #* is all arguments and #1, #2 … are single ones; ``loose`` LaTeX takes brackets
    beside other parts. ``shapes`` maps the shapes of the arguments to that of the value; empty
    means element by element. ``of`` is None where the value needs more than the arguments: where,
    and what asks the loss.
    """

    of: Callable[..., Value] | None
    latex: str
    least: int = 1
    most: int = 1
    loose: bool = False
    shapes: Mapping[tuple[str, ...], str] = field(default_factory=dict)


def _of_any(pairwise: Callable[[Value, Value], Value]) -> Callable[..., Value]:
    return lambda *values: reduce(pairwise, values)


def _named(of: Callable[..., Value], name: str, least: int = 1, most: int = 1) -> Function:
    return Function(of, rf"{name}\left(#*\right)", least, most)


def _word(name: str) -> str:
    return rf"\operatorname{{{name}}}"


FUNCTIONS: dict[str, Function] = {
    "sin": _named(jnp.sin, r"\sin"),
    "cos": _named(jnp.cos, r"\cos"),
    "tan": _named(jnp.tan, r"\tan"),
    "asin": _named(jnp.arcsin, r"\arcsin"),
    "acos": _named(jnp.arccos, r"\arccos"),
    "atan": _named(jnp.arctan, r"\arctan"),
    "sinh": _named(jnp.sinh, r"\sinh"),
    "cosh": _named(jnp.cosh, r"\cosh"),
    "tanh": _named(jnp.tanh, r"\tanh"),
    "exp": _named(jnp.exp, r"\exp"),
    "log": _named(jnp.log, r"\log"),
    "log2": _named(jnp.log2, r"\log_{2}"),
    "log10": _named(jnp.log10, r"\log_{10}"),
    "sqrt": Function(jnp.sqrt, r"\sqrt{#*}"),
    "abs": Function(magnitude, r"\left|#*\right|"),
    "sign": _named(jnp.sign, _word("sign")),
    "floor": Function(jnp.floor, r"\left\lfloor #*\right\rfloor "),
    "ceil": Function(jnp.ceil, r"\left\lceil #*\right\rceil "),
    "sigmoid": _named(jax.nn.sigmoid, _word("sigmoid")),
    "softplus": _named(jax.nn.softplus, _word("softplus")),
    "erf": _named(erf, _word("erf")),
    "hypot": _named(length, _word("hypot"), 2, 2),
    "atan2": _named(jnp.arctan2, _word("atan2"), 2, 2),
    "min": _named(_of_any(jnp.minimum), r"\min", 2, MANY),
    "max": _named(_of_any(jnp.maximum), r"\max", 2, MANY),
    "where": Function(
        None,
        r"\begin{cases} #2 & \text{if } #1 \\ #3 & \text{else} \end{cases}",
        3,
        3,
        loose=True,
    ),
}

OF_POINTS: dict[str, Function] = {
    "f": Function(None, r"f\left(#*\right)", shapes={("vector",): "number"}),
    "grad": Function(None, r"\nabla f\left(#*\right)", shapes={("vector",): "vector"}),
    "hess": Function(None, r"\nabla^{2} f\left(#*\right)", shapes={("vector",): "matrix"}),
    "norm": Function(
        lambda v: length(v[0], v[1]),
        r"\left\|#*\right\|",
        shapes={("vector",): "number"},
    ),
    "dot": Function(
        times,
        r"\left\langle #1, #2\right\rangle ",
        2,
        2,
        shapes={("vector", "vector"): "number", ("matrix", "vector"): "vector"},
    ),
    "solve": Function(
        solve,
        r"\left(#1\right)^{-1}\left(#2\right)",
        2,
        2,
        loose=True,
        shapes={("matrix", "vector"): "vector"},
    ),
}

IN_SURFACES = FUNCTIONS
IN_RULES = FUNCTIONS | OF_POINTS
ALIASES = {
    "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2",
    "sgn": "sign", "minimum": "min", "maximum": "max",
}  # fmt: skip
