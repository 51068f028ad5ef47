"""What a part of a Scene's JSON may be: how it is read, written, and called in JavaScript.

A field is declared in one line, by `part`: its default, its kind and its meaning. Reading it with a
sentence for what is wrong, writing it, its place among the known names and its type in the browser
all come from that line.

Not by pydantic or msgspec: what is wrong has to become a sentence of ours and its default, while
all the rest stays as it was given. msgspec stops at the first fault, pydantic returns nothing where
there is one; either would need a second description of each kind for its sentence, and a second
pass, and the numbers of surfaces and rules are checked by their own classes anyway.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from calculus.fields import short
from thalweg.scenes.validation import Reader

MOST_NAME = 80
Window = tuple[tuple[float, float], tuple[float, float]]


class Kind(Protocol):
    """What the values of a part have in common."""

    @property
    def javascript(self) -> str:
        """Its type in JSDoc."""
        ...

    def read(self, reader: Reader, value: Any, where: str, default: Any) -> Any:
        """The value out of JSON; the default where it is wrong, which the reader is told."""
        ...

    def write(self, value: Any) -> Any:
        """The value as JSON."""
        ...


class Plain:
    """A kind whose values are JSON as they are."""

    def write(self, value: Any) -> Any:
        return value


@dataclass(frozen=True)
class Choice(Plain):
    """One of some names; ``exact``: each a type of its own in the browser, where code asks."""

    allowed: tuple[str, ...]
    exact: bool = False

    @property
    def javascript(self) -> str:
        return "|".join(f'"{name}"' for name in self.allowed) if self.exact else "string"

    def read(self, reader: Reader, value: Any, where: str, default: Any) -> Any:
        return reader.choice(value, where, dict.fromkeys(self.allowed), default)


@dataclass(frozen=True)
class Number(Plain):
    """A number within limits."""

    low: float
    high: float
    javascript = "number"

    def read(self, reader: Reader, value: Any, where: str, default: Any) -> Any:
        return reader.number(value, where, self.low, self.high, default)


@dataclass(frozen=True)
class Whole(Plain):
    """A whole number within limits."""

    low: int
    high: int
    javascript = "number"

    def read(self, reader: Reader, value: Any, where: str, default: Any) -> Any:
        return reader.whole(value, where, self.low, self.high, default)


class Truth(Plain):
    """True or false."""

    javascript = "boolean"

    def read(self, reader: Reader, value: Any, where: str, default: Any) -> Any:
        return reader.truth(value, where, default)


class Name(Plain):
    """A short text; whether the scene has something of this name, whoever uses it says."""

    javascript = "string"

    def read(self, reader: Reader, value: Any, where: str, default: Any) -> Any:
        if isinstance(value, str) and len(value) <= MOST_NAME:
            return value
        reader.complain(f"{where} is {short(value)}; it must be a name or nothing.")
        return default


@dataclass(frozen=True)
class Pair:
    """Two numbers within limits."""

    low: float
    high: float
    javascript = "[number, number]"

    def read(self, reader: Reader, value: Any, where: str, default: Any) -> Any:
        if not isinstance(value, list) or len(value) != 2:
            reader.complain(f"{where} is {short(value)}; it must be two numbers.")
            return default
        return tuple(
            reader.number(v, f"{where}[{i}]", self.low, self.high, default[i])
            for i, v in enumerate(value)
        )

    def write(self, value: Any) -> Any:
        return list(value)


@dataclass(frozen=True)
class Box:
    """A window: ((x0, x1), (y0, y1)), each side from a lower to a higher number."""

    low: float
    high: float
    javascript = "Window"

    def read(self, reader: Reader, value: Any, where: str, default: Any) -> Any:
        if not isinstance(value, list) or len(value) != 2:
            reader.complain(f"{where} is {short(value)}; it must be [[x0, x1], [y0, y1]].")
            return default
        side = Pair(self.low, self.high)
        x, y = (side.read(reader, v, f"{where}[{i}]", (0.0, 0.0)) for i, v in enumerate(value))
        if x[0] < x[1] and y[0] < y[1]:
            return x, y
        reader.complain(f"{where} is empty; each side must go from a lower to a higher number.")
        return default

    def write(self, value: Any) -> Any:
        return [list(side) for side in value]


@dataclass(frozen=True)
class Several:
    """Some of a few names, in an order, each once."""

    allowed: tuple[str, ...]
    javascript = "string[]"

    def read(self, reader: Reader, value: Any, where: str, default: Any) -> Any:
        if not isinstance(value, list) or len(value) > len(self.allowed):
            reader.complain(f"{where} is {short(value)}; it must be a list.")
            return default
        known = dict.fromkeys(self.allowed)
        chosen = [reader.choice(v, where, known, "") for v in value]
        return tuple(name for name in dict.fromkeys(chosen) if name)

    def write(self, value: Any) -> Any:
        return list(value)


@dataclass(frozen=True)
class Maybe:
    """A value of a kind, or null."""

    kind: Kind

    @property
    def javascript(self) -> str:
        return f"{self.kind.javascript}|null"

    def read(self, reader: Reader, value: Any, where: str, default: Any) -> Any:
        return None if value is None else self.kind.read(reader, value, where, default)

    def write(self, value: Any) -> Any:
        return None if value is None else self.kind.write(value)


@dataclass(frozen=True)
class Record:
    """An object with the parts of a dataclass; ``javascript`` is the name of its type there."""

    cls: Any
    javascript: str

    def read(self, reader: Reader, value: Any, where: str, default: Any) -> Any:
        return self.cls(**read_parts(reader, parts_of(self.cls), value, where))

    def write(self, value: Any) -> Any:
        return write_parts(parts_of(self.cls), vars(value))


@dataclass(frozen=True)
class Special(Plain):
    """What a registry decides: `decode` reads it, `Scene.to_dict` writes it."""

    javascript: str

    def read(self, reader: Reader, value: Any, where: str, default: Any) -> Any:
        return value


@dataclass(frozen=True)
class Part:
    """One name in an object: its default, its kind, its meaning.

    ``rare``: written only where it is not the default, and may lack in the browser too.
    """

    default: Any
    kind: Kind
    about: str = ""
    rare: bool = False


def part(default: Any, kind: Kind, about: str = "", *, rare: bool = False) -> Any:
    """A field of a dataclass that is a `Part`."""
    return dataclasses.field(default=default, metadata={"part": Part(default, kind, about, rare)})


def parts_of(cls: Any) -> dict[str, Part]:
    """The parts of a dataclass by name, in the order of declaration."""
    return {f.name: f.metadata["part"] for f in dataclasses.fields(cls) if "part" in f.metadata}


def read_parts(
    reader: Reader, parts: Mapping[str, Part], value: object, where: str
) -> dict[str, Any]:
    """Every part out of a JSON object; one that is left out has its default."""
    given = reader.table(value, where, tuple(parts))
    return {
        name: p.kind.read(reader, given[name], f"{where}.{name}", p.default)
        if name in given
        else p.default
        for name, p in parts.items()
    }


def write_parts(parts: Mapping[str, Part], values: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON object of some values by name."""
    return {
        name: p.kind.write(values[name])
        for name, p in parts.items()
        if not (p.rare and values[name] == p.default)
    }


def typedef(name: str, parts: Mapping[str, Part], about: str) -> Iterable[str]:
    """The lines of a JSDoc typedef."""
    yield f" * @typedef {{Object}} {name} {about}".rstrip()
    for key, p in parts.items():
        shown = f"[{key}]" if p.rare else key
        names = getattr(p.kind, "allowed", ())
        about = p.about or (f"of: {', '.join(names)}" if names else "")
        yield f" * @property {{{p.kind.javascript}}} {shown} {about}".rstrip()
