"""What the rules say of optax is true, and the rules from optax are optax's."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache, partial
from types import FunctionType
from typing import Any

import jax
import numpy as np
import optax
import pytest
from jax import Array

from optimizers import OPTIMIZERS, Rule, base, from_optax
from tests.helpers import (
    FROM_OPTAX,
    OWN,
    STARTS,
    SURFACES,
    Path,
    allowed_difference,
    assert_same_path,
    numbers,
    path_of,
    suited,
    unusual,
)
from thalweg.simulation import run

pytestmark = pytest.mark.float64

STEPS = 200
IN_OPTAX = [slug for slug in OWN if OPTIMIZERS[slug].in_optax]


@partial(jax.jit, static_argnames="make")
def _scan(make: Callable[..., Any], fields: Any, surface: Any, start: Array) -> Array:
    transformation = make(**fields)

    def body(carry: Any, _: None) -> Any:
        x, state = carry
        update, state = transformation.update(jax.grad(surface)(x), state, x)
        x = optax.apply_updates(x, update)
        return (x, state), x

    _, path = jax.lax.scan(body, (start, transformation.init(start)), None, STEPS)
    return path


@cache
def maker(call: str) -> Callable[..., Any]:
    """``call`` as a function of the rule's fields; one for each text, which is compiled once."""

    def make(**fields: Any) -> Any:
        return eval(call, {"optax": optax, **fields})

    return make


def optax_path(call: str, rule: Rule, surface: str) -> Path:
    """The path that the expression ``call`` gives, with the rule's fields as its names."""
    start = np.array(STARTS[surface])
    path = _scan(maker(call), numbers(rule), SURFACES[surface], start)
    return np.concatenate([start[None], np.asarray(path)])


def assert_equal_paths(call: str, rule: Rule, surface: str) -> None:
    ours = path_of(rule, surface, STEPS)
    theirs = optax_path(call, rule, surface)
    assert_same_path(ours, theirs, lambda start: run(SURFACES[surface], rule, start, STEPS).x)


# All pairs: this is the comparison that the formulas of the rules rest on. The second setting of
# the fields reuses the first one's programs.
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("slug", IN_OPTAX)
def test_the_named_call_gives_the_same_path(slug: str, surface: str) -> None:
    peer = OPTIMIZERS[slug].in_optax
    assert peer
    for rule in (suited(slug, surface, **peer.switches), unusual(slug, surface, **peer.switches)):
        assert_equal_paths(peer.call, rule, surface)


@pytest.mark.parametrize("slug", IN_OPTAX)
def test_the_plain_call_gives_another_path_where_that_is_said(slug: str) -> None:
    peer = OPTIMIZERS[slug].in_optax
    assert peer
    assert bool(peer.plain) == bool(peer.differs)
    if peer.plain:
        rule = suited(slug, "himmelblau")
        ours = path_of(rule, "himmelblau", STEPS)
        theirs = optax_path(peer.plain, rule, "himmelblau")
        surface = SURFACES["himmelblau"]
        allowed = allowed_difference(ours, lambda start: run(surface, rule, start, STEPS).x)
        assert (np.abs(theirs - ours).max(axis=1) > 100 * allowed).any()


def test_textbook_nesterov_is_not_what_optax_reports() -> None:
    rule = suited("nesterov", "himmelblau")
    theirs = optax_path("optax.sgd(lr, momentum=rho, nesterov=True)", rule, "himmelblau")
    assert np.abs(theirs - path_of(rule, "himmelblau", STEPS)).max() > 0.1


@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_a_rule_without_a_peer_says_why(slug: str) -> None:
    rule = OPTIMIZERS[slug]
    assert bool(rule.no_peer) == (rule.in_optax is None or rule.in_torch is None)


# -- the rules from optax --------------------------------------------------------------------------


LEFT_OUT = {
    "noisy_sgd": "draws noise of its own, not that which all runs share",
    "normalize": "rescales a gradient and is no optimizer",
    "optimistic_adam": "deprecated for optimistic_adam_v2",
}

# Here optax computes with float32 in between, so the last bits of float32 may differ.
SINGLE = {
    "optax:adafactor": "the power of t in its decay is float32",
    "optax:madgrad": "the root of the step count is float32",
}


def discovered() -> dict[str, list[str]]:
    """What optax offers: functions of a module that make a transformation by themselves."""
    found: dict[str, list[str]] = {}
    for module in (optax._src.alias, optax.contrib):
        for name, thing in list(vars(module).items()):
            if (
                name.startswith(("_", "scale_by"))
                or name in LEFT_OUT
                or not isinstance(thing, (FunctionType, partial))
            ):
                continue
            try:
                made = thing(**from_optax.numbers(thing))
            except TypeError:
                continue
            if isinstance(made, optax.GradientTransformation):
                found.setdefault(module.__name__.split(".")[-1], []).append(name)
    return found


def is_refused(name: str, factory: Callable[..., Any]) -> bool:
    try:
        from_optax.refuse_if_it_needs_more(name, factory)
    except ValueError:
        return True
    return False


def test_every_optimizer_of_optax_that_can_run_is_registered() -> None:
    offered = discovered()
    for module, names in ((optax, "alias"), (optax.contrib, "contrib")):
        listed = set((from_optax.ALIASES if names == "alias" else from_optax.CONTRIB).split())
        able = {n for n in offered[names] if not is_refused(n, getattr(module, n))}
        assert listed == able


@pytest.mark.parametrize(
    ("name", "factory"),
    [
        ("lbfgs", optax.lbfgs),
        ("polyak_sgd", optax.polyak_sgd),
        ("momo", optax.contrib.momo),
        ("sophia", optax.contrib.sophia),
    ],
)
def test_what_needs_more_than_the_gradient_is_refused_with_a_sentence(
    name: str, factory: Callable[..., Any]
) -> None:
    before = dict(OPTIMIZERS)
    registered = dict(base.OPTIMIZERS)
    with pytest.raises(ValueError, match=rf"^optax's {name} cannot be run here: .*\)\.$"):
        from_optax.adapt(name, factory)
    assert before == OPTIMIZERS
    assert registered == base.OPTIMIZERS


# One surface is enough here: the formulas are optax's own, and what is compared is the adapter
# and the loop. On Rosenbrock the two coordinates differ and nothing converges in 200 steps.
@pytest.mark.parametrize("slug", FROM_OPTAX)
def test_a_rule_from_optax_is_the_transformation_itself(slug: str) -> None:
    rule: Any = OPTIMIZERS[slug]()
    peer = rule.in_optax
    assert peer
    slower = type(rule)(**({"lr": 0.02 * rule.lr} if "lr" in rule.knobs() else {}))
    if slug in SINGLE:
        ours = path_of(slower, "rosenbrock", STEPS)
        theirs = optax_path(peer.call, slower, "rosenbrock")
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5 * np.ptp(ours, axis=0).max())
        return
    assert_equal_paths(peer.call, slower, "rosenbrock")


@pytest.mark.parametrize("slug", FROM_OPTAX)
def test_defaults_of_a_rule_from_optax_are_those_of_optax(slug: str) -> None:
    rule: Any = OPTIMIZERS[slug]
    parameters = inspect.signature(rule.factory).parameters
    for name, argument in rule.arguments.items():
        if name == "lr" and slug.removeprefix("optax:") in from_optax.RATES:
            continue
        if isinstance(parameters[argument].default, float):
            assert rule.knobs()[name].default == parameters[argument].default
