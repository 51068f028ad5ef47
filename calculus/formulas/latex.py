"""A tree as LaTeX. Everything in it comes from tables and from names that were checked."""

from collections.abc import Callable
from typing import Any

from calculus.formulas.functions import IN_RULES
from calculus.formulas.names import symbol
from calculus.formulas.text import number
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

Naming = Callable[[str], str]
"""A name as it stands at this place of the formula."""

Piece = tuple[str, int]
"""LaTeX, and how tightly it holds together."""

COMPARED, ADDED, MINUS, MULTIPLIED, RAISED, WHOLE = range(6)
"""How tightly a piece holds together; MINUS begins with one, a fraction may be a factor: RAISED."""

COMPARISONS = {"<": "<", ">": ">", "<=": r"\le", ">=": r"\ge"}


def latex(node: Node, naming: Naming = symbol, least: int = COMPARED) -> str:
    """A formula as LaTeX, in brackets where it holds together less than ``least``."""
    written, level = _WRITE[type(node)](node, naming)
    return written if level >= least else rf"\left({written}\right)"


def number_latex(value: float) -> Piece:
    """A number, with a power of ten for what Python writes with an e."""
    mantissa, e, exponent = number(value).partition("e")
    if not e:
        return mantissa, WHOLE
    power = rf"10^{{{int(exponent)}}}"
    return (power, RAISED) if mantissa == "1" else (rf"{mantissa} \cdot {power}", MULTIPLIED)


def _sum(node: Sum, naming: Naming) -> Piece:
    first, *rest = node.of
    written = latex(first, naming, MINUS)
    for sign, part in zip(node.signs, rest, strict=True):
        written += f" {sign} {latex(part, naming, MULTIPLIED)}"
    return written, ADDED


def _product(node: Product, naming: Naming) -> Piece:
    """Factors from left to right; what was divided so far is the numerator of the next fraction."""
    first, *rest = node.of
    minus = isinstance(first, Negative)
    first = first.of if isinstance(first, Negative) else first
    written = latex(first, naming, COMPARED if node.signs[0] == "/" else MULTIPLIED)
    for sign, part in zip(node.signs, rest, strict=True):
        if sign == "/":
            written = rf"\frac{{{written}}}{{{latex(part, naming)}}}"
            continue
        factor = latex(part, naming, RAISED)
        written += (r" \cdot " if factor[0].isdigit() else r"\,") + factor
    if minus:
        return "-" + written, MINUS
    return written, RAISED if node.signs[-1] == "/" else MULTIPLIED


def _power(node: Power, naming: Naming) -> Piece:
    return f"{latex(node.base, naming, WHOLE)}^{{{latex(node.exponent, naming)}}}", RAISED


def _call(node: Call, naming: Naming) -> Piece:
    function = IN_RULES[node.function]
    of = [latex(part, naming) for part in node.of]
    written = function.latex.replace("#*", ", ".join(of))
    for i, argument in enumerate(of):
        written = written.replace(f"#{i + 1}", argument)
    return written, ADDED if function.loose else WHOLE


def _comparison(node: Comparison, naming: Naming) -> Piece:
    left, right = latex(node.left, naming, ADDED), latex(node.right, naming, ADDED)
    return f"{left} {COMPARISONS[node.sign]} {right}", COMPARED


_WRITE: dict[type[Node], Callable[[Any, Naming], Piece]] = {
    Number: lambda node, naming: number_latex(node.value),
    Name: lambda node, naming: (naming(node.name), WHOLE),
    Negative: lambda node, naming: ("-" + latex(node.of, naming, MULTIPLIED), MINUS),
    Power: _power,
    Sum: _sum,
    Product: _product,
    Comparison: _comparison,
    Call: _call,
}
