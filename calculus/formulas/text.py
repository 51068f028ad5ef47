"""A tree as text that reads back as the same tree, with no more brackets than that needs."""

from collections.abc import Callable
from typing import Any

from calculus.formulas.tree import (
    Call,
    Comparison,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Sum,
)

COMPARED, ADDED, MULTIPLIED, SIGNED, RAISED, WHOLE = range(6)
"""How tightly a piece of text holds together."""

LEVELS: dict[type[Node], int] = {
    Comparison: COMPARED, Sum: ADDED, Product: MULTIPLIED, Negative: SIGNED, Power: RAISED,
    Number: WHOLE, Name: WHOLE, Call: WHOLE,
}  # fmt: skip


def number(value: float) -> str:
    """The shortest text of a number that reads back exactly, without ".0"."""
    return repr(float(value)).removesuffix(".0")


def text(node: Node, least: int = COMPARED) -> str:
    """A formula as text, in brackets where it holds together less than ``least``."""
    written = _WRITE[type(node)](node)
    return written if LEVELS[type(node)] >= least else f"({written})"


def _sum(node: Sum) -> str:
    first, *rest = (text(part, MULTIPLIED) for part in node.of)
    return first + "".join(f" {s} {part}" for s, part in zip(node.signs, rest, strict=True))


def _product(node: Product) -> str:
    first, *rest = (text(part, SIGNED) for part in node.of)
    signs = (" @ " if sign == "@" else sign for sign in node.signs)
    return first + "".join(s + part for s, part in zip(signs, rest, strict=True))


_WRITE: dict[type[Node], Callable[[Any], str]] = {
    Number: lambda node: number(node.value),
    Name: lambda node: node.name,
    Negative: lambda node: "-" + text(node.of, SIGNED),
    Power: lambda node: f"{text(node.base, WHOLE)}^{text(node.exponent, SIGNED)}",
    Sum: _sum,
    Product: _product,
    Comparison: lambda node: f"{text(node.left, ADDED)} {node.sign} {text(node.right, ADDED)}",
    Call: lambda node: f"{node.function}({', '.join(map(text, node.of))})",
}
