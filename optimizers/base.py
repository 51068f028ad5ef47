"""What an update rule is: a start of its state, and one pure step."""

import dataclasses
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, Self

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from calculus.fields import Described, Equation, knob, symbol

OPTIMIZERS: dict[str, type["Rule"]] = {}


class Loss(Protocol):
    """What a rule may ask of the surface within one step.

    Points have shape (2,). The gradient is the one the rule is given: noise and clipping are in
    it, and every gradient taken within one step carries the same noise.
    """

    def value(self, x: Array) -> Array:
        """f(x), a scalar."""
        ...

    def grad(self, x: Array) -> Array:
        """g(x), shape (2,)."""
        ...

    def hess(self, x: Array) -> Array:
        """H(x), shape (2, 2)."""
        ...


class Info(NamedTuple):
    """What one step shows of itself.

    ``query`` (2,) is the point where the gradient ``grad`` (2,) was taken; ``velocity`` (2,) the
    direction of motion the rule remembers, as a displacement (NaN where it keeps none); ``rate``
    (2,) the effective learning rate of each coordinate; ``calls`` (3,) the evaluations of f, of
    the gradient and of the Hessian; ``terms`` the quantities of the rule's equations by name.
    """

    query: Array
    grad: Array
    velocity: Array
    rate: Array
    calls: Array
    terms: dict[str, Array]


def info(
    *,
    query: Array,
    grad: ArrayLike,
    rate: ArrayLike,
    velocity: ArrayLike = jnp.nan,
    calls: ArrayLike | tuple[int, int, int] = (0, 1, 0),
    **terms: ArrayLike,
) -> Info:
    """An `Info` with every part an array of its shape; scalars are spread over both coordinates."""

    def pair(value: ArrayLike) -> Array:
        return jnp.broadcast_to(jnp.asarray(value, float), (2,))

    return Info(
        query=query,
        grad=pair(grad),
        velocity=pair(velocity),
        rate=pair(rate),
        calls=jnp.asarray(calls, float),
        terms={name: jnp.asarray(value, float) for name, value in terms.items()},
    )


@dataclasses.dataclass(frozen=True)
class Peer:
    """The same method in another library.

    ``call`` is the expression that gives the same path, with our fields as its names and
    ``params`` for torch's parameter list; ``switches`` are the settings under which it does (the
    defaults where empty). ``differs`` says what the library does otherwise when called plainly;
    ``plain`` is that plain call where its path is another one.
    """

    call: str
    differs: str = ""
    plain: str = ""
    switches: dict[str, bool] = dataclasses.field(default_factory=dict)


class Rule(Described):
    """An update rule; its fields are its hyperparameters.

    ``init`` and ``step`` are pure JAX functions. The loop, schedules, noise and clipping are not
    the rule's business: a schedule hands it the rate of the step as its own ``lr``.
    """

    if TYPE_CHECKING:  # a class out of the registry takes its own fields

        def __init__(self, **fields: float | bool) -> None: ...

    registry = OPTIMIZERS
    family: ClassVar[str] = ""
    in_optax: ClassVar[Peer | None] = None
    in_torch: ClassVar[Peer | None] = None
    no_peer: ClassVar[str] = ""
    """Why a library has no such method, where ``in_optax`` or ``in_torch`` is None."""
    follows_slope: ClassVar[bool] = False
    """Whether a step is as long as the slope is steep: good rates then depend on the surface."""
    init_calls: ClassVar[tuple[int, int, int]] = (0, 0, 0)
    """Evaluations of f, gradient and Hessian before the first step."""

    def init(self, x: Array, loss: Loss) -> Any:
        """The state before step 1, at the start ``x`` (2,): a pytree."""
        raise NotImplementedError

    def step(self, x: Array, state: Any, loss: Loss) -> tuple[Array, Any, Info]:
        """One step from ``x`` (2,): the next point, the next state, and what to show of it."""
        raise NotImplementedError

    def symbol(self, name: str, time: str) -> str:
        """The LaTeX by which the equations write the quantity ``name`` at a time: t or t-1."""
        return symbol(name) + (f"_{time}" if len(time) == 1 else f"_{{{time}}}")

    def with_lr_scaled(self, factor: ArrayLike) -> Self:
        """This rule with its rate times ``factor``; itself where it has no rate."""
        if "lr" not in self.knobs():
            return self
        return self.replace(lr=self.number("lr") * factor)


class Moments(NamedTuple):
    """Moving averages of g and g², and the running powers β₁ᵗ, β₂ᵗ that correct them."""

    m: Array
    v: Array
    beta1_t: Array
    beta2_t: Array


def moments(x: Array) -> Moments:
    """The moments before step 1."""
    one = jnp.ones((), x.dtype)
    return Moments(jnp.zeros_like(x), jnp.zeros_like(x), one, one)


def lr(default: float) -> Any:
    """The learning rate."""
    return knob(default, r"\alpha", 1e-6, 10, "learning rate", log=True)


def rho(default: float = 0.9) -> Any:
    """Momentum."""
    return knob(default, r"\rho", 0, 0.9999, "momentum: how much of the velocity is kept")


def beta1(default: float = 0.9) -> Any:
    """Decay of the average of g."""
    return knob(default, r"\beta_1", 0, 0.9999, "decay of the average of gradients")


def beta2(default: float = 0.999) -> Any:
    """Decay of the average of g²."""
    return knob(default, r"\beta_2", 0, 0.99999, "decay of the average of squared gradients")


def decay_rate(default: float) -> Any:
    """Decay of a single average of g²."""
    return knob(
        default,
        r"\mathrm{decay\_rate}",
        0,
        0.9999,
        "decay of the average of squared gradients",
    )


def eps(default: float) -> Any:
    """The small number that keeps a quotient finite."""
    return knob(
        default, r"\varepsilon", 1e-16, 1, "keeps the quotient finite where g is 0", log=True
    )


def weight_decay(default: float = 0.0) -> Any:
    """Decoupled weight decay."""
    return knob(default, r"\mathrm{wd}", 0, 1, "decoupled weight decay: pulls x towards 0")


__all__ = [
    "OPTIMIZERS",
    "Equation",
    "Info",
    "Loss",
    "Moments",
    "Peer",
    "Rule",
    "info",
    "moments",
]
