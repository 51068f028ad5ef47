"""How many compiled programs are kept: menus reach thousands of kinds of run."""

from collections.abc import Hashable
from typing import Any

MOST_PROGRAMS = 400
"""Kinds of run whose programs are kept; about a quarter of a megabyte each."""

_kinds: set[Hashable] = set()


def note(kind: Hashable, *functions: Any) -> None:
    """Count a kind of run; past `MOST_PROGRAMS` forget the programs of ``functions``.

    A program that is needed again is compiled again, in some 0.2 s.
    """
    if kind not in _kinds and len(_kinds) >= MOST_PROGRAMS:
        for function in functions:
            function.clear_cache()
        _kinds.clear()
    _kinds.add(kind)
