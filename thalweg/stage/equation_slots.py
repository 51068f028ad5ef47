r"""A rule's equations with the places where a step's numbers go.

``v_t = \rho\, v_{t-1} - \alpha\, g_t`` becomes MathML in which ρ, v_{t−1}, lr and g_t are
slots, and so is the value that comes out; the stage writes numbers into them at every step. What
has no number of its own (a search, a matrix in words) stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from calculus.precision import in_float64
from optimizers import Rule
from thalweg.stage.mathml import mathml

MARK = "⟦{}⟧"
"""What stands in the MathML for a slot."""
ARROWS = {
    "x": "update", "g": "downhill", "x_tilde": "lookahead", "m": "velocity", "m_hat": "velocity",
    "v": "velocity", "v_hat": "raw", "v_max": "raw", "s": "raw",
}  # fmt: skip
"""Which arrow on the surface a quantity is, by its name in the equations."""
FURTHEST = 2
"""So many steps back an equation may look for a point."""


class Slot(NamedTuple):
    """Where a number comes from.

    ``of``: "number" (a field of the rule), "term" (of its equations), "row" (of `Info`), "x" (the
    point), "update" (the step) or "t" (the count of steps). ``back``: so many steps ago, below 0
    ahead. ``start``: what a term is before step 1.
    """

    of: str
    name: str
    back: int = 0
    start: tuple[float, ...] = ()


@in_float64
def worked(rule: Rule, terms: Mapping[str, tuple[int, ...]]) -> list[dict[str, Any]]:
    """The lines of a rule's equations: {"symbols", "numbers", "slots", "arrow"}.

    ``terms`` are the shapes of what a step shows, by name. "symbols" is the equation in MathML,
    "numbers" the same with `MARK` for each of "slots" and the value behind it, None where nothing
    of it has a number; "arrow" names what it is on the surface, or is None. A rule that shows no
    terms has its gradient, its rates and its step instead.
    """
    shapes = tuple(sorted(terms.items()))
    return list(_worked(type(rule).from_texts(**rule.texts()), rule.equations(), shapes))


@lru_cache(maxsize=256)
def _worked(
    rule: Rule, equations: tuple[str, ...], terms: tuple[tuple[str, tuple[int, ...]], ...]
) -> tuple[dict[str, Any], ...]:
    starts = _starts(rule)
    known = {spec.symbol: Slot("number", name) for name, spec in rule.knobs().items()}
    known[rule.symbol("x", "t")] = Slot("x", "x")
    for back in range(1, FURTHEST + 1):
        known[rule.symbol("x", f"t-{back}")] = Slot("x", "x", back)
    for name, shape in terms:
        start = tuple(map(float, starts.get(name, np.zeros(shape)).flat))
        known[rule.symbol(name, "t")] = Slot("term", name)
        known[rule.symbol(name, "t-1")] = Slot("term", name, 1, start)
    parts = [part for equation in equations for part in equation.split(r", \quad ")]
    for part in parts:  # what is written over at a step's end is what the next one finds
        kept, _, by = part.partition(r" \leftarrow ")
        if kept in known and by in known:
            before = known[kept].name
            last = rule.symbol(before, "t-1")
            known[last] = known[last]._replace(name=known[by].name)
    averages = any(name == "m" for name, _ in terms)
    lines = [_line(part, known, averages) for part in parts]
    return (*lines, *(() if terms else map(_bare, COMMON)))


COMMON = (
    ("g_t", Slot("row", "grad"), "downhill"),
    (r"\mathrm{rate}_t", Slot("row", "rate"), "rates"),
    (r"x_t - x_{t-1}", Slot("update", "update"), "update"),
)


def _bare(common: tuple[str, Slot, str]) -> dict[str, Any]:
    latex, slot, arrow = common
    marked = rf"\text{{{MARK.format(0)}}}"
    return {
        "symbols": mathml(latex), "numbers": mathml(marked), "slots": [slot._asdict()],
        "arrow": arrow,
    }  # fmt: skip


def _line(latex: str, known: Mapping[str, Slot], averages: bool) -> dict[str, Any]:
    left, _, right = latex.partition(" = ")
    slots: list[Slot] = []

    def mark(slot: Slot) -> str:
        slots.append(slot)
        return rf"\text{{{MARK.format(len(slots) - 1)}}}"

    value, numbers, arrow = known.get(left), None, None
    if value is not None:
        filled = "" if r"\text" in right else _filled(right, known, mark) + " = "
        numbers = mathml(filled + mark(value))
        # Beside an average m of gradients, v is the average of their squares.
        arrow = "raw" if averages and value.name == "v" else ARROWS.get(value.name)
    return {
        "symbols": mathml(latex), "numbers": numbers, "slots": [s._asdict() for s in slots],
        "arrow": arrow,
    }  # fmt: skip


def _filled(latex: str, known: Mapping[str, Slot], mark: Callable[[Slot], str]) -> str:
    """The right-hand side with a mark for every quantity that has a number."""

    def alone(name: str) -> str:
        before = "" if name.startswith("\\") else r"(?<![A-Za-z\\_])"
        return before + re.escape(name) + r"(?![A-Za-z_])"

    longest_first = sorted(known, key=len, reverse=True)
    text = re.sub("|".join(map(alone, longest_first)), lambda m: mark(known[m[0]]), latex)
    text = re.sub(r"\^(?:t(?![a-z])|\{t\})", lambda _: f"^{{{mark(Slot('t', 't'))}}}", text)
    text = re.sub(r"\^\{t\+1\}", lambda _: f"^{{{mark(Slot('t', 't', -1))}}}", text)
    text = re.sub(r"f\((\\text\{⟦\d+⟧\})\)", r"f\1", text)  # a point has brackets of its own
    return re.sub(r"\\, ?", r" \\cdot ", text)


def _starts(rule: Rule) -> dict[str, Any]:
    """What the parts of a rule's state are before step 1, by their names."""

    class Flat:
        """A loss of no shape."""

        value = staticmethod(lambda x: np.float64(0))
        grad = staticmethod(np.zeros_like)
        hess = staticmethod(lambda x: np.zeros((2, 2)))

    found: dict[str, Any] = {}

    def look(state: Any) -> None:
        for name in getattr(state, "_fields", ()):
            part = getattr(state, name)
            if hasattr(part, "_fields"):
                look(part)
            elif hasattr(part, "shape"):
                found[name] = np.asarray(part)

    look(rule.init(np.zeros(2), Flat))  # type: ignore[arg-type]
    return found
