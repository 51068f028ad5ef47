"""A program over a batch: every scalar an array, so that each coordinate is an array of its own.

A rule written over points (2,) and batched by `vmap` works on arrays (batch, 2), whose rows are too
short for the processor's vectors; this form is several times as fast and the equations stay as
they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array, lax
from jax.typing import ArrayLike

from calculus.kernels.operations import OPERATIONS
from calculus.kernels.program import Block, Branch, Call, Loop, Program, Scalar, Until


def batched(program: Program, numbers: Sequence[ArrayLike]) -> list[Array]:
    """The program's outputs for its inputs, in the order of the flattened arguments.

    Each number is a scalar, the same for the whole batch, or an array (batch,); so are the
    outputs. A JAX function. Raises ValueError for a program that calls functions from outside.
    """
    if program.calls():
        raise ValueError("A program with functions from outside has no batched form.")
    inputs = [jnp.asarray(n, s.dtype) for n, s in zip(numbers, program.inputs, strict=True)]
    shape = np.broadcast_shapes(*(n.shape for n in inputs))
    run = _Evaluation(program, shape, _varied(program, [n.ndim > 0 for n in inputs]))
    for s, n in zip(program.inputs, inputs, strict=True):
        run.values[id(s)] = n
    run.block(program.block)
    return [run.fitted(s) for s in program.outputs]


def varying(program: Program, inputs: Sequence[bool]) -> list[bool]:
    """Which outputs of `batched` are arrays (batch,), if these of its inputs are."""
    found = _varied(program, inputs)
    return [id(s) in found for s in program.outputs]


def searches(program: Program) -> bool:
    """Whether a loop goes on in it until the last of the batch has ended."""

    def loops(block: Block) -> bool:
        return any(
            (isinstance(s, Loop) and (s.until is not None or loops(s.body)))
            or (isinstance(s, Branch) and any(map(loops, s.blocks)))
            for s in block.statements
        )

    return loops(program.block)


def _varied(program: Program, inputs: Sequence[bool]) -> set[int]:
    """The ids of the scalars that may differ over the batch."""
    found = {id(s) for s, varies in zip(program.inputs, inputs, strict=True) if varies}

    def among(scalars: Iterable[Scalar]) -> bool:
        return any(id(s) in found for s in scalars)

    def block(it: Block, parted: bool) -> None:
        """``parted``: only a part of the batch is here, so that no loop is the same for all."""
        for s in it.statements:
            if isinstance(s, Scalar) and among(s.args):
                found.add(id(s))
            elif isinstance(s, Loop):
                loop(s, parted)
            elif isinstance(s, Branch):
                chosen = id(s.index) in found
                for inner in s.blocks:
                    block(inner, parted or chosen)
                for out, *results in zip(s.outs, *s.results, strict=True):
                    if chosen or among(results):
                        found.add(id(out))

    def loop(it: Loop, parted: bool) -> None:
        found.update(id(r) for r, column in zip(it.rows, it.xs, strict=True) if among(column))
        before = -1
        while before < len(found):  # what varies after one round varies in the next
            before = len(found)
            ends_apart = it.until is not None and (parted or id(it.until.goes_on) in found)
            for param, *ends in zip(it.params, it.inits, it.results, strict=True):
                if ends_apart or among(ends):
                    found.add(id(param))
            block(it.body, parted or ends_apart)
        found.update(id(o) for o, p in zip(it.outs, it.params, strict=True) if id(p) in found)
        for y, column in zip(it.ys, it.stacked, strict=True):
            found.update(id(o) for o in column if id(y) in found)

    block(program.block, False)
    return found


class _Evaluation:
    def __init__(self, program: Program, shape: tuple[int, ...], varied: set[int]) -> None:
        self.live = program.live()
        self.shape, self.varied = shape, varied
        self.values: dict[int, Any] = {}
        self.active: Array | None = None  # the part of the batch that a branch is taken for

    def get(self, s: Scalar) -> Any:
        if s.op == "const":
            return np.asarray(s.of, s.dtype)
        return self.values[id(s)]

    def fitted(self, s: Scalar, like: Scalar | None = None) -> Array:
        """A scalar over the whole batch, if it (or ``like``) may differ there."""
        shape = self.shape if id(like or s) in self.varied else ()
        return jnp.broadcast_to(jnp.asarray(self.get(s)), shape)

    def apply(self, s: Scalar) -> Any:
        operands = [self.get(a) for a in s.args]
        if s.op == "convert":
            return lax.convert_element_type(operands[0], jnp.dtype(s.dtype))
        shape = np.broadcast_shapes(*(np.shape(o) for o in operands))
        spread = [o if np.shape(o) == shape else jnp.broadcast_to(o, shape) for o in operands]
        return OPERATIONS[s.op].jax(*spread)

    def block(self, block: Block) -> None:
        for s in block.statements:
            if isinstance(s, Until) or id(s) not in self.live:
                continue
            if isinstance(s, Scalar):
                self.values[id(s)] = self.apply(s)
            elif isinstance(s, Loop):
                self.counted(s) if s.length is not None else self.repeated(s)
            elif isinstance(s, Branch):
                self.branch(s)
            else:
                assert not isinstance(s, Call)

    def repeated(self, loop: Loop) -> None:
        """A while loop: each part of the batch stops changing when its own condition ends."""
        assert loop.until is not None
        until = loop.until
        carried = [i for i, p in enumerate(loop.params) if id(p) in self.live]
        around, outer = self.values, self.active
        everywhere = np.True_ if outer is None else outer

        def enter(carry: tuple[Array, ...]) -> None:
            self.values = dict(around)
            self.values.update({id(loop.params[i]): v for i, v in zip(carried, carry, strict=True)})

        at = loop.body.statements.index(until)
        head, tail = Block(), Block()
        head.statements, tail.statements = loop.body.statements[:at], loop.body.statements[at:]

        def test(carry: tuple[Array, ...]) -> Array:
            enter(carry)
            self.block(head)
            return self.fitted(until.goes_on) & everywhere

        def go_on(state: tuple[tuple[Array, ...], Array]) -> Array:
            return jnp.any(state[1])

        def body(state: tuple[tuple[Array, ...], Array]) -> Any:
            carry, going = state
            enter(carry)
            self.active = going if going.ndim else None
            self.block(head)
            self.block(tail)
            after = [self.fitted(loop.results[i], loop.params[i]) for i in carried]
            self.active = outer
            if going.ndim:
                after = [jnp.where(going, n, old) for n, old in zip(after, carry, strict=True)]
            return tuple(after), going & test(tuple(after))

        first = tuple(self.fitted(loop.inits[i], loop.params[i]) for i in carried)
        result, _ = lax.while_loop(go_on, body, (first, test(first)))
        self.values, self.active = around, outer
        for i, value in zip(carried, result, strict=True):
            self.values[id(loop.outs[i])] = value

    def counted(self, loop: Loop) -> None:
        carried = [i for i, p in enumerate(loop.params) if id(p) in self.live]
        read = [i for i, r in enumerate(loop.rows) if id(r) in self.live]
        kept = [i for i, y in enumerate(loop.ys) if id(y) in self.live]
        around = self.values

        def body(carry: tuple[Array, ...], rows: tuple[Array, ...]) -> Any:
            self.values = dict(around)
            for i, v in zip(carried, carry, strict=True):
                self.values[id(loop.params[i])] = v
            for i, v in zip(read, rows, strict=True):
                self.values[id(loop.rows[i])] = v
            self.block(loop.body)
            after = tuple(self.fitted(loop.results[i], loop.params[i]) for i in carried)
            return after, tuple(self.fitted(loop.ys[i]) for i in kept)

        first = tuple(self.fitted(loop.inits[i], loop.params[i]) for i in carried)
        rows = tuple(
            jnp.stack([self.fitted(s, loop.rows[i]) for s in loop.xs[i]]) for i in read
        )  # fmt: skip
        after, stacked = lax.scan(body, first, rows, length=loop.length, reverse=loop.reverse)
        self.values = around
        for i, value in zip(carried, after, strict=True):
            self.values[id(loop.outs[i])] = value
        for i, column in zip(kept, stacked, strict=True):
            for k, out in enumerate(loop.stacked[i]):
                self.values[id(out)] = column[k]

    def branch(self, branch: Branch) -> None:
        """One branch is computed where all take the same one; else each part takes its own."""
        live = [k for k, out in enumerate(branch.outs) if id(out) in self.live]
        last = len(branch.blocks) - 1
        index = self.fitted(branch.index)
        index = jnp.clip(index.astype(jnp.int32) if index.dtype == bool else index, 0, last)
        around, outer = self.values, self.active

        def taken(k: int) -> tuple[Array, ...]:
            self.values = dict(around)
            self.block(branch.blocks[k])
            results = tuple(self.fitted(branch.results[k][i], branch.outs[i]) for i in live)
            self.values = around
            return results

        if index.ndim:
            found = []
            for k in range(last + 1):
                here = index == k
                self.active = here if outer is None else outer & here
                found.append(taken(k))
            self.active = outer
            values = found[last]
            for k in reversed(range(last)):
                pairs = zip(found[k], values, strict=True)
                values = tuple(jnp.where(index == k, own, rest) for own, rest in pairs)
        else:
            values = lax.switch(index, [partial(taken, k) for k in range(last + 1)])
        for i, value in zip(live, values, strict=True):
            self.values[id(branch.outs[i])] = value
