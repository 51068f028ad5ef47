"""Writing a program: an operation that was already computed is not computed again, one that a loop
does not change stands before it, one whose operands are known numbers is a number.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from calculus.kernels.operations import OPERATIONS, is_float
from calculus.kernels.program import (
    MOST_SCALARS,
    TOO_MANY,
    Block,
    Branch,
    Call,
    Loop,
    Scalar,
    Until,
)


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
