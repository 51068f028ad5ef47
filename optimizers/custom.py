"""An update rule as a person types it."""

from typing import Any, ClassVar

import jax.numpy as jnp
from jax import Array

from calculus.fields import EitherWay, Equation
from calculus.formulas import RULE_TEXTS, RuleText, read_rule
from calculus.formulas.names import symbol
from calculus.formulas.typed import Typed, check_text, numbers_for, reader_of
from optimizers.base import Info, Loss, Rule

_read = reader_of(read_rule)


class Own(Typed, Rule):
    """A rule that was typed, one assignment a line.

    A name that is read before its line is what it was after the step before, and 0 before step 1.
    """

    slug, title, family = "own", "Custom rule", "own"
    source = "You"
    no_peer = "A rule that was typed has no equal in a library."
    text_fields: ClassVar[tuple[str, ...]] = ("text",)

    def __init__(self, text: str = RULE_TEXTS["momentum"], **numbers: float) -> None:
        """``text`` as `formulas.read_rule` takes it, ``numbers`` its parameters.

        Raises FormulaError with a sentence and a place.
        """
        formula: RuleText = _read(check_text(text))
        made = {"formula": formula, "values": numbers_for(formula, numbers), "text": text}
        for name, value in made.items():
            object.__setattr__(self, name, value)

    def texts(self) -> dict[str, Any]:
        return {"text": self.text or self.formula.text}

    def equations(self) -> tuple[str, ...]:
        latex: tuple[str, ...] = self.formula.latex
        return latex

    @EitherWay
    def lines(self) -> tuple[Equation, ...]:  # type: ignore[override]
        """One equation a line."""
        return tuple(Equation(latex) for latex in self.equations())

    def symbol(self, name: str, time: str) -> str:
        return symbol(name, time)

    def init(self, x: Array, loss: Loss) -> tuple[Array, dict[str, Array]]:
        return jnp.zeros((), float), self.formula.init(x)

    def step(
        self, x: Array, state: tuple[Array, dict[str, Array]], loss: Loss
    ) -> tuple[Array, tuple[Array, dict[str, Array]], Info]:
        t, before = state
        asked = Asked(loss)
        new, after, terms = self.formula.step(x, before, t + 1, asked, self.numbers)
        nothing = jnp.full(2, jnp.nan)
        terms.pop("x")
        if asked.grads:
            terms.setdefault("g", asked.grads[0][1])
        query, grad = asked.grads[0] if asked.grads else (x, nothing)
        shown = Info(query, grad, nothing, nothing, jnp.array(asked.calls, float), terms)
        return new, (t + 1, after), shown


class Asked:
    """A loss that notes what a step asks of it: every gradient with its point, and the counts."""

    def __init__(self, loss: Loss) -> None:
        self.loss = loss
        self.calls = [0, 0, 0]
        self.grads: list[tuple[Array, Array]] = []

    def value(self, x: Array) -> Array:
        """f(x)."""
        self.calls[0] += 1
        return self.loss.value(x)

    def grad(self, x: Array) -> Array:
        """g(x)."""
        self.calls[1] += 1
        g = self.loss.grad(x)
        self.grads.append((x, g))
        return g

    def hess(self, x: Array) -> Array:
        """H(x)."""
        self.calls[2] += 1
        return self.loss.hess(x)
