"""The one error of this package, and the places it points at."""

from typing import NamedTuple


class Place(NamedTuple):
    """Where something was typed: ``line`` from 0, columns ``start`` to ``end`` (excluded)."""

    line: int = 0
    start: int = 0
    end: int = 0

    def to(self, last: "Place") -> "Place":
        """From here to the end of ``last`` (on the same line)."""
        return Place(self.line, self.start, last.end)


class FormulaError(ValueError):
    """What was typed is not a formula: a sentence for the person who typed it, and where.

    ``line`` counts from 0; ``start`` and ``end`` are columns of that line as it was typed.
    """

    def __init__(self, sentence: str, place: Place = Place()) -> None:  # noqa: B008
        super().__init__(sentence)
        self.line, self.start, self.end = place

    @property
    def sentence(self) -> str:
        """What is wrong, for a person."""
        return str(self.args[0])
