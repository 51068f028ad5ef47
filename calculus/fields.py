"""A method's numbers and switches, as fields of a frozen dataclass that JAX sees through.

A surface, an update rule or a schedule declares its hyperparameters once::

    class Valley(Landscape):
        condition: float = knob(100.0, r"\\kappa", 1, 1e4, "steepness ratio", log=True)

From that line come the constructor, the slider, the check of what a person typed and the place in
the pytree: numbers are leaves (JAX traces them, so a moved slider compiles nothing), switches are
part of the type (another switch is another program).
"""

import dataclasses
import importlib
import inspect
import math
import pkgutil
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar, NamedTuple, Self, TypeVar, dataclass_transform

import jax

T = TypeVar("T")
NOT_IN_PYTREE = {"not_in_pytree": True}
"""Metadata of a field that JAX does not see: what comes back from JAX has its default there."""


def short(value: object) -> str:
    """A value as a sentence can show it: quoted and cut. Nothing of it is interpreted later."""
    if isinstance(value, (dict, list, tuple)):
        return "an object" if isinstance(value, dict) else "a list"
    try:
        text = repr(value)
    except ValueError:  # an integer of thousands of digits
        return "a number too long to show"
    return text if len(text) <= 40 else text[:37] + "…"


@dataclass(frozen=True)
class Knob:
    """What a person may know of a number: its LaTeX symbol, its range, its meaning.

    ``low`` and ``high`` are the ends of the slider and the limits of what is accepted; ``log``
    spaces the slider by ratios. ``unit`` is empty for pure numbers. ``whole`` asks for an integer.
    """

    default: float
    symbol: str
    low: float
    high: float
    about: str
    log: bool = False
    unit: str = ""
    whole: bool = False

    def check(self, name: str, value: object) -> float:
        """``value`` as a float. Raises ValueError with a sentence that names what is allowed."""
        allowed = f"a {'whole ' if self.whole else ''}number from {self.low:g} to {self.high:g}"
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        # Comparisons are false for NaN, and hold for integers that no float can.
        if not (number and self.low <= value <= self.high and not (self.whole and value % 1)):  # type: ignore[operator]
            raise ValueError(f"{name} is {short(value)}; it must be {allowed}.")
        return float(value)  # type: ignore[arg-type]

    @property
    def spacing(self) -> str:
        """How it goes along a slider: "log", by ratios; "one", ever finer towards 1; "linear"."""
        towards_one = self.low >= 0 and 0.99 <= self.high < 1
        return "log" if self.log else "one" if towards_one else "linear"

    def positions(self, *extra: float) -> list[float]:
        """Values for a slider with stops, ascending; both ends, the default and ``extra`` included.

        By ratios where ``log``; ever finer towards 1 where the range ends just below it, as for
        momentum; evenly otherwise.
        """
        if self.spacing == "log":
            steps = math.ceil(20 * math.log10(self.high / self.low))
            stops = [self.low * (self.high / self.low) ** (i / steps) for i in range(steps + 1)]
        elif self.spacing == "one":
            tens = [1 - 10**-k for k in range(8)]
            stops = [a + (b - a) * i / 18 for a, b in pairwise(tens) for i in range(18)]
        else:
            stops = [self.low + (self.high - self.low) * i / 100 for i in range(101)]
        if self.whole:
            stops = [round(s) for s in stops]
        rounded = {float(f"{s:.2e}") if self.log else round(s, 8) for s in stops}
        inside = {s for s in rounded if self.low < s < self.high}
        return sorted({self.low, *inside, self.high, self.default, *extra})


@dataclass(frozen=True)
class Switch:
    """A choice between two forms of the same method; ``about`` says what it turns on.

    ``on`` and ``off`` name the two forms where runs differ in them: "sum form".
    """

    default: bool
    about: str
    on: str = ""
    off: str = ""

    def form(self, setting: bool) -> str:
        """The name of a form: ``about``, or "no" and that, where it has none of its own."""
        return (self.on or self.about) if setting else (self.off or f"no {self.about}")

    def check(self, name: str, value: object) -> bool:
        """``value`` as a bool. Raises ValueError with a sentence."""
        if not isinstance(value, bool):
            raise ValueError(f"{name} is {short(value)}; it must be true or false.")
        return value


