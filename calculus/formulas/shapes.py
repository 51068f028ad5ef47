"""What each part of a rule is: a number, a vector (2,) or a matrix (2, 2).

A number goes with every coordinate of a vector. What mixes otherwise without sense is refused.
"""

from collections.abc import Callable, Mapping
from typing import Any

from calculus.formulas.errors import FormulaError
from calculus.formulas.functions import IN_RULES
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

UNKNOWN, NUMBER, VECTOR, MATRIX = "unknown", "number", "vector", "matrix"
RANKS = {UNKNOWN: -1, NUMBER: 0, VECTOR: 1, MATRIX: 2}
SIZES: dict[str, tuple[int, ...]] = {UNKNOWN: (), NUMBER: (), VECTOR: (2,), MATRIX: (2, 2)}
KINDS = {UNKNOWN: "a number", NUMBER: "a number", VECTOR: "a vector", MATRIX: "a matrix"}

Shapes = Mapping[str, str]

PRODUCTS = {
    ("*", NUMBER, MATRIX): MATRIX, ("*", MATRIX, NUMBER): MATRIX, ("/", MATRIX, NUMBER): MATRIX,
    ("@", MATRIX, VECTOR): VECTOR, ("@", MATRIX, MATRIX): MATRIX, ("@", VECTOR, VECTOR): NUMBER,
}  # fmt: skip
"""What goes beyond one element at a time."""


def wider(a: str, b: str) -> str:
    """The larger of two shapes."""
    return max(a, b, key=RANKS.__getitem__)


def shape(node: Node, names: Shapes) -> str:
    """The shape of a formula; FormulaError where its parts do not go together.

    A name of unknown shape goes with everything.
    """
    return _SHAPES[type(node)](node, names)


def _elements(node: Node, names: Shapes, what: str) -> str:
    shapes = [shape(part, names) for part in node.parts]
    if MATRIX in shapes:
        place = node.parts[shapes.index(MATRIX)].place
        raise FormulaError(f"{what} takes no matrix", place)
    return max(shapes, key=RANKS.__getitem__)


def _sum(node: Sum, names: Shapes) -> str:
    total = UNKNOWN
    for part in node.of:
        of_part = shape(part, names)
        if MATRIX in (total, of_part) and not {total, of_part} <= {MATRIX, UNKNOWN}:
            sentence = f"{KINDS[total]} and {KINDS[of_part]} cannot be added"
            raise FormulaError(sentence, part.place)
        total = wider(total, of_part)
    return total


def _product(node: Product, names: Shapes) -> str:
    total = shape(node.of[0], names)
    for sign, part in zip(node.signs, node.of[1:], strict=True):
        of_part = shape(part, names)
        if found := PRODUCTS.get((sign, total, of_part)):
            total = found
        elif sign == "@" and UNKNOWN in (total, of_part):
            total = UNKNOWN
        elif sign == "@":
            sentence = f"@ stands between a matrix and a vector, not {KINDS[total]} and "
            raise FormulaError(sentence + KINDS[of_part], part.place)
        elif MATRIX in (total, of_part) and UNKNOWN not in (total, of_part):
            sentence = f"{KINDS[total]} {sign} {KINDS[of_part]} makes no sense here: write H @ v"
            raise FormulaError(sentence, part.place)
        else:
            total = wider(total, of_part)
    return total


def _call(node: Call, names: Shapes) -> str:
    shapes = IN_RULES[node.function].shapes
    if not shapes:
        return _elements(node, names, node.function)
    found = tuple(shape(part, names) for part in node.of)
    if UNKNOWN in found:
        return UNKNOWN
    if found not in shapes:
        wanted = " or ".join(_listed(of) for of in shapes)
        sentence = f"{node.function} takes {wanted}, not {_listed(found)}"
        raise FormulaError(sentence, node.place)
    return shapes[found]


def _listed(shapes: tuple[str, ...]) -> str:
    return " and ".join(KINDS[one] for one in shapes)


_SHAPES: dict[type[Node], Callable[[Any, Shapes], str]] = {
    Number: lambda node, names: NUMBER,
    Name: lambda node, names: names.get(node.name, NUMBER),
    Negative: lambda node, names: shape(node.of, names),
    Power: lambda node, names: _elements(node, names, "a power"),
    Sum: _sum,
    Product: _product,
    Comparison: lambda node, names: _elements(node, names, "a comparison"),
    Call: _call,
}
