"""A kernel as text: what it says, what it leaves out, and what it refuses."""

from __future__ import annotations

import inspect
import json
import math
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from calculus.kernels import Unsupported, batched, module, to_javascript, trace
from tests.v8 import Engine

pytestmark = pytest.mark.float64

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def body(source: str) -> list[str]:
    """The lines inside the function of a kernel's text."""
    lines = source.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("export default"))
    return [line.strip() for line in lines[first + 1 : -1]]


# --- what the text says ---------------------------------------------------------------------------


def test_a_short_function_is_one_readable_line():
    kernel = to_javascript(lambda p: p[0] ** 2 + 3 * p[1] / (1 + p[0]), np.zeros(2))
    assert kernel.source == (
        "export default function kernel(a0, a1) {\n"
        "  return [(a0 * a0) + ((a1 * 3) / (a0 + 1))];\n"
        "}\n"
    )


def test_an_argument_of_a_function_has_no_brackets_of_its_own():
    text = to_javascript(
        lambda x: [jnp.sqrt(1 + x), lax.atan2(x + 4, -x), lax.pow(x + 2, x), lax.erf(x + 3)], 1.0
    ).source
    for call in (
        "Math.sqrt(a0 + 1)",
        "Math.atan2(a0 + 4, -a0)",
        "power(a0 + 2, a0)",
        "erf(a0 + 3)",
    ):
        assert call in text
    assert not re.search(r"\w\(\([^()]*\)\)", text)


