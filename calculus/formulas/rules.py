"""An update rule as a person types it, one assignment a line, in the notation of the lectures:

    v = rho*v - lr*g
    x = x + v
    lr = 0.01 in 1e-4..1, rho = 0.9 in 0..0.999

x is the point and g the gradient there at the start of the step; t counts the steps from 1. A name
that is read before its line is what it was after the step before, and 0 before step 1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from calculus.formulas.parameters import Parameter
from calculus.formulas.rule_parser import Assignment, State, read_lines
from calculus.formulas.shapes import SIZES
from calculus.formulas.tokens import MOST_LINES, fits
from calculus.formulas.values import knowing, value


class Loss(Protocol):
    """What a rule may ask of the surface: points (2,) → a scalar, (2,) and (2, 2)."""

    @property
    def value(self) -> Callable[[Array], Array]: ...
    @property
    def grad(self) -> Callable[[Array], Array]: ...
    @property
    def hess(self) -> Callable[[Array], Array]: ...


@dataclass(frozen=True)
class RuleText:
    """An update rule that was typed. Equal texts are equal rules.

    ``text`` is the rule as it is kept: reading it gives an equal rule. ``states`` are the names
    that are carried from step to step, ``terms`` all that are assigned; ``latex`` has one equation
    a line, with the step as a subscript.
    """

    text: str
    parameters: tuple[Parameter, ...] = field(compare=False)
    states: tuple[str, ...] = field(compare=False)
    terms: tuple[str, ...] = field(compare=False)
    latex: tuple[str, ...] = field(compare=False, repr=False)
    lines: tuple[Assignment, ...] = field(compare=False, repr=False)
    shapes: Mapping[str, str] = field(compare=False, repr=False)

    @property
    def defaults(self) -> dict[str, float]:
        """Where the parameters start."""
        return {parameter.name: parameter.default for parameter in self.parameters}

    def init(self, x: Array) -> State:
        """The state before step 1, at the start ``x`` (2,): zeros."""
        return {name: jnp.zeros(SIZES[self.shapes[name]], float) for name in self.states}

    def step(
        self,
        x: Array,
        state: Mapping[str, Array],
        t: ArrayLike,
        loss: Loss,
        values: Mapping[str, ArrayLike] | None = None,
    ) -> tuple[Array, State, State]:
        """Step ``t`` (from 1) from ``x`` (2,): the next point, the next state and all terms.

        Parameters that ``values`` leaves out have their defaults. Each number of the state and of
        the terms is an array of its own shape: (), (2,) or (2, 2).
        """
        x = jnp.asarray(x, float)
        names: dict[str, Any] = {**self.defaults, **(values or {}), **state}
        names |= {
            "x": x,
            "t": jnp.asarray(t, float),
            "I": jnp.array([[1.0, 0.0], [0.0, 1.0]]),
        }
        if any(line.reads_gradient for line in self.lines):
            names["g"] = loss.grad(x)
        for line in self.lines:
            now = knowing(names, f=loss.value, grad=loss.grad, hess=loss.hess)
            found = jnp.asarray(value(line.tree, now), float)
            names[line.name] = jnp.broadcast_to(found, SIZES[self.shapes[line.name]])
        terms = {name: names[name] for name in self.terms}
        return names["x"], {name: names[name] for name in self.states}, terms


def read_rule(text: str) -> RuleText:
    """The rule that was typed; FormulaError with a sentence and a place where it is none."""
    read = read_lines(text)
    kept = "\n".join([*(a.text for a in read.lines), *(p.text for p in read.parameters)])
    return RuleText(
        text=fits(kept, MOST_LINES),
        parameters=read.parameters,
        states=read.states,
        terms=tuple(dict.fromkeys(line.name for line in read.lines)),
        latex=tuple(line.latex for line in read.lines),
        lines=read.lines,
        shapes=read.shapes,
    )
