"""The stage's modules as one, so that a page fetches one file instead of fifty, one after another.

Every module becomes a function that is called once and returns what it exports; so names in it stay
its own, as they do between modules.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

_IMPORT = re.compile(r'^import \{([^{}]+)\} from "(\.\.?/[\w/-]+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def bundle(folder: Path, entry: str) -> str:
    """The ES module ``entry`` ("ROOM/NAME", without ".js") of ``folder`` with all that it imports.

    Modules use ``import { … } from "./NAME.js"`` or ``"../ROOM/NAME.js"`` and export
    functions, classes and constants where they are declared; the entry may export as it likes.
    Raises ValueError for a module that does otherwise, for modules that import each other in a
    circle, and for one that is not there.
    """
    texts: dict[str, str] = {}
    needs: dict[str, set[str]] = {}
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name in texts:
            continue
        file = folder / f"{name}.js"
        if not file.is_file():
            raise ValueError(f"There is no module {name}.js in {folder}.")
        texts[name] = file.read_text(encoding="utf-8")
        needs[name] = {_target(name, found[2]) for found in _IMPORT.finditer(texts[name])}
        waiting += sorted(needs[name])
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise ValueError(f"Modules import each other: {' → '.join(error.args[1])}.") from None
    parts = [_wrapped(name, texts[name]) for name in order[:-1]]
    return "\n".join([*parts, _bound(entry, texts[entry])])


def _target(name: str, relative: str) -> str:
    """The module that the module ``name`` means by ``./other`` or ``../room/other``."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), relative))


def _bound(name: str, text: str) -> str:
    """A module's text with its imports taken from the modules before it."""

    def bind(found: re.Match[str]) -> str:
        names = ", ".join(_pairs(found[1]))
        return f"const {{ {names} }} = {_place(_target(name, found[2]))};\n"

    return _IMPORT.sub(bind, text)


def _pairs(names: str) -> Iterator[str]:
    """``a as b`` as a destructured ``a: b``."""
    for name in names.split(","):
        if name.strip():
            yield re.sub(r"\s+as\s+", ": ", name.strip())


def _wrapped(name: str, text: str) -> str:
    exported = ", ".join(found[1] for found in _EXPORT.finditer(text))
    inside = _EXPORT.sub("", _bound(name, text))
    if other := _OTHER.search(inside):
        raise ValueError(f"{name}.js has a form that cannot be bundled: {other[0]}")
    return f"const {_place(name)} = (() => {{\n{inside}return {{ {exported} }};\n}})();\n"


def _place(name: str) -> str:
    return "$" + name.replace("-", "_").replace("/", "$")
