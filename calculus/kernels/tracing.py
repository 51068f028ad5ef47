"""From a JAX function to a `Program`: trace it, and take every array apart into its elements."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial, reduce
from typing import Any

import jax
import numpy as np
from jax.extend import source_info_util
from jax.extend.core import ClosedJaxpr, Literal

from calculus.kernels.builder import Builder
from calculus.kernels.operations import DTYPES
from calculus.kernels.primitives import (
    PRIMITIVES,
    Elements,
    NoForm,
    each,
    elements,
    numbers,
    primitive,
    scattered,
)
from calculus.kernels.program import MOST_SCALARS, TOO_MANY, Program, Scalar
from calculus.precision import in_float64

UNROLLED = 8
"""A counted loop of at most so many rounds is written out: its indices are then known."""


class Unsupported(NotImplementedError):  # noqa: N818
    """A primitive that has no form over scalars; the text names it and its line."""


@in_float64
def trace(function: Callable[..., Any], *examples: Any, singles: bool = False) -> Program:
    """The program of ``function`` for arguments of the kind of ``examples``, pytrees of numbers.

    Examples may be arrays, numbers, or only their shapes and dtypes. ``singles`` lets float32
    arguments pass, for those who keep in them what a program computed in float32 itself. Raises
    TypeError for float32 (and smaller) arguments, `Unsupported` for a primitive that has no form
    over scalars, ValueError for a function of too many numbers.
    """
    flat, _ = jax.tree_util.tree_flatten_with_path(tuple(examples))
    for path, leaf in flat:
        _check(path, leaf, singles)
    closed, out = jax.make_jaxpr(function, return_shape=True)(*examples)
    b = Builder()
    inputs: list[Scalar] = []
    operands = []
    for var in closed.jaxpr.invars:
        dtype = _dtype(var.aval)
        own = [b.input(len(inputs) + i, dtype) for i in range(math.prod(var.aval.shape))]
        inputs += own
        operands.append(elements(var.aval.shape, own))
    results = _inside(b, closed, operands)
    return Program(
        block=b.root,
        inputs=tuple(inputs),
        outputs=tuple(s for array in results for s in array.flat),
        arguments=tuple(_count(argument) for argument in examples),
        results=tuple(_count(r) for r in (out if isinstance(out, tuple) else (out,))),
    )


def _count(tree: Any) -> int:
    return sum(math.prod(getattr(leaf, "shape", ())) for leaf in jax.tree.leaves(tree))


def _check(path: Any, leaf: Any, singles: bool) -> None:
    if isinstance(leaf, (bool, int, float)):
        return
    dtype = str(leaf.dtype) if hasattr(leaf, "dtype") else type(leaf).__name__
    if dtype not in DTYPES or (dtype == "float32" and not singles):
        place = jax.tree_util.keystr(path[1:])
        raise TypeError(
            f"argument {path[0].idx}{place} is {dtype}: a kernel takes float64, whole numbers and "
            "truth values. Convert it with .astype('float64')."
        )


def _dtype(aval: Any) -> str:
    name = str(getattr(aval, "dtype", aval))
    if name not in DTYPES:
        raise NoForm(f"numbers of type {name}")
    return name


PROGRAMS = {"jaxpr", "call_jaxpr", "branches", "body_jaxpr"}
"""Parameters of primitives that are programs."""


def _shape(var: Any) -> tuple[int, ...]:
    shape: tuple[int, ...] = getattr(var.aval, "shape", ())
    return shape


def _check_size(count: int) -> None:
    """An array of too many numbers is refused before its elements are made one by one."""
    if count > MOST_SCALARS:
        raise ValueError(TOO_MANY)


def _inside(b: Builder, closed: ClosedJaxpr, operands: list[Elements]) -> list[Elements]:
    """The results of a jaxpr, written into the builder's block."""
    jaxpr = closed.jaxpr
    values: dict[Any, Elements] = dict(zip(jaxpr.invars, operands, strict=True))
    known = dict(zip(jaxpr.constvars, closed.consts, strict=True))

    def read(var: Any) -> Elements:
        if isinstance(var, Literal):
            return numbers(b, np.asarray(var.val, _dtype(var.aval)))
        if var in known:
            return numbers(b, np.asarray(known[var], _dtype(var.aval)))
        return values[var]

    for eqn in jaxpr.eqns:
        name = eqn.primitive.name
        handler = PRIMITIVES.get(name)
        try:
            if handler is None:
                raise NoForm("")
            # what is inside a program is named, rather than the program
            dtypes = [] if PROGRAMS & eqn.params.keys() else [_dtype(v.aval) for v in eqn.outvars]
            _check_size(sum(math.prod(_shape(var)) for var in eqn.outvars))
            params = eqn.params | {"dtype_out": dtypes[0]} if dtypes else eqn.params
            results = handler(b, params, *map(read, eqn.invars))
        except NoForm as error:
            why = f" ({error})" if str(error) else ""
            sentence = f"the primitive {name!r}{why} has no kernel"
            raise _at(Unsupported(sentence), eqn) from None
        except Unsupported as error:  # from a program inside this one
            raise _at(error, eqn) from None
        if not isinstance(results, list):
            results = [results]
        # numpy gives an array of no axes as its element
        arrays = [np.asarray(r, dtype=object) for r in results]
        values.update(zip(eqn.outvars, arrays, strict=True))
    try:
        return [read(var) for var in jaxpr.outvars]
    except NoForm as error:
        raise Unsupported(f"a result of {error} has no kernel") from None


