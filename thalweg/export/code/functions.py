"""Surfaces, rules and schedules as Python functions: the text of their scalar programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from calculus.fields import Described
from calculus.kernels import Program, Unsupported, trace
from calculus.kernels.python import NUMPY, Dialect, needs, to_python
from calculus.precision import in_float64
from landscapes import Surface
from optimizers import Rule
from thalweg.export.code.names import TAKEN, Numbers, comment, distinct, words
from thalweg.messages.export import Refused
from thalweg.simulation import Schedule
from thalweg.simulation.step import Exact, GivenLoss
from thalweg.simulation.step_kernels import Outside

_x = np.zeros(2)


def equations(thing: Described) -> list[str]:
    """Its equations as comments, in LaTeX."""
    return [comment(latex) for latex in thing.equations()]


@in_float64
def surface_text(
    surface: Surface, asked: Iterable[str] = ("value",), dialect: Dialect = NUMPY
) -> tuple[list[str], list[str]]:
    """The surface: a line with its numbers, if it has any, and functions of x and y.

    ``asked``: "value", "grad" (which returns two numbers) and "hess" (four, by rows). A penalty
    is in all of them.
    """
    numbers = Numbers.of(surface)
    used: set[int] = set()
    functions = []
    for name in asked:
        program = trace(lambda s, x, of=name: getattr(Exact(s), of)(x), surface, _x)
        used |= needs(program)
        inputs = (*numbers.names, "x", "y")
        functions.append(written(program, name, inputs, ("x", "y"), dialect, surface.title))
    line = numbers.assigned(dialect.module, used)
    return ([line] if line else []), functions


def written(
    program: Program,
    name: str,
    inputs: tuple[str, ...],
    parameters: tuple[str, ...],
    dialect: Dialect,
    what: str,
    asks: str = "",
) -> str:
    """A program's text. Raises `Refused` where the library lacks an operation of it."""
    try:
        return to_python(program, name, inputs, parameters, dialect, asks)
    except Unsupported as error:
        library = {"np": "NumPy", "jnp": "JAX", "torch": "PyTorch"}[dialect.module]
        raise Refused("noForm", what=what, library=library) from error


@dataclass(frozen=True)
class RuleText:
    """A rule as two functions, ``start`` and ``step``, and what they ask the surface for."""

    text: tuple[str, str]
    asked: set[str]


@in_float64
def rule_text(rule: Rule, name: str) -> RuleText:
    """A kind of rule: ``NAME_start`` returns its state, ``NAME_step`` the next x, y and state.

    Both take a ``loss`` with value, grad and hess of (x, y), then x, y, the state's numbers, and
    the rule's own by name.
    """
    numbers = Numbers.of(rule)

    def start(rule: Any, x: Any) -> Any:
        return (jax.tree.map(jnp.asarray, rule.init(x, Outside)),)

    def step(rule: Any, x: Any, state: Any) -> Any:
        return rule.step(x, state, Outside)[:2]

    (state,) = jax.eval_shape(start, rule, _x)
    first = trace(start, rule, _x)
    next_ = trace(step, rule, _x, state, singles=True)
    carry = ("x", "y", *distinct(_state_names(state), {*TAKEN, *numbers.names}))
    asked = {*first.calls(), *next_.calls()}
    both = []
    for program, called, given in (
        (first, f"{name}_start", ("x", "y")),
        (next_, f"{name}_step", carry),
    ):
        inputs = (*numbers.names, *given)
        parameters = ("loss", *given, *numbers.names)
        both.append(written(program, called, inputs, parameters, NUMPY, rule.title, "loss."))
    if not first.outputs:  # a rule without a state
        both[0] = both[0].replace("return", "return ()")
    elif len(first.outputs) == 1:
        both[0] += ","
    return RuleText((both[0], both[1]), asked)


def _state_names(state: Any) -> list[str]:
    names = []
    for path, leaf in jax.tree_util.tree_flatten_with_path(state)[0]:
        own = words(path)
        names += [own] if not leaf.shape else [f"{own}_{i}" for i in range(int(leaf.size))]
    return names


@in_float64
def given_text() -> str:
    """The gradient as a rule is given it: with noise, and clipped."""
    program = trace(lambda x, z, c: GivenLoss(Outside(), z, c).grad(x), _x, _x, np.float64(1))
    names = ("x", "y", "noise_x", "noise_y", "clip")
    return written(program, "given", names, names, NUMPY, "")


@in_float64
def schedule_text(schedule: Schedule, name: str, dialect: Dialect = NUMPY) -> str:
    """A kind of schedule: the factor on the rate at step t of ``steps``."""
    names = ("t", "steps", *Numbers.of(schedule).names)
    one = np.float64(1)
    program = trace(lambda t, steps, s: s.factor(t, steps), one, one, schedule)
    return written(program, name, names, names, dialect, schedule.title)


@in_float64
def changes_rate(rule: Rule, schedule: Schedule, steps: int) -> bool:
    """Whether the schedule ever has another factor than 1 on a rule that has a rate."""
    factor: Callable[..., Any] = jax.vmap(schedule.factor, in_axes=(0, None))
    t = np.arange(1, steps + 1)
    return "lr" in rule.knobs() and steps > 0 and bool((factor(t, steps) != 1).any())


@in_float64
def remembers_rate(rule: Rule) -> bool:
    """Whether the rate of a step goes into the rule's state, as into a velocity."""

    def state(factor: Any, x: Any, state: Any) -> Any:
        return (rule.with_lr_scaled(factor).step(x, state, Outside)[1],)

    carried = jax.eval_shape(lambda x: jax.tree.map(jnp.asarray, rule.init(x, Outside)), _x)
    return 0 in needs(trace(state, np.float64(1), _x, carried, singles=True))
