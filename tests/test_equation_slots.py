r"""The microscope's equations: each slot has a number, and with the numbers in, each line is true.

That also holds every docstring's LaTeX to the code beside it: the right-hand sides are computed
from the numbers of a real run and must give what the rule computed.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import NDArray

from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, Rule
from tests.v8 import Engine
from thalweg.diagnostics import adam_step
from thalweg.diagnostics.point_kernels import PLANES, length_source, plane_of, point_source
from thalweg.diagnostics.recurrence import gradient_descent, heavy_ball, nesterov, radius
from thalweg.diagnostics.tuning import best_gradient_descent, nesterov_quadratic, polyak
from thalweg.simulation import SCHEDULES, run, sweep
from thalweg.simulation.step_kernels import numbers_of
from thalweg.stage import equation_slots as module
from thalweg.stage.equation_slots import worked

pytestmark = pytest.mark.float64

VALLEY = LANDSCAPES["valley"](condition=20.0, angle=25.0)
START, STEPS = (-2.0, 1.0), 6
OWN = [slug for slug in OPTIMIZERS if not slug.startswith("optax:")]
LECTURED = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")


def settings() -> Iterator[Any]:
    """Every rule of ours with every setting of its switches."""
    for slug in OWN:
        names = list(OPTIMIZERS[slug].switches())
        for on in itertools.product((False, True), repeat=len(names)):
            chosen = dict(zip(names, on, strict=True))
            id = "-".join([slug, *(n for n, v in chosen.items() if v)])
            yield pytest.param(OPTIMIZERS[slug](**chosen), id=id)


@pytest.fixture
def latex(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lines as LaTeX instead of MathML."""
    monkeypatch.setattr(module, "mathml", lambda text: text)
    module._worked.cache_clear()
    yield
    module._worked.cache_clear()


def value_of(slot: dict[str, Any], rule: Rule, t: Any, step: int) -> Any:
    """The number of a slot at a step of a run; None: there is none so early."""
    at = step - slot["back"]
    if slot["of"] == "number":
        return np.asarray(getattr(rule, slot["name"]))
    if slot["of"] == "x":
        return t.x[at] if at >= 0 else None
    if slot["of"] == "t":
        return np.asarray(float(at))
    shape = t.terms[slot["name"]].shape[1:]
    return np.reshape(slot["start"], shape) if at < 1 else t.terms[slot["name"]][at - 1]


def braced(text: str, at: int) -> tuple[str, int]:
    """What stands in the braces that open at ``at``, and where they have closed."""
    depth, i = 1, at + 1
    while depth:
        depth += {"{": 1, "}": -1}.get(text[i], 0)
        i += 1
    return text[at + 1 : i - 1], i


def python(text: str) -> str:
    """The right-hand side of an equation as an expression of Python."""
    text = re.sub(r"\\text\{⟦(\d+)⟧\}", r"(s[\1])", text)
    for name, count, form in (("frac", 2, "(({})/({}))"), ("sqrt", 1, "np.sqrt({})")):
        while (at := text.find(f"\\{name}{{")) >= 0:
            end, parts = at + len(name) + 1, []
            for _ in range(count):
                part, end = braced(text, end)
                parts.append(part)
            text = text[:at] + form.format(*parts) + text[end:]
    for old, new in (
        (r"\cdot", "*"), (r"\left", ""), (r"\right", ""), (r"\!", ""), (r"\max", "np.maximum"),
        (r"\mathrm{sign}", "np.sign"), (r"\nabla f", "grad"),
    ):  # fmt: skip
        text = text.replace(old, new)
    text = re.sub(r"\^\{([^{}]*)\}", r"**(\1)", text)
    text = text.replace("^2", "**2")
    return re.sub(r"\)\s*\(", ")*(", text).strip()


COMPUTABLE = re.compile(r"^(?:[-\d\s()+*/.,s\[\]]|np\.(?:sqrt|maximum|sign)|grad)*$")


@pytest.mark.parametrize("rule", list(settings()))
def test_every_line_is_true_with_its_numbers(rule: Rule, latex: None) -> None:
    t = run(VALLEY, rule, START, STEPS)
    lines = worked(rule, {name: term.shape[1:] for name, term in t.terms.items()})
    computed = 0
    for line, step in itertools.product(lines, range(1, STEPS + 1)):
        values = [value_of(slot, rule, t, step) for slot in line["slots"]]
        if line["numbers"] is None or any(v is None for v in values):
            continue
        right, equals, result = line["numbers"].rpartition(" = ")
        assert result == rf"\text{{⟦{len(values) - 1}⟧}}"  # the last slot is the value
        expression = python(right)
        matrix = any(np.ndim(v) > 1 for v in values)
        if matrix or not equals or not COMPUTABLE.match(expression):
            continue
        names = {"np": np, "s": values, "grad": jax.grad(VALLEY)}
        expected = eval(expression, names)
        np.testing.assert_allclose(values[-1], expected, rtol=1e-9, atol=1e-12, err_msg=right)
        computed += 1
    if rule.slug in LECTURED:
        equations = sum(" = " in line["symbols"] for line in lines)
        assert computed >= STEPS * equations - 1, "a line of the lectures has no numbers"


