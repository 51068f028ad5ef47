"""Functions of a step over a whole batch at once, each number an array of its own."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from calculus.kernels import Unsupported, batched, trace
from calculus.kernels.batched import searches, varying
from calculus.precision import in_float64


class Form(NamedTuple):
    """A function over a batch: the numbers of its arguments in, those of its results out."""

    call: Callable[[Sequence[Any]], Sequence[Array]]
    varying: Callable[[Sequence[bool]], list[bool]]
    """Which results differ over the batch, if these arguments do."""
    searches: bool
    """Whether it goes on until the slowest of the batch has found."""


@in_float64
def form_of(function: Callable[..., Any], *examples: Any) -> Form:
    try:
        program = trace(function, *examples)
    except (Unsupported, TypeError, ValueError):
        return _form_over_arrays(function, *examples)
    return Form(partial(batched, program), partial(varying, program), searches(program))


def _form_over_arrays(function: Callable[..., Any], *examples: Any) -> Form:
    """The slow form, for a function that has none over scalars: some call linear algebra."""
    leaves, tree = jax.tree.flatten(examples)
    ends = np.cumsum([np.size(leaf) for leaf in leaves])

    def one(*numbers: Array) -> list[Array]:
        arrays = [
            jnp.stack(numbers[end - np.size(leaf) : end]).reshape(leaf.shape)
            for leaf, end in zip(leaves, ends, strict=True)
        ]
        results = jax.tree.leaves(function(*jax.tree.unflatten(tree, arrays)))
        return [number for array in results for number in jnp.ravel(array)]

    def call(numbers: Sequence[Any]) -> Sequence[Array]:
        return jax.vmap(one)(*jnp.broadcast_arrays(*numbers))

    count = sum(leaf.size for leaf in jax.tree.leaves(jax.eval_shape(function, *examples)))
    return Form(call, lambda _: [True] * count, searches=True)
