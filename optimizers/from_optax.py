"""Any optax transformation of (gradient, state, params), as a rule of ours."""

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import optax
from jax import Array

from calculus.fields import knob
from calculus.precision import in_float64
from optimizers.base import OPTIMIZERS, Info, Loss, Peer, Rule, info
from optimizers.base import lr as lr_knob

ALIASES = (
    "adabelief adadelta adafactor adagrad adam adamax adamaxw adamw adan amsgrad fromage lamb lars "
    "lion nadam nadamw novograd optimistic_adam_v2 optimistic_gradient_descent radam rmsprop rprop "
    "sgd sign_sgd signum sm3 yogi"
)
CONTRIB = (
    "acprop ademamix adopt cocob dadapt_adamw dog dowg galore madgrad muon prodigy "
    "schedule_free_adamw schedule_free_sgd simplified_ademamix"
)

OUR_NAMES = {
    "learning_rate": "lr",
    "b1": "beta1",
    "b2": "beta2",
    "b3": "beta3",
    "decay": "decay_rate",
}
OUR_NAMES |= {"momentum": "rho", "rho": "decay_rate"}
RATES = {
    "sgd": 0.015,
    "optimistic_gradient_descent": 0.005,
    "schedule_free_sgd": 0.015,
    "lars": 10.0,
}
RATES |= {"sign_sgd": 0.02, "signum": 0.02, "lion": 0.03, "fromage": 0.02, "madgrad": 0.01}
RATES |= {"adagrad": 0.3, "adadelta": 1.0, "rmsprop": 0.02, "adam": 0.1, "galore": 0.1}
"""Rates worth seeing first, where optax has none (then 0.05) or one that suits no surface here."""


class OptaxRule(Rule):
    r"""A transformation of optax, run as it is.

    $$g_t = \nabla f(x_{t-1})$$
    $$u_t, s_t = \mathrm{update}(g_t, s_{t-1}, x_{t-1})$$
    $$x_t = x_{t-1} + u_t$$

    Its own equations stand in optax's documentation. The effective rate shown is −u/g.
    """

    family = "optax"
    no_peer = "torch may have a method of this name; its path is not compared."
    factory: ClassVar[Callable[..., optax.GradientTransformation]]
    arguments: ClassVar[dict[str, str]] = {}
    """Our field's name → the factory's argument."""

    def transformation(self) -> optax.GradientTransformation:
        """The optax object for the current fields."""
        return type(self).factory(**{a: getattr(self, n) for n, a in self.arguments.items()})

    def init(self, x: Array, loss: Loss) -> Any:
        return self.transformation().init(x)

    def step(self, x: Array, state: Any, loss: Loss) -> tuple[Array, Any, Info]:
        g = loss.grad(x)
        u, state = self.transformation().update(g, state, x)
        moves = g != 0
        rate = jnp.where(moves, -u / jnp.where(moves, g, 1.0), jnp.nan)
        return x + u, state, info(query=x, grad=g, rate=rate)


@in_float64
def adapt(
    name: str,
    factory: Callable[..., Any],
    *,
    called: str | None = None,
    rate: float | None = None,
) -> type[OptaxRule]:
    """A rule, registered as ``optax:NAME``, from a function that makes an optax transformation.

    Its float arguments become knobs, under our names (b1 is beta1, decay is decay_rate, momentum
    is rho); ``rate`` is the rate to begin with, without it optax's own; ``called`` is how the
    function is written in code. Raises ValueError, and registers nothing, where the transformation
    needs more than the gradient, its state and the parameters.
    """
    refuse_if_it_needs_more(name, factory)
    called = called or f"optax.{name}"
    arguments, namespace = {}, dict[str, Any]()
    annotations: dict[str, Any] = {}
    for argument, default in numbers(factory, rate).items():
        field = OUR_NAMES.get(argument, argument)
        arguments[field], annotations[field] = argument, float
        namespace[field] = lr_knob(default) if field == "lr" else generic_knob(field, default)
    call = ", ".join(f"{a}={n}" for n, a in arguments.items())
    namespace |= {
        "__doc__": OptaxRule.__doc__,
        "__module__": __name__,
        "__annotations__": annotations,
        "slug": f"optax:{name}",
        "title": f"optax {name}",
        "source": f"{called}, optax {optax.__version__}",
        "factory": staticmethod(factory),
        "arguments": arguments,
        "in_optax": Peer(f"{called}({call})"),
    }
    return type(f"Optax_{name}", (OptaxRule,), namespace)


@in_float64
def refuse_if_it_needs_more(name: str, factory: Callable[..., Any]) -> None:
    """Raise ValueError, with a sentence, unless (gradient, state, params) is all it needs."""

    def one_step(x: Array) -> Any:
        transformation = factory(**numbers(factory))
        return transformation.update(x, transformation.init(x), x)

    try:
        jax.eval_shape(one_step, jax.ShapeDtypeStruct((2,), jnp.float64))
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"optax's {name} cannot be run here: a rule is given the gradient, its own state and "
            f"the parameters, and this one needs more ({str(error).splitlines()[0]})."
        ) from error


def numbers(factory: Callable[..., Any], rate: float | None = None) -> dict[str, float]:
    """The factory's float arguments with their defaults, the learning rate first.

    The learning rate is ``rate``; without that optax's own, or 0.05 where it has none.
    """
    parameters = inspect.signature(factory).parameters
    found = {k: p.default for k, p in parameters.items() if isinstance(p.default, float)}
    own = found.pop("learning_rate", 0.05)
    first = own if rate is None else rate
    return {"learning_rate": first} | found if "learning_rate" in parameters else found


def generic_knob(name: str, default: float) -> Any:
    """A knob for an argument known only by name and default."""
    latex = r"\mathrm{" + name.replace("_", r"\_") + "}"
    if 0 < default < 0.01 or default > 10:
        return knob(default, latex, default / 1e4, default * 1e4, f"optax's {name}", log=True)
    return knob(default, latex, 0, 1 if default < 1 else 10 * default, f"optax's {name}")


def register() -> None:
    """Put every alias and contrib optimizer that needs nothing more into `OPTIMIZERS`."""
    for module, prefix, names in (
        (optax, "optax", ALIASES),
        (optax.contrib, "optax.contrib", CONTRIB),
    ):
        for name in names.split():
            if f"optax:{name}" not in OPTIMIZERS:
                rate = RATES.get(name)
                adapt(name, getattr(module, name), called=f"{prefix}.{name}", rate=rate)


register()
