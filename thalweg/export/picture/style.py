"""How a picture is to look: its size, its style, its words. Numbers in, checked; no drawing."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

from thalweg.messages.export import Refused
from thalweg.stage.palette import ALARM, GROUNDS, Ground

LEAST, MOST_SIDE = (400, 300), 4096
MOST_SCALE = 4.0
MOST_MILLIONS = 64.0
MOST_TITLE = 200


class Style(NamedTuple):
    """The colours of everything that is not a run; ``filled``: whether the ground has tones."""

    ground: Ground
    alarm: str
    filled: bool = True


# On paper the ground costs ink and takes the runs' contrast, so lines alone carry the surface.
_PAPER = Ground("#ffffff", "#000000", "#404040", ("#ffffff", "#ffffff"), "#9a9a9a", "#ffffff")
STYLES = {
    **{name: Style(ground, ALARM[name]) for name, ground in GROUNDS.items()},
    "print": Style(_PAPER, "#000000", filled=False),
}


@dataclass(frozen=True)
class Look:
    """A picture's size in pixels, of which each is ``scale`` × ``scale`` points of an image.

    ``title`` None is the surface's own, "" none. ``curve``: whether the curves are beside the
    surface. Raises `Refused` for what is out of range.
    """

    width: int = 960
    height: int = 600
    scale: float = 2.0
    style: str = "light"
    title: str | None = None
    curve: bool = True

    def __post_init__(self) -> None:
        for side, least in ((self.width, LEAST[0]), (self.height, LEAST[1])):
            if not (isinstance(side, int) and least <= side <= MOST_SIDE):
                raise size_refused(f"{self.width}x{self.height}")
        if not 1 <= self.scale <= MOST_SCALE:
            raise Refused("number", name="The scale", value=self.scale, low=1, high=MOST_SCALE)
        millions = self.width * self.height * self.scale**2 / 1e6
        if millions > MOST_MILLIONS:
            raise Refused("pixels", count=f"{millions:.0f}", most=f"{MOST_MILLIONS:.0f}")
        if self.style not in STYLES:
            known = ", ".join(STYLES)
            raise Refused("choice", name="The style", value=repr(self.style), known=known)
        check_title(self.title or "")


def check_title(title: str) -> None:
    """Raise `Refused` for a title that is not one line of at most `MOST_TITLE` characters."""
    if len(title) > MOST_TITLE:
        raise Refused("titleLong", count=len(title), most=MOST_TITLE)
    if any(unicodedata.category(c) in ("Cc", "Cs", "Cn", "Zl", "Zp") for c in title):
        raise Refused("titleControl")


def size_refused(value: object) -> Refused:
    """What is said of a size that no picture can have."""
    return Refused("size", value=value, least=f"{LEAST[0]}x{LEAST[1]}", most=MOST_SIDE)
