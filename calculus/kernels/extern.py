"""Functions that a program calls and does not contain: a surface's value, gradient and Hessian.

A rule traced with them has one kernel for every surface, and what a surface computes is written
once, however many runs there are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array
from jax.extend.core import Primitive

external_p = Primitive("external")


@external_p.def_abstract_eval
def _(*points: Any, name: str, shape: tuple[int, ...]) -> Any:
    return jax.core.ShapedArray(shape, jnp.dtype("float64"))


def external(name: str, shape: tuple[int, ...]) -> Callable[[Array], Array]:
    """A stand-in, for tracing only, for the function ``name`` of a point with results ``shape``."""

    def stand_in(x: Array) -> Array:
        result: Array = external_p.bind(jnp.asarray(x, jnp.float64), name=name, shape=shape)
        return result

    return stand_in