def _at(error: Unsupported, eqn: Any) -> Unsupported:
    """The error with the line of its primitive; of the call around it where jax keeps none."""
    line = source_info_util.summarize(eqn.source_info)
    if " it comes from " in str(error) or not line:
        return error
    return Unsupported(f"{error}; it comes from {line}")


# --- primitives with programs inside ------------------------------------------------------------


@primitive("jit", "closed_call", "remat2", "custom_jvp_call", "custom_vjp_call", "composite")
def _nested(b: Builder, params: Any, *operands: Elements) -> list[Elements]:
    inner = next(params[k] for k in ("jaxpr", "call_jaxpr") if k in params)
    return _inside(b, _closed(inner), list(operands))


def _closed(jaxpr: Any) -> ClosedJaxpr:
    return jaxpr if isinstance(jaxpr, ClosedJaxpr) else ClosedJaxpr(jaxpr, ())


def _flat(arrays: list[Elements] | tuple[Elements, ...]) -> list[Scalar]:
    return [s for array in arrays for s in array.flat]


def _like(flat: list[Scalar], arrays: list[Elements] | tuple[Elements, ...]) -> list[Elements]:
    """A flat list cut into arrays of these shapes."""
    result, at = [], 0
    for array in arrays:
        result.append(elements(array.shape, flat[at : at + array.size]))
        at += array.size
    return result


@primitive("cond")
def _cond(b: Builder, params: Any, index: Elements, *operands: Elements) -> list[Elements]:
    branches = [_closed(j) for j in params["branches"]]
    which = index.item()
    if which.is_const:
        chosen = branches[min(max(int(which.of), 0), len(branches) - 1)]
        return _inside(b, chosen, list(operands))
    shapes: list[list[Elements]] = []

    def body(inner: ClosedJaxpr) -> Callable[[], list[Scalar]]:
        def write() -> list[Scalar]:
            results = _inside(b, inner, list(operands))
            shapes.append(results)
            return _flat(results)

        return write

    outs = b.branch(which, [body(inner) for inner in branches])
    return _like(outs, shapes[0])


@primitive("while")
def _while(b: Builder, params: Any, *operands: Elements) -> list[Elements]:
    n_cond, n_body = params["cond_nconsts"], params["body_nconsts"]
    for_cond, for_body = operands[:n_cond], operands[n_cond : n_cond + n_body]
    carry = operands[n_cond + n_body :]
    loop = b.loop(_flat(carry))
    before = _like(loop.params, carry)
    (goes_on,) = _inside(b, _closed(params["cond_jaxpr"]), [*for_cond, *before])
    b.until(loop, reduce(lambda s, t: b.op("or", s, t), goes_on.flat))
    after = _inside(b, _closed(params["body_jaxpr"]), [*for_body, *before])
    if goes_on.ndim:  # a batch: each part of it stops changing when its own condition ends
        pairs = zip(after, before, strict=True)
        after = [each(partial(b.op, "select"), _leading(goes_on, x), x, old) for x, old in pairs]
    b.end_loop(loop, _flat(after))
    return _like(loop.outs, carry)


