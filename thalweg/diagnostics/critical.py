"""Critical points of a surface: see `calculus.critical`."""

import calculus
from calculus import Critical, Window
from landscapes import Surface


def critical_points(
    surface: Surface, window: Window | None = None, side: int = 97
) -> tuple[Critical, ...]:
    """The critical points of ``surface`` in ``window`` (its domain), the lowest first.

    ``side`` × ``side`` starts: what is smaller than a cell of that grid may be missed. Raises
    ValueError, with the surface's own sentence, where it is not smooth.
    """
    if surface.not_smooth is not None:
        raise ValueError(f"Newton's method needs second derivatives. {surface.not_smooth}")
    return calculus.critical_points(surface, window or surface.domain, side)
