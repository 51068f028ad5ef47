"""What a typed surface and a typed rule have in common: knobs that come from their text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from typing import Any, Self

import jax
from jax.tree_util import GetAttrKey

from calculus.fields import NOT_IN_PYTREE, EitherWay, Knob
from calculus.formulas.errors import FormulaError
from calculus.formulas.names import symbol
from calculus.formulas.parameters import Parameter

MOST_READ = 1024
"""Texts whose trees are kept."""
MOST_COMPILED = 64
"""Texts whose compiled programs are kept: with one more, all programs are dropped."""


def reader_of(read: Any) -> Any:
    """``read`` with what it has read kept. Its FormulaError names the line."""

    @lru_cache(maxsize=MOST_READ)
    def kept(text: str) -> Any:
        return read(text)

    return kept


@dataclass(frozen=True)
class Named:
    """Numbers with names: a pytree whose leaves are the numbers, in order."""

    names: tuple[str, ...] = ()
    numbers: tuple[Any, ...] = ()


jax.tree_util.register_pytree_with_keys(
    Named,
    lambda of: ([(GetAttrKey(n), v) for n, v in zip(of.names, of.numbers, strict=True)], of.names),
    lambda names, numbers: Named(names, tuple(numbers)),
)


@dataclass(frozen=True, init=False)
class Typed:
    """Mixed into a family of `fields.Described`: numbers are the parameters of a formula.

    ``formula`` chooses the program, ``values`` are its parameters in order, ``text`` is what was
    typed, to the letter: JAX does not see it.
    """

    formula: Any = field(default=None, metadata={"static": True})
    values: Named = field(default=Named())
    text: str = field(default="", metadata=NOT_IN_PYTREE)

    @EitherWay
    def knobs(self) -> dict[str, Knob]:
        """The formula's parameters."""
        return {p.name: knob_of(p) for p in self.formula.parameters}

    def number(self, name: str) -> Any:
        """The parameter ``name``."""
        return self.numbers[name]

    def __getattr__(self, name: str) -> Any:
        """The parameter ``name``, where nothing else has that name."""
        numbers = vars(self).get("values", Named())
        if name not in numbers.names:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return numbers.numbers[numbers.names.index(name)]

    @property
    def numbers(self) -> dict[str, Any]:
        """Every parameter by its name."""
        return dict(zip(self.values.names, self.values.numbers, strict=True))

    def replace(self, **changes: Any) -> Self:
        """A copy with other parameters, or other fields."""
        numbers = {name: changes.pop(name, value) for name, value in self.numbers.items()}
        values = Named(tuple(numbers), tuple(numbers.values()))
        return filled(type(self), vars(self) | {"values": values} | changes)

    def retyped(self, text: str) -> Self:
        """This with another text. A parameter that is declared as before keeps its number.

        Raises FormulaError where the text cannot be read.
        """
        same: Any = self
        made: Self = same.from_texts(**same.texts() | {"text": text})
        before, now = self.knobs(), made.knobs()
        kept = {n: v for n, v in self.numbers.items() if n in now and before[n] == now[n]}
        return made.replace(**kept)


def filled(cls: type[Any], values: Mapping[str, Any]) -> Any:
    """An instance of a dataclass with just these fields."""
    thing = object.__new__(cls)
    for one in fields(cls):
        object.__setattr__(thing, one.name, values[one.name])
    return thing


def knob_of(parameter: Parameter) -> Knob:
    """The slider of a parameter."""
    of = parameter
    return Knob(of.default, symbol(of.name), of.low, of.high, ABOUT, of.log)


ABOUT = "a parameter of the formula"


def numbers_for(formula: Any, given: dict[str, Any]) -> Named:
    """The parameters in order, ``given`` ones in place of defaults. Raises TypeError for others."""
    values = formula.defaults | given
    if len(values) > len(formula.parameters):
        raise TypeError(f"no parameters of the formula: {', '.join(given)}")
    return Named(tuple(values), tuple(values.values()))


_compiled: dict[str, None] = {}


def keep_few(*things: object) -> None:
    """To be told what is about to be compiled: the programs of typed things are kept up to a bound.

    JAX keeps every program for good, and people can type texts without end.
    """
    for thing in things:
        if isinstance(thing, Typed):
            _compiled[thing.formula.text] = None
    if len(_compiled) > MOST_COMPILED:
        _compiled.clear()
        jax.clear_caches()


def check_text(text: object) -> str:
    """``text`` if it is one. Raises FormulaError."""
    if not isinstance(text, str):
        raise FormulaError("a formula is a text")
    return text
