"""Formulas as a person types them: what they mean, what is refused, and how they are printed."""

from __future__ import annotations

import math
import pickle
import re
import time
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from latex2mathml.converter import convert

from calculus.formulas import RULE_TEXTS, SURFACE_TEXTS, FormulaError, read_rule, read_surface
from calculus.formulas.errors import Place
from calculus.formulas.functions import ALIASES, IN_RULES, IN_SURFACES
from calculus.formulas.linear import solve
from calculus.formulas.names import GREEK
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS
from thalweg.simulation import run
from thalweg.simulation.step import Exact

pytestmark = pytest.mark.float64

POINTS = np.random.default_rng(7).uniform(0.2, 1.9, (5, 2)) * [
    [1, 1],
    [-1, 1],
    [1, -1],
    [-1, -1],
    [1, 1],
]
A, B = 2.5, 0.75  # the parameters of the notations

# --- notation ------------------------------------------------------------------------------------

MEANS: dict[str, Any] = {
    "x + y - 2": lambda x, y: x + y - 2,
    "x - y - 1": lambda x, y: (x - y) - 1,
    "x - (y - 1)": lambda x, y: x - (y - 1),
    "2x": lambda x, y: 2 * x,
    "2x y": lambda x, y: 2 * x * y,
    "x y": lambda x, y: x * y,
    "2(x+1)": lambda x, y: 2 * (x + 1),
    "(x+1)(y-1)": lambda x, y: (x + 1) * (y - 1),
    "x(y+1)": lambda x, y: x * (y + 1),
    "2sin(x)cos(y)": lambda x, y: 2 * np.sin(x) * np.cos(y),
    "1/2x": lambda x, y: 0.5 * x,
    "1/2 x^2": lambda x, y: 0.5 * x**2,
    "x/y/2": lambda x, y: x / y / 2,
    "x/(2y)": lambda x, y: x / (2 * y),
    "6 ÷ 2(1 + 2)": lambda x, y: 9.0,
    "-x^2": lambda x, y: -(x**2),
    "(-x)^2": lambda x, y: x**2,
    "-x*y": lambda x, y: -x * y,
    "x*-y": lambda x, y: -x * y,
    "x--y": lambda x, y: x + y,
    "+x": lambda x, y: x,
    "2^-x": lambda x, y: 2.0 ** (-x),
    "2^x^2": lambda x, y: 2.0 ** (x**2),
    "(2^x)^2": lambda x, y: (2.0**x) ** 2,
    "2^-x^2": lambda x, y: 2.0 ** (-(x**2)),
    "x**3": lambda x, y: x**3,
    "x^-2": lambda x, y: x**-2.0,
    "x² + y³": lambda x, y: x**2 + y**3,
    "x⁻²": lambda x, y: x**-2.0,
    "x¹⁰": lambda x, y: x**10,
    "2x²": lambda x, y: 2 * x**2,
    "2x^2y": lambda x, y: 2 * x**2 * y,
    "|x|^1.5": lambda x, y: abs(x) ** 1.5,
    "x × y · 2 − 1": lambda x, y: x * y * 2 - 1,
    "|x|": lambda x, y: abs(x),
    "2|x|": lambda x, y: 2 * abs(x),
    "|x||y|": lambda x, y: abs(x) * abs(y),
    "|x| - |y|": lambda x, y: abs(x) - abs(y),
    "||x| - 1|": lambda x, y: abs(abs(x) - 1),
    "|x + abs(y - 3)|": lambda x, y: abs(x + abs(y - 3)),
    "|(x + |y|) - 3|": lambda x, y: abs(x + abs(y) - 3),
    "|x|²": lambda x, y: x**2,
    "2π": lambda x, y: 2 * math.pi,
    "pi x": lambda x, y: math.pi * x,
    "e^x": lambda x, y: math.e**x,
    "2e^x": lambda x, y: 2 * math.e**x,
    "2e": lambda x, y: 2 * math.e,
    "2e-1x": lambda x, y: 0.2 * x,
    "1.5e3": lambda x, y: 1500.0,
    ".5x": lambda x, y: 0.5 * x,
    "5.x": lambda x, y: 5 * x,
    "x < y": lambda x, y: float(x < y),
    "(x ≥ 0)*x + (x < 0)*y": lambda x, y: x if x >= 0 else y,
    "(x <= 0) + (y ≤ 0)": lambda x, y: float(x <= 0) + float(y <= 0),
    "where(x > 0, x, -2y)": lambda x, y: x if x > 0 else -2 * y,
    "where(x, 1, 2)": lambda x, y: 1.0,
    "min(x, y)": min,
    "max(x, y, 0.5)": lambda x, y: max(x, y, 0.5),
    "sin(x) + cos(x) + tan(x)": lambda x, y: np.sin(x) + np.cos(x) + np.tan(x),
    "asin(x/2) + arccos(x/2) + atan(x)": lambda x, y: np.asin(x / 2) + np.acos(x / 2) + np.atan(x),
    "sinh(x) cosh(y) + tanh(x)": lambda x, y: np.sinh(x) * np.cosh(y) + np.tanh(x),
    "exp(x) + log(abs(x)) + ln(y^2)": lambda x, y: np.exp(x) + np.log(abs(x)) + np.log(y**2),
    "log2(x^2) + log10(y^2)": lambda x, y: np.log2(x**2) + np.log10(y**2),
    "sqrt(abs(x))": lambda x, y: np.sqrt(abs(x)),
    "sign(x) + floor(y) + ceil(x)": lambda x, y: np.sign(x) + np.floor(y) + np.ceil(x),
    "sigmoid(x)": lambda x, y: 1 / (1 + np.exp(-x)),
    "softplus(x)": lambda x, y: np.log1p(np.exp(x)),
    "erf(x)": lambda x, y: math.erf(x),
    "hypot(x, y)": math.hypot,
    "atan2(y, x)": lambda x, y: math.atan2(y, x),
    "f(x, y) = x y": lambda x, y: x * y,
    "f = x y": lambda x, y: x * y,
    "1 \t+\u00a0x": lambda x, y: 1 + x,
    "b x, b = 0.75": lambda x, y: B * x,
    "a(x + 1)b, a = 2.5, b=0.75": lambda x, y: A * (x + 1) * B,
    "a/b, a = 2.5, b=0.75": lambda x, y: A / B,
    "a^-b*x, a = 2.5, b=0.75 in 0.1..2": lambda x, y: A**-B * x,
    "αβ1, alpha = 2.5, β1 = 0.75": lambda x, y: A * B,
    "λx, λ = 2.5": lambda x, y: A * x,
    "xρ, rho = 2.5": lambda x, y: A * x,
    "where(x > a, 1, b), a = 2.5, b = 0.75": lambda x, y: B,
}  # fmt: skip