def _leading(mask: Elements, array: Elements) -> Elements:
    """A mask over an array's first axes, for all of it."""
    return np.broadcast_to(mask.reshape(mask.shape + (1,) * (array.ndim - mask.ndim)), array.shape)


@primitive("scan")
def _scan(b: Builder, params: Any, *operands: Elements) -> list[Elements]:
    inner = _closed(params["jaxpr"])
    n_const, n_carry, length = params["num_consts"], params["num_carry"], params["length"]
    fixed, carry = list(operands[:n_const]), list(operands[n_const : n_const + n_carry])
    xs = operands[n_const + n_carry :]
    if length <= UNROLLED:
        return _unrolled(b, inner, fixed, carry, xs, length, params["reverse"], n_carry)
    loop = b.loop(_flat(carry), length, params["reverse"])
    tables = [[_row(x, i) for i in range(length)] for x in xs]
    rows = [each(lambda *column: b.row(loop, list(column)), *table) for table in tables]
    after = _inside(b, inner, [*fixed, *_like(loop.params, carry), *rows])
    ys = after[n_carry:]
    b.end_loop(loop, _flat(after[:n_carry]), _flat(ys))
    stacked, at = [], 0
    for y in ys:
        own = loop.stacked[at : at + y.size]
        items = [column[i] for i in range(length) for column in own]
        stacked.append(elements((length, *y.shape), items))
        at += y.size
    return [*_like(loop.outs, carry), *stacked]


def _unrolled(
    b: Builder,
    inner: ClosedJaxpr,
    fixed: list[Elements],
    carry: list[Elements],
    xs: tuple[Elements, ...],
    length: int,
    reverse: bool,
    n_carry: int,
) -> list[Elements]:
    rows: dict[int, list[Elements]] = {}
    for i in reversed(range(length)) if reverse else range(length):
        after = _inside(b, inner, [*fixed, *carry, *(_row(x, i) for x in xs)])
        carry, rows[i] = after[:n_carry], after[n_carry:]
    if length:
        return [
            *carry,
            *(np.stack([rows[i][k] for i in range(length)]) for k in range(len(rows[0]))),
        ]
    shapes = [(0, *_shape(var)) for var in inner.jaxpr.outvars[n_carry:]]
    return [*carry, *(elements(shape, []) for shape in shapes)]


@primitive("reduce")
def _reduce(b: Builder, params: Any, *operands: Elements) -> list[Elements]:
    """With a function of the user's own: every element in turn, after the given first values."""
    inner, axes = _closed(params["jaxpr"]), tuple(params["dimensions"])
    arrays, totals = operands[: len(operands) // 2], list(operands[len(operands) // 2 :])
    kept = [i for i in range(arrays[0].ndim) if i not in axes]
    rows = [x.transpose(*kept, *axes) for x in arrays]
    places = list(np.ndindex(*rows[0].shape[: len(kept)]))
    results: list[list[Elements]] = []
    for place in places:
        own = totals
        for items in zip(*(x[place].flat for x in rows), strict=True):
            own = _inside(b, inner, [*own, *(elements((), [s]) for s in items)])
        results.append(own)
    shape = rows[0].shape[: len(kept)]
    return [elements(shape, [r[k].item() for r in results]) for k in range(len(arrays))]


@primitive("scatter")
def _scatter(b: Builder, params: Any, *operands: Elements) -> Elements:
    """The new element is the update, or what `.at[…].apply` makes of the old one."""

    def combine(b: Builder, params: Any, old: Scalar, new: Scalar) -> Scalar:
        if params["update_jaxpr"] is None:
            return new
        inner = ClosedJaxpr(params["update_jaxpr"], params["update_consts"])
        (result,) = _inside(b, inner, [elements((), [old]), elements((), [new])])
        made: Scalar = result.item()
        return made

    made: Elements = scattered(combine)(b, params, *operands)
    return made


def _row(x: Elements, i: int) -> Elements:
    return elements(x.shape[1:], list(x[i].flat) if x.ndim > 1 else [x[i]])
