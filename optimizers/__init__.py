"""Update rules: one class in one file each, found by themselves; and those of optax.

``OPTIMIZERS`` maps slug to class in menu order; a new file in this folder joins at the end, before
the rules from optax (``optax:NAME``).
"""

from calculus.fields import import_all, in_menu_order
from optimizers import base
from optimizers.base import Info, Loss, Peer, Rule

MENU = (
    "sgd momentum nesterov adagrad rmsprop adam adamw amsgrad nadam adadelta lion newton "
    "saddle_free_newton backtracking conjugate_gradient bfgs nelder_mead own"
)

import_all(__name__, __path__)
_own = {slug: rule for slug, rule in base.OPTIMIZERS.items() if not slug.startswith("optax:")}
OPTIMIZERS: dict[str, type[Rule]] = in_menu_order(_own, MENU.split()) | base.OPTIMIZERS

__all__ = ["OPTIMIZERS", "Info", "Loss", "Peer", "Rule"]
