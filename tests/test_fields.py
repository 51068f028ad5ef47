"""Knobs, switches and equations: what a class declares once and everything else reads."""

import dataclasses
import inspect
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import jax
import pytest
from jax import Array

from calculus.fields import Equation, knob, switch, symbol
from landscapes import LANDSCAPES
from optimizers import OPTIMIZERS, Info, Loss, Rule
from optimizers.base import OPTIMIZERS as RULES
from optimizers.base import info
from thalweg.simulation import SCHEDULES, run

ALL = [*LANDSCAPES.values(), *OPTIMIZERS.values(), *SCHEDULES.values()]


@pytest.fixture
def toy() -> Iterator[type[Rule]]:
    """A rule that exists for one test only."""

    class Toy(Rule):
        r"""Step with the gradient's sign or against it.

        $$g_t = \nabla f(x_{t-1})$$
        $$x_t = x_{t-1} - \mathrm{lr}\,
            g_t$$ [if not uphill]
        $$x_t = x_{t-1} + \mathrm{lr}\, g_t$$ [if uphill]

        Not in any book.
        """

        slug, title = "toy", "Toy"
        lr: float = knob(0.1, r"\mathrm{lr}", 0, 1, "learning rate")
        calm: float = knob(3, "n", 1, 9, "a whole number", whole=True)
        uphill: bool = switch(False, "climb")

        def init(self, x: Array, loss: Loss) -> tuple[()]:
            return ()

        def step(self, x: Array, state: tuple[()], loss: Loss) -> tuple[Array, tuple[()], Info]:
            g = loss.grad(x)
            sign = 1 if self.uphill else -1
            return x + sign * self.lr * g, (), info(query=x, grad=g, rate=self.lr, g=g)

    yield Toy
    del RULES["toy"]


def test_a_class_with_a_slug_is_in_the_registry_at_once(toy: type[Rule]) -> None:
    assert RULES["toy"] is toy
    assert list(toy.knobs()) == ["lr", "calm"]
    assert list(toy.switches()) == ["uphill"]
    assert toy().lr == 0.1  # type: ignore[attr-defined]


def test_a_slug_is_given_once(toy: type[Rule]) -> None:
    with pytest.raises(ValueError, match="the slug 'toy' is taken by Toy"):
        type("Other", (Rule,), {"slug": "toy"})
    assert RULES["toy"] is toy


def test_a_new_rule_runs_like_the_others(toy: type[Rule]) -> None:
    down = run(LANDSCAPES["valley"](condition=1.0), toy(), (1.0, 2.0), 1)
    up = run(LANDSCAPES["valley"](condition=1.0), toy(uphill=True), (1.0, 2.0), 1)
    assert down.x[1] == pytest.approx([0.9, 1.8])
    assert up.x[1] == pytest.approx([1.1, 2.2])


def test_equations_are_those_of_the_switch_setting(toy: type[Rule]) -> None:
    assert toy.lines() == (
        Equation(r"g_t = \nabla f(x_{t-1})"),
        Equation(r"x_t = x_{t-1} - \mathrm{lr}\, g_t", "uphill", False),
        Equation(r"x_t = x_{t-1} + \mathrm{lr}\, g_t", "uphill", True),
    )
    assert [e[:4] for e in toy().equations()] == ["g_t ", "x_t "]
    assert toy(uphill=True).equations()[1] == r"x_t = x_{t-1} + \mathrm{lr}\, g_t"


