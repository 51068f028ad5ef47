"""Numbers and their names in code, and texts that are safe in it."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import jax

_OWN = """
x y np jnp jax math optax torch loss t steps value grad hess surface given noise_x noise_y
START STEPS RUNS NOISE Loss p f g label start step numbers now state factor clip norm noise
optimizer update advance make params rates rate group
"""
TAKEN = {*keyword.kwlist, *dir(builtins), *_OWN.split()}
"""Words that mean something else in a script."""


@dataclass(frozen=True)
class Numbers:
    """The numbers of a surface, rule or schedule by the names that they have in code."""

    names: tuple[str, ...]
    values: tuple[float, ...]

    @classmethod
    def of(cls, thing: Any) -> Numbers:
        """The leaves of a pytree, named after its fields."""
        leaves = jax.tree_util.tree_flatten_with_path(thing)[0]
        names = distinct((words(path[-1:]) for path, _ in leaves), TAKEN)
        return cls(names, tuple(float(v) for _, v in leaves))

    def keywords(self) -> str:
        """As keyword arguments."""
        return ", ".join(f"{n}={v!r}" for n, v in zip(self.names, self.values, strict=True))

    def assigned(self, module: str, used: set[int]) -> str:
        """As one line that makes those in use names; their type is the library's."""
        kept = [i for i in range(len(self.names)) if i in used]
        if not kept:
            return ""
        target = ", ".join(self.names[i] for i in kept) + ("," if len(kept) == 1 else "")
        make = "tensor" if module == "torch" else "array"
        return f"{target} = {module}.{make}([{', '.join(repr(self.values[i]) for i in kept)}])"


def words(path: Any) -> str:
    """A leaf's place in a pytree as an identifier: ``.m[0]`` is ``m_0``."""
    text = re.sub(r"\W+", "_", jax.tree_util.keystr(path)).strip("_")
    return text if text.isidentifier() else f"s{text}"


def distinct(names: Iterable[str], taken: Iterable[str] = ()) -> tuple[str, ...]:
    """The names, changed where one is taken or occurs again."""
    seen, made = set(taken), []
    for name in names:
        free = name
        while free in seen:
            free += "_"
        seen.add(free)
        made.append(free)
    return tuple(made)


def comment(text: str) -> str:
    """A text as a line of comment; whatever could end the line is a space."""
    return "# " + " ".join("".join(c if c.isprintable() else " " for c in text).split())
