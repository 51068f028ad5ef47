"""A program as Python computes what the JAX function computes, loops and branches included."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import Array, lax

from calculus.kernels import Unsupported, trace
from calculus.kernels.python import JAX, NUMPY, TORCH, Dialect, needs, to_python

pytestmark = pytest.mark.float64


def scanned(x: Array) -> Any:
    def body(carry: Array, row: Array) -> Any:
        return carry * 0.5 + row, carry - row

    return lax.scan(body, x[0], jnp.arange(12.0) * x[1])


def scanned_backwards(x: Array) -> Any:
    return lax.scan(lambda c, r: (c + r, c * r), x[0], jnp.arange(12.0), reverse=True)


def searched(x: Array) -> Array:
    return lax.while_loop(lambda v: v[0] ** 2 > 0.1, lambda v: jnp.array([v[1], v[0] / 3]), x)


def branched(x: Array) -> Array:
    index = jnp.floor(x[0]).astype(jnp.int32)
    return lax.switch(index, [lambda v: v, lambda v: v * 2, lambda v: jnp.ones(2)], x)


def chosen(x: Array) -> Array:
    return lax.cond(x[0] > x[1], lambda v: v[0] / v[1], lambda v: jnp.hypot(v[0], v[1]), x)


def elementary(x: Array) -> Array:
    a, b = x
    return jnp.stack(
        [jnp.arctan2(a, b), jnp.arcsin(a / 9), jnp.log1p(a), a**b, jax.nn.sigmoid(a),
         jnp.fmod(a, b), jnp.ceil(a), jnp.maximum(a, b), jnp.sign(-a), jnp.cbrt(a),
         lax.rsqrt(a), jnp.where(a < b, 3.0, b), lax.erf(a)]
    )  # fmt: skip


FUNCTIONS = (scanned, scanned_backwards, searched, branched, chosen, elementary)
POINTS = ((2.3, 1.1), (0.4, 0.9), (1.5, 1.5))


def python_of(function: Callable[..., Any], dialect: Dialect = NUMPY) -> str:
    return to_python(trace(function, np.zeros(2)), "f", ("x", "y"), ("x", "y"), dialect)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_python_computes_what_jax_computes(function: Callable[..., Any]) -> None:
    names: dict[str, Any] = {"np": np, "math": math}
    exec(python_of(function), names)
    for point in POINTS:
        ours = np.ravel(names["f"](*np.array(point)))
        theirs = np.concatenate([np.ravel(v) for v in jax.tree.leaves(function(jnp.array(point)))])
        np.testing.assert_allclose(ours, theirs, rtol=1e-14, atol=1e-300)


def test_a_dialect_without_blocks_refuses_a_loop() -> None:
    with pytest.raises(Unsupported, match="loop or a branch has no form in jnp"):
        python_of(searched, JAX)


def test_torch_takes_the_larger_of_tensors() -> None:
    assert "torch.maximum(torch.as_tensor(x), torch.as_tensor(0.0))" in python_of(
        lambda x: jnp.maximum(x[0], 0.0), TORCH
    )


def test_names_made_here_keep_clear_of_those_given() -> None:
    program = trace(lambda x: jnp.stack([jnp.sin(x[0]) * x[1], jnp.sin(x[0]) + x[1]]), np.zeros(2))
    text = to_python(program, "f", ("v1", "v2"), ("v1", "v2"))
    assert text.splitlines() == [
        "def f(v1, v2):",
        "    v3 = np.sin(v1)",
        "    return (v2 * v3, v2 + v3)",
    ]


def test_what_an_output_needs_is_known() -> None:
    assert needs(trace(lambda x: x[1] * 2, np.zeros(2))) == {1}