def test_prose_is_the_docstring_without_equations(toy: type[Rule]) -> None:
    assert toy.prose() == "Step with the gradient's sign or against it.\n\nNot in any book."


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"lr": 2}, "lr is 2; it must be a number from 0 to 1."),
        ({"lr": float("nan")}, "lr is nan; it must be a number from 0 to 1."),
        ({"lr": "fast"}, "lr is 'fast'; it must be a number from 0 to 1."),
        ({"lr": True}, "lr is True; it must be a number from 0 to 1."),
        ({"calm": 2.5}, "calm is 2.5; it must be a whole number from 1 to 9."),
        ({"uphill": 1}, "uphill is 1; it must be true or false."),
        ({"speed": 1}, "Toy has no field 'speed'; its fields are: lr, calm, uphill."),
    ],
)
def test_a_value_that_is_not_allowed_gets_a_sentence(
    toy: type[Rule], values: dict[str, object], sentence: str
) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        toy.checked(**values)
    assert str(error.value) == sentence


def test_allowed_values_are_taken(toy: type[Rule]) -> None:
    assert toy.checked(lr=1, uphill=True) == toy(lr=1.0, uphill=True)
    assert isinstance(toy.checked(lr=1).lr, float)
    assert toy.checked() == toy()


def test_numbers_are_leaves_and_switches_structure(toy: type[Rule]) -> None:
    structure: Any
    leaves, structure = jax.tree.flatten(toy())
    assert leaves == [0.1, 3]
    assert jax.tree.structure(toy(lr=0.7)) == structure
    assert jax.tree.structure(toy(uphill=True)) != structure
    assert jax.tree.unflatten(structure, [0.2, 4]) == toy(lr=0.2, calm=4)


def test_moving_a_number_compiles_nothing_and_a_switch_does(toy: type[Rule]) -> None:
    traced: Any = jax.jit(lambda rule: rule.lr + rule.uphill)
    traced(toy(lr=0.2))
    traced(toy(lr=0.3))
    assert traced._cache_size() == 1
    traced(toy(uphill=True))
    assert traced._cache_size() == 2


def test_no_two_classes_have_equal_structures() -> None:
    # jax takes a compiled program for another's where two argument structures are equal.
    structures: dict[type, Any] = {cls: jax.tree.structure(cls()) for cls in ALL}
    for one, other in combinations(ALL, 2):
        assert structures[one] != structures[other], (one, other)


@pytest.mark.parametrize("cls", ALL, ids=lambda c: f"{c.__module__}.{c.slug}")
def test_every_field_is_a_knob_or_switch_whose_default_is_allowed(cls: type) -> None:
    specs = cls.knobs() | cls.switches()  # type: ignore[attr-defined]
    if not cls.text_fields:  # type: ignore[attr-defined]
        assert set(specs) == {f.name for f in dataclasses.fields(cls)}
    assert cls(**{name: s.default for name, s in specs.items()}) == cls()
    assert cls.checked(**{name: s.default for name, s in specs.items()}) == cls()  # type: ignore[attr-defined]
    for spec in specs.values():
        assert spec.about
    for spec in cls.knobs().values():  # type: ignore[attr-defined]
        assert spec.symbol
        assert spec.low < spec.high
        assert spec.low > 0 or not spec.log


@pytest.mark.parametrize("cls", ALL, ids=lambda c: f"{c.__module__}.{c.slug}")
def test_every_conditional_equation_names_a_switch(cls: type) -> None:
    lines = cls.lines()  # type: ignore[attr-defined]
    assert lines
    if not cls.text_fields:  # type: ignore[attr-defined]
        assert (inspect.getdoc(cls) or "").count("$$") == 2 * len(lines)
    for line in lines:
        assert line.switch is None or line.switch in cls.switches()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("g", "g"),
        ("lr", r"\alpha"),
        ("eps", r"\varepsilon"),
        ("beta1", r"\beta_1"),
        ("beta1_t", r"\beta_1^t"),
        ("m_hat", r"\hat m"),
        ("v_max", r"v^{\max}"),
        ("x_tilde", r"\tilde x"),
        ("x_r", "x_r"),
        ("decay_rate", r"\mathrm{decay\_rate}"),
        ("B", "B"),
    ],
)
def test_a_name_is_set_as_the_equations_write_it(name: str, latex: str) -> None:
    assert symbol(name) == latex