def knob(
    default: float,
    symbol: str,
    low: float,
    high: float,
    about: str,
    *,
    log: bool = False,
    unit: str = "",
    whole: bool = False,
) -> Any:
    """A numeric field: traced, with a slider. See `Knob` for the arguments."""
    spec = Knob(float(default), symbol, low, high, about, log, unit, whole)
    return dataclasses.field(default=spec.default, metadata={"spec": spec})


def switch(default: bool, about: str, *, on: str = "", off: str = "") -> Any:
    """A static field: one of two forms of the method. See `Switch`."""
    return dataclasses.field(default=default, metadata={"spec": Switch(default, about, on, off)})


class EitherWay:
    """A method that an instance answers for itself, and its class for the defaults."""

    def __init__(self, method: Callable[..., Any]) -> None:
        self.method = method
        self.__doc__ = method.__doc__

    def __get__(self, thing: Any, kind: Any) -> Callable[..., Any]:
        return partial(self.method, kind() if thing is None else thing)


class Equation(NamedTuple):
    """One displayed line of a docstring, and the switch setting under which it holds."""

    latex: str
    switch: str | None = None
    setting: bool = True


@dataclass_transform(frozen_default=True)
class Described:
    """Base of everything with knobs: subclasses become frozen dataclasses and pytrees.

    A subclass that sets ``slug`` enters the ``registry`` of its family. Its docstring is what the
    app shows: the first line, the equations between ``$$``, the paragraphs around them. An
    equation that holds only under one setting of a switch carries it behind: ``$$…$$ [if ema]``,
    ``$$…$$ [if not ema]``.
    """

    slug: ClassVar[str] = ""
    title: ClassVar[str] = ""
    source: ClassVar[str] = ""
    registry: ClassVar[dict[str, Any]]
    text_fields: ClassVar[tuple[str, ...]] = ()
    """What it is made from besides numbers and switches, by name: see `texts`."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        dataclass(frozen=True)(cls)
        register_pytree(cls)
        if cls.__dict__.get("slug"):
            if cls.slug in cls.registry:
                raise ValueError(
                    f"the slug {cls.slug!r} is taken by {cls.registry[cls.slug].__name__}"
                )
            cls.registry[cls.slug] = cls

    @classmethod
    def knobs(cls) -> dict[str, Knob]:
        """Numeric fields by name, in the order of declaration."""
        return {n: s for n, s in _specs(cls).items() if isinstance(s, Knob)}

    def number(self, name: str) -> Any:
        """The numeric field ``name``: a float, or what JAX traces it by."""
        return getattr(self, name)

    def replace(self, **changes: Any) -> Self:
        """A copy with other fields."""
        made: Any = dataclasses.replace(self, **changes)  # type: ignore[type-var]
        return made

    def texts(self) -> dict[str, Any]:
        """What it was made from besides numbers and switches, JSON-able, by `text_fields`."""
        return {}

    @classmethod
    def from_texts(cls, **texts: Any) -> Self:
        """One made from `texts`, its numbers at their defaults. Raises ValueError, a sentence."""
        return cls(**texts)

    @classmethod
    def switches(cls) -> dict[str, Switch]:
        """Static fields by name, in the order of declaration."""
        return {n: s for n, s in _specs(cls).items() if isinstance(s, Switch)}

    @classmethod
    def checked(cls, **values: object) -> Any:
        """An instance from values a person gave; fields left out keep their defaults.

        Raises ValueError, with a sentence that names the field and what is allowed.
        """
        specs: dict[str, Knob | Switch] = {**cls.knobs(), **cls.switches()}
        for name in values:
            if name not in specs:
                known = ", ".join(specs) or "none"
                raise ValueError(f"{cls.title} has no field {name!r}; its fields are: {known}.")
        return cls(**{n: specs[n].check(n, v) for n, v in values.items()})

    @classmethod
    def lines(cls) -> tuple[Equation, ...]:
        """Every displayed equation of the docstring, in order."""
        return tuple(
            Equation(" ".join(latex.split()), name or None, not negated)
            for latex, negated, name in _EQUATION.findall(inspect.getdoc(cls) or "")
        )

    def equations(self) -> tuple[str, ...]:
        """LaTeX of the equations that hold under this instance's switches, in order."""
        return tuple(
            e.latex
            for e in self.lines()
            if e.switch is None or getattr(self, e.switch) is e.setting
        )

    @classmethod
    def prose(cls) -> str:
        """The docstring without its equations: Markdown paragraphs."""
        return re.sub(r"\n{3,}", "\n\n", _EQUATION.sub("", inspect.getdoc(cls) or "")).strip()


