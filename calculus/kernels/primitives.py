"""What each JAX primitive does to arrays of scalars.

An array is a numpy array of `Scalar` objects, so that the primitives that only move elements are
numpy's own. One function a primitive, in one table; those with programs inside (cond, while,
scan, jit) are in `calculus.kernels.tracing`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from jax import lax
from numpy.typing import NDArray

from calculus.kernels.builder import Builder
from calculus.kernels.operations import OPERATIONS, bits, is_float
from calculus.kernels.program import MOST_SCALARS, TOO_MANY, Scalar

Elements = NDArray[Any]  # of Scalar
Handler = Callable[..., Any]

PRIMITIVES: dict[str, Handler] = {}
"""Name → handler(builder, parameters, *operands), which returns Elements or a list of them."""


class NoForm(Exception):  # noqa: N818
    """This use of a primitive cannot be written over scalars; the text says why."""


def primitive(*names: str) -> Callable[[Handler], Handler]:
    """Enter a handler under these names."""

    def enter(handler: Handler) -> Handler:
        PRIMITIVES.update(dict.fromkeys(names, handler))
        return handler

    return enter


def elements(shape: Sequence[int], items: Sequence[Scalar]) -> Elements:
    """An array of scalars from a flat list."""
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array.reshape(tuple(shape))


def each(f: Callable[..., Scalar], *arrays: Elements) -> Elements:
    """``f`` of corresponding elements; a single number goes with every element."""
    shape = np.broadcast_shapes(*(a.shape for a in arrays))
    spread = [a if a.shape == shape else np.broadcast_to(a, shape) for a in arrays]
    return elements(shape, [f(*items) for items in zip(*(a.flat for a in spread), strict=True)])


def numbers(b: Builder, value: Any) -> Elements:
    """Known numbers as scalars."""
    array = np.asarray(value)
    if array.size > MOST_SCALARS:
        raise ValueError(TOO_MANY)
    return elements(array.shape, [b.const(v, array.dtype.name) for v in array.flat])


def entry(array: Elements, place: tuple[int, ...]) -> Scalar:
    """One element."""
    found: Scalar = array[place]
    return found


def chosen(b: Builder, index: Scalar, items: Sequence[Scalar]) -> Scalar:
    """``items[index]`` for an index within them: itself if known, else by halving."""
    if index.is_const:
        return items[int(index.of)]
    if all(item is items[0] for item in items):
        return items[0]
    middle = len(items) // 2
    below = b.op("lt", index, b.const(middle, index.dtype))
    upper = b.op("sub", index, b.const(middle, index.dtype)) if len(items) > 2 else index
    if len(items) == 2:
        return b.op("select", below, items[0], items[1])
    return b.op("select", below, chosen(b, index, items[:middle]), chosen(b, upper, items[middle:]))


def clamped(b: Builder, index: Scalar, most: int) -> Scalar:
    """A whole number brought into 0 … ``most``, which its own type need not reach."""
    if bits(index.dtype) < 32:
        index = b.op("convert", index, dtype="int32")
    inside = b.op("min", b.const(most, index.dtype), index)
    if not index.dtype.startswith("u"):
        inside = b.op("max", b.const(0, index.dtype), inside)
    return b.op("convert", inside, dtype="int32")


# --- elementwise --------------------------------------------------------------------------------


def _elementwise(name: str) -> Handler:
    def handler(b: Builder, params: Any, *operands: Elements) -> Elements:
        return each(lambda *s: b.op(name, *s), *operands)

    return handler


_OWN = {"select", "convert", "round_even", "round_away", "bits_of", "of_bits"}
for _name in OPERATIONS.keys() - _OWN:
    PRIMITIVES[_name] = _elementwise(_name)
PRIMITIVES["add_any"] = PRIMITIVES["add"]


def _total(compare: Callable[[Builder, Scalar, Scalar], Scalar]) -> Handler:
    """Comparisons of a total order: NaN comes last and equals itself. −0 and 0 are equal here."""

    def handler(b: Builder, params: Any, x: Elements, y: Elements) -> Elements:
        return each(lambda s, t: compare(b, s, t), x, y)

    return handler


PRIMITIVES["lt_to"] = _total(lambda b, s, t: _before(b, [s], [t]))
PRIMITIVES["le_to"] = _total(lambda b, s, t: b.op("not", _before(b, [t], [s])))
PRIMITIVES["eq_to"] = _total(lambda b, s, t: _same(b, s, t))


@primitive("square")
def _square(b: Builder, params: Any, x: Elements) -> Elements:
    return each(lambda s: b.op("mul", s, s), x)


@primitive("integer_pow")
def _integer_pow(b: Builder, params: Any, x: Elements) -> Elements:
    """By squaring, as XLA does it."""

    def power(s: Scalar) -> Scalar:
        n, factor, result = abs(params["y"]), s, None
        while n:
            if n & 1:
                result = factor if result is None else b.op("mul", result, factor)
            n >>= 1
            if n:
                factor = b.op("mul", factor, factor)
        one = b.const(1, s.dtype)
        result = result or one
        return b.op("div", one, result) if params["y"] < 0 else result

    return each(power, x)


@primitive("pow")
def _pow(b: Builder, params: Any, x: Elements, y: Elements) -> Elements:
    """A whole exponent is made a number first."""
    return each(lambda s, t: b.op("pow", s, b.op("convert", t, dtype=s.dtype)), x, y)


@primitive("round")
def _round(b: Builder, params: Any, x: Elements) -> Elements:
    away = params["rounding_method"] == lax.RoundingMethod.AWAY_FROM_ZERO
    return each(lambda s: b.op("round_away" if away else "round_even", s), x)


@primitive("clamp")
def _clamp(b: Builder, params: Any, low: Elements, x: Elements, high: Elements) -> Elements:
    return each(lambda lo, s, hi: b.op("min", b.op("max", s, lo), hi), low, x, high)


@primitive("select_n")
def _select_n(b: Builder, params: Any, which: Elements, *cases: Elements) -> Elements:
    def pick(w: Scalar, *items: Scalar) -> Scalar:
        if w.dtype == "bool":
            return items[0] if len(items) == 1 else b.op("select", w, items[1], items[0])
        return chosen(b, clamped(b, w, len(items) - 1), items)

    return each(pick, which, *cases)


@primitive("convert_element_type")
def _convert(b: Builder, params: Any, x: Elements) -> Elements:
    to = np.dtype(params["new_dtype"]).name
    return each(lambda s: b.op("convert", s, dtype=to), x)


@primitive("bitcast_convert_type")
def _bitcast(b: Builder, params: Any, x: Elements) -> Elements:
    to = np.dtype(params["new_dtype"]).name

    def cast(s: Scalar) -> Scalar:
        if s.dtype == to:
            return s
        size = np.dtype(to).itemsize
        if "bool" in (s.dtype, to) or np.dtype(s.dtype).itemsize != size:
            raise NoForm(f"from {s.dtype} to {to}")
        whole = f"int{8 * size}"
        known = b.op("bits_of", s, dtype=whole) if is_float(s.dtype) else s
        if is_float(to):
            return b.op("of_bits", b.op("convert", known, dtype=whole), dtype=to)
        return b.op("convert", known, dtype=to)

    return each(cast, x)


@primitive("reduce_precision")
def _reduce_precision(b: Builder, params: Any, x: Elements) -> Elements:
    kept = (params["exponent_bits"], params["mantissa_bits"])
    if kept == (11, 52):
        return x
    if kept == (8, 23):
        return each(
            lambda s: b.op("convert", b.op("convert", s, dtype="float32"), dtype=s.dtype), x
        )
    raise NoForm(f"{kept[0]} bits of exponent and {kept[1]} of mantissa")


@primitive("platform_index")
def _platform_index(b: Builder, params: Any) -> Elements:
    """A kernel is what the processor would compute."""
    fits = ("cpu" in (names or ("cpu",)) for names in params["platforms"])
    return numbers(b, np.int32(list(fits).index(True)))


@primitive("copy", "stop_gradient", "optimization_barrier", "device_put", "name")
def _copy(b: Builder, params: Any, *operands: Elements) -> list[Elements]:
    return list(operands)


# --- moving elements ----------------------------------------------------------------------------


@primitive("broadcast_in_dim")
def _broadcast_in_dim(b: Builder, params: Any, x: Elements, *dynamic: Elements) -> Elements:
    shape = [1] * len(params["shape"])
    for own, place in enumerate(params["broadcast_dimensions"]):
        shape[place] = x.shape[own]
    return np.broadcast_to(x.reshape(shape), params["shape"])


@primitive("reshape")
def _reshape(b: Builder, params: Any, x: Elements, *dynamic: Elements) -> Elements:
    if params.get("dimensions") is not None:
        x = x.transpose(params["dimensions"])
    return x.reshape(params["new_sizes"])


@primitive("squeeze")
def _squeeze(b: Builder, params: Any, x: Elements) -> Elements:
    return x.squeeze(tuple(params["dimensions"]))


@primitive("transpose")
def _transpose(b: Builder, params: Any, x: Elements) -> Elements:
    return x.transpose(params["permutation"])


@primitive("rev")
def _rev(b: Builder, params: Any, x: Elements) -> Elements:
    return np.flip(x, params["dimensions"])


@primitive("slice")
def _slice(b: Builder, params: Any, x: Elements) -> Elements:
    strides = params["strides"] or [1] * x.ndim
    corners = zip(params["start_indices"], params["limit_indices"], strides, strict=True)
    return x[tuple(slice(*c) for c in corners)]


@primitive("split")
def _split(b: Builder, params: Any, x: Elements) -> list[Elements]:
    return list(np.split(x, np.cumsum(params["sizes"])[:-1], params["axis"]))


@primitive("concatenate")
def _concatenate(b: Builder, params: Any, *operands: Elements) -> Elements:
    return np.concatenate(operands, params["dimension"])


@primitive("stack")
def _stack(b: Builder, params: Any, *operands: Elements) -> Elements:
    return np.stack(operands, params.get("axis", params.get("dimension", 0)))


@primitive("unstack")
def _unstack(b: Builder, params: Any, x: Elements) -> list[Elements]:
    return list(np.moveaxis(x, params["axis"], 0))


@primitive("tile")
def _tile(b: Builder, params: Any, x: Elements) -> Elements:
    return np.tile(x, params["reps"])


@primitive("pad")
def _pad(b: Builder, params: Any, x: Elements, value: Elements) -> Elements:
    for axis, (low, high, between) in enumerate(params["padding_config"]):
        n = x.shape[axis]
        wide = n + max(n - 1, 0) * between
        shape = list(x.shape)
        shape[axis] = max(low, 0) + wide + max(high, 0)
        padded = np.full(shape, value.item(), dtype=object)
        place: list[Any] = [slice(None)] * x.ndim
        place[axis] = slice(max(low, 0), max(low, 0) + wide, between + 1)
        padded[tuple(place)] = x
        place[axis] = slice(max(-low, 0), shape[axis] - max(-high, 0))
        x = padded[tuple(place)]
    return x


@primitive("iota")
def _iota(b: Builder, params: Any, *dynamic: Elements) -> Elements:
    shape, axis = params["shape"], params["dimension"]
    along = np.arange(shape[axis]).reshape([-1 if i == axis else 1 for i in range(len(shape))])
    return numbers(b, np.broadcast_to(along, shape).astype(params["dtype"]))


@primitive("empty", "empty2")
def _empty(b: Builder, params: Any) -> Elements:
    """Numbers that nobody reads; XLA makes them zeros on a processor."""
    return numbers(b, np.zeros(params.get("shape", ()), params["dtype"]))


@primitive("dynamic_slice")
def _dynamic_slice(b: Builder, params: Any, x: Elements, *starts: Elements) -> Elements:
    sizes = params["slice_sizes"]
    starts = starts[: x.ndim]
    first = [
        clamped(b, s.item(), n - k) for s, n, k in zip(starts, x.shape, sizes, strict=True)
    ]  # fmt: skip
    return _window(b, x, first, sizes)


def _window(b: Builder, x: Elements, first: Sequence[Scalar], sizes: Sequence[int]) -> Elements:
    """The part of ``x`` of these sizes that begins at ``first``, axis after axis."""
    for axis, (start, size) in enumerate(zip(first, sizes, strict=True)):
        options = [np.take(x, range(i, i + size), axis) for i in range(x.shape[axis] - size + 1)]
        x = each(lambda *items: chosen(b, start, items), *options)  # noqa: B023
    return x


@primitive("dynamic_update_slice")
def _dynamic_update_slice(
    b: Builder, params: Any, x: Elements, update: Elements, *starts: Elements
) -> Elements:
    first = [
        clamped(b, s.item(), n - k)
        for s, n, k in zip(starts[: x.ndim], x.shape, update.shape, strict=True)
    ]
    result = x.copy()
    for place in np.ndindex(*x.shape):
        for own in np.ndindex(*update.shape):
            hit = _all_equal(b, first, [p - o for p, o in zip(place, own, strict=True)])
            if not (hit.is_const and not hit.of):
                result[place] = b.op("select", hit, entry(update, own), entry(result, place))
    return result


def _all_equal(b: Builder, indices: Sequence[Scalar], wanted: Sequence[int]) -> Scalar:
    """Whether every index is the wanted one."""
    hit = b.const(True, "bool")
    for index, number in zip(indices, wanted, strict=True):
        if number < 0:
            return b.const(False, "bool")
        hit = b.op("and", hit, b.op("eq", index, b.const(number, index.dtype)))
    return hit


@primitive("gather")
def _gather(b: Builder, params: Any, x: Elements, indices: Elements) -> Elements:
    d, sizes = params["dimension_numbers"], params["slice_sizes"]
    batching = getattr(d, "operand_batching_dims", ())
    batch_shape = indices.shape[:-1]
    offset_axes = [i for i in range(x.ndim) if i not in (*d.collapsed_slice_dims, *batching)]
    rank = len(batch_shape) + len(d.offset_dims)
    batch_axes = [i for i in range(rank) if i not in d.offset_dims]
    shape = [0] * rank
    for axis, n in zip(batch_axes, batch_shape, strict=True):
        shape[axis] = n
    for axis, own in zip(d.offset_dims, offset_axes, strict=True):
        shape[axis] = sizes[own]
    fills = params["mode"] == lax.GatherScatterMode.FILL_OR_DROP
    result = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        batch = tuple(place[i] for i in batch_axes)
        first, inside = _corner(b, d.start_index_map, indices[batch], x.shape, sizes)
        for own, at in zip(batching, getattr(d, "start_indices_batching_dims", ()), strict=True):
            first[own] = b.const(batch[at], "int32")
        part = _window(b, x, first, sizes)
        own_place = [0] * x.ndim
        for axis, own in zip(d.offset_dims, offset_axes, strict=True):
            own_place[own] = place[axis]
        found = entry(part, tuple(own_place))
        if fills and not (inside.is_const and inside.of):
            found = b.op("select", inside, found, b.const(_fill(params, found.dtype), found.dtype))
        result[place] = found
    return result


def _fill(params: Any, dtype: str) -> Any:
    if params.get("fill_value") is not None:
        return params["fill_value"]
    if is_float(dtype):
        return np.nan
    if dtype == "bool":
        return True
    return np.iinfo(dtype).max if dtype.startswith("u") else np.iinfo(dtype).min


def _corner(
    b: Builder,
    axes: Sequence[int],
    index: Elements,
    shape: Sequence[int],
    sizes: Sequence[int],
) -> tuple[list[Scalar], Scalar]:
    """Where a window begins, brought inside the array, and whether it was inside."""
    first: list[Scalar] = [b.const(0, "int32")] * len(shape)
    inside = b.const(True, "bool")
    for axis, s in zip(axes, index, strict=True):
        first[axis] = clamped(b, s, shape[axis] - sizes[axis])
        kept = b.op("eq", s, b.op("convert", first[axis], dtype=s.dtype))
        inside = b.op("and", inside, kept)
    return first, inside


def scattered(combine: Callable[[Builder, Any, Scalar, Scalar], Scalar]) -> Handler:
    """A scatter whose new elements are ``combine(builder, parameters, old, update)``."""

    def handler(
        b: Builder, params: Any, x: Elements, indices: Elements, updates: Elements
    ) -> Elements:
        d = params["dimension_numbers"]
        batching = getattr(d, "operand_batching_dims", ())
        window_axes = [
            i for i in range(x.ndim) if i not in (*d.inserted_window_dims, *batching)
        ]  # fmt: skip
        batch_axes = [i for i in range(updates.ndim) if i not in d.update_window_dims]
        sizes = [1] * x.ndim
        for axis, own in zip(d.update_window_dims, window_axes, strict=True):
            sizes[own] = updates.shape[axis]
        drops = params["mode"] == lax.GatherScatterMode.FILL_OR_DROP
        result = x.copy()
        for place in np.ndindex(*updates.shape):
            batch = tuple(place[i] for i in batch_axes)
            first, inside = _corner(
                b, d.scatter_dims_to_operand_dims, indices[batch], x.shape, sizes
            )
            for own, at in zip(
                batching, getattr(d, "scatter_indices_batching_dims", ()), strict=True
            ):
                first[own] = b.const(batch[at], "int32")
            offset = [0] * x.ndim
            for axis, own in zip(d.update_window_dims, window_axes, strict=True):
                offset[own] = place[axis]
            for target in np.ndindex(*x.shape):
                wanted = [t - o for t, o in zip(target, offset, strict=True)]
                hit = _all_equal(b, first, wanted)
                if drops:
                    hit = b.op("and", hit, inside)
                if not (hit.is_const and not hit.of):
                    old = entry(result, target)
                    result[target] = b.op(
                        "select", hit, combine(b, params, old, entry(updates, place)), old
                    )
        return result

    return handler


def _combined(name: str) -> Callable[[Builder, Any, Scalar, Scalar], Scalar]:
    return lambda b, params, old, new: b.op(name, old, new)


for _name in ("add", "sub", "mul", "min", "max"):
    PRIMITIVES[f"scatter-{_name}"] = scattered(_combined(_name))


# --- reductions ---------------------------------------------------------------------------------


def _reduction(combine: str, empty: Callable[[str], Any]) -> Handler:
    def handler(b: Builder, params: Any, x: Elements) -> Elements:
        axes = tuple(params["axes"])
        kept = [i for i in range(x.ndim) if i not in axes]
        rows = x.transpose(*kept, *axes).reshape(
            -1 if x.size else int(np.prod([x.shape[i] for i in kept])),
            int(np.prod([x.shape[i] for i in axes])),
        )
        dtype = params["dtype_out"]

        def reduced(row: Elements) -> Scalar:
            if not len(row):
                return b.const(empty(dtype), dtype)
            total = row[0]
            for s in row[1:]:
                total = b.op(combine, total, s)
            return total

        return elements([x.shape[i] for i in kept], [reduced(row) for row in rows])

    return handler


def _least(dtype: str) -> Any:
    return -np.inf if is_float(dtype) else False if dtype == "bool" else np.iinfo(dtype).min


def _most(dtype: str) -> Any:
    return np.inf if is_float(dtype) else True if dtype == "bool" else np.iinfo(dtype).max


PRIMITIVES |= {
    "reduce_sum": _reduction("add", lambda d: 0),
    "reduce_prod": _reduction("mul", lambda d: 1),
    "reduce_max": _reduction("max", _least),
    "reduce_min": _reduction("min", _most),
    "reduce_and": _reduction("and", lambda d: -1 if d != "bool" else True),
    "reduce_or": _reduction("or", lambda d: 0),
    "reduce_xor": _reduction("xor", lambda d: 0),
}


def _cumulative(combine: Callable[[Builder, Scalar, Scalar], Scalar]) -> Handler:
    def handler(b: Builder, params: Any, x: Elements) -> Elements:
        axis = params["axis"]
        lines = np.moveaxis(x, axis, -1)
        lines = np.flip(lines, -1) if params["reverse"] else lines
        result = np.empty(lines.shape, dtype=object)
        for place in np.ndindex(*lines.shape):
            s = entry(lines, place)
            before = (*place[:-1], place[-1] - 1)
            result[place] = combine(b, entry(result, before), s) if place[-1] else s
        result = np.flip(result, -1) if params["reverse"] else result
        return np.moveaxis(result, -1, axis)

    return handler


def _log_of_sum(b: Builder, s: Scalar, t: Scalar) -> Scalar:
    """log(exp s + exp t), the larger taken out; of two that are infinite and equal, themselves."""
    apart = b.op("sub", s, t)
    small = b.op("log1p", b.op("exp", b.op("neg", b.op("abs", apart))))
    larger = b.op("add", b.op("max", s, t), small)
    return b.op("select", b.op("ne", apart, apart), b.op("add", s, t), larger)


def _operation(name: str) -> Callable[[Builder, Scalar, Scalar], Scalar]:
    return lambda b, s, t: b.op(name, s, t)


PRIMITIVES["cumlogsumexp"] = _cumulative(_log_of_sum)
for _name, _combine in (("sum", "add"), ("prod", "mul"), ("max", "max"), ("min", "min")):
    PRIMITIVES[f"cum{_name}"] = _cumulative(_operation(_combine))


def _place_of(better: str) -> Handler:
    """The index of the first element that none is better than; a NaN is the best."""

    def handler(b: Builder, params: Any, x: Elements) -> Elements:
        (axis,) = params["axes"]
        lines = np.moveaxis(x, axis, -1)
        index_dtype = np.dtype(params["index_dtype"]).name

        def place(line: Elements) -> Scalar:
            best, index = line[0], b.const(0, index_dtype)
            for i, s in enumerate(line[1:], 1):
                wins = b.op(better, s, best)
                if is_float(s.dtype):
                    fresh = b.op("and", b.op("ne", s, s), b.op("eq", best, best))
                    wins = b.op("or", wins, fresh)
                best = b.op("select", wins, s, best)
                index = b.op("select", wins, b.const(i, index_dtype), index)
            return index

        return elements(lines.shape[:-1], [place(lines[i]) for i in np.ndindex(*lines.shape[:-1])])

    return handler


PRIMITIVES["argmax"] = _place_of("gt")
PRIMITIVES["argmin"] = _place_of("lt")


@primitive("sort")
def _sort(b: Builder, params: Any, *operands: Elements) -> list[Elements]:
    axis, keys = params["dimension"], params["num_keys"]
    lines = [np.moveaxis(x, axis, -1).copy() for x in operands]
    _put_in_order(b, lines, lambda s, t: _before(b, t[:keys], s[:keys]))
    return [np.moveaxis(x, -1, axis) for x in lines]


@primitive("top_k")
def _top_k(b: Builder, params: Any, x: Elements) -> list[Elements]:
    axis, k = params["axis"], params["k"]
    lines = np.moveaxis(x, axis, -1).copy()
    index = numbers(b, np.broadcast_to(np.arange(lines.shape[-1], dtype=np.int32), lines.shape))
    rows = [lines, index.copy()]
    _put_in_order(b, rows, lambda s, t: _before(b, s[:1], t[:1]))
    return [np.moveaxis(x[..., :k], -1, axis) for x in rows]


def _put_in_order(
    b: Builder, lines: list[Elements], swap: Callable[[list[Scalar], list[Scalar]], Scalar]
) -> None:
    """Neighbours change places until all is in order: stable, and short for a few numbers."""
    n = lines[0].shape[-1]
    for place in np.ndindex(*lines[0].shape[:-1]):
        for done, i in itertools.product(range(n), range(n - 1)):
            if i >= n - 1 - done:
                continue
            left, right = ([entry(x, (*place, j)) for x in lines] for j in (i, i + 1))
            wrong = swap(left, right)
            for x, s, t in zip(lines, left, right, strict=True):
                x[(*place, i)] = b.op("select", wrong, t, s)
                x[(*place, i + 1)] = b.op("select", wrong, s, t)


def _before(b: Builder, left: Sequence[Scalar], right: Sequence[Scalar]) -> Scalar:
    """Whether one row of keys comes before another; NaN comes last."""
    result = b.const(False, "bool")
    for s, t in reversed(list(zip(left, right, strict=True))):
        if s.dtype == "bool":
            s, t = b.op("convert", s, dtype="int32"), b.op("convert", t, dtype="int32")
        less = b.op("lt", s, t)
        if is_float(s.dtype):
            only_t = b.op("and", b.op("eq", s, s), b.op("ne", t, t))
            less = b.op("or", less, only_t)
        result = b.op("or", less, b.op("and", _same(b, s, t), result))
    return result


def _same(b: Builder, s: Scalar, t: Scalar) -> Scalar:
    """Whether two numbers are equal or both NaN."""
    same = b.op("eq", s, t)
    if not is_float(s.dtype):
        return same
    return b.op("or", same, b.op("and", b.op("ne", s, s), b.op("ne", t, t)))


@primitive("dot_general")
def _dot_general(b: Builder, params: Any, x: Elements, y: Elements) -> Elements:
    (contract_x, contract_y), (batch_x, batch_y) = params["dimension_numbers"]
    free_x = [i for i in range(x.ndim) if i not in (*contract_x, *batch_x)]
    free_y = [i for i in range(y.ndim) if i not in (*contract_y, *batch_y)]
    left = x.transpose(*batch_x, *free_x, *contract_x)
    right = y.transpose(*batch_y, *free_y, *contract_y)
    batch = left.shape[: len(batch_x)]
    rows = left.shape[len(batch_x) : len(batch_x) + len(free_x)]
    columns = right.shape[len(batch_y) : len(batch_y) + len(free_y)]
    length = int(np.prod([x.shape[i] for i in contract_x]))
    left = left.reshape(int(np.prod(batch)), int(np.prod(rows)), length)
    right = right.reshape(int(np.prod(batch)), int(np.prod(columns)), length)
    dtype = params["dtype_out"]

    times, plus = ("and", "or") if dtype == "bool" else ("mul", "add")

    def dot(u: Elements, v: Elements) -> Scalar:
        total = None
        for s, t in zip(u, v, strict=True):
            s, t = b.op("convert", s, dtype=dtype), b.op("convert", t, dtype=dtype)
            product = b.op(times, s, t)
            total = product if total is None else b.op(plus, total, product)
        return total or b.const(0, dtype)

    items = [dot(u, v) for k in range(len(left)) for u in left[k] for v in right[k]]
    return elements([*batch, *rows, *columns], items)


@primitive("external")
def _external(b: Builder, params: Any, x: Elements) -> Elements:
    count = int(np.prod(params["shape"]))
    outs = b.call(params["name"], list(x.flat), ["float64"] * count)
    return elements(params["shape"], outs)
