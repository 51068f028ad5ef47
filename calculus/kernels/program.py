"""A program over scalars: what is left of a JAX function once its arrays are taken apart.

Every `Scalar` is defined once. A `Block` lists what is computed, in order; a `Loop` or a `Branch`
in it has blocks of its own. `calculus.kernels.builder` writes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_SCALARS = 200_000
"""A function of more is not one for a picture: its kernel would take minutes to write."""
TOO_MANY = f"This function takes more than {MOST_SCALARS} numbers: too many for a kernel."


class Scalar:
    """One number of a program: a constant, an input, the result of an operation or a construct.

    ``op`` is a key of `operations.OPERATIONS`, or "const", "input", "param" (of a loop), "out" (of
    a construct); ``of`` is then the number, the input's index, or the construct and an index.
    """

    __slots__ = ("args", "block", "dtype", "of", "op", "serial")

    def __init__(
        self, op: str, dtype: str, block: Block, serial: int, args: tuple[Scalar, ...], of: Any
    ) -> None:
        self.op, self.dtype, self.block = op, dtype, block
        self.serial, self.args, self.of = serial, args, of

    @property
    def is_const(self) -> bool:
        """Whether its number is known."""
        return self.op == "const"


class Block:
    """Statements in order. ``loops``: its statements are repeated; ``depth`` counts the blocks."""

    def __init__(self, parent: Block | None = None, loops: bool = False) -> None:
        self.parent, self.loops = parent, loops
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.statements: list[Statement] = []
        self.seen: dict[tuple[Any, ...], Scalar] = {}


@dataclass(eq=False)
class Loop:
    """Rounds of one body: counted (``length``), or while ``until`` has not turned false.

    ``params`` hold the carried numbers, ``inits`` before the first round, ``results`` after one,
    ``outs`` at the end. A counted loop reads row i of each table of ``xs`` into ``rows`` and
    writes ``ys`` into row i of as many tables; ``stacked`` are their numbers at the end.
    """

    body: Block
    inits: list[Scalar]
    params: list[Scalar] = field(default_factory=list)
    results: list[Scalar] = field(default_factory=list)
    outs: list[Scalar] = field(default_factory=list)
    length: int | None = None
    reverse: bool = False
    xs: list[list[Scalar]] = field(default_factory=list)  # per row entry: its length numbers
    rows: list[Scalar] = field(default_factory=list)
    ys: list[Scalar] = field(default_factory=list)
    stacked: list[list[Scalar]] = field(default_factory=list)
    until: Until | None = None


@dataclass(eq=False)
class Until:
    """Inside a loop's body: where it ends, unless ``goes_on``."""

    loop: Loop
    goes_on: Scalar


@dataclass(eq=False)
class Branch:
    """The results of one of the ``blocks``, by ``index`` (a whole number within them)."""

    index: Scalar
    blocks: list[Block]
    results: list[list[Scalar]]
    outs: list[Scalar] = field(default_factory=list)


@dataclass(eq=False)
class Call:
    """A function given from outside (see `calculus.kernels.extern`), and the numbers it returns."""

    name: str
    args: list[Scalar]
    outs: list[Scalar] = field(default_factory=list)


Construct = Loop | Branch | Call
Statement = Scalar | Loop | Branch | Call | Until


@dataclass(frozen=True)
class Program:
    """A block, the dtypes of its inputs and its outputs, both in the order of flattened arrays.

    ``arguments`` and ``results`` count the numbers of each top-level argument and result.
    """

    block: Block
    inputs: tuple[Scalar, ...]
    outputs: tuple[Scalar, ...]
    arguments: tuple[int, ...]
    results: tuple[int, ...]

    def live(self) -> set[int]:
        """The ids of the scalars and constructs that the outputs need; the rest is dead code."""
        return live_in(self.outputs)

    def calls(self) -> tuple[str, ...]:
        """The names of the functions that it needs from outside."""
        return tuple(sorted({c.name for c in _constructs(self.block) if isinstance(c, Call)}))


def _constructs(block: Block) -> list[Construct]:
    found: list[Construct] = []
    for s in block.statements:
        if isinstance(s, Loop):
            found += [s, *_constructs(s.body)]
        elif isinstance(s, Branch):
            found += [s, *(c for b in s.blocks for c in _constructs(b))]
        elif isinstance(s, Call):
            found.append(s)
    return found


def live_in(outputs: Sequence[Scalar]) -> set[int]:
    """What the ``outputs`` need, through loops and branches: only the carried numbers in use."""
    live: set[int] = set()
    work = list(outputs)

    def loop(it: Loop) -> None:
        if id(it) not in live:
            live.add(id(it))
            if it.until is not None:
                work.append(it.until.goes_on)

    while work:
        s = work.pop()
        if id(s) in live:
            continue
        live.add(id(s))
        work.extend(s.args)
        if s.op not in ("param", "out"):
            continue
        it, kind, i = s.of
        if isinstance(it, Loop):
            loop(it)
            if kind == "carry":
                work += [it.params[i], it.inits[i], it.results[i]]
            elif kind == "row":
                work += it.xs[i]
            elif kind == "stack":
                work.append(it.ys[i])
        elif isinstance(it, Branch):
            live.add(id(it))
            work += [it.index, *(r[i] for r in it.results)]
        else:
            live.add(id(it))
            work += it.args
    return live