@pytest.mark.parametrize("dtype", ["int8", "int32", "uint32", "int64", "uint64"])
def test_dividing_by_a_known_number_asks_nothing(dtype):
    k = np.ones(1, dtype)
    zero = "0n" if dtype.endswith("64") else "0"
    known = to_javascript(lambda k: [lax.div(k, k * 0 + 3), lax.rem(k, k * 0 + 3)], k[0])
    assert "===" in known.source  # k * 0 is not known
    known = to_javascript(lambda k: [k // np.array(4, dtype), k % np.array(4, dtype)], k[0])
    assert f"=== {zero} ?" not in known.source
    shifted = to_javascript(lambda k: [k << 3, lax.shift_right_logical(k, k.dtype.type(2))], k[0])
    assert "?" not in shifted.source


def test_a_common_expression_is_computed_once():
    def function(p: Any) -> Any:
        x, y = p
        twice = [jnp.sin(x * y), jnp.sin(y * x) + 1, jax.jit(jnp.sin)(x * y) * 2]
        return twice, lax.cond(x > 0, lambda: jnp.sin(x * y) + x, lambda: x)

    text = to_javascript(function, np.zeros(2)).source
    assert text.count("Math.sin") == 1
    assert text.count("a0 * a1") == 1


def test_what_a_loop_does_not_change_stands_before_it():
    def function(p: Any) -> Any:
        return lax.fori_loop(
            0, 30, lambda k, x: lax.fori_loop(0, 20, lambda j, y: y * jnp.exp(p[1]) + k, x), p[0]
        )

    lines = body(to_javascript(function, np.zeros(2)).source)
    first_loop = next(i for i, line in enumerate(lines) if line.startswith("for"))
    assert [i for i, line in enumerate(lines) if "Math.exp" in line] < [first_loop]
    assert sum("Math.exp" in line for line in lines) == 1


def test_what_nobody_needs_leaves_no_trace():
    def function(p: Any, unused: Any) -> Any:
        lost = jnp.exp(p).sum()

        def round_(k: Any, c: Any) -> Any:
            needed, carried_along = c
            return needed * 2, carried_along + jnp.sinh(needed)

        lax.while_loop(lambda c: c < 3, lambda c: jnp.cosh(c) + 1, p[0])
        lax.cond(p[0] > 0, jnp.tan, jnp.cos, p[1])
        del lost
        return lax.fori_loop(0, 20, round_, (p[0], p[1]))[0]

    kernel = to_javascript(function, np.zeros(2), np.zeros(3))
    for word in ("exp", "sinh", "cosh", "tan", "cos", "a1", "a2", "a3", "a4"):
        assert not re.search(rf"\b{word}\b", "\n".join(body(kernel.source)))
    assert len(re.findall(r"\blet\b", kernel.source)) == 2  # what is doubled, and the count
    assert "a1" not in "\n".join(body(kernel.inner))


def test_a_helper_is_there_if_and_only_if_it_is_called():
    assert to_javascript(jnp.sin, 0.0).source.startswith("export")
    text = to_javascript(lambda x: lax.erfc(x) + lax.nextafter(x, 0.0), 0.0).source
    names = re.findall(r"^const (\w+) =", text, re.MULTILINE)
    assert names == ["bytes", "bitsOf", "ofBits", "after", "erfTail", "erf", "erfc"]


def test_equal_functions_have_equal_text_in_every_process():
    code = inspect.getsource(busy) + (
        "import numpy as np\nfrom calculus.kernels import to_javascript\nfrom typing import Any\n"
        "k = to_javascript(busy, np.zeros(3), np.int32(1)); print(k.source + k.inner, end='')"
    )
    code = "import jax, jax.numpy as jnp\nfrom jax import lax\nfrom typing import Any\n" + code
    here = to_javascript(busy, np.zeros(3), np.int32(1))
    again = to_javascript(busy, np.zeros(3), np.int32(1))
    assert again.source == here.source
    there = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert there.stdout == here.source + here.inner


def busy(p: Any, n: Any) -> Any:
    def body(c: Any) -> Any:
        x, k = c
        y = lax.cond(x > p[1], lambda: jnp.sin(x), lambda: lax.erf(x) * p[2])
        return y + jnp.sort(p)[0], k + 1

    x, k = lax.while_loop(lambda c: c[1] < n % 7, body, (p[0], jnp.int32(0)))
    table = lax.scan(lambda c, row: (c * row + x, c > 1), 1.0, jnp.arange(12.0))
    return {"x": x, "k": k, "table": table, "at": p.at[n].set(1.5)}


# --- numbers --------------------------------------------------------------------------------------


def test_known_numbers_are_exact_to_the_last_bit(engine):
    patterns = np.random.default_rng(1).integers(0, 2**64, 500, dtype=np.uint64)
    numbers = patterns.view(np.float64).tolist()
    numbers = [x for x in numbers if not math.isnan(x)]
    numbers += [0.0, -0.0, math.inf, -math.inf, 5e-324, -1e-310, 2.2250738585072014e-308]
    numbers += [1.7976931348623157e308, 0.1, 1e21, 1e22, 123456789012345680000.0, 1 / 3]
    kernel = to_javascript(lambda x: [jnp.float64(c) for c in numbers], 0.0)
    (found,) = engine.rows(kernel.source, [[0.0]], len(numbers))
    assert [x.hex() for x in found.tolist()] == [x.hex() for x in numbers]
    batch = batched(kernel.program, [0.0])
    assert [struct.pack("d", x) for x in batch] == [struct.pack("d", x) for x in numbers]


def test_a_known_nan_stays_one(engine):
    kernel = to_javascript(lambda x: [jnp.nan * 1.0, x * jnp.nan, jnp.float64(jnp.nan)], 0.0)
    assert np.isnan(engine.rows(kernel.source, [[0.0]], 3)).all()


def test_truth_values_travel_as_0_and_1(engine):
    def function(flag: Any, x: Any) -> Any:
        return ~flag, jnp.where(flag, x, -x), (x > 1) & flag, True, flag.astype(float)

    kernel = to_javascript(function, True, 0.0)
    found = engine.rows(kernel.source, [[1, 2], [0, 2]], 5)
    np.testing.assert_array_equal(found, [[0, 2, 1, 1, 1], [1, -2, 0, 1, 0]])
    batch = batched(kernel.program, [np.array([1.0, 0.0]), 2.0])
    wide = [np.broadcast_to(np.asarray(column, float), (2,)) for column in batch]
    np.testing.assert_array_equal(np.array(wide).T, found)


def test_whole_numbers_of_64_bits_are_exact_between_the_borders(engine):
    def function(k: Any) -> Any:
        big = k * 1_000_003 + (1 << 62)
        return big % 1_000_003, (big * big) >> 40, k

    k = 2**53 - 1
    kernel = to_javascript(function, np.int64(0))
    big = k * 1_000_003 + (1 << 62)
    signed = (big + 2**63) % 2**64 - 2**63
    square = (signed * signed + 2**63) % 2**64 - 2**63
    (found,) = engine.rows(kernel.source, [[k]], 3)
    assert found.tolist() == [signed % 1_000_003, square >> 40, k]


def test_arguments_and_results_are_flattened_in_order(engine):
    def function(tree: Any, x: Any) -> Any:
        return {"b": tree["m"].T, "a": x}, tree["k"] + 1

    example = {"m": np.zeros((2, 2)), "k": np.int32(0)}
    kernel = to_javascript(function, example, np.zeros(1))
    assert kernel.program.arguments == (5, 1)
    assert kernel.program.results == (5, 1)
    found = engine.rows(kernel.source, [[7, 1, 2, 3, 4, 5]], 6)
    assert found.tolist() == [[5, 1, 3, 2, 4, 8]]


# --- loops that do not end ------------------------------------------------------------------------


def endless(x: Any) -> Any:
    return lax.while_loop(lambda c: c > 0, lambda c: c + 1, x)


def test_a_loop_without_end_is_stopped_with_a_sentence(engine):
    name = engine.load(to_javascript(endless, 1.0).source)
    caught = (
        f"(() => {{ try {{ {name}.default(1) }}"
        " catch (e) { return String(e instanceof RangeError) + ' ' + e.message } })()"
    )
    assert engine.run(caught) == ("true a loop went on for more than 100000 rounds and was stopped")
    assert engine.run(f"{name}.default(-1)[0]") == -1


def test_the_inner_form_is_stopped_as_well(engine):
    kernel = to_javascript(endless, 1.0, most_rounds=7)
    assert "more than 7 rounds" in kernel.source
    assert "more than 7 rounds" in kernel.inner


def test_a_loop_may_take_as_many_rounds_as_are_allowed(engine):
    name = engine.load(
        to_javascript(
            lambda n: lax.while_loop(lambda k: k < n, lambda k: k + 1, 0.0), 0.0, most_rounds=50
        ).source
    )
    assert engine.run(f"{name}.default(50)[0]") == 50
    stopped = f"(() => {{ try {{ {name}.default(52) }} catch (e) {{ return e.message }} }})()"
    assert engine.run(stopped).startswith("a loop went on for more than 50 rounds")


# --- refusals -------------------------------------------------------------------------------------


def line_of(function: Any) -> int:
    return inspect.getsourcelines(function)[1]


REFUSED = {
    "svd": lambda x: jnp.linalg.svd(jnp.outer(x, x))[1],
    "lu": lambda x: jnp.linalg.inv(jnp.outer(x, x)),
    "conv_general_dilated": lambda x: jnp.convolve(x, x),
    "abs": lambda x: x + jnp.abs(jnp.array([1j, 2j])),
    "complex": lambda x: jnp.abs(lax.complex(x, x)),
    "random_": lambda x: x + jax.random.normal(jax.random.key(0)),
    "convert_element_type": lambda x: x.astype(jnp.bfloat16),
    "fft": lambda x: jnp.fft.rfft(x).real,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_kernel_is_named_with_its_line(name):
    with pytest.raises(Unsupported) as caught:
        to_javascript(REFUSED[name], np.zeros(2))
    sentence = str(caught.value)
    assert re.search(rf"the primitive '{name}\w*'.* has no kernel; it comes from", sentence)
    assert f"{Path(__file__).name}:{line_of(REFUSED[name])}" in sentence


def test_a_result_that_is_no_real_number_is_refused():
    with pytest.raises(Unsupported, match="a result of numbers of type complex128 has no kernel"):
        to_javascript(lambda x: (x, np.array([1j])), 0.0)


def test_a_refusal_deep_inside_names_the_line_inside():
    def inner(x: Any) -> Any:
        return jnp.linalg.svd(x)[1]

    def function(x: Any) -> Any:
        return lax.fori_loop(0, 20, lambda k, y: lax.cond(y[0] > 0, jax.jit(inner), inner, x), x[0])

    with pytest.raises(Unsupported, match=f"{Path(__file__).name}:{line_of(inner) + 1}"):
        to_javascript(function, np.eye(2))


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "complex128"])
def test_arguments_of_other_types_are_refused_with_a_sentence(dtype):
    wrong = jnp.zeros(2, dtype)
    with pytest.raises(TypeError, match=rf"argument 1\['x'\] is {dtype}: a kernel takes float64"):
        to_javascript(lambda a, b: b["x"], 0.0, {"x": wrong})


def test_a_key_for_random_numbers_is_refused_with_a_sentence():
    with pytest.raises(TypeError, match=r"argument 0 is key<fry>: a kernel takes float64"):
        to_javascript(jax.random.normal, jax.random.key(0))


@pytest.mark.parametrize(
    "function",
    [
        lambda x: (jnp.arange(600.0)[:, None] * x).sum(),
        lambda x: jnp.zeros((20_000, 20_000)).sum() + x[0],
        lambda x: x[0] + np.zeros((1000, 1000)),
        lambda x: lax.fori_loop(0, 7, lambda k, y: jnp.outer(y, y).ravel()[:400] + k, x * x).sum(),
    ],
)
def test_a_function_of_too_many_numbers_is_refused(function):
    with pytest.raises(ValueError, match="more than 200000 numbers: too many for a kernel"):
        to_javascript(function, np.ones(400))


def test_an_argument_of_too_many_numbers_is_refused():
    with pytest.raises(ValueError, match="more than 200000 numbers: too many for a kernel"):
        to_javascript(lambda x: x[0], jax.ShapeDtypeStruct((10**9,), "float64"))


def test_a_name_that_is_no_plain_word_cannot_reach_the_text():
    program = trace(lambda x: x, 0.0)
    for name in ("a b", "x;alert", "1", "Kernel", "", "a.b", "new", "erf", "on"):
        with pytest.raises(ValueError, match="cannot name a kernel"):
            module({name: program})


# --- the inner form -------------------------------------------------------------------------------


def into_arrays(engine: Engine, kernel: Any, row: list[float], in_place: bool) -> list[float]:
    """What the inner form writes, with every argument and result in one array or in two."""
    name = engine.load(kernel.inner)
    places, at = [], 3
    for count in (*kernel.program.arguments, *kernel.program.results):
        places.append(at)
        at += count
    inputs = len(kernel.program.arguments)
    if in_place:  # the results lie over the arguments
        at = 3
        for j, count in enumerate(kernel.program.results):
            places[inputs + j] = at
            at += count
    array, numbers = engine.array(max(at, 3 + len(row)) + 3)
    numbers[:] = -77.0
    numbers[3 : 3 + len(row)] = row
    engine.run(f"{name}.default({', '.join(f'{array}, {k}' for k in places)})")
    first = places[inputs]
    count = sum(kernel.program.results)
    assert set(numbers[:3]) == {-77.0}
    return numbers[first : first + count].tolist()


def test_the_inner_form_gives_the_same_numbers_in_place_too(engine):
    def function(p: Any, n: Any, flag: Any) -> Any:
        return p[::-1] * 2, jnp.where(flag, n + 1, n), ~flag, busy(p, n)

    kernel = to_javascript(function, np.zeros(3), np.int32(0), True)
    for row in ([0.3, -1.0, 2.0, 2, 1], [1.5, 0.2, -0.3, 5, 0]):
        (expected,) = engine.rows(kernel.source, [row], sum(kernel.program.results)).tolist()
        assert into_arrays(engine, kernel, row, in_place=False) == expected
        assert into_arrays(engine, kernel, row, in_place=True) == expected


def test_the_inner_form_allocates_nothing():
    def function(p: Any, n: Any) -> Any:
        return busy(p, n), endless(p[0]), lax.fori_loop(0, n, lambda k, x: x + k, p[1])

    lines = body(to_javascript(function, np.zeros(3), np.int32(0)).inner)
    assert not [line for line in lines if re.search(r"\bnew\b|(^|[^\w])\[|\bof\(|=>|\{ ", line)]


def test_columns_of_a_loop_are_made_once_with_the_module(engine):
    kernel = to_javascript(
        lambda x: lax.scan(lambda c, k: (c + k, None), x, jnp.arange(3000.0) ** 2)[0], 0.0
    )
    assert len(body(kernel.inner)) < 9
    total = sum(k * k for k in range(3000))
    assert engine.rows(kernel.source, [[0.5], [1.5]], 1).tolist() == [[total + 0.5], [total + 1.5]]


def test_a_module_has_one_function_for_each_program(engine):
    programs = {
        "first": trace(lambda x: lax.scan(lambda c, k: (c * k, c), x, jnp.arange(12.0)), 0.0),
        "second": trace(lambda x: lax.scan(lambda c, k: (c - k, c), x, jnp.arange(12.0)), 0.0),
    }
    name = engine.load(module(programs))
    array, numbers = engine.array(20)
    for function, expected in (("first", [0.0, 2.0, 0.0]), ("second", [-64.0, 2.0, 2.0])):
        numbers[0] = 2.0
        engine.run(f"{name}.{function}({array}, 0, {array}, 1, {array}, 2)")
        assert numbers[1:4].tolist() == expected
    assert json.loads(engine.run(f"JSON.stringify(Object.keys({name}))")) == ["first", "second"]