_EQUATION = re.compile(r"\$\$(.+?)\$\$(?:\s*\[if (not )?(\w+)\])?", re.DOTALL)


def register_pytree(cls: Any) -> Any:
    """Make a dataclass a pytree: numbers are its leaves, switches part of its structure.

    A field with ``metadata={"static": True}`` counts as a switch; one with `NOT_IN_PYTREE` is left
    out. Returns the class.

    Not by jax's `register_dataclass`: to jaxlib 0.10.2 two dataclasses with like switches have
    EQUAL structures, so one rule's compiled step could be taken for another's.
    """
    seen = [f for f in dataclasses.fields(cls) if not f.metadata.get("not_in_pytree")]
    beside = {f.name: f.default for f in dataclasses.fields(cls) if f not in seen}
    static = [f.name for f in seen if _is_static(f)]
    leaves = [f.name for f in seen if not _is_static(f)]
    keys = [jax.tree_util.GetAttrKey(name) for name in leaves]

    def flatten(thing: Any) -> tuple[list[Any], tuple[Any, ...]]:
        return [getattr(thing, n) for n in leaves], tuple([getattr(thing, n) for n in static])

    def flatten_with_keys(thing: Any) -> tuple[list[Any], tuple[Any, ...]]:
        values, settings = flatten(thing)
        return list(zip(keys, values, strict=True)), settings

    def unflatten(settings: tuple[Any, ...], values: Iterable[Any]) -> Any:
        thing = object.__new__(cls)  # what was one need not be checked again
        made = beside | dict(zip(leaves, values, strict=True))
        for name, value in (made | dict(zip(static, settings, strict=True))).items():
            object.__setattr__(thing, name, value)
        return thing

    jax.tree_util.register_pytree_with_keys(cls, flatten_with_keys, unflatten, flatten)
    return cls


def _is_static(field: "dataclasses.Field[Any]") -> bool:
    return isinstance(field.metadata.get("spec"), Switch) or field.metadata.get("static", False)


def _specs(cls: type) -> dict[str, Knob | Switch]:
    return {f.name: f.metadata["spec"] for f in dataclasses.fields(cls) if "spec" in f.metadata}


_GREEK = {"lambda", "rho", "beta", "alpha", "gamma", "delta", "mu", "sigma", "kappa", "eta"}
_SYMBOLS = {"eps": r"\varepsilon", "lr": r"\alpha"}
_MARKS = {"hat": r"\hat {}", "tilde": r"\tilde {}", "max": r"{}^{{\max}}", "t": "{}^t"}


def symbol(name: str) -> str:
    r"""The LaTeX of a name as the equations write it.

    ``beta1`` is ``\beta_1``, ``m_hat`` ``\hat m``, ``v_max`` ``v^{\max}``,
    ``x_tilde`` ``\tilde x``, ``beta1_t`` ``\beta_1^t``; words of several letters stand upright.
    """
    stem, _, mark = name.rpartition("_")
    if stem and mark in _MARKS:
        return _MARKS[mark].format(symbol(stem))
    if len(stem) == len(mark) == 1:
        return f"{stem}_{mark}"
    stem = name.rstrip("0123456789")
    if stem in _SYMBOLS:
        latex = _SYMBOLS[stem]
    elif stem in _GREEK:
        latex = f"\\{stem}"
    else:
        latex = stem if len(stem) == 1 else rf"\mathrm{{{stem}}}".replace("_", r"\_")
    return latex + (f"_{name[len(stem) :]}" if stem != name else "")


def in_menu_order(found: dict[str, T], menu: Sequence[str]) -> dict[str, T]:
    """``found`` in the order of ``menu``; what the menu does not name follows in its own order."""
    named = {slug: found[slug] for slug in menu if slug in found}
    return named | {slug: thing for slug, thing in found.items() if slug not in named}


def import_all(package: str, path: Iterable[str]) -> None:
    """Import every module of a package, so that each class in it has entered its registry."""
    for name in sorted(m.name for m in pkgutil.iter_modules(path)):
        importlib.import_module(f"{package}.{name}")
