"""Kernels: a surface and a rule as JavaScript, for a picture that computes its own paths.

A surface's module has its value, gradient and Hessian. A rule's module has ``init`` and ``step``
and asks whatever surface it is given; so each is written once, whatever they are combined with,
and numbers are never in the text: a moved slider needs no new kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from calculus.kernels import external, module, trace
from calculus.precision import in_float64
from landscapes import Surface
from optimizers import Rule
from thalweg.simulation.growth import is_growing, overflow_is_growth
from thalweg.simulation.schedules import Schedule
from thalweg.simulation.step import Exact, Setting, Stepped, advance, begin

MOST_KERNELS = 512
"""Kinds of surface and of rule whose JavaScript is kept, a few kilobytes each."""


class Outside:
    """A surface that is not known yet: what the rule's kernel calls."""

    value = staticmethod(external("value", ()))
    grad = staticmethod(external("grad", (2,)))
    hess = staticmethod(external("hess", (2, 2)))


@dataclass(frozen=True)
class RuleKernel:
    """A rule's JavaScript, and where its numbers lie.

    ``source`` is an ES module of two functions over Float64Arrays and offsets (see
    `kernels.Kernel.inner`), whose first argument has the surface's ``value(x, y)``,
    ``grad(x, y, into)`` and ``hess(x, y, into)``::

        init(surface, numbers, 0, x, 0, carry, 0)
        step(surface, numbers, 0, carry, 0, [t, steps], 0, z, 0, carry, 0, row, 0)

    ``numbers`` are those of the rule, of its schedule, σ/√B and the clip, in the order of
    ``names``. ``carry`` counts the numbers that go from step to step, x first. ``row`` says where
    in a row each quantity of `Info` lies: name → (first, count); terms are "terms.NAME". ``shapes``
    are theirs.
    """

    source: str
    names: tuple[str, ...]
    carry: int
    row: dict[str, tuple[int, int]]
    width: int
    shapes: dict[str, tuple[int, ...]]


@in_float64
def surface_source(surface: Surface) -> str:
    """The ES module of a kind of surface, penalty included: value, grad and hess.

    Each takes the surface's numbers, in the order of its fields, and a point; with offsets.
    """
    return _surface_source(jax.tree.structure(surface))


@in_float64
def rule_kernel(rule: Rule, schedule: Schedule) -> RuleKernel:
    """The kernel of a kind of rule under a kind of schedule."""
    return _rule_kernel(jax.tree.structure((rule, schedule)))


def numbers_of(rule: Rule, schedule: Schedule, noise_scale: float, clip: float) -> list[float]:
    """The numbers that a `RuleKernel` is given for a run."""
    return [float(v) for v in jax.tree.leaves((rule, schedule, noise_scale, clip))]


@lru_cache(maxsize=1)
@in_float64
def growth_source() -> str:
    """The ES module of the verdicts on a run: see `thalweg.simulation.growth`."""
    five, two = [0.0] * 5, [0.0] * 2
    return module(
        {
            "growing": trace(lambda v: is_growing(*v), five),
            "overflowed": trace(lambda v: overflow_is_growth(*v), two),
        }
    )


@lru_cache(maxsize=MOST_KERNELS)
def _surface_source(structure: Any) -> str:
    surface = _example(structure)
    x = np.zeros(2)
    return module(
        {
            "value": trace(lambda s, x: Exact(s).value(x), surface, x),
            "grad": trace(lambda s, x: Exact(s).grad(x), surface, x),
            "hess": trace(lambda s, x: Exact(s).hess(x), surface, x),
        }
    )


def _example(structure: Any) -> Any:
    return jax.tree.unflatten(structure, [np.float64(0)] * structure.num_leaves)


@lru_cache(maxsize=MOST_KERNELS)
def _rule_kernel(structure: Any) -> RuleKernel:
    rule, schedule = _example(structure)
    numbers = (rule, schedule, np.float64(0), np.float64(0))
    x, clock = np.zeros(2), (np.float64(1), np.float64(1))

    def setting(numbers: Any) -> Setting:
        rule, schedule, noise_scale, clip = numbers
        nothing: Any = None
        return Setting(nothing, rule, schedule, noise_scale, clip)

    def start(numbers: Any, x: Array) -> Any:
        return ((jnp.asarray(x), begin(setting(numbers), x, _outside)),)

    def step(numbers: Any, carry: Any, clock: Any, z: Array) -> Any:
        (x, state), (t, steps) = carry, clock
        done = advance(setting(numbers), x, state, t, steps, z, _outside)
        return (done.x, done.state), _row(done)

    (carry,) = jax.eval_shape(start, numbers, x)
    row = jax.eval_shape(step, numbers, carry, clock, x)[1]
    programs = {
        "init": trace(start, numbers, x),
        "step": trace(step, numbers, carry, clock, x, singles=True),
    }
    places = _places(row)
    return RuleKernel(
        source=module(programs),
        names=_names(rule, schedule),
        carry=len(programs["init"].outputs),
        row=places,
        width=sum(count for _, count in places.values()),
        shapes={name: tuple(shown.shape) for name, shown in row.items()},
    )


def _outside(_: Any) -> Any:
    return Outside


def _row(done: Stepped) -> dict[str, Array]:
    """What a step shows, by name."""
    shown: dict[str, Any] = {"lr": done.lr} | done.info._asdict()
    terms = shown.pop("terms")
    return shown | {f"terms.{name}": value for name, value in terms.items()}


def _places(row: dict[str, Any]) -> dict[str, tuple[int, int]]:
    places, at = {}, 0
    for name in sorted(row):  # as jax flattens a dict
        count = int(np.prod(row[name].shape))
        places[name] = (at, count)
        at += count
    return places


def _names(rule: Rule, schedule: Schedule) -> tuple[str, ...]:
    return (
        *rule.knobs(),
        *(f"schedule.{name}" for name in schedule.knobs()),
        "noise_scale",
        "clip",
    )