@pytest.mark.parametrize("text", MEANS)
def test_notation_means_the_function(text):
    surface = read_surface(text)
    found = jax.jit(jax.vmap(lambda p: surface(p, surface.defaults)))(jnp.asarray(POINTS))
    assert list(found) == pytest.approx([MEANS[text](*map(float, p)) for p in POINTS], rel=1e-12)


def test_value_is_a_float64_scalar_whatever_the_formula():
    for text in ("3", "x < y", "x", "pi"):
        value = read_surface(text)(jnp.array([1.0, 2.0]), {})
        assert value.shape == ()
        assert value.dtype == jnp.float64


def test_every_function_is_in_the_table_of_notations():
    typed = " ".join(MEANS)
    assert [name for name in IN_SURFACES if f"{name}(" not in typed and name != "acos"] == []


@pytest.mark.parametrize(
    ("text", "low", "high", "default", "log"),
    [
        ("b x, b = 1..200", 1, 200, math.sqrt(200), True),
        ("b x, b = 1..50", 1, 50, 25.5, False),
        ("b x, b = -1…3", -1, 3, 1, False),
        ("b x, b = 100 in 1..200", 1, 200, 100, True),
        ("b x, b = 3", 0.3, 30, 3, True),
        ("b x, b = 0.7", 0.07, 7, 0.7, True),
        ("b x, b = -2", -20, -0.2, -2, False),
        ("b x, b = 0", -1, 1, 0, False),
        ("b x, b = 1e-4..1", 1e-4, 1, 1e-2, True),
        ("b x, b = 0 ∈ −.5...5", -0.5, 0.5, 0, False),
    ],
)
def test_parameter_has_its_range(text, low, high, default, log):
    (b,) = read_surface(text).parameters
    assert (b.name, b.log) == ("b", log)
    assert (b.low, b.high, b.default) == pytest.approx((low, high, default), rel=1e-15)


