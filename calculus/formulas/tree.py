"""A formula as a tree of small frozen values.

Sums and products are flat, so a tree is never deeper than its brackets, powers and signs: what
walks it may recurse. Two trees are equal when they are the same formula, wherever it was typed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from calculus.formulas.errors import Place


@dataclass(frozen=True)
class Node:
    """A part of a formula; ``place`` is where it was typed."""

    place: Place = field(compare=False, repr=False)

    @property
    def parts(self) -> tuple["Node", ...]:
        """What it is made of."""
        return ()


@dataclass(frozen=True)
class Number(Node):
    """A number ≥ 0."""

    value: float


@dataclass(frozen=True)
class Name(Node):
    """A variable, a parameter or a constant."""

    name: str


@dataclass(frozen=True)
class Negative(Node):
    """−a."""

    of: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.of,)


@dataclass(frozen=True)
class Power(Node):
    """a^b."""

    base: Node
    exponent: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.base, self.exponent)


@dataclass(frozen=True)
class Chain(Node):
    """Terms or factors from left to right; ``signs[i]`` stands before ``parts[i + 1]``."""

    signs: tuple[str, ...]
    of: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.of


class Sum(Chain):
    """a + b − c."""


class Product(Chain):
    """a * b / c, and @ between matrices and vectors."""


@dataclass(frozen=True)
class Comparison(Node):
    """a < b, which is 1 or 0."""

    sign: str
    left: Node
    right: Node

    @property
    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True)
class Call(Node):
    """A function of its arguments."""

    function: str
    of: tuple[Node, ...]

    @property
    def parts(self) -> tuple[Node, ...]:
        return self.of


def walk(node: Node) -> Iterator[Node]:
    """The node and all in it, from left to right."""
    waiting = [node]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += reversed(found.parts)


def names_in(node: Node) -> dict[str, Place]:
    """The names in a formula, each with the place where it stands first."""
    found: dict[str, Place] = {}
    for part in walk(node):
        if isinstance(part, Name):
            found.setdefault(part.name, part.place)
    return found
