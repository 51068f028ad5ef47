"""A program over scalars: what is left of a JAX function once its arrays are taken apart.

Every `Scalar` is defined once. A `Block` lists what is computed, in order; a `Loop` or a `Branch`
in it has blocks of its own. The `Builder` writes them: an operation that was already computed is
not computed again, one that a loop does not change stands before it, one whose operands are known
numbers is a number.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from calculus.kernels.operations import OPERATIONS, is_float

MOST_SCALARS = 200_000
"""A function of more is not one for a picture: its kernel would take minutes to write."""
TOO_MANY = f"This function takes more than {MOST_SCALARS} numbers: too many for a kernel."


class Scalar:
    """One number of a program: a constant, an input, the result of an operation or a construct.

    ``op`` is a key of `OPERATIONS`, or "const", "input", "param" (of a loop), "out" (of a
    construct); ``of`` is then the number, the input's index, or the construct and an index.
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


class Builder:
    """Writes a program: one method for each kind of statement."""

    def __init__(self) -> None:
        self.root = Block()
        self.block = self.root
        self.count = 0
        self._consts: dict[tuple[str, bytes], Scalar] = {}

    def _new(
        self, op: str, dtype: str, args: tuple[Scalar, ...] = (), of: Any = None
    ) -> Scalar:  # fmt: skip
        self.count += 1
        if self.count > MOST_SCALARS:
            raise ValueError(TOO_MANY)
        return Scalar(op, dtype, self.block, self.count, args, of)

    def const(self, number: Any, dtype: str) -> Scalar:
        """A number, exact to its last bit; equal bits are one scalar."""
        value = np.asarray(number).astype(dtype).item()
        bits = struct.pack("d", value) if is_float(dtype) else str(value).encode()
        found = self._consts.get((dtype, bits))
        if found is None:
            found = self._new("const", dtype, of=value)
            found.block = self.root
            self._consts[dtype, bits] = found
        return found

    def input(self, index: int, dtype: str) -> Scalar:
        """The program's argument number ``index``."""
        return self._new("input", dtype, of=index)

    def op(self, name: str, *args: Scalar, dtype: str | None = None) -> Scalar:
        """An operation; ``dtype`` is the result's, where it is not that of the last operand."""
        operation = OPERATIONS[name]
        dtype = dtype or operation.dtype or args[-1].dtype
        known = operation.simplify(self, dtype, args) if operation.simplify else None
        if known is not None:
            return known
        if operation.fold is not None and all(a.op == "const" for a in args):
            with np.errstate(all="ignore"):
                numbers = [np.asarray(a.of, a.dtype)[()] for a in args]
                return self.const(operation.fold(dtype, *numbers), dtype)
        if operation.commutes and args[0].serial > args[1].serial:
            args = (args[1], args[0], *args[2:])
        key = (name, dtype, *map(id, args))
        at: Block | None = self.block
        while at is not None:
            if key in at.seen:
                return at.seen[key]
            at = at.parent
        home = self._home(args)
        made = self._new(name, dtype, args)
        made.block = home
        home.statements.append(made)
        home.seen[key] = made
        return made

    def _home(self, args: Sequence[Scalar]) -> Block:
        """The block for a result: out of every loop that leaves the operands as they are."""
        deepest = max((a.block.depth for a in args), default=0)
        home = self.block
        while home.loops and home.parent is not None and deepest < home.depth:
            home = home.parent
        return home

    def call(self, name: str, args: list[Scalar], dtypes: Sequence[str]) -> list[Scalar]:
        """The numbers that a function from outside returns; the same call is made once."""
        key = ("call", name, *map(id, args))
        at: Block | None = self.block
        while at is not None:
            if key in at.seen:
                return at.seen[key].of[0].outs
            at = at.parent
        home = self._home(args)
        made = Call(name, args)
        made.outs = [self._new("out", d, of=(made, "call", i)) for i, d in enumerate(dtypes)]
        for out in made.outs:
            out.block = home
        home.statements.append(made)
        if made.outs:
            home.seen[key] = made.outs[0]
        return made.outs

    def loop(self, inits: list[Scalar], length: int | None = None, reverse: bool = False) -> Loop:
        """Open a loop: what follows is its body, up to `end_loop`."""
        made = Loop(Block(self.block, loops=True), inits, length=length, reverse=reverse)
        self.block = made.body
        made.params = [
            self._new("param", a.dtype, of=(made, "carry", i)) for i, a in enumerate(inits)
        ]
        return made

    def row(self, loop: Loop, column: list[Scalar]) -> Scalar:
        """Inside a counted loop: entry i of ``column`` in round i."""
        loop.xs.append(column)
        loop.rows.append(
            self._new("param", column[0].dtype, of=(loop, "row", len(loop.xs) - 1))
        )  # fmt: skip
        return loop.rows[-1]

    def until(self, loop: Loop, goes_on: Scalar) -> None:
        """Inside a loop: it ends here unless ``goes_on``."""
        loop.until = Until(loop, goes_on)
        self.block.statements.append(loop.until)

    def end_loop(self, loop: Loop, results: list[Scalar], ys: Sequence[Scalar] = ()) -> None:
        """Close a loop; its ``outs`` and ``stacked`` are then scalars of the block around it."""
        loop.results, loop.ys = results, list(ys)
        assert loop.body.parent is not None
        self.block = loop.body.parent
        loop.outs = [
            self._new("out", a.dtype, of=(loop, "carry", i)) for i, a in enumerate(results)
        ]
        for i, y in enumerate(loop.ys):
            loop.stacked.append(
                [self._new("out", y.dtype, of=(loop, "stack", i)) for _ in range(loop.length or 0)]
            )
        self.block.statements.append(loop)

    def branch(self, index: Scalar, bodies: Sequence[Any]) -> list[Scalar]:
        """The results of one of ``bodies``, functions that write their block and return it."""
        around = self.block
        blocks, results = [], []
        for body in bodies:
            self.block = Block(around)
            blocks.append(self.block)
            results.append(body())
            self.block = around
        made = Branch(index, blocks, results)
        made.outs = [
            self._new("out", a.dtype, of=(made, "branch", i)) for i, a in enumerate(results[0])
        ]
        around.statements.append(made)
        return made.outs
