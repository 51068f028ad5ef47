"""A surface as a person types it: ``(1 - x)^2 + b(y - x^2)^2, b = 100 in 1..1000``."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from calculus.formulas import text as written
from calculus.formulas.cursor import Cursor
from calculus.formulas.errors import FormulaError
from calculus.formulas.functions import IN_SURFACES
from calculus.formulas.latex import latex
from calculus.formulas.names import CONSTANTS, unknown
from calculus.formulas.parameters import Parameter, check_parameters, read_parameters
from calculus.formulas.parser import Parser
from calculus.formulas.tokens import fits, lines, tokens
from calculus.formulas.tree import Call, Node, names_in, walk
from calculus.formulas.values import knowing, value

HEADS = (("f", "(", "x", ",", "y", ")", "="), ("f", "="))
"""What may stand before the formula, as in a book."""


@dataclass(frozen=True)
class SurfaceText:
    """A loss over the plane that was typed. Equal texts are equal surfaces.

    ``text`` is the formula with its parameters as it is kept: reading it gives an equal surface.
    ``latex`` is the right-hand side of f(x, y) = ….
    """

    text: str
    parameters: tuple[Parameter, ...] = field(compare=False)
    latex: str = field(compare=False, repr=False)
    tree: Node = field(compare=False, repr=False)

    @property
    def functions(self) -> frozenset[str]:
        """The functions that it calls, by name."""
        return frozenset(node.function for node in walk(self.tree) if isinstance(node, Call))

    @property
    def defaults(self) -> dict[str, float]:
        """Where the parameters start."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def __call__(self, x: Array, values: Mapping[str, ArrayLike] | None = None) -> Array:
        """The loss at the point ``x`` (2,), a scalar, for the parameters' ``values``.

        A JAX function, twice differentiable wherever the formula is. Parameters that ``values``
        leaves out have their defaults.
        """
        names = {"x": x[0], "y": x[1], **self.defaults, **(values or {})}
        return jnp.asarray(value(self.tree, knowing(names)), float)


def read_surface(text: str) -> SurfaceText:
    """The surface that was typed; FormulaError with a sentence and a place where it is none."""
    found = lines(text, 1)
    if not found:
        raise FormulaError("there is no formula yet")
    cursor = Cursor(tokens(found[0][1]))
    for head in HEADS:
        if cursor.starts_with(*head):
            cursor.at = len(head)
    tree = Parser(cursor, IN_SURFACES).expression()
    parameters = read_parameters(cursor) if cursor.take(",") else []
    if cursor.next.kind != "end":
        raise cursor.left_over()
    names = names_in(tree)
    may_stand = {"x", "y", *CONSTANTS, *(parameter.name for parameter in parameters)}
    for name, place in names.items():
        if name not in may_stand:
            raise FormulaError(unknown(name, USE, may_stand | IN_SURFACES.keys()), place)
    check_parameters(parameters, names)
    line = ", ".join([written.text(tree), *(parameter.text for parameter in parameters)])
    return SurfaceText(fits(line, 1), tuple(parameters), latex(tree), tree)


USE = "x, y or a parameter, declared as in ', b = 1..10'"