# --- what differentiation sees -------------------------------------------------------------------


@pytest.mark.parametrize("example", SURFACE_TEXTS, ids=lambda e: e.title)
def test_gradient_agrees_with_finite_differences(example):
    surface = read_surface(example.text)
    p, h = np.array([0.731, -0.417]), 1e-6
    f = jax.jit(surface)
    by_hand = [(f(p + h * d) - f(p - h * d)) / (2 * h) for d in np.eye(2)]
    gradient = jax.jit(jax.grad(surface))(jnp.asarray(p))
    np.testing.assert_allclose(gradient, by_hand, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("text", "at", "gradient", "hessian"),
    [
        ("x^2", (0, 0), (0, 0), ((2, 0), (0, 0))),
        ("x^3 + y^4", (-2, -1), (12, -4), ((-12, 0), (0, 12))),
        ("x²y²", (0, 3), (0, 0), ((18, 0), (0, 0))),
        ("x^b + y, b = 2 in 1..3", (0, 0), (0, 1), ((2, 0), (0, 0))),
        ("hypot(x, y)", (0, 0), (0, 0), ((0, 0), (0, 0))),
        ("hypot(x, y)", (0, 2), (0, 1), ((0.5, 0), (0, 0))),
        ("|x| + y", (0, 0), (0, 1), ((0, 0), (0, 0))),
        ("where(x > 0, sqrt(x), x^2) + y", (-1, 0), (-2, 1), ((2, 0), (0, 0))),
        ("where(x > 0, sqrt(x), x^2)", (0, 0), (0, 0), ((2, 0), (0, 0))),
        ("where(y < 1, where(x > 0, log(x), x), 1/x)", (0, 0), (1, 0), ((0, 0), (0, 0))),
    ],
)
def test_derivatives_are_right_where_they_are_easily_nan(text, at, gradient, hessian):
    surface = read_surface(text)
    p = jnp.array(at, float)
    call = lambda q: surface(q, surface.defaults)  # noqa: E731
    np.testing.assert_allclose(jax.jit(jax.grad(call))(p), gradient, atol=1e-12)
    np.testing.assert_allclose(
        jax.jit(jax.vmap(jax.hessian(call)))(p[None])[0], hessian, atol=1e-12
    )


@pytest.mark.parametrize("text", ["x^2", "x^-3", "x⁻²", "(x + y)**10"])
def test_whole_power_is_a_product(text):
    operations = str(jax.make_jaxpr(read_surface(text))(jnp.zeros(2)))
    assert "integer_pow" in operations
    assert " pow" not in operations


def test_formula_as_deep_as_may_be_is_evaluated_and_differentiated():
    text = "(" * 40 + "x" + "/2 + 1)" * 40
    assert read_surface(text).text.count("(") == 39
    np.testing.assert_allclose(jax.grad(read_surface(text))(jnp.zeros(2)), (2.0**-40, 0))


def test_parameters_are_traced():
    surface = read_surface("b x, b = 1..10")
    assert float(jax.grad(lambda b: surface(jnp.array([3.0, 0.0]), {"b": b}))(2.0)) == 3.0


# --- what is refused -----------------------------------------------------------------------------

