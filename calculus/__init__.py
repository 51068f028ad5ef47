"""What can be said of any function of the plane: jets, kinds of point, critical points."""

from calculus.critical import Critical, critical_points
from calculus.jets import KINDS, Function, Jet, Window, jet, kind_index, window_size
from calculus.matrices import eigen

__all__ = [
    "KINDS",
    "Critical",
    "Function",
    "Jet",
    "Window",
    "critical_points",
    "eigen",
    "jet",
    "kind_index",
    "window_size",
]
