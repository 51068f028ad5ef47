"""Parameters: the numbers of a formula that become sliders.

b = 1..200          from 1 to 200, starting in the middle: the geometric one where the range
                    spans a factor of 100 or more, the arithmetic one otherwise
b = 100 in 1..200   the same, starting at 100
b = 3               from 0.3 to 30; around 0 from −1 to 1
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from calculus.formulas.cursor import Cursor
from calculus.formulas.errors import FormulaError, Place
from calculus.formulas.functions import ALIASES, IN_RULES
from calculus.formulas.names import TAKEN
from calculus.formulas.text import number

MOST_PARAMETERS = 8
LOG_FROM = 100 * (1 - 1e-9)
"""A range that spans this factor is spaced by ratios; 0.07..7 does, in floating point too."""


@dataclass(frozen=True)
class Parameter:
    """A number with its range; ``log`` says that a slider is spaced by ratios."""

    name: str
    low: float
    high: float
    default: float
    log: bool
    place: Place = field(default=Place(), compare=False, repr=False)

    @property
    def text(self) -> str:
        """As it is typed: ``b = 100 in 1..200``."""
        return f"{self.name} = {number(self.default)} in {number(self.low)}..{number(self.high)}"


def starts_parameter(cursor: Cursor) -> bool:
    """Whether a parameter comes, and not an assignment: a name, =, and nothing but numbers."""
    kinds = [token.text if token.kind == "sign" else token.kind for token in cursor.tokens]
    signed = kinds[cursor.at + 2 : cursor.at + 3] in (["-"], ["+"])
    after = cursor.at + 2 + signed
    names = kinds[cursor.at : cursor.at + 2] == ["name", "="]
    return names and kinds[after : after + 1] == ["number"] and kinds[after + 1] in AFTER


AFTER = ("end", ",", "in", "..")


def read_parameter(cursor: Cursor) -> Parameter:
    """The parameter that comes; FormulaError where none does."""
    named = cursor.step()
    if named.kind != "name":
        raise FormulaError("a parameter comes here, as in b = 1..10", named.place)
    name = named.text
    if name in TAKEN or name in IN_RULES or name in ALIASES:
        raise FormulaError(f"'{name}' is taken: a parameter needs another name", named.place)
    if not cursor.take("="):
        raise FormulaError(f"a parameter comes here, as in {name} = 1..10", cursor.next.place)
    first = _number(cursor)
    if cursor.take(".."):
        low, high, default = first, _number(cursor), None
    elif cursor.take("in"):
        low = _number(cursor)
        if not cursor.take(".."):
            sentence = f"a range comes here, as in {name} = {number(first)} in 1..10"
            raise FormulaError(sentence, cursor.next.place)
        high, default = _number(cursor), first
    else:
        low, high = sorted((first / 10, first * 10)) if first else (-1.0, 1.0)
        default = first
    place = named.place.to(cursor.tokens[cursor.at - 1].place)
    return _checked(name, low, high, default, place)


def _number(cursor: Cursor) -> float:
    sign = cursor.take("-", "+")
    token = cursor.next
    if token.kind != "number":
        raise FormulaError("a number comes here", token.place)
    cursor.step()
    return -float(token.text) if sign and sign.text == "-" else float(token.text)


def _checked(name: str, low: float, high: float, default: float | None, place: Place) -> Parameter:
    if not (math.isfinite(low) and math.isfinite(high) and math.isfinite(high - low)):
        raise FormulaError(f"the numbers of '{name}' are too large", place)
    if not low < high:
        raise FormulaError(f"the range of '{name}' must go up, as in 1..10", place)
    log = low > 0 and high / low >= LOG_FROM
    if default is None:
        middle = math.sqrt(low) * math.sqrt(high) if log else low + (high - low) / 2
        default = min(max(middle, low), high)
    if not low <= default <= high:
        sentence = f"'{name}' starts at {number(default)}, which is outside its range"
        raise FormulaError(sentence, place)
    return Parameter(name, low, high, default, log, place)


def read_parameters(cursor: Cursor) -> list[Parameter]:
    """The parameters that come with commas between them, up to the end of the line."""
    found = [read_parameter(cursor)]
    while cursor.take(","):
        found.append(read_parameter(cursor))
    if cursor.next.kind != "end":
        raise cursor.left_over()
    return found


def check_parameters(parameters: Iterable[Parameter], used: Iterable[str]) -> None:
    """Raises FormulaError for one declared twice, one too many, or one that is not ``used``."""
    used, seen = set(used), set[str]()
    for parameter in parameters:
        name, place = parameter.name, parameter.place
        if name in seen:
            raise FormulaError(f"the parameter '{name}' is declared twice", place)
        if name not in used:
            raise FormulaError(f"the parameter '{name}' is declared and not used", place)
        seen.add(name)
        if len(seen) > MOST_PARAMETERS:
            raise FormulaError(f"a formula has at most {MOST_PARAMETERS} parameters", place)