SENTENCES: dict[str, Any] = {
    "": ("there is no formula yet", 0, 0),
    "z + 1": ("unknown name 'z': use x, y or a parameter, declared as in ', b = 1..10'", 0, 1),
    "x + sine(x)": ("unknown name 'sine': did you mean 'sin'?", 4, 8),
    "2xy": ("unknown name 'xy': did you mean 'x*y'?", 1, 3),
    "x2 + y2": ("unknown name 'x2': did you mean 'x^2'?", 0, 2),
    "2 + sin x": ("sin needs brackets: sin(x)", 4, 7),
    "(x + 1": ("a bracket is opened here and not closed", 0, 1),
    "2*(x + (1": ("a bracket is opened here and not closed", 7, 8),
    "x + 1)": ("this bracket closes nothing", 5, 6),
    "x)": ("this bracket closes nothing", 1, 2),
    "|x": ("a bar is opened here and not closed", 0, 1),
    "x +": ("something is missing at the end", 3, 3),
    "x * / y": ("something is missing before '/'", 4, 5),
    "()": ("something is missing before ')'", 1, 2),
    "²": ("something is missing before this power", 0, 1),
    "x 2": ("a sign is missing before '2': write * or ^", 2, 3),
    "2 3": ("a sign is missing before '3': write * or ^", 2, 3),
    "x²³ ²": ("two powers in a row: put brackets around one", 4, 5),
    "x²^3": ("two powers in a row: put brackets around one", 2, 3),
    "x < y < 1": ("one comparison at a time: write (a < b)*(b < c)", 6, 7),
    "x = 3": ("'=' has no place here: compare with < or >", 2, 3),
    "x == 3": ("'==' has no place here: compare with < or >", 2, 4),
    "(x, y)": ("a comma has no place here", 2, 3),
    "sin(x, y)": ("a comma has no place here", 5, 6),
    "where(x, 1)": ("where takes 3 numbers, with commas between them", 0, 11),
    "min(x)": ("min takes 2 numbers, with commas between them", 0, 6),
    "x..2": ("a range belongs to a parameter, as in b = 1..10", 1, 3),
    "x @ y": ("vectors and matrices are known in rules only", 2, 3),
    "x, y": ("'y' is taken: a parameter needs another name", 3, 4),
    "x,": ("a parameter comes here, as in b = 1..10", 2, 2),
    "x, sin = 1": ("'sin' is taken: a parameter needs another name", 3, 6),
    "b x, b": ("a parameter comes here, as in b = 1..10", 6, 6),
    "b x, b = x": ("a number comes here", 9, 10),
    "b x, b = 1..": ("a number comes here", 12, 12),
    "b x, b = 2..1": ("the range of 'b' must go up, as in 1..10", 5, 13),
    "b x, b = 5 in 1..2": ("'b' starts at 5, which is outside its range", 5, 18),
    "b x, b = 5 in 1": ("a range comes here, as in b = 5 in 1..10", 15, 15),
    "b x, b = 1e308": ("the numbers of 'b' are too large", 5, 14),
    "x, b = 1..2": ("the parameter 'b' is declared and not used", 3, 11),
    "b x, b = 1..2, b = 3": ("the parameter 'b' is declared twice", 15, 20),
    "b x, b = 1 2": ("a sign is missing before '2': write * or ^", 11, 12),
    "x + abcdefghijklm": ("a name has at most 12 characters", 4, 17),
    "x + 1e999": ("this number is too large", 4, 9),
    "x + " + "9" * 31: ("a number has at most 30 digits", 4, 35),
    "x" * 501: ("this formula is longer than 500 characters", 500, 501),
    "(" * 41 + "x" + ")" * 41: ("this formula is more than 40 levels deep", 40, 41),
    "x" + "^x" * 41: ("this formula is more than 40 levels deep", 81, 82),
    "-" * 41 + "x": ("this formula is more than 40 levels deep", 40, 41),
    "x[0]": ("the character '[' means nothing here: use round brackets", 1, 2),
    "x.T": ("the character '.' means nothing here: a point belongs inside a number", 1, 2),
    "x + \x00": ("the character U+0000 means nothing here", 4, 5),
    "√x": ("the character '√' means nothing here: write sqrt(x)", 0, 1),
    "x+" * 200 + "x": ("this formula has more than 300 signs and names", 300, 401),
    "x+" * 140 + "x": None,
    "x" + " " * 490 + "+  y" + " " * 5000: None,
    "x" + " " * 5000 + "y": ("this formula is longer than 500 characters", 500, 1500),
    "x\ny": ("a surface is one line", 0, 1),
    "+".join(f"a{i}" for i in range(9)) + "".join(f", a{i} = 1" for i in range(9)): (
        "a formula has at most 8 parameters", 92, 98,
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", SENTENCES, ids=lambda t: repr(t[:20]))
def test_what_is_wrong_is_said_and_where(text):
    if SENTENCES[text] is None:
        read_surface(text)
        return
    sentence, start, end = SENTENCES[text]
    with pytest.raises(FormulaError) as caught:
        read_surface(text)
    assert (str(caught.value), caught.value.start, caught.value.end) == (sentence, start, end)
    assert caught.value.line == (1 if "\n" in text else 0)


def test_error_travels_between_processes():
    error = pickle.loads(pickle.dumps(FormulaError("no", Place(1, 2, 3))))
    assert (str(error), error.line, error.start, error.end) == ("no", 1, 2, 3)


ATTACKS = [
    "__import__('os').system('true')", "().__class__", "x.__class__.__bases__", "lambda: 1",
    "lambda x: x", "[x for x in y]", "(x for x in y)", "{x: 1}", "{1, 2}", "f'{x}'", "f\"{x}\"",
    "(x := 1)", "x.real", "x[0]", "x[::1]", "'a'*3", '"x"', "b'x'", "*x", "max(*x)", "max(**x)",
    "sin(x=1)", "@x", "exec(x)", "eval(x)", "compile(x)", "open(x)", "getattr(x, y)",
    "__builtins__", "__name__", "globals()", "import os", "x; y", "x if y else 1", "not x",
    "x and y", "x or y", "x is y", "x in y", "await x", "yield", "yield x", "del x", "print(x)",
    "# x", "x # y", "x\\\ny", "x\n\ny", "x\x0by", "x\u2028y", "x\x00", "\ufeffx", "1e999", "-1e999",
    "nan", "inf", "NaN", "Infinity", "1j", "0x10", "0b1", "1_000", "...", "None", "True", "~x",
    "x % 2", "x // 2", "x << 2", "x & y", "x != y", "x -> y", "х + 1", "ｘ + 1", "𝑥", "１", "٣",
    "x\u0301", "\u202ex", "sіn(x)", "\ud800", "x\udfff", "Α x", "ﬁ", "x'", "x`y`", "$x$",
    "\\alpha", "%s", "{0}", "${x}", "<script>", "&lt;", "grad(x)", "hess(x)", "solve(x, y)", "f(x)",
    "(" * 10000, "x" * 10**6, "9" * 10**5, "-" * 499, "|" * 499, "^" * 499, "sin(" * 120, "\n" * 99,
]  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS, ids=lambda t: ascii(t[:24]))
def test_attack_is_refused(text):
    began = time.perf_counter()
    with pytest.raises(FormulaError) as caught:
        read_surface(text)
    assert time.perf_counter() - began < 0.5
    str(caught.value).encode()
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("text", [None, 3, b"x", ["x"], object()], ids=lambda t: type(t).__name__)
def test_what_is_no_text_is_refused(text):
    with pytest.raises(FormulaError, match="a formula is a text"):
        read_surface(text)


@pytest.mark.parametrize("text", ["9**9**9**9", "9^9^9^9^9^9 x", "1/0", "log(0)*x", "(0-1)^0.5"])
def test_no_number_is_computed_when_a_formula_is_read(text):
    surface = read_surface(text)
    assert not np.isfinite(surface(jnp.zeros(2), {}))


# --- printed back --------------------------------------------------------------------------------

READABLE = [
    *MEANS, *(e.text for e in SURFACE_TEXTS), "x^(-2)", "(x^2)^3", "x^(2^3)", "-(-x)", "--x",
    "(x + y) + 1", "x + (y + 1)", "x*(y*2)", "x/(y/2)", "(x < y)*2", "(x < y) < 1", "-(x + y)",
    "(-x)*y", "-(x*y)", "1e22x", "1e-7x", "123456789012345678x", "where(x < y, 1, 2)^2",
    "-(x + 1)/y", "x - (-y)", "x - (-y*2)", "(1e20)^x", "sigma x, σ = 1..2", "x*1e5", "b, b = 0.7",
]  # fmt: skip


@pytest.mark.parametrize("text", READABLE)
def test_printed_text_reads_back_as_the_same_formula(text):
    surface = read_surface(text)
    again = read_surface(surface.text)
    assert again == surface
    assert (again.tree, again.parameters, again.latex) == (
        surface.tree,
        surface.parameters,
        surface.latex,
    )
    assert hash(again) == hash(surface)
    assert pickle.loads(pickle.dumps(surface)) == surface


def test_printed_text_has_no_brackets_that_mean_nothing():
    assert read_surface("((x)+(y*(2)))/((x^(2)))").text == "(x + y*2)/x^2"


def test_text_that_would_be_too_long_when_written_out_is_refused():
    with pytest.raises(FormulaError, match="written out in full"):
        read_surface("+".join(["ω"] * 100) + ", ω = 1..2")


LATEX = {
    "-x^2": "-x^{2}",
    "(-x)^2": r"\left(-x\right)^{2}",
    "a x/2, a = 1": r"\frac{a\,x}{2}",
    "2*3x": r"2 \cdot 3\,x",
    "x*(y/2)": r"x\,\frac{y}{2}",
    "(y/2)^2": r"\left(\frac{y}{2}\right)^{2}",
    "-(x + y)/2": r"-\frac{x + y}{2}",
    "x - (-y)": r"x - \left(-y\right)",
    "x - (-y*2)": r"x - \left(-y \cdot 2\right)",
    "x - (y + 1)": r"x - \left(y + 1\right)",
    "1e-7x": r"10^{-7}\,x",
    "2.5e20x": r"2.5 \cdot 10^{20}\,x",
    "(1e20)^x": r"\left(10^{20}\right)^{x}",
    "beta1 x + lr, beta1 = 1, lr = 1": r"\beta_{1}\,x + \mathrm{lr}",
    "m_hat + α_k, m_hat = 1, α_k = 1": r"\hat{m} + \alpha_{k}",
    "x ≤ sqrt(y)": r"x \le \sqrt{y}",
}


@pytest.mark.parametrize("text", LATEX)
def test_latex_is_as_a_book_would_set_it(text):
    assert read_surface(text).latex == LATEX[text]


COMMANDS = """
left right frac cdot sqrt sin cos tan arcsin arccos arctan sinh cosh tanh exp log min max lfloor
rfloor lceil rceil operatorname mathrm hat bar tilde begin end cases text if else le ge nabla langle
rangle leftarrow varepsilon varphi sign sigmoid softplus erf hypot atan
"""


@pytest.mark.parametrize("text", [*READABLE, *RULE_TEXTS.values()])
def test_latex_has_only_known_words_and_converts(text):
    what = read_rule(text) if "\n" in text else read_surface(text)
    lines = what.latex if isinstance(what.latex, tuple) else (what.latex,)
    names = {part for p in what.parameters for part in re.findall("[A-Za-z]+", p.name)}
    known = {*COMMANDS.split(), *GREEK, *names, *"xyetgvsmf"}
    for line in lines:
        assert set(re.findall(r"[A-Za-z]+", line)) <= known
        assert set(re.sub(r"[A-Za-z0-9\s]", "", line)) <= set(r"\{}()|^_+-=<>,.&")
        assert line.count(r"\left") == line.count(r"\right") + line.count(r"\leftarrow")
        assert "<math" in convert(line)


# --- rules ---------------------------------------------------------------------------------------


def path(text, surface, start, steps, **values):
    """The points (steps+1, 2) of a typed rule."""
    rule, loss = read_rule(text), Exact(surface)
    values = rule.defaults | values

    def step(carried, t):
        x, state = carried
        x, state, _ = rule.step(x, state, t, loss, values)
        return (x, state), x

    x = jnp.array(start)
    _, points = jax.lax.scan(step, (x, rule.init(x)), jnp.arange(1.0, steps + 1))
    return np.concatenate([np.array(start)[None], points])


CASES = {"valley": ((-2.0, 1.0), 1.0), "rosenbrock": ((-1.2, 1.0), 0.05)}


@pytest.mark.parametrize("where", CASES)
@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"])
def test_rules_of_the_lectures_walk_the_built_in_paths(name, where):
    start, lr_scale = CASES[where]
    surface = LANDSCAPES[where]()
    defaults = read_rule(RULE_TEXTS[name]).defaults
    rule = OPTIMIZERS[name]()
    assert {key: getattr(rule, key) for key in defaults} == defaults
    lr = defaults["lr"] * (lr_scale if rule.follows_slope else 1)
    built_in = run(surface, OPTIMIZERS[name](lr=lr), start=start, steps=50)
    assert built_in.diverged_at is None
    typed = path(RULE_TEXTS[name], surface, start, 50, lr=lr)
    np.testing.assert_allclose(typed, built_in.x, rtol=1e-12, atol=1e-12)


def test_newton_can_be_typed():
    surface = LANDSCAPES["rosenbrock"]()
    typed = path("x = x - solve(hess(x), g)", surface, (-1.2, 1.0), 6)
    np.testing.assert_allclose(typed[-1], (1.0, 1.0), atol=1e-9)
    damped = path(
        "H = hess(x) + mu*I\nx = x - solve(H, g), mu = 0 in 0..1", surface, (-1.2, 1.0), 6
    )
    np.testing.assert_allclose(damped, typed, rtol=1e-12)


def test_restart_is_heavy_ball_until_it_would_climb():
    surface = LANDSCAPES["valley"](condition=30.0)
    ball = path(RULE_TEXTS["momentum"], surface, (-2.0, 1.0), 200)
    restart = path(RULE_TEXTS["restart"], surface, (-2.0, 1.0), 200)
    np.testing.assert_allclose(ball[:4], restart[:4], rtol=1e-14)
    assert np.linalg.norm(restart[-1]) < np.linalg.norm(ball[-1])


@pytest.mark.parametrize("name", RULE_TEXTS)
def test_printed_rule_reads_back_as_the_same_rule(name):
    rule = read_rule(RULE_TEXTS[name])
    again = read_rule(rule.text)
    assert again == rule
    assert (again.lines, again.parameters, again.latex) == (rule.lines, rule.parameters, rule.latex)


def test_states_are_what_is_read_before_its_line():
    rule = read_rule("a = b + t\nb = a*g\nx = x - b")
    assert rule.states == ("b",)
    assert rule.terms == ("a", "b", "x")
    assert rule.shapes == {"a": "vector", "b": "vector", "x": "vector"}
    x, state, terms = rule.step(
        jnp.ones(2), rule.init(jnp.ones(2)), 1, Exact(LANDSCAPES["valley"](condition=4.0))
    )
    np.testing.assert_allclose(terms["a"], (1, 1))
    np.testing.assert_allclose(state["b"], (1, 4))
    np.testing.assert_allclose(x, (0, -3))


def test_lines_of_a_rule_have_their_time_in_latex():
    rule = read_rule(
        "g2 = ρ g\ng = grad(x + ρ v)\nv = ρ v - g2 - g\nx = x + v\nx = 0.9x, ρ = 0.9 in 0..1"
    )
    assert rule.latex == (
        r"g_{2,t} = \rho\,\nabla f\left(x_{t-1}\right)",
        r"g_{t} = \nabla f\left(x_{t-1} + \rho\,v_{t-1}\right)",
        r"v_{t} = \rho\,v_{t-1} - g_{2,t} - g_{t}",
        r"x_{t} = x_{t-1} + v_{t}",
        r"x_{t} \leftarrow 0.9\,x_{t}",
    )


RULE_SENTENCES: dict[str, Any] = {
    "": ("no line moves the point: write one that begins with x =", 0, 0, 0),
    "v = g": ("no line moves the point: write one that begins with x =", 0, 0, 0),
    "x": ("a line assigns something, as in v = rho*v - lr*g", 0, 0, 1),
    "x = x - g\n2 = x": ("a line assigns something, as in v = rho*v - lr*g", 1, 0, 1),
    "x = x - lr*g": (
        "unknown name 'lr': use x, g, t, a name that is assigned, or a parameter, declared as in "
        "'lr = 0.01 in 1e-4..1'", 0, 8, 10,
    ),
    "v = v @ g + hess(x)\nx = x": ("a vector and a matrix cannot be added", 0, 12, 19),
    "v = g\nv = hess(x)\nx = x": ("'v' is a matrix on another line", 0, 0, 1),
    "x = t": ("x is a vector, and this is a number", 0, 4, 5),
    "x = x\nx = hess(x)": ("x is a vector, and this is a matrix", 1, 4, 11),
    "x = x + hess(x)": ("a vector and a matrix cannot be added", 0, 8, 15),
    "x = hess(x)*g": ("a matrix * a vector makes no sense here: write H @ v", 0, 12, 13),
    "x = x @ hess(x)": (
        "@ stands between a matrix and a vector, not a vector and a matrix", 0, 8, 15,
    ),
    "x = sin(hess(x))": ("sin takes no matrix", 0, 8, 15),
    "x = x*norm(t)": ("norm takes a vector, not a number", 0, 6, 13),
    "x = grad(hess(x))": ("grad takes a vector, not a matrix", 0, 4, 17),
    "x = dot(x, t)*x": (
        "dot takes a vector and a vector or a matrix and a vector, not a vector and a number",
        0, 4, 13,
    ),
    "t = 2x": ("'t' is taken: nothing can be assigned to it", 0, 0, 1),
    "sin = 2x": ("'sin' is taken: nothing can be assigned to it", 0, 0, 3),
    "x = x + v\nv = 3": None,
    "x = x + v\nv = 3\nv = g": ("'v' is assigned and also a parameter", 1, 0, 5),
    "x = x - lr g, lr = 0.1, lr = 0.2": ("the parameter 'lr' is declared twice", 0, 24, 32),
    "x = x\nlr = 0.1": ("the parameter 'lr' is declared and not used", 1, 0, 8),
    "x = x - g, v = g": ("a number comes here", 0, 15, 16),
    "x = x - y*g": (
        "unknown name 'y': use x, g, t, a name that is assigned, or a parameter, declared as in "
        "'lr = 0.01 in 1e-4..1'", 0, 8, 9,
    ),
    "x = x - g\n" * 13: ("a rule has at most 12 assignments", 12, 0, 1),
    "x = x\n" * 25: ("these are more than 24 lines", 24, 0, 5),
}  # fmt: skip


@pytest.mark.parametrize("text", RULE_SENTENCES, ids=lambda t: repr(t[:24]))
def test_what_is_wrong_with_a_rule_is_said_and_where(text):
    if RULE_SENTENCES[text] is None:
        read_rule(text)
        return
    sentence, *place = RULE_SENTENCES[text]
    with pytest.raises(FormulaError) as caught:
        read_rule(text)
    error = caught.value
    assert (str(error), error.line, error.start, error.end) == (sentence, *place)


def test_solve_is_the_shortest_least_squares_solution():
    rng = np.random.default_rng(3)
    for h in (*rng.normal(size=(5, 2, 2)), [[1, 2], [2, 4]], [[0, 3], [0, 0]], [[0, 0], [0, 0]]):
        v = rng.normal(size=2)
        expected = np.linalg.lstsq(np.array(h, float), v, rcond=1e-12)[0]
        np.testing.assert_allclose(solve(jnp.array(h, float), jnp.array(v)), expected, atol=1e-9)


def test_every_alias_means_a_function():
    assert set(ALIASES.values()) <= IN_RULES.keys()
