"""Where numbers are computed: in 64 bits and on the processor, whatever the process has chosen.

Importing this library leaves `jax.config`, the environment and the default device alone. What
computes says so where it runs, by `in_float64`; what it returns are NumPy arrays and Python
numbers, which no setting of JAX changes. Pure functions of JAX (a surface, a rule's step) take the
dtype and the device of whoever calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import wraps
from types import GeneratorType
from typing import Any, ParamSpec, TypeVar, cast

import jax
import jax.numpy as jnp
from jax.experimental.xla_metadata import set_xla_metadata

P = ParamSpec("P")
R = TypeVar("R")


class Float64:
    """``with Float64():`` JAX computes in 64 bits on the processor, in this thread only.

    Two-dimensional runs are faster there than on any accelerator. An instance is for one ``with``.
    """

    __slots__ = ("_bits", "_device")

    def __enter__(self) -> None:
        self._bits, self._device = jax.enable_x64(True), jax.default_device("cpu")
        self._bits.__enter__()
        self._device.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._device.__exit__(*error)
        self._bits.__exit__(*error)


def in_float64(function: Callable[P, R]) -> Callable[P, R]:
    """``function`` in `Float64`; so is each step of a generator that it returns, and only those."""

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with Float64():
            result = function(*args, **kwargs)
        return cast(R, _Steps(result)) if isinstance(result, GeneratorType) else result

    return call


class _Steps(Generator[Any, Any, Any]):
    """A generator that runs in `Float64` and waits outside of it.

    A ``with`` in the generator itself would hold while it waits, in whatever runs meanwhile.
    """

    def __init__(self, own: Generator[Any, Any, Any]) -> None:
        self._own = own

    def send(self, value: Any) -> Any:
        with Float64():
            return self._own.send(value)

    def throw(self, *error: Any) -> Any:
        with Float64():
            return self._own.throw(*error)

    def close(self) -> None:
        with Float64():
            self._own.close()


def one_kernel(function: Callable[..., Any], **options: Any) -> Any:
    """``jax.jit(function, **options)``, compiled as one kernel instead of a list of them.

    Else XLA dispatches every operation of every round of a loop: 500 steps of Adam take four times
    as long, and compile longer too. XLA does the same by itself to loops that touch few bytes; a
    flag of the whole process would raise that bound, an attribute of the call asks for this one
    alone. A function that XLA cannot write as one kernel is compiled as usual.

    Not to be nested: no call inside may carry the attribute.
    """

    def tagged(*args: Any) -> Any:
        leaves, structure = jax.tree.flatten(args)
        given = [i for i, leaf in enumerate(leaves) if jnp.size(leaf)]  # no others reach a kernel

        def kernel(*numbers: Any) -> Any:
            # XLA cannot drop an argument of such a kernel, so each has a part in an output.
            used = sum(jnp.ravel(n)[0].astype(float) for n in numbers)
            full = [jnp.zeros(jnp.shape(leaf), jnp.result_type(leaf)) for leaf in leaves]
            for i, n in zip(given, numbers, strict=True):
                full[i] = n
            return function(*jax.tree.unflatten(structure, full)), used

        made = jax.jit(kernel)(*(leaves[i] for i in given))
        return set_xla_metadata(made, inlineable="false", xla_cpu_small_call="true")

    compiled: Any = jax.jit(wraps(function)(tagged), **options)
    usual: Any = jax.jit(function, **options)
    refused = False

    @wraps(function)
    def call(*args: Any) -> Any:
        nonlocal refused
        if not refused:
            try:
                return compiled(*args)[0]
            except jax.errors.JaxRuntimeError:
                refused = True
        return usual(*args)

    def clear_cache() -> None:
        compiled.clear_cache()
        usual.clear_cache()

    made: Any = call
    made.clear_cache, made.lower, made._cache_size = (
        clear_cache, compiled.lower, compiled._cache_size,
    )  # fmt: skip
    return made
