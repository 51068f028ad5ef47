"""The one error of this folder, and the small checks that collect its sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from calculus.fields import short

T = TypeVar("T")
D = TypeVar("D")


class SceneError(ValueError):
    """A scene that is not right as it was given.

    ``problems`` has a sentence for each fault: where it is and what is allowed there. ``scene`` is
    the scene with those places at their defaults and everything else as it was given.
    """

    def __init__(self, problems: tuple[str, ...], scene: Any) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems
        self.scene = scene


class Reader:
    """Reads a JSON object part by part; what is wrong becomes a sentence and a default."""

    MOST_PROBLEMS = 20

    def __init__(self) -> None:
        self.problems: list[str] = []

    def complain(self, sentence: str) -> None:
        """Note a problem; after `MOST_PROBLEMS` one more says that there are others."""
        if len(self.problems) < self.MOST_PROBLEMS:
            self.problems.append(sentence)
        elif len(self.problems) == self.MOST_PROBLEMS:
            self.problems.append("There are more problems like these.")

    def attempt(self, check: Callable[[], T], default: D, where: str = "") -> T | D:
        """What ``check`` returns; its ValueError becomes a problem, and the default is taken."""
        try:
            return check()
        except ValueError as error:
            self.complain(f"{where}{error}")
            return default

    def table(self, value: object, where: str, known: tuple[str, ...]) -> dict[str, Any]:
        """``value`` as an object with the keys ``known``; other keys are problems, left out."""
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.complain(f"{where} is {short(value)}; it must be an object.")
            return {}
        for key in value:
            if key not in known:
                self.complain(
                    f"{where} has no {short(key)}; it may have: {', '.join(known) or 'nothing'}."
                )
        return {key: value[key] for key in known if key in value}

    def choice(self, value: object, where: str, allowed: Mapping[str, Any], default: str) -> str:
        """``value`` if it is one of ``allowed``."""
        if isinstance(value, str) and value in allowed:
            return value
        names = ", ".join(list(allowed)[:30])
        self.complain(f"{where} is {short(value)}; it must be one of: {names}.")
        return default

    def number(self, value: Any, where: str, low: float, high: float, default: float) -> float:
        """``value`` as a float from ``low`` to ``high``."""
        if is_number(value) and low <= value <= high:
            return float(value)
        self.complain(f"{where} is {short(value)}; it must be a number from {low:g} to {high:g}.")
        return default

    def whole(self, value: Any, where: str, low: int, high: int, default: int) -> int:
        """``value`` as an int from ``low`` to ``high``."""
        if is_number(value) and low <= value <= high and value == int(value):
            return int(value)
        self.complain(f"{where} is {short(value)}; it must be a whole number from {low} to {high}.")
        return default

    def truth(self, value: object, where: str, default: bool) -> bool:
        """``value`` as a bool."""
        if isinstance(value, bool):
            return value
        self.complain(f"{where} is {short(value)}; it must be true or false.")
        return default


def is_number(value: object) -> bool:
    """A finite number that float64 can hold; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) < 1e300  # false for NaN and infinities, and safe for any integer
