"""Loss surfaces over the plane: one class in one file each, found by themselves.

``LANDSCAPES`` maps slug to class in menu order; a new file in this folder joins at the end.
"""

from calculus.fields import import_all, in_menu_order
from landscapes import base
from landscapes.base import Landscape, Surface
from landscapes.field import Field, field
from landscapes.penalty import PENALTIES, Penalized

MENU = (
    "valley saddle monkey_saddle double_well cliff plateau rosenbrock beale himmelblau rastrigin "
    "ackley styblinski_tang goldstein_price six_hump_camel three_hump_camel booth matyas levy13 "
    "easom mccormick branin heavy_ball_cycle bukin6 eggholder drop_wave own"
)

import_all(__name__, __path__)
LANDSCAPES: dict[str, type[Landscape]] = in_menu_order(base.LANDSCAPES, MENU.split())

__all__ = ["LANDSCAPES", "PENALTIES", "Field", "Landscape", "Penalized", "Surface", "field"]