def test_a_rule_without_terms_shows_what_all_rules_have() -> None:
    lines = worked(OPTIMIZERS["optax:adam"](), {})
    assert [slot["name"] for line in lines[-3:] for slot in line["slots"]] == [
        "grad", "rate", "update",
    ]  # fmt: skip


def test_arrows_of_lines_are_those_of_the_surface() -> None:
    def arrows(slug: str) -> list[Any]:
        t = run(VALLEY, OPTIMIZERS[slug](), START, 1)
        shapes = {name: term.shape[1:] for name, term in t.terms.items()}
        return [line["arrow"] for line in worked(OPTIMIZERS[slug](), shapes)]

    assert arrows("nesterov") == ["lookahead", "downhill", "velocity", "update"]
    assert arrows("adam") == ["downhill", "velocity", "raw", "velocity", "raw", "update"]


# --- the plane ----------------------------------------------------------------------------------


def test_a_rule_lies_in_the_plane_of_its_own_recurrence() -> None:
    found = {slug: plane_of(cls()) for slug, cls in OPTIMIZERS.items()}
    assert {slug: p for slug, p in found.items() if p} == {
        "sgd": "gd", "momentum": "heavy_ball", "nesterov": "nesterov",
    }  # fmt: skip
    assert plane_of(OPTIMIZERS["momentum"](ema=True)) is None
    assert list(PLANES) == ["gd", "heavy_ball", "nesterov"]


@pytest.fixture(scope="module")
def kernel() -> tuple[Engine, str]:
    engine = Engine()
    return engine, engine.load(point_source())


def rates(kernel: tuple[Engine, str], lr: Any, rho: Any, curvatures: Any) -> NDArray[np.float64]:
    engine, loaded = kernel
    lr, rho = np.broadcast_arrays(lr, rho)
    a, settings = engine.array(2 * lr.size)
    settings[:] = np.stack([lr.ravel(), rho.ravel()], axis=1).ravel()
    c, numbers = engine.array(2)
    numbers[:] = curvatures
    r, found = engine.array(3 * lr.size)
    engine.run(
        f"for (let i = 0; i < {lr.size}; i++) {loaded}.rates({a}, 2 * i, {c}, 0, {r}, 3 * i); 0"
    )
    return found.reshape(*lr.shape, 3).copy()


def test_the_planes_rates_count_both_curvatures(kernel: tuple[Engine, str]) -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        lr, rho, curvatures = 10 ** rng.uniform(-3, 0), rng.uniform(0, 1), rng.uniform(-1, 30, 2)
        of = [
            gradient_descent(lr, curvatures),
            heavy_ball(lr, rho, curvatures),
            nesterov(lr, rho, curvatures),
        ]
        wanted = [float(radius(r).max()) for r in of]
        np.testing.assert_allclose(rates(kernel, lr, rho, curvatures), wanted, rtol=1e-12)


def test_the_planes_best_points_are_those_of_theory(kernel: tuple[Engine, str]) -> None:
    engine, loaded = kernel
    c, numbers = engine.array(2)
    numbers[:] = 1.0, 50.0
    r, found = engine.array(9)
    engine.run(f"{loaded}.settings({c}, 0, {r}, 0); 0")
    best = [of(1.0, 50.0) for of in (best_gradient_descent, polyak, nesterov_quadratic)]
    wanted = np.nan_to_num(np.array([[float(v) for v in b] for b in best]))
    np.testing.assert_allclose(found.reshape(3, 3), wanted, rtol=1e-12)


def test_the_length_of_adams_steps_is_that_of_theory() -> None:
    engine, t = Engine(), 12.0
    adam = OPTIMIZERS["adam"]
    for rule, wanted in (
        (adam(), 1.0),
        (adam(bias_correction=False), 6.5685),
        (adam(bias_correction=False, beta1=0.5, beta2=0.9), float(adam_step(t, 0.5, 0.9))),
    ):
        source = length_source(rule)
        assert source is not None
        values = numbers_of(rule, SCHEDULES["constant"](), 0.0, np.inf)
        a, numbers = engine.array(len(values))
        numbers[:] = values
        c, clock = engine.array(1)
        clock[:] = t
        r, found = engine.array(1)
        engine.run(f"{engine.load(source)}.length({a}, 0, {c}, 0, {r}, 0); 0")
        assert found[0] == pytest.approx(wanted, rel=1e-4)
    assert length_source(adam(printed_l3=True)) is None
    assert length_source(OPTIMIZERS["sgd"]()) is None


@pytest.mark.parametrize(("slug", "which"), [("momentum", 1), ("nesterov", 2)])
def test_the_planes_border_is_where_measured_runs_grow(
    kernel: tuple[Engine, str], slug: str, which: int
) -> None:
    kappa, side, steps = 10.0, 60, 1500
    lr, rho = np.geomspace(0.02, 1.0, side), np.linspace(0.0, 0.98, side)
    valley = LANDSCAPES["valley"](condition=kappa)
    ends = sweep(valley, OPTIMIZERS[slug](), {"lr": lr, "rho": rho}, (-1.0, 1.0), steps)
    lost = ~(ends.loss < float(valley(jnp.array([-1.0, 1.0]))))
    predicted = rates(kernel, lr[:, None], rho[None, :], [1.0, kappa])[..., which] >= 1
    assert 0.1 < predicted.mean() < 0.9
    assert (lost == predicted).mean() >= 0.99
